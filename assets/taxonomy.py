"""The company's own taxonomy of what customers write about: rules of patterns, declared in the settings."""

from collections.abc import Mapping
from typing import Literal

import polars as pl
from pydantic import Field, field_validator

from assets.raw.feed import Declared
from schemas.vocabulary import PRIORITIES, TOUCHPOINTS


class Rule(Declared):
    """One rule: a text that one of its patterns hits is about its category."""

    category: str = Field(min_length=1, description="What a text that the rule hits is about.")
    patterns: tuple[str, ...] = Field(min_length=1, description="Regular expressions; one that is found anywhere, in any case, is a hit.")
    languages: tuple[str, ...] = Field(default=(), description="Only texts in these languages; any, unless given.")
    priority: int = Field(default=0, description="Rules are tried from the highest priority down, then by name.")
    severity: Literal[PRIORITIES] | None = Field(default=None, description="How grave such a problem is.")  # type: ignore[valid-type]  # a vocabulary is a closed tuple
    touchpoint: Literal[TOUCHPOINTS] | None = Field(default=None, description="Part of the company it is about.")  # type: ignore[valid-type]  # likewise

    @field_validator("patterns")
    @classmethod
    def _readable(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                hits_nothing = pl.Series([""]).str.contains(pattern).item()
            except pl.exceptions.ComputeError:
                raise ValueError(
                    f"{pattern!r} is no regular expression of the linear kind (RE2, without look-around and back-references)"
                ) from None
            if hits_nothing:
                raise ValueError(f"{pattern!r} hits the empty text, and so every text")
        return patterns

    @property
    def pattern(self) -> str:
        """All patterns as one, in any case."""
        return "(?i)" + "|".join(f"(?:{pattern})" for pattern in self.patterns)


def in_order(taxonomy: Mapping[str, Rule]) -> list[tuple[str, Rule]]:
    """Give the rules in the order in which they are tried."""
    return sorted(taxonomy.items(), key=lambda item: (-item[1].priority, item[0]))
