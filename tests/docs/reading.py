"""Reading the documents: their code blocks, tables, headings and links. What must hold of them stands in the tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (*(ROOT / f"{name}.md" for name in ("README", "CONTEXT", "CONTRIBUTING", "AGENTS")), *sorted((ROOT / "docs").rglob("*.md")))

_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_CELL_END = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Document:
    """One Markdown file."""

    path: Path

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """What stands outside its blocks."""
        return _BLOCK.sub("", self.text)

    @property
    def words(self) -> str:
        """Its prose without what stands in backticks."""
        return _CODE.sub("", self.prose)

    def blocks(self, *languages: str) -> list[str]:
        """Its blocks in any of these languages, in order."""
        return [block for language, block in blocks_in(self.text) if language in languages]

    def sections(self, mark: str = "## ") -> dict[str, str]:
        """The text under each heading of a level, by the heading without its backticks."""
        parts = re.split(rf"^{mark}", self.text, flags=re.MULTILINE)[1:]
        return {title.strip().strip("`"): body for title, _, body in (part.partition("\n") for part in parts)}

    def anchors(self) -> set[str]:
        """What a link may name behind `#`."""
        return {
            re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in _HEADING.findall(_BLOCK.sub("", self.text))
        }

    def links(self) -> list[str]:
        """Where its links lead."""
        return _LINK.findall(self.prose)

    def spans(self) -> list[str]:
        """What stands in backticks within its prose."""
        return _CODE.findall(self.prose)


def blocks_in(text: str) -> list[tuple[str, str]]:
    """The language and the text of every block."""
    return [(language, body) for _, language, body in _BLOCK.findall(text)]


def tables(text: str) -> Iterator[list[list[str]]]:
    """The rows of each table, without its head; cells as written."""
    rows: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in _CELL_END.split(line.strip().strip("|"))])
        elif rows:
            yield rows[2:]
            rows = []
