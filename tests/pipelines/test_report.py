"""What the page for people promises: its figures are the published ones, it needs nothing else, and it says what is in doubt."""

import datetime as dt
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli.app import app
from pipelines.errors import PipelineError
from pipelines.headlines import Headline, headlines
from pipelines.published import kpi_table, rows
from pipelines.publishing.publish import DATABASE_NAME
from pipelines.report.changes import changes
from pipelines.report.page import gathered, rendered, write_report
from pipelines.report.reservations import quality
from schemas.catalogue import PUBLISHED
from schemas.projection import columns, ddl, quoted, table_name

pytestmark = pytest.mark.slow

LAST_DAY = dt.date(2026, 5, 20)
FILLER = {"BIGINT": 0, "VARCHAR": "all", "BOOLEAN": False, "DATE": dt.date(2026, 5, 1), "DECIMAL(18,4)": 0, "DECIMAL(18,8)": 0}
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


class Publication:
    """A published file of literal rows: what is not named is nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        with duckdb.connect(folder / DATABASE_NAME) as connection:
            for schema in ("kpi", "ops", "facts"):
                connection.execute(f"CREATE SCHEMA {schema}")
            for contract in PUBLISHED:
                connection.execute(ddl(contract))
        self.add("ops.publication", currency="EUR", time_zone="Europe/Berlin", newest_arrived_on=LAST_DAY)

    def add(self, table: str, **values: Any) -> None:
        contract = next(contract for contract in PUBLISHED if table_name(contract) == table)
        row = [values.get(column.name, None if column.is_nullable else FILLER.get(column.sql_type, 0.0)) for column in columns(contract)]
        with duckdb.connect(self.folder / DATABASE_NAME) as connection:
            connection.execute(f"INSERT INTO {quoted(table)} VALUES ({', '.join('?' * len(row))})", row)

    def csat(self, day: dt.date, satisfied: int, n: int, channel: str = "web") -> None:
        ends = {"csat_top2": satisfied / n if n else None}
        self.add("kpi.satisfaction_daily", answered_on=day, channel=channel, csat_n=n, csat_satisfied=satisfied, **ends)


class Figures(HTMLParser):
    """Every `data` element of a page, with the card it stands on, and every address that the page names."""

    def __init__(self) -> None:
        super().__init__()
        self.table = ""
        self.found: list[dict[str, str]] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.table = said.get("data-table", self.table)
        self.addresses += [said[name] for name in ("href", "src", "srcset", "action", "data", "xlink:href") if name in said]
        if tag == "data":
            self.found.append({"table": self.table, **said})


def parsed(page: str) -> Figures:
    figures = Figures()
    figures.feed(page)
    return figures


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    return Publication(tmp_path / "published")


def csat_of(publication: Publication) -> Headline:
    return next(one for one in headlines(publication.folder) if one.figure.column == "csat_top2")


def test_the_month_shown_is_the_newest_that_is_over(publication: Publication) -> None:
    for month, satisfied in ((3, 70), (4, 80), (5, 10)):
        publication.csat(dt.date(2026, month, 2), satisfied, 100)

    csat = csat_of(publication)

    assert csat.now is not None
    assert csat.before is not None
    assert (csat.now.on, csat.now.value, csat.before.on) == (dt.date(2026, 4, 1), 0.8, dt.date(2026, 3, 1))
    assert csat.now.low == pytest.approx(0.7112, abs=1e-4)
    assert [point.is_over for point in csat.months] == [True, True, False]


def test_a_month_is_compared_with_the_one_before_it_and_with_no_other(publication: Publication) -> None:
    publication.csat(dt.date(2026, 2, 2), 70, 100)
    publication.csat(dt.date(2026, 4, 2), 80, 100)

    assert csat_of(publication).before is None


def test_a_change_is_taken_apart_into_parts_that_add_up_to_it(publication: Publication) -> None:
    for month, web, phone in ((3, 50, 90), (4, 70, 90)):
        publication.csat(dt.date(2026, month, 2), web, 100, "web")
        publication.csat(dt.date(2026, month, 2), phone, 100, "phone")

    (by_channel,) = changes(publication.folder, csat_of(publication))

    assert by_channel.total == pytest.approx(0.1)
    assert [(part.group, part.contribution.total) for part in by_channel.parts] == [("web", pytest.approx(0.1)), ("phone", 0.0)]


@pytest.mark.parametrize(
    ("satisfied", "said"), [(72, "within what chance explains"), (95, "more than chance explains"), (30, "more than chance explains")]
)
def test_a_change_is_called_what_its_interval_allows(publication: Publication, satisfied: int, said: str) -> None:
    publication.csat(dt.date(2026, 3, 2), 70, 100)
    publication.csat(dt.date(2026, 4, 2), satisfied, 100)

    (csat,) = [one for one in gathered(publication.folder).standings if one.headline.figure.column == "csat_top2"]

    assert csat.said == f"{satisfied - 70:+.1f} points since March 2026: {said}"
    assert csat.verdict == {72: "unclear", 95: "better", 30: "worse"}[satisfied]


def test_a_target_is_met_or_missed_and_an_expected_feed_that_is_behind_is_named(publication: Publication) -> None:
    publication.csat(dt.date(2026, 4, 2), 80, 100)
    publication.add(
        "kpi.target_calibration", kpi="satisfaction_daily", figure="csat_top2", direction="at_least", target_value=0.9, verdict="realistic"
    )
    publication.add("ops.freshness", feed="shop", is_expected=True, newest_arrived_on=LAST_DAY, days_behind=0)
    publication.add("ops.freshness", feed="mail", is_expected=True, newest_arrived_on=dt.date(2026, 5, 17), days_behind=3)
    publication.add("ops.freshness", feed="ledger", is_expected=False, newest_arrived_on=None, days_behind=None)

    page = rendered(gathered(publication.folder))

    assert "misses the target of 90.0 %" in page
    assert "Expected and not there yet: mail." in page
    assert quality(publication.folder).late == ["mail"]


def test_what_is_out_of_its_bounds_stands_at_the_top_with_since_when_and_what_is_over_does_not(publication: Publication) -> None:
    since, later = dt.datetime(2026, 5, 4, 2, 0), dt.datetime(2026, 5, 9, 2, 0)
    kind = "late_feed"
    publication.add("ops.alerts", alert_id="a", kind=kind, subject="shop", reason="The feed shop is <late>.", opened_at=since)
    publication.add(
        "ops.alerts", alert_id="b", kind=kind, subject="mail", reason="The feed mail is late.", opened_at=since, closed_at=later
    )

    page = rendered(gathered(publication.folder))

    assert "The feed shop is &lt;late&gt;." in page
    assert "Known since 4 May 2026." in page
    assert page.index("Out of its bounds") < page.index("Where we stand")
    assert "The feed mail is late." not in page


def test_with_nothing_under_alert_the_page_has_no_such_section(publication: Publication) -> None:
    assert "Out of its bounds" not in rendered(gathered(publication.folder))


def test_what_stands_in_the_data_is_text_on_the_page_and_nothing_else(publication: Publication) -> None:
    hostile = "<script>alert(1)</script>"
    for month in (3, 4):
        publication.csat(dt.date(2026, month, 2), 50 + month, 100, hostile)
        publication.csat(dt.date(2026, month, 2), 50, 100, "web")
    publication.add("ops.refusals_daily", arrived_on=LAST_DAY, feed=hostile, column="x", reason="missing", explanation="x", record_count=2)
    publication.add("ops.freshness", feed=hostile, is_expected=True)

    page = parsed(rendered(gathered(publication.folder)))

    assert "script" not in page.tags


def test_without_any_rows_the_page_says_so(publication: Publication) -> None:
    page = rendered(gathered(publication.folder))

    assert page.count("no data") == len(headlines(publication.folder))
    assert "Everything published is final." in page
    assert "No problem has recurred" in page


def test_nothing_published_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="Nothing is published"):
        write_report(tmp_path, tmp_path / "report.html")


def test_the_command_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "kpis.toml").write_text("")
    result = CliRunner().invoke(app, ["report", "--settings", str(tmp_path / "kpis.toml"), "--out", str(tmp_path / "no" / "report.html")])

    assert (result.exit_code, "There is no folder" in result.output) == (2, True)


@pytest.fixture
def page_of_two_months(publication: Publication) -> Path:
    for month, satisfied in ((3, 70), (4, 80)):
        publication.csat(dt.date(2026, month, 2), satisfied, 100)
        publication.csat(dt.date(2026, month, 9), satisfied - 20, 100, "phone")
    target = publication.folder / "report.html"
    write_report(publication.folder, target)
    return target


def test_every_figure_on_the_page_is_the_published_one(page_of_two_months: Path) -> None:
    assert_published(page_of_two_months)


def assert_published(page: Path) -> None:
    """Each figure on the page equals the figure that the published table gives for that month."""
    shown = [one for one in parsed(page.read_text()).found if one["data-kind"] == "value"]
    assert shown
    published: dict[str, dict[str, dict[str, Any]]] = {}
    for one in shown:
        months = published.setdefault(
            one["table"],
            {str(row[next(iter(row))]): row for row in rows(page.parent, kpi_table(one["table"]), per="month").iter_rows(named=True)},
        )
        known = months[one["data-on"]][one["data-column"]]
        assert one["value"] == ("" if known is None else str(known)), one


def test_the_page_carries_no_program_and_names_no_address(page_of_two_months: Path) -> None:
    text = page_of_two_months.read_text()
    page = parsed(text)

    assert not {"script", "link", "iframe", "img", "object", "embed"} & set(page.tags)
    assert page.addresses == []
    assert set(re.findall(r"https?://[^\s\"'<>]+", text)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "url(" not in text.replace("url(#", "")
    assert page.tags.count("svg") == page.tags.count("figure") > 0
    assert len(text) < 3_000_000


def browsed(page: Path, tmp_path: Path, *asked: str) -> "subprocess.CompletedProcess[str]":
    """What a browser says that is to do this with the page."""
    command = [
        *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
        *(f"--user-data-dir={tmp_path / 'profile'}", *asked, page.as_uri()),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here to look with")
@pytest.mark.parametrize("size", ["390,844", "1280,800"])
def test_a_browser_shows_the_page_without_a_complaint_or_a_request(page_of_two_months: Path, tmp_path: Path, size: str) -> None:
    seen = browsed(page_of_two_months, tmp_path, f"--window-size={size}", "--enable-logging=stderr", "--v=0", "--dump-dom")

    assert "80.0 %" in seen.stdout or "70.0 %" in seen.stdout
    assert "CONSOLE" not in seen.stderr


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here to look with")
def test_the_page_prints_on_a_few_sheets_of_paper(page_of_two_months: Path, tmp_path: Path) -> None:
    paper = tmp_path / "page.pdf"
    browsed(page_of_two_months, tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={paper}")

    printed = paper.read_bytes()
    assert printed.startswith(b"%PDF")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 6
