import ast
import contextlib
import csv
import datetime as dt
import io
import json
import re
import shlex
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer
import yaml
from dagster._config import validate_config
from dagster._core.instance.config import dagster_instance_config_schema
from pydantic import BaseModel

from assets.binding import RECONCILES
from assets.catalogue import DERIVED
from assets.checks import bounds, conservation, expected_feeds, known_figures
from assets.kpi_settings import KpiSettings
from assets.parameters import DEFAULT_ASSUMPTIONS, Asked, Assumption
from assets.raw.acceptance import accept
from assets.raw.feed import Account, Feed, Question
from assets.raw.reading import File, Reading
from assets.raw.registry import CONTAINERS, FORMATS
from assets.schedules import Schedule
from assets.taxonomy import Rule
from pipelines.alerting.settings import AlertSettings, MailSettings, WebhookSettings
from pipelines.cli.app import app
from pipelines.connectors.settings import (
    Fetching,
    FolderConnector,
    ImapConnector,
    QualtricsConnector,
    TwilioConnector,
    TypeformConnector,
    ZendeskConnector,
)
from pipelines.definitions import build_definitions
from pipelines.deployment import TEMPLATES
from pipelines.facts import fact_queries
from pipelines.postgresql.settings import PostgresqlSettings
from pipelines.publishing.publish import publish
from pipelines.settings import KEY_VARIABLE, ReportSettings, ScheduleSettings, Settings
from pipelines.warehouse.duckdb_store import open_warehouse
from schemas.catalogue import FACTS, KPI, OPS, PUBLISHED, STORED
from schemas.projection import columns, table_name
from schemas.table import Table
from tests.docs.reading import DOCUMENTS, ROOT, Document, blocks_in, tables
from tests.raw.containers import parquet_file, texts_workbook
from tests.world import World

README, CONTEXT = Document(ROOT / "README.md"), Document(ROOT / "CONTEXT.md")
SOURCES, SETTINGS, OPERATIONS, BI = (Document(ROOT / "docs" / f"{name}.md") for name in ("sources", "settings", "operations", "bi"))
CASES = [pytest.param(Document(path), id=str(path.relative_to(ROOT))) for path in DOCUMENTS]
EVERY = pytest.mark.parametrize("document", CASES)

BELOW_THE_TOP = (
    *("kpi", "schedule", "report", "alerts", "mail", "publish", "schedules", "assumptions", "taxonomy", "asked", "feeds", "connectors"),
)
MODELS: dict[str, type[BaseModel]] = {
    "Top level": Settings,
    "[kpi]": KpiSettings,
    "[schedule]": ScheduleSettings,
    "[report]": ReportSettings,
    "[alerts]": AlertSettings,
    "[alerts.webhook]": WebhookSettings,
    "[mail]": MailSettings,
    "[publish.postgresql]": PostgresqlSettings,
    "[schedules.<name>]": Schedule,
    "[assumptions.<name>]": Assumption,
    "[taxonomy.<name>]": Rule,
    "[asked.<name>]": Asked,
    "[feeds.<name>]": Feed,
    "[feeds.<name>.accounts.<account>]": Account,
    "[feeds.<name>.questions.<question>]": Question,
    "[connectors.<name>]": Fetching,
    "Connectors of kind imap": ImapConnector,
    "Connectors of kind zendesk": ZendeskConnector,
    "Connectors of kind twilio": TwilioConnector,
    "Connectors of kind typeform": TypeformConnector,
    "Connectors of kind qualtrics": QualtricsConnector,
    "Connectors of kind folder": FolderConnector,
}


# --- commands ---------------------------------------------------------------------------------------------------------


def shell_commands(text: str) -> Iterator[list[str]]:
    """The words of every call of `kpis` or `make` in a shell block."""
    for line in text.splitlines():
        for part in re.split(r"&&|;", line.partition("#")[0]):
            words = shlex.split(part)
            places = [place for place, word in enumerate(words) if word.rpartition("/")[2] in {"kpis", "make"}]
            if places:
                yield [words[places[0]].rpartition("/")[2], *words[places[0] + 1 :]]


def kpis_command(name: str) -> Any:  # Typer brings its own click, without types
    commands: dict[str, Any] = vars(typer.main.get_command(app))["commands"]
    assert name in commands, f"there is no command `kpis {name}`"
    return commands[name]


@EVERY
def test_every_command_in_a_block_can_be_called_like_that(document: Document) -> None:
    for block in document.blocks("sh", "text"):
        for program, *words in shell_commands(block) if "kpis" in block or "make" in block else ():
            if program == "make":
                targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
                assert set(words) <= set(targets)
            else:
                kpis_command(words[0]).make_context(words[0], words[1:])


@EVERY
def test_every_command_named_in_a_sentence_exists_with_its_options(document: Document) -> None:
    for span in document.spans():
        if not span.startswith("kpis "):
            continue
        _, name, *words = span.split()
        command: Any = typer.main.get_command(app) if name.startswith("--") else kpis_command(name)
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in (name, *words) if word.startswith("--")} <= known


# --- settings ---------------------------------------------------------------------------------------------------------


def as_toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value)
        case int():
            return str(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case tuple() | list():
            return "[" + ", ".join(as_toml(part) for part in value) + "]"
        case dict():
            return "{}"
    return f"{value:g}"


def expected_rows(model: type[BaseModel]) -> list[list[str]]:
    rows = []
    for name, field in model.model_fields.items():
        if model is Settings and name in BELOW_THE_TOP:
            continue
        if model is not Fetching and issubclass(model, Fetching) and name in Fetching.model_fields:
            continue
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        said = "required" if field.is_required() else "none" if default is None else f"`{as_toml(default)}`"
        rows.append([f"`{name}`", said, field.description or ""])
    return rows


@pytest.mark.parametrize("section", MODELS)
def test_the_settings_page_says_every_key_its_default_and_its_meaning(section: str) -> None:
    written = next(tables(SETTINGS.sections()[section]))

    assert written == expected_rows(MODELS[section])


def test_the_settings_page_has_a_section_for_every_block_and_no_other() -> None:
    assert list(SETTINGS.sections()) == list(MODELS)
    assert set(BELOW_THE_TOP) <= set(Settings.model_fields)


def test_the_settings_page_says_every_assumption_and_what_holds_while_none_is_declared() -> None:
    _, written = tables(SETTINGS.sections()["[assumptions.<name>]"])

    assert [row[:4] for row in written] == [
        [f"`{name}`", f"{assumed.value:g}", f"{assumed.low:g}", f"{assumed.high:g}"] for name, assumed in DEFAULT_ASSUMPTIONS.items()
    ]


@EVERY
def test_every_block_of_settings_is_accepted(document: Document) -> None:
    for block in document.blocks("toml"):
        Settings.model_validate(tomllib.loads(block))


# --- sources ----------------------------------------------------------------------------------------------------------


EXPLAINED = {f"*_{name.rpartition('_')[2]}" if name.rpartition("_")[2] in CONTAINERS else name for name in FORMATS}
"""The sections that there must be: one for each adapter, and one for all that read a container."""


def test_every_adapter_has_a_section_and_every_section_an_adapter() -> None:
    assert {title for title in SOURCES.sections() if "_" in title} == EXPLAINED


def packed(sample: str, container: str) -> bytes:
    """The sample as a file; what is no text is shown as the CSV that holds the same cells."""
    if container not in {"xlsx", "parquet"}:
        return sample.encode()
    header, *rows = csv.reader(sample.splitlines())
    if container == "xlsx":
        return texts_workbook(header, *rows)
    return parquet_file({name: [row[place] or None for row in rows] for place, name in enumerate(header)})


@pytest.mark.slow
@pytest.mark.parametrize("section", sorted(EXPLAINED))
def test_the_sample_of_an_adapter_is_read_whole_with_its_settings(section: str) -> None:
    blocks = blocks_in(SOURCES.sections()[section])
    declared = tomllib.loads(next(text for language, text in blocks if language == "toml"))
    name, feed = next(iter(Settings.model_validate(declared).feeds.items()))
    reading = Reading(lambda text: text, frozenset({"EUR", "USD"}))
    samples = [text for language, text in blocks if language != "toml"]

    adapter = feed.adapter
    assert samples
    assert adapter.endswith(section.strip("*"))
    for sample in samples:
        given = feed.named(name)
        batches = [
            accept(batch)
            for batch in FORMATS[adapter].read(
                File(io.BytesIO(packed(sample, adapter.rpartition("_")[2])), dt.date(2026, 5, 2)), given, reading
            )
        ]
        assert sum(frame.height for batch in batches for frame in batch.rows.values()) > 0
        assert [refusal for batch in batches for refusal in batch.refusals.rows()] == []


# --- the README's example, from its file to its queries -----------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    world: World
    before: tuple[int, int, int]
    """Records read, accepted and quarantined at first."""
    after: tuple[int, int, int]
    """Likewise once the file has been mended."""

    @property
    def database(self) -> Path:
        return self.world.settings.published_path / "kpis.duckdb"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """The first feed of the README: declared, loaded, mended, loaded again, published."""
    day = dt.date(2026, 11, 20)
    (declared,), (file,) = README.blocks("toml"), README.blocks("csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_VARIABLE, "a key for tests, long enough")
        world = World(tmp_path_factory.mktemp("first") / "feed")
        world.declare(declared)
        world.put("web_survey", day, "responses.csv", file.encode())
        first = world.load(day)
        world.put("web_survey", day, "responses.csv", file.replace(",6,10", ",4,10").encode())
        second = world.load(day)
        folder = world.settings.published_path
        with open_warehouse(world.settings.warehouse_path, STORED, DERIVED, also_allowed=(folder,)) as opened:
            publish(opened.connection, PUBLISHED, folder, fact_queries(world.settings.holidays))
    return Example(
        world,
        (first.records_read, first.records_accepted, first.records_quarantined),
        (second.records_read, second.records_accepted, second.records_quarantined),
    )


@pytest.mark.slow
def test_the_first_feed_of_the_readme_is_loaded_refused_mended_and_loaded_as_it_says(example: Example) -> None:
    said = re.findall(r"(\d+) records = (\d+) accepted \+ (\d+) quarantined", "\n".join(README.blocks("sh")))

    assert [tuple(map(int, counts)) for counts in said] == [example.before, example.after] == [(3, 2, 1), (3, 3, 0)]


@pytest.mark.slow
@pytest.mark.parametrize("document", [README, BI], ids=["README", "bi"])
def test_every_python_block_of_a_document_runs_on_a_publication(
    document: Document, example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(example.world.folder)
    for block in document.blocks("python"):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(block, document.path.name, "exec"), {})  # noqa: S102  # our own documents
        assert printed.getvalue()


@pytest.mark.slow
def test_every_query_in_the_documents_runs_on_a_publication(example: Example) -> None:
    with duckdb.connect(example.database, read_only=True) as published:
        for query in (block for path in DOCUMENTS for block in Document(path).blocks("sql")):
            published.sql(query).fetchall()


@pytest.mark.slow
@pytest.mark.parametrize("table", KPI, ids=table_name)
def test_every_formula_of_the_catalogue_is_sql_over_its_table(table: type[Table], example: Example) -> None:
    with duckdb.connect(example.database, read_only=True) as published:
        for column in columns(table):
            if column.formula:
                differs = f"{column.name} IS NOT NULL AND abs({column.name} - ({column.formula})) > 1e-9"
                assert published.sql(f"FROM {table_name(table)} WHERE {differs}").fetchall() == [], column.name


# --- tables, words and links --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("document", "published"), [(README, (*KPI, *OPS)), (BI, FACTS)], ids=["README", "bi"])
def test_every_published_table_is_listed_and_no_other(document: Document, published: Sequence[type[Table]]) -> None:
    listed = [row[0].strip("`") for rows in tables(document.text) for row in rows if row[0].startswith(("`kpi.", "`ops.", "`facts."))]

    assert sorted(listed) == sorted(table_name(table) for table in published)


def test_the_operations_page_has_a_section_for_every_check_and_no_other() -> None:
    defined = build_definitions(Settings(feeds={"survey": Feed(adapter="survey_csv", time_zone="UTC")}))
    names = {key.name for key in defined.resolve_asset_graph().asset_check_keys}
    told = re.split(r"^### `(\w+)`$", OPERATIONS.sections()["When a check fails"], flags=re.MULTILINE)[1:]

    assert sorted(told[::2]) == sorted(names)
    assert names >= {conservation.NAME, expected_feeds.NAME, known_figures.NAME, RECONCILES, *bounds.SPEC_TEXTS}
    assert [text for text in told[1::2] if len(text.split()) < 20] == []


def test_the_storage_of_the_operations_page_is_one_that_dagster_takes() -> None:
    (declared,) = OPERATIONS.blocks("yaml")
    instance = yaml.safe_load((TEMPLATES / "dagster.yaml").read_text())
    del instance["event_log_storage"]

    checked = validate_config(dagster_instance_config_schema(), {**instance, **yaml.safe_load(declared)})

    assert checked.success, checked.errors


@cache
def sentences() -> list[str]:
    """Every text in the code, with `…` for what is filled in."""
    found = []
    for room in ("assets", "pipelines"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    found.append("".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.append(node.value)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("message", [row[0] for row in next(tables(OPERATIONS.sections()["What the messages mean"]))])
def test_every_message_on_the_operations_page_is_one_that_the_program_gives(message: str) -> None:
    names = {KEY_VARIABLE, "kpis.toml"}
    for variant in message.split(" / "):
        parts = [part.strip(" .:") for part in re.split(r"…|\d+|" + "|".join(names), variant)]
        ordered = re.compile(".*".join(re.escape(part) for part in parts if part), re.DOTALL)
        assert any(ordered.search(sentence) for sentence in sentences())


def words_to_avoid() -> list[str]:
    return [word.strip() for rows in tables(CONTEXT.text) for row in rows for word in row[-1].split(",")]


@pytest.mark.parametrize("document", [case for case in CASES if case.id != "CONTEXT.md"])
def test_no_document_uses_a_word_that_the_glossary_avoids(document: Document) -> None:
    text = document.words.lower()

    assert [word for word in words_to_avoid() if re.search(rf"\b{re.escape(word.lower())}s?\b", text)] == []


def test_the_glossary_has_each_word_once_and_avoids_none_of_its_own() -> None:
    words = [word.strip(" *").lower() for rows in tables(CONTEXT.text) for row in rows for word in row[0].split(",")]

    assert len(words) == len(set(words))
    assert not set(words) & set(map(str.lower, words_to_avoid()))


@EVERY
def test_every_link_leads_somewhere(document: Document) -> None:
    for link in document.links():
        if "://" in link:
            continue
        target, _, anchor = link.partition("#")
        path = (document.path.parent / target).resolve() if target else document.path
        assert path.exists(), link
        assert not anchor or anchor in Document(path).anchors(), link


def test_the_readme_fits_on_a_few_screens_and_the_page_for_agents_is_shorter() -> None:
    lines = len(README.text.splitlines())

    assert lines < 250
    assert len((ROOT / "AGENTS.md").read_text(encoding="utf-8").splitlines()) < lines


def test_every_decision_is_in_the_index() -> None:
    index = Document(ROOT / "docs" / "adr" / "README.md")

    assert sorted(index.links()) == sorted(path.name for path in index.path.parent.glob("0*.md"))
