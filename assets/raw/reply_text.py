"""A message's text to what its writer wrote in it: earlier messages and signatures cut off. HTML is read in `html_text`.

The whole text is always kept beside the reply, so a cut in the wrong place loses nothing; where a rule is not sure
it does not cut. The phrases that mail programs write stand in `reply_phrases`. The time is linear: a line is looked at
in pieces of bounded length, a bounded number of times.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from assets.raw.reply_phrases import (
    ABOVE_THIS_LINE,
    ATTRIBUTION_HEADS,
    ATTRIBUTION_VERBS,
    CLOSINGS,
    DIVIDERS,
    FOOTERS,
    HEADER_LABELS,
    PLAIN_DIVIDERS,
)

READ_CHARS: Final = 256 * 2**10
"""Characters of a text that are looked at; a longer one is cut there."""

_LINE_CHARS: Final = 400
"""Characters of a line that are looked at for a phrase."""
_ATTRIBUTION_LINES: Final = 4
_HEADER_LINES: Final = 12
_NAME_LINES: Final = 4
_NAME_CHARS: Final = 60
_FOOTER_CHARS: Final = 120
_KINDS_OF_A_HEADER: Final = 3

_QUOTE: Final = re.compile(r"[ \t\u00a0]*+[>\uff1e]")
_RULE: Final = re.compile(r"[-_*=\u2014\u2013\u2500 \t\u00a0]+")
_ADDRESS: Final = re.compile(r"[^\s<>()@]@[^\s<>()@]")
_TIME: Final = re.compile(r"(?<![\d.])\d\d?[:.h\u6642\u65f6\uc2dc]\s?\d\d(?![\d.])")
_YEAR: Final = re.compile(r"(?:19|20)\d\d|\d[./-]\d\d?[./-]\d\d")
_ENDS_IN_BRACKETS: Final = re.compile(r">[^<>:\uff1a]{0,3}[:\uff1a]$")
_DATE_OR_ADDRESS: Final = re.compile(r"[\d@]")
_LABEL: Final = re.compile(r"[*_ \t\u00a0]*+([^:\uff1a*]{1,24}?)[*_ \t\u00a0]*[:\uff1a]")
_SENTENCE_ENDS: Final = re.compile(r"(?<!\bltd)(?<!\binc)(?<!\bcorp)(?<!\bco)(?<!\bs\.a)(?<!\bb\.v)[.!?\u3002\uff01\uff1f]\s*$")
_EDGES: Final = " \t\u00a0\u200b\u200e\u200f\u202a\u202c\ufeff"
_DASHES: Final = "-_*=\u2010\u2011\u2014\u2013\u2500" + _EDGES
_COLONS: Final = (":", "\uff1a")


class Reply(NamedTuple):
    """What somebody wrote, and what it was told from the rest by, as a word of REPLY_METHODS."""

    text: str | None
    method: str | None
    """None where there is no text to look at."""


def reply_text(body: str | None) -> Reply:
    """Cut quoted messages and signatures off a text. What is left of it is None when its writer added nothing."""
    if body is None or not body.strip():
        return Reply(None, None)
    lines = body[:READ_CHARS].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    own, method = _without_quotes(lines)
    signed = len(own)
    own = _without_signature(own)
    text = "\n".join(line.rstrip() for line in own).strip().strip("\ufeff\u200b")
    if method is None and len(own) < signed:
        method = "signature"
    if method is None:
        method = "too_long" if len(body) > READ_CHARS else "whole"
    return Reply(text or None, method)


def _without_quotes(lines: Sequence[str]) -> tuple[list[str], str | None]:
    """Give the lines that are no earlier message, and the rule that ended them; None when every line is."""
    own: list[str] = []
    method: str | None = None
    number = 0
    kinds = [_kinds(line) for line in lines]
    last = max((place for place, line in enumerate(lines) if line.strip(_EDGES)), default=0)
    while number <= last:
        line = lines[number]
        if _QUOTE.match(line):
            method = method or "quoted_lines"
            number += 1
            continue
        if _is_divider(line):
            return _trimmed(own), "divider"
        if kinds[number] and _begins_header(kinds[number : number + _HEADER_LINES]):
            return _trimmed(own), "header_block"
        own.append(line)
        number += 1
        if line.rstrip(_EDGES).endswith(_COLONS) and (length := _attribution(own)):
            following = next((after for after in lines[number : number + 3] if after.strip(_EDGES)), "")
            is_marked = bool(_QUOTE.match(following)) or number > last
            if is_marked or (_is_sure(own[-length:]) and any(map(str.strip, own[:-length]))):
                del own[-length:]
                method = "attribution"
                if not is_marked:
                    return _trimmed(own), method
    return _trimmed(own), method


def _attribution(lines: Sequence[str]) -> int:
    """Number of last lines that say who wrote what follows; 0 when they do not."""
    texts: list[str] = []
    length = 0
    if not _DATE_OR_ADDRESS.search("".join(line[:_LINE_CHARS] for line in lines[-_ATTRIBUTION_LINES:])):
        return 0
    for line in reversed(lines[-_ATTRIBUTION_LINES:]):
        text = _seen(line)
        if not text:
            break
        texts.insert(0, text)
        joined = " ".join(texts)
        if not length and _says_who_wrote(joined):
            length = len(texts)
            if _has_head(text):
                break
        elif length and _has_head(text) and _YEAR.search(text):
            return len(texts)
    return length


def _says_who_wrote(text: str) -> bool:
    dated = bool(_YEAR.search(text) or _TIME.search(text))
    addressed = bool(_ADDRESS.search(text))
    if any(verb in text for verb in ATTRIBUTION_VERBS):
        return dated or addressed
    return addressed and bool(_YEAR.search(text) and _TIME.search(text) and _ENDS_IN_BRACKETS.search(text))


def _is_sure(lines: Sequence[str]) -> bool:
    """Tell whether no customer writes such lines: with day or time and an address, or beginning as a mail program does with both."""
    text = " ".join(map(_seen, lines))
    has_year, has_time = bool(_YEAR.search(text)), bool(_TIME.search(text))
    return (has_year or has_time) if _ADDRESS.search(text) else (_has_head(text) and has_year and has_time)


def _has_head(text: str) -> bool:
    return text.startswith(ATTRIBUTION_HEADS) or text[:1].isdigit()


def _begins_header(kinds: Sequence[frozenset[str]]) -> bool:
    """Tell whether lines are the headers of an earlier message: who, what about, and when or to whom."""
    found = frozenset[str]().union(*kinds)
    return len(found) >= _KINDS_OF_A_HEADER and {"from", "subject"} <= found


def _kinds(line: str) -> frozenset[str]:
    label = _LABEL.match(line[:_LINE_CHARS])
    return HEADER_LABELS.get(label[1].strip(_EDGES).lower(), frozenset()) if label else frozenset()


def _is_divider(line: str) -> bool:
    text = _seen(line)
    if text.startswith(PLAIN_DIVIDERS) and text.endswith(_COLONS):
        return True
    if any(phrase in text for phrase in ABOVE_THIS_LINE):
        return text[:1] in "-#=*_" and text[-1:] in "-#=*_"
    phrase = text.strip(_DASHES)
    return phrase in DIVIDERS and len(text) > len(phrase) + 2 and text[0] in _DASHES and text[-1] in _DASHES


def _without_signature(lines: list[str]) -> list[str]:
    """Cut at the signature mark, or the footers of telephones and then a closing with a name under it off the end."""
    for number, line in enumerate(lines):
        if line.rstrip("\r") in ("-- ", "--", "--\u00a0"):
            return _trimmed(lines[:number])
    end = len(lines)
    while end and (not lines[end - 1].strip(_EDGES) or _is_footer(lines[end - 1])):
        end -= 1
    return _without_closing(_trimmed(lines[:end]))


def _is_footer(line: str) -> bool:
    text = _seen(line).strip(_DASHES)
    return 0 < len(text) <= _FOOTER_CHARS and any(footer.search(text) for footer in FOOTERS)


def _without_closing(lines: list[str]) -> list[str]:
    """Cut at a line that is nothing but a closing, when only short lines that are no sentence stand under it, and text above."""
    below: list[str] = []
    for number in range(len(lines) - 1, max(len(lines) - 2 * _NAME_LINES - 2, 0), -1):
        text = _seen(lines[number])
        if text.rstrip(" ,.!\uff0c\u3002\u3001") in CLOSINGS:
            return _trimmed(lines[:number])
        if text:
            below.append(text)
        if len(below) > _NAME_LINES or len(text) > _NAME_CHARS or _SENTENCE_ENDS.search(text):
            break
    return lines


def _seen(line: str) -> str:
    """Give a line as it is compared: its beginning, in small letters, with plain blanks."""
    return " ".join(line[:_LINE_CHARS].lower().split()).strip(_EDGES + "*")


def _trimmed(lines: list[str]) -> list[str]:
    """Take blank lines and ruled lines off the end, and blank ones off the front."""
    end = len(lines)
    while end and (not lines[end - 1].strip(_EDGES) or _is_rule(lines[end - 1])):
        end -= 1
    start = 0
    while start < end and not lines[start].strip(_EDGES):
        start += 1
    return lines[start:end]


def _is_rule(line: str) -> bool:
    return len(line) > len("---") and bool(_RULE.fullmatch(line))
