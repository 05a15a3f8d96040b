"""HTML to the text people read: blocks on lines of their own, scripts and styles left out, quoted mails kept or cut.

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
_VOID: Final = frozenset(("br", "hr", "img", "input", "meta", "link", "wbr", "area", "base", "col", "embed", "source", "track"))
_SILENT: Final = frozenset(("script", "style", "template", "title"))
_TAG: Final = re.compile(r"""(/?)([A-Za-z][\w:-]*+)[^>"']*+(?:(?:"[^"]*+"|'[^']*+')[^>"']*+)*>""")
_QUOTING_MARKS: Final = frozenset(
    (
        *("gmail_quote", "gmail_quote_container", "gmail_signature", "moz-cite-prefix", "moz-forward-container", "moz-signature"),
        *("yahoo_quoted", "protonmail_quote", "zmail_extra", "olk_src_body_section"),
    )
)
"""Classes and ids, in small letters, of the elements that mail programs put an earlier message or a signature into."""
_QUOTE_FOLLOWS: Final = frozenset(("divrplyfwdmsg", "appendonsend"))
"""Ids behind which everything is an earlier message: the element itself holds only its headers."""
_MARK: Final = re.compile(r"""\s(?:class|id)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.IGNORECASE)
_CITED: Final = re.compile(r"""\stype\s*+=\s*+["']?cite\b""", re.IGNORECASE)
_BEGINS_MARKUP: Final = re.compile(r"[A-Za-z/!?]")
_HUGE_CHARACTER: Final = re.compile(r"&#x?[0-9a-fA-F]{8,}+;?")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_LINE_BREAKS: Final = re.compile(r"[\r\n]+")
_EMPTY_LINES: Final = re.compile(r"\n\s*+")


class _Quote:
    """Follows one element that holds an earlier message, to its end; elements of its kind may stand inside."""

    def __init__(self) -> None:
        self._name = ""
        self._depth = 0
        self._is_rest = False

    def covers(self, name: str, tag: str, *, closes: bool) -> bool:
        """Take the next tag; say whether what follows it is an earlier message."""
        if self._is_rest:
            return True
        if self._depth:
            if name == self._name:
                self._depth += -1 if closes else 1
            return self._depth > 0
        if closes:
            return False
        marks = _marks(tag)
        self._is_rest = bool(marks & _QUOTE_FOLLOWS)
        if self._is_rest or ((name == "blockquote" or marks & _QUOTING_MARKS) and name not in _VOID):
            self._name, self._depth = name, 1
            return True
        return False


def marks_quotes(html: str) -> bool:
    """Tell whether a mail program has marked an earlier message; an indented block alone may be anything."""
    return _CITED.search(html) is not None or bool(_marks(html) & (_QUOTING_MARKS | _QUOTE_FOLLOWS))


def _marks(tag: str) -> set[str]:
    return {mark for found in _MARK.findall(tag) for mark in "".join(found).lower().split()}


def html_text(html: str, *, with_quotes: bool = True) -> str:
    """Give the visible text of a page; without quotes, what mail programs mark as an earlier message is left out."""
    first, *pieces = html.split("<")
    parts = [_inline(first)]
    is_comment = is_quoted = False
    silent = ""
    quote = _Quote()
    for piece in pieces:
        if is_comment or piece.startswith("!--"):
            _, end, after = piece.partition("-->")
            is_comment = not end
            parts.append("" if silent or is_quoted else _inline(after))
            continue
        tag = _TAG.match(piece)
        if tag is None:
            text = piece.partition(">")[2] if _BEGINS_MARKUP.match(piece) else f"<{piece}"
            parts.append("" if silent or is_quoted else _inline(text))
            continue
        closes, name = tag[1] == "/", tag[2].lower()
        if silent:
            silent = "" if closes and name == silent else silent
        elif name in _SILENT and not closes:
            silent = name
        if not with_quotes:
            is_quoted = quote.covers(name, tag[0], closes=closes)
        if name in _BLOCKS:
            parts.append("\n")
        parts.append("" if silent or is_quoted else _inline(piece[tag.end() :]))
    return _EMPTY_LINES.sub("\n", _BLANKS.sub(" ", "".join(parts)).replace(" \n", "\n")).strip()


def _inline(text: str) -> str:
    text = _LINE_BREAKS.sub(" ", text)
    return unescape(_HUGE_CHARACTER.sub("\ufffd", text)) if "&" in text else text
