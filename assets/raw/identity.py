"""Customer identifiers to references: normalised, namespaced, hashed. After this nobody can read who it was.

Texts come trimmed, an empty one as null; it has neither a reference nor a reason. Which of a customer's references belong
together is `core`'s matter.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

import phonenumbers
import polars as pl

from assets.raw.distinct import Once
from assets.raw.parsing import Parsed, identifier, unless_read
from assets.raw.reading import Reading

IDENTIFIERS: Final = ("customer_id", "email", "phone")
"""Contract-side keys that a feed's ``columns`` may map; a row's customer is the first of them that is filled."""

EMPLOYEE: Final = "employee_id"
"""Contract-side key of an employee's id; its hashes never meet those of customers."""

_NAMESPACES: Final = {"customer_id": "id", "email": "email", "phone": "phone", EMPLOYEE: "employee"}
_ADDRESS: Final = r'^[^@\s<>,;"()]{1,64}@[^@\s<>,;"()]{1,255}$'
_TAGGED: Final = r"^([^+@]+)\+[^@]*@"
_CHANNEL: Final = re.compile(r"^(whatsapp|rcs):")
_COUNTRY_CODE_FIRST: Final = re.compile(r"\d{7,15}")
_CACHED: Final = 2**17
_MEMORIES: Final = 8
_TEXT: Final = "text"


class PhoneNotation(NamedTuple):
    """How a source writes phone numbers."""

    region: str
    """Country of the numbers without a country code."""
    lacks_plus: bool = False
    """Whether country codes stand without a `+` before them."""


def reference(kind: str, text: pl.Expr, reading: Reading, phones: PhoneNotation) -> Parsed:
    """Read identifiers of one of the kinds in ``IDENTIFIERS``, or of an ``EMPLOYEE``, into references."""
    match kind:
        case "email":
            normal = email(text, without_tag=reading.ignores_plus_tags)
        case "phone":
            normal = phone(text, phones)
        case _:
            normal = identifier(text)
    return Parsed(reading.pseudonym(pl.lit(f"{_NAMESPACES[kind]}:") + normal.value), normal.reason)


@lru_cache(maxsize=_MEMORIES)
def references(kind: str, reading: Reading, phones: PhoneNotation) -> Once:
    """Give the memory of one kind's references: a customer is normalised and hashed once, whatever files tell of them."""
    return Once(_TEXT, reference(kind, pl.col(_TEXT), reading, phones).value)


@lru_cache(maxsize=_MEMORIES)
def person_references(system: str, reading: Reading) -> Once:
    """Give the memory of a ticket system's people, who may be customers or not; they never meet those of other systems."""
    return Once(_TEXT, reading.pseudonym(pl.lit(f"person:{system}:") + pl.col(_TEXT)))


def email(text: pl.Expr, *, without_tag: bool = False) -> Parsed:
    """Normalise e-mail addresses; ``without_tag`` takes `ann+shop@example.com` for `ann@example.com`."""
    address = pl.when(text.str.contains(_ADDRESS)).then(text.str.to_lowercase())
    value = address.str.replace(_TAGGED, "${1}@") if without_tag else address
    return Parsed(value, unless_read(text, value, "not_an_email"))


def phone(text: pl.Expr, notation: PhoneNotation) -> Parsed:
    """Normalise phone numbers to E.164; one without a country code is read as the region's."""

    def normalised(texts: pl.Series) -> pl.Series:
        distinct = texts.unique()
        numbers = pl.Series([_e164(written, notation) for written in distinct.to_list()], dtype=pl.String)
        return texts.replace_strict(distinct, numbers, return_dtype=pl.String)

    value = text.map_batches(normalised, return_dtype=pl.String)
    return Parsed(value, unless_read(text, value, "not_a_phone"))


@lru_cache(maxsize=_CACHED)
def _e164(text: str | None, notation: PhoneNotation) -> str | None:
    if text is None:
        return None
    plus = "+" if notation.lacks_plus and _COUNTRY_CODE_FIRST.fullmatch(text) else ""
    try:
        number = phonenumbers.parse(plus + _CHANNEL.sub("", text), notation.region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
