"""What MkDocs is told beside `mkdocs.yml`: pages that are made while the site is built, and where links of the repository lead in it."""

import posixpath
import re
from pathlib import Path
from typing import Final

from command_pages import command_page
from dictionary_pages import dictionary_page
from kpi_pages import definition_pages
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from settings_pages import settings_page

from pipelines.cli.app import app
from pipelines.settings import Settings
from schemas.catalogue import PUBLISHED

ROOT: Final = Path(__file__).parent.parent
OUTSIDE: Final = {"CONTEXT.md": "glossary.md", "CONTRIBUTING.md": "contributing.md"}
"""Documents that lie beside `docs/`, and the pages that they are in the site."""

_LINK: Final = re.compile(r"\]\((?!\w+:)([^)\s#]+)(#[^)\s]*)?\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the pages of a folder where the navigation names the folder."""
    folders = {"kpis/": [f"kpis/{name}.md" for name in definition_pages()], "adr/": _decisions()}
    config.nav = [
        {title: folders.get(where, where) if isinstance(where, str) else where}
        for entry in config.nav or []
        for title, where in entry.items()
    ]
    return config


def _decisions() -> list[str]:
    return [
        f"adr/{path.name}" for path in sorted((ROOT / "docs" / "adr").glob("*.md"), key=lambda path: (path.name != "README.md", path.name))
    ]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are read off the code, and the documents that lie elsewhere."""
    made = {
        "every-setting.md": settings_page(Settings),
        "command-line.md": command_page(app),
        "data-dictionary.md": dictionary_page(PUBLISHED),
        **{page: (ROOT / name).read_text(encoding="utf-8") for name, page in OUTSIDE.items()},
        **{f"kpis/{name}.md": text for name, text in _kpi_pages(ROOT / config.extra["kpi_pages"]).items()},
    }
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    return files


def _kpi_pages(folder: Path) -> dict[str, str]:
    """The pages with their worked examples where `kpi_pages.py` has written them, else what the contracts say."""
    written = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return {name: written.get(name, text) for name, text in definition_pages().items()}


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links between documents of the repository, as links between pages."""
    del config, files
    here = {page: name for name, page in OUTSIDE.items()}.get(page.file.src_uri, f"docs/{page.file.src_uri}")

    def led(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(here), found[1]))
        in_site = OUTSIDE.get(target, target.removeprefix("docs/"))
        return f"]({posixpath.relpath(in_site, posixpath.dirname(page.file.src_uri) or '.')}{found[2] or ''})"

    return _LINK.sub(led, markdown)
