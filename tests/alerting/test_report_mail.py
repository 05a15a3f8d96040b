"""The report by mail: what stands in its text, and that the page hangs on it whole."""

import datetime as dt
from pathlib import Path

from pipelines.alerting.report_mail import report_body, report_letter
from pipelines.alerting.settings import MailSettings
from pipelines.headlines import Target
from pipelines.report.under_alert import UnderAlert
from tests.alerting.figures import COST, CSAT, ROI, headline, point
from tests.connectors.conftest import NOON

MAY = dt.date(2026, 5, 1)
NEWEST = dt.date(2026, 5, 31)


def test_the_text_says_what_is_out_of_its_bounds_and_each_figure_with_its_interval() -> None:
    alert = UnderAlert("late_feed", "shop", "The feed shop is late.", dt.datetime(2026, 5, 30, 2, 0))
    figures = [
        headline(CSAT, months=[point(MAY, 0.62, 400, 0.05)], target=Target(0.7, is_floor=True)),
        headline(COST, months=[point(MAY, 3.5, 1234, is_over=False)]),
        headline(ROI, months=[point(MAY, 0.1, 50, 0.2)]),
        headline(CSAT),
    ]

    assert report_body(figures, [alert], NEWEST, "EUR").splitlines() == [
        "Data up to and including 31 May 2026; the page is attached.",
        "",
        "Out of its bounds:",
        "* The feed shop is late. Since 30 May 2026 02:00 UTC.",
        "",
        "CSAT, satisfied customers, May 2026: 62.0 % (95 % interval 57.0 % to 67.0 %), misses the target of 70.0 %; n = 400",
        "Cost per sale, service only, May 2026 (not over): 3.50 EUR; n = 1,234",
        "Service ROI, May 2026: 10.0 % (assumptions at their ends -10.0 % to 30.0 %); n = 50",
        "CSAT, satisfied customers: no data",
    ]


def test_without_alerts_it_says_so() -> None:
    assert "Nothing is out of its bounds." in report_body([], [], NEWEST, "EUR")


def test_the_page_is_attached_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text("<!doctype html><p>Größe €</p>\n" + "x" * 2000, encoding="utf-8")
    declared = MailSettings.model_validate({"host": "localhost", "security": "none", "sender": "k@example.com", "to": ["a@example.com"]})

    mail = report_letter("text", page, "report.2026-05-31", NEWEST, declared, NOON)

    (attached,) = mail.iter_attachments()
    assert mail["Subject"] == "Customer service, data up to 31 May 2026"
    assert (attached.get_filename(), attached.get_content_type()) == ("report-2026-05-31.html", "text/html")
    assert attached.get_payload(decode=True) == page.read_bytes()
    assert attached.get_content_charset() == "utf-8"
