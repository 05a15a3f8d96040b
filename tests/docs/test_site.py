"""The documentation is built without a warning, says what the code says, and loads nothing from anywhere else."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

import pytest
from command_pages import command_page
from dictionary_pages import dictionary_page
from pydantic import BaseModel, Field
from settings_pages import settings_page

from pipelines.cli.app import app
from pipelines.settings import Settings
from schemas.catalogue import PUBLISHED
from schemas.projection import columns, table_name
from tests.docs.reading import ROOT, tables

LOADS = {"src", "srcset", "data", "poster", "action"}
"""Attributes whose address a browser asks for by itself."""


# --- pages made from the code -----------------------------------------------------------------------------------------


class Mail(BaseModel):
    """Where mail goes."""

    kind: Literal["mail"] = Field(description="By mail.")
    to: tuple[str, ...] = Field(min_length=1, description="To whom.")


class Web(BaseModel):
    """Where a request goes."""

    kind: Literal["web"] = Field(description="By a request.")


class Inner(BaseModel):
    """An inner block."""

    level: int = Field(default=3, ge=1, le=5, description="How deep | it goes.")
    mode: Literal["a", "b"] | None = Field(default=None, description="How.")


class Outer(BaseModel):
    """Not shown: the top has a name of its own."""

    inner: Inner = Field(default_factory=Inner, description="A block.")
    named: dict[str, Inner] = Field(default_factory=dict, description="Blocks by name.")
    ways: dict[str, Mail | Web] = Field(default_factory=dict, description="Either.")
    several: list[Inner] = Field(default=[], description="Many.")


def test_the_reference_of_settings_follows_models_of_every_shape() -> None:
    page = settings_page(Outer)

    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == [
        "Top level",
        "`[inner]`",
        "`[named.<name>]`",
        "`[ways.<name>]` of kind `mail`",
        "`[ways.<name>]` of kind `web`",
        "`[[several]]`",
    ]
    assert "| `level` | whole number, at least 1, at most 5 | `3` | How deep \\| it goes. |" in page
    assert '| `mode` | `"a"` or `"b"` | none | How. |' in page
    assert "| `to` | list of: text, at least 1 of them | required | To whom. |" in page
    assert "An inner block." in page


def keys(model: type[BaseModel]) -> set[str]:
    """Every key of a model and of all models that it holds, by the schema's own definitions."""
    schema = model.model_json_schema()
    return {key for block in (schema, *schema["$defs"].values()) for key in block.get("properties", {})}


def test_every_setting_is_in_the_reference_with_its_meaning() -> None:
    rows = [row for table in tables(settings_page(Settings)) for row in table]

    assert {row[0].strip("`") for row in rows} == keys(Settings)
    assert [row for row in rows if not row[3] or row[1] == "any value"] == []


def test_every_published_column_is_in_the_data_dictionary_with_its_type_and_meaning() -> None:
    page = dictionary_page(PUBLISHED)

    sections = dict(part.split("\n", 1) for part in page.split("\n## ")[1:])
    assert list(sections) == [table_name(table) for table in PUBLISHED]
    for table in PUBLISHED:
        (written,) = tables(sections[table_name(table)])
        assert [(row[0].strip("`"), row[2] == "yes", row[3]) for row in written] == [
            (column.name, column.is_nullable, column.unit or "") for column in columns(table)
        ]
        assert all(row[1] and row[4] for row in written)


def test_every_command_is_on_the_page_of_the_command_line() -> None:
    groups = [(f"{group.name} ", group.typer_instance) for group in app.registered_groups if group.typer_instance]
    named = [
        f"{prefix}{command.name or (command.callback.__name__ if command.callback else '')}"
        for prefix, of in [("", app), *groups]
        for command in of.registered_commands
    ]

    assert sorted(re.findall(r"^## kpis (.*)$", command_page(app), re.MULTILINE)) == sorted(
        [*named, *(prefix.strip() for prefix, _ in groups)]
    )


# --- the site ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    written = tmp_path_factory.mktemp("pages")
    (written / "satisfaction_daily.md").write_text("# satisfaction_daily\n\nWith its worked example.\n")
    built = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "KPI_PAGES": str(written), "NO_MKDOCS_2_WARNING": "1"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    return out


@pytest.mark.slow
def test_the_site_has_a_page_for_every_document_and_every_kpi(site: Path) -> None:
    built = {str(path.relative_to(site).with_suffix("")) for path in site.rglob("*.html")}
    documents = {str(path.relative_to(ROOT / "docs").with_suffix("")) for path in (ROOT / "docs").rglob("*.md")}
    kpis = {table_name(table).replace(".", "s/", 1) for table in PUBLISHED if table_name(table).startswith("kpi.")}

    assert {name.replace("README", "index") for name in documents} <= built
    assert kpis | {"every-setting", "data-dictionary", "command-line", "glossary", "contributing"} <= built


@pytest.mark.slow
def test_a_page_of_a_kpi_has_its_worked_example_where_one_was_computed(site: Path) -> None:
    assert "With its worked example." in (site / "kpis" / "satisfaction_daily.html").read_text()
    assert "fcr_gross" in (site / "kpis" / "first_contact_resolution_daily.html").read_text()


class Loaded(HTMLParser):
    """The addresses that a page makes a browser load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.found += [value for name, value in given.items() if name in LOADS]
        if tag == "link" and given.get("rel") != "canonical":
            self.found.append(given.get("href", ""))
        self.found += re.findall(r"url\(([^)]*)\)", given.get("style", ""))


def foreign(page: str) -> list[str]:
    loaded = Loaded()
    loaded.feed(page)
    return [address for address in loaded.found if re.match(r"\s*(?:\w+:)?//", address)]


def test_the_test_for_foreign_addresses_sees_them() -> None:
    assert foreign('<link rel="stylesheet" href="https://fonts.example/a.css"><script src="//cdn.example/a.js"></script>') == [
        "https://fonts.example/a.css",
        "//cdn.example/a.js",
    ]
    assert foreign('<a href="https://example.com">said</a><script src="assets/a.js"></script>') == []


@pytest.mark.slow
def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    pages = list(site.rglob("*.html"))

    assert len(pages) > 60
    assert {address for page in pages for address in foreign(page.read_text(encoding="utf-8"))} == set()
    styles = "\n".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//[^)]*", styles) == []
