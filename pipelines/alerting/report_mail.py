"""The report by mail: the page as it is, with the headline figures in words for whoever does not open it."""

import datetime as dt
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from pipelines.alerting.letters import letter
from pipelines.alerting.settings import MailSettings
from pipelines.alerting.telling import mailer_of, note_told, told
from pipelines.alerting.watching import is_current
from pipelines.connectors.protocol import Clock
from pipelines.errors import PipelineError
from pipelines.headlines import Headline, headlines, written
from pipelines.report.under_alert import UnderAlert, under_alert
from pipelines.settings import Settings
from pipelines.warehouse.duckdb_store import DuckDBWarehouse


def mail_report(warehouse: DuckDBWarehouse, settings: Settings, page: Path, clock: Clock | None = None) -> bool:
    """Mail the page, once for each newest arrival day of current data; gives whether it was mailed now.

    At least once, as alerts are: it is written down right after the server took it. Raises ConnectorError where another run may succeed,
    PipelineError where settings or environment are at fault.
    """
    newest, declared, used = warehouse.last_arrival(), settings.mail, clock or Clock()
    if newest is None or declared is None or not is_current(settings, newest):
        return False
    name = f"report.{newest.isoformat()}"
    if name in told(warehouse, "mail"):
        return False
    published = settings.published_path
    body = report_body(headlines(published), under_alert(published), newest, settings.currency)
    mail = report_letter(body, page, name, newest, declared, used.now())
    refused = mailer_of(settings, declared, used).send(mail)
    note_told(warehouse, "mail", [name], used.now().astimezone(dt.UTC).replace(tzinfo=None))
    if refused:
        raise PipelineError(f"mail.to: {declared.host} took the mail and refuses {refused} of the addresses; correct them.")
    return True


def report_letter(body: str, page: Path, name: str, newest: dt.date, declared: MailSettings, now: dt.datetime) -> EmailMessage:
    """The mail: text in the body, the page attached."""
    mail = letter(f"Customer service, data up to {newest:%-d %B %Y}", body, name, declared, now)
    name_of_file = f"report-{newest.isoformat()}.html"
    mail.add_attachment(page.read_bytes(), maintype="text", subtype="html", params={"charset": "utf-8"}, filename=name_of_file)
    return mail


def report_body(figures: Sequence[Headline], alerts: Sequence[UnderAlert], newest: dt.date, currency: str) -> str:
    """The open alerts and the headline figures with their intervals and targets, as plain text."""
    lines = [f"Data up to and including {newest:%-d %B %Y}; the page is attached.", ""]
    lines += ["Out of its bounds:" if alerts else "Nothing is out of its bounds."]
    lines += [f"* {alert.reason} Since {alert.opened_at:%-d %B %Y %H:%M} UTC." for alert in alerts]
    return "\n".join([*lines, "", *(_line(figure, currency) for figure in figures)])


def _line(headline: Headline, currency: str) -> str:
    figure, now = headline.figure, headline.now
    if now is None:
        return f"{figure.label}: no data"
    said = f"{figure.label}, {now.on:%B %Y}{'' if now.is_over else ' (not over)'}: {written(now.value, figure.unit, currency)}"
    if now.low is not None:
        ends = f"{written(now.low, figure.unit, currency)} to {written(now.high, figure.unit, currency)}"
        said += f" ({'assumptions at their ends' if figure.bounds else '95 % interval'} {ends})"
    if headline.target is not None and now.value is not None:
        verb = "meets" if headline.target.is_met_by(now.value) else "misses"
        said += f", {verb} the target of {written(headline.target.value, figure.unit, currency)}"
    return f"{said}; n = {now.n:,}{f'; {headline.note}' if headline.note else ''}"
