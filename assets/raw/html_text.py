"""HTML to the text people read: blocks on lines of their own, scripts and styles left out, quoted mails kept.

The standard library's parser takes the square of the input's length on broken markup (15 KB of `<a ` cost it 5 s),
and a mail is whatever a stranger sends. Here no character is looked at more than a few times.
"""

import re
from html import unescape
from typing import Final

_BLOCKS: Final = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dl", "dt", "fieldset", "figure"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre"),
        *("section", "table", "td", "th", "tr", "ul"),
    )
)
_SILENT: Final = frozenset(("script", "style", "template", "title"))
_TAG: Final = re.compile(r"""(/?)([A-Za-z][\w:-]*+)[^>"']*+(?:(?:"[^"]*+"|'[^']*+')[^>"']*+)*>""")
_BEGINS_MARKUP: Final = re.compile(r"[A-Za-z/!?]")
_HUGE_CHARACTER: Final = re.compile(r"&#x?[0-9a-fA-F]{8,}+;?")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_LINE_BREAKS: Final = re.compile(r"[\r\n]+")
_EMPTY_LINES: Final = re.compile(r"\n\s*+")


def html_text(html: str) -> str:
    """Give the visible text of a page."""
    first, *pieces = html.split("<")
    parts = [_inline(first)]
    is_comment = False
    silent = ""
    for piece in pieces:
        if is_comment or piece.startswith("!--"):
            _, end, after = piece.partition("-->")
            is_comment = not end
            parts.append("" if silent else _inline(after))
            continue
        tag = _TAG.match(piece)
        if tag is None:
            parts.append("" if silent else _inline(piece.partition(">")[2] if _BEGINS_MARKUP.match(piece) else f"<{piece}"))
            continue
        closes, name = tag[1] == "/", tag[2].lower()
        if silent:
            silent = "" if closes and name == silent else silent
        elif name in _SILENT and not closes:
            silent = name
        if name in _BLOCKS:
            parts.append("\n")
        parts.append("" if silent else _inline(piece[tag.end() :]))
    return _EMPTY_LINES.sub("\n", _BLANKS.sub(" ", "".join(parts)).replace(" \n", "\n")).strip()


def _inline(text: str) -> str:
    text = _LINE_BREAKS.sub(" ", text)
    return unescape(_HUGE_CHARACTER.sub("\ufffd", text)) if "&" in text else text
