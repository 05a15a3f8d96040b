"""Every command of the README and the documentation is run, in the order in which a reader would, on a company of eight days."""

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pytest
import typer
from command_pages import examples_of

from pipelines.cli.app import app
from pipelines.cli.demo_command import DEMO_KEY
from pipelines.demo import write_demo
from pipelines.inbox import Inbox
from pipelines.runs import HOME_VARIABLE, run_days
from pipelines.settings import KEY_VARIABLE, load_settings
from schemas.catalogue import KPI
from schemas.projection import table_name
from tests.docs.commands import LANGUAGES, NOT_RUN, copied, programs, run_blocks, shell_blocks, shell_text, without_comment
from tests.docs.reading import DOCUMENTS, ROOT, Document

DAYS: Final = 8
LAST_DAYS: Final = 2
"""Arrival days that came after the copy of the warehouse from which the drill restores."""

README = Document(ROOT / "README.md")
WITH_COMMANDS = [
    Document(path) for path in DOCUMENTS if (path == README.path or path.is_relative_to(ROOT / "docs")) and shell_blocks(Document(path))
]


@dataclass(frozen=True)
class Company:
    """A deployment of the demo company, loaded and published, and a copy of its warehouse from some days before."""

    folder: Path
    older_warehouse: Path
    programs: Path
    days: list[dt.date]


@pytest.fixture(scope="module")
def installed() -> Iterator[Path]:
    with programs() as folder:
        yield folder


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, installed: Path) -> Company:
    place = tmp_path_factory.mktemp("documents")
    folder = place / "company"
    started = run_blocks(["kpis init company"], place, installed)
    assert started.finished, started.printed
    write_demo(place / "demo", days=DAYS)
    shutil.copytree(place / "demo" / "inbox", folder / "inbox", dirs_exist_ok=True)
    (place / "mails").mkdir()
    landing = f'\n[connectors.mailbox]\nkind = "folder"\nfeed = "email"\nurl = {json.dumps(str(place / "mails"))}\n'
    (folder / "kpis.toml").write_text((place / "demo" / "kpis.toml").read_text() + landing)
    (folder / "kpis.env").write_text(f'{KEY_VARIABLE}="{DEMO_KEY}"\n')
    (folder / "demo").symlink_to(".")
    labels = [
        f"{text} {number},{category}"
        for number in range(20)
        for category, text in (("billing", "refund my money"), ("delivery", "the parcel is late"))
    ]
    (folder / "labels.csv").write_text("\n".join(["text,category", *labels, ""]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_VARIABLE, DEMO_KEY)
        patch.setenv(HOME_VARIABLE, str(place / "history"))
        settings = load_settings(folder / "kpis.toml")
        days = Inbox(settings.inbox_url).arrival_days(settings.feeds)
        assert run_days(settings, days[0], days[-1 - LAST_DAYS]).succeeded
        shutil.copytree(folder / "warehouse", place / "older")
        assert run_days(settings, days[-LAST_DAYS], days[-1]).succeeded
    return Company(folder, place / "older", installed, days)


# --- where a section needs more than the company ------------------------------------------------------------------------


def in_the_company(folder: Path) -> Path:
    """Where a section needs nothing more."""
    return folder


def in_the_first_feed(folder: Path) -> Path:
    """The README's own example: settings and file as it shows them."""
    first = folder / "first"
    delivery = first / "inbox" / "web_survey" / "2026-11-20" / "responses.csv"
    delivery.parent.mkdir(parents=True)
    delivery.write_text(README.blocks("csv")[0])
    (first / "kpis.toml").write_text(README.blocks("toml")[0])
    return first


PLACES: Final[Mapping[tuple[str, str], Callable[[Path], Path]]] = {("README.md", "Connect your first feed"): in_the_first_feed}


@pytest.mark.slow
@pytest.mark.parametrize("document", [pytest.param(document, id=str(document.path.relative_to(ROOT))) for document in WITH_COMMANDS])
def test_every_command_of_a_document_runs(document: Document, company: Company, tmp_path: Path) -> None:
    folder = copied(company.folder, tmp_path / "company")
    name = str(document.path.relative_to(ROOT))
    groups: list[tuple[Path, list[str]]] = []
    for title, blocks in shell_blocks(document).items():
        place = PLACES.get((name, title), in_the_company)(folder)
        if groups and groups[-1][0] == place:
            groups[-1][1].extend(blocks)
        else:
            groups.append((place, list(blocks)))

    for place, blocks in groups:
        outcome = run_blocks([block.replace("/var/backups", str(tmp_path / "backups")) for block in blocks], place, company.programs)
        assert (outcome.failed, outcome.finished) == ((), True), outcome.printed


def calls_in_help() -> list[str]:
    commands = vars(typer.main.get_command(app))["commands"]
    return [call for command in commands.values() for call in examples_of(command)]


@pytest.mark.slow
def test_every_example_in_the_help_of_a_command_runs(company: Company, tmp_path: Path) -> None:
    folder = copied(company.folder, tmp_path / "company")
    shutil.copy(next((folder / "inbox" / "orders").rglob("*.csv")), folder / "export.csv")

    outcome = run_blocks([shell_text("\n".join(calls_in_help()), "sh")], folder, company.programs)

    assert (outcome.failed, outcome.finished) == ((), True), outcome.printed


def test_every_line_that_is_not_run_is_still_in_a_document_or_in_a_help() -> None:
    lines = {without_comment(line) for document in WITH_COMMANDS for block in document.blocks(*LANGUAGES) for line in block.splitlines()}

    assert set(NOT_RUN) - lines - set(calls_in_help()) == set()
    assert all(NOT_RUN.values())


@pytest.mark.slow
def test_a_command_that_fails_is_seen_wherever_it_stands(company: Company, tmp_path: Path) -> None:
    outcome = run_blocks(["kpis show no_such_table", "true"], tmp_path, company.programs)

    assert (outcome.failed, outcome.finished) == (("2 kpis show no_such_table",), True)


# --- restoring ----------------------------------------------------------------------------------------------------------


def published(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(folder / "published" / "kpis.duckdb", read_only=True) as connection:
        return {table_name(table): sorted(connection.sql(f"FROM {table_name(table)}").fetchall(), key=repr) for table in KPI}


def restored(company: Company, folder: Path, first: dt.date, *, warehouse: Path | None) -> dict[str, list[tuple[object, ...]]]:
    """What is published after the copy was put into an empty folder and the days since were run."""
    folder.mkdir()
    shutil.copy(company.folder / "kpis.toml", folder)
    shutil.copytree(company.folder / "inbox", folder / "inbox")
    if warehouse:
        shutil.copytree(warehouse, folder / "warehouse")
    outcome = run_blocks([f"kpis backfill {first} {company.days[-1]}"], folder, company.programs)
    assert (outcome.failed, outcome.finished) == ((), True), outcome.printed
    return published(folder)


@pytest.mark.slow
def test_a_copy_with_an_older_warehouse_restores_every_kpi(company: Company, tmp_path: Path) -> None:
    assert restored(company, tmp_path / "restored", company.days[-LAST_DAYS], warehouse=company.older_warehouse) == published(
        company.folder
    )


@pytest.mark.slow
def test_a_copy_without_a_warehouse_restores_every_kpi(company: Company, tmp_path: Path) -> None:
    assert restored(company, tmp_path / "restored", company.days[0], warehouse=None) == published(company.folder)
