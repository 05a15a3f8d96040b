"""HTML to the text people read: blocks on lines of their own, scripts and styles left out. Quotes are kept; they are text."""

import re
from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dl", "dt", "fieldset", "figure"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre"),
        *("section", "table", "td", "th", "tr", "ul"),
    )
)
_SILENT: Final = frozenset(("head", "script", "style", "template", "title"))
_BLANKS: Final = re.compile(r"[^\S\n]+")
_EMPTY_LINES: Final = re.compile(r"\s*\n\s*")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # as declared by the standard library
        if not self._silent and tag in _SILENT:
            self._silent = tag
        if tag in _BLOCKS:
            self.parts.append("\n")
            self._silent = "" if self._silent == "head" else self._silent

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " ").replace("\r", " "))


def html_text(html: str) -> str:
    """Give the visible text of a page."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    return _EMPTY_LINES.sub("\n", _BLANKS.sub(" ", "".join(parser.parts))).strip()
