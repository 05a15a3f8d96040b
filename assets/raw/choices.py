"""The options of a question: the text of a cell to our words for what was chosen.

Where options have columns of their own stands in `option_columns`.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

import polars as pl

from assets.raw.feed import Question
from schemas.vocabulary import OTHER

OPTION_END: Final = "\x1f"
"""Stands between options that an adapter has gathered from several columns or values."""

_MOST_OPTIONS: Final = 1_000
"""Options a cell may hold; a longer cell is no answer, and would cost time."""

_KEPT: Final = 256


class Chosen(NamedTuple):
    """A column of answers read: the words chosen in each, and why one is refused."""

    words: pl.Series
    reasons: pl.Series


def chosen(texts: pl.Series, question: Question) -> Chosen:
    """Read answers; a text that is not there gives neither words nor a reason."""
    reader = _reader(question.model_dump_json())
    given = texts.to_list()
    read = {text: reader.words(text) for text in set(given) if text is not None}
    words = [read[text] if text is not None else None for text in given]
    return Chosen(
        pl.Series(texts.name, [found or None for found in words], dtype=pl.List(pl.String)),
        pl.Series([None if text is None or read[text] is not None else "unknown_word" for text in given], dtype=pl.String),
    )


class _Reader:
    """Knows the options of one question; case and blanks around them do not count."""

    def __init__(self, question: Question) -> None:
        self._separator = "" if question.separator is None else question.separator.strip() or question.separator
        self._word_of = {self._parts(option): word.strip() for option, word in question.choices.items()}
        self._longest = max(map(len, self._word_of))
        self._has_other = question.other

    def words(self, text: str) -> list[str] | None:
        """Give the words in the order of the cell, each once; None where an option is not declared."""
        if text.count(OPTION_END) + (text.count(self._separator) if self._separator else 0) > _MOST_OPTIONS:
            return None
        found: dict[str, None] = {}
        for option in text.split(OPTION_END):
            for word in self._in_one(self._parts(option)):
                if word is None:
                    return None
                if word:
                    found[word] = None
        return list(found)

    def _parts(self, text: str) -> tuple[str, ...]:
        parts = text.split(self._separator) if self._separator else [text]
        return tuple(stripped for part in parts if (stripped := part.strip().lower()))

    def _in_one(self, parts: tuple[str, ...]) -> Iterator[str | None]:
        """Take the longest option that comes next: an option may hold the separator itself."""
        place = 0
        while place < len(parts):
            taken = next((size for size in range(self._longest, 0, -1) if parts[place : place + size] in self._word_of), 0)
            if taken:
                yield self._word_of[parts[place : place + taken]]
            else:
                yield OTHER if self._has_other else None
            place += max(taken, 1)


@lru_cache(maxsize=_KEPT)
def _reader(declared: str) -> _Reader:
    return _Reader(Question.model_validate_json(declared))
