"""Customer identifiers to references: normalised, namespaced, hashed. After this nobody can read who it was.

Which of a customer's references belong together is `core`'s matter.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Final, NamedTuple

import phonenumbers
import polars as pl

from assets.raw.reading import Reading
from schemas.raw.record import DAMAGED_ID

IDENTIFIERS: Final = ("customer_id", "email", "phone")
"""Contract-side keys that a feed's ``columns`` may map; a row's customer is the first of them that is filled."""

EMPLOYEE: Final = "employee_id"
"""Contract-side key of an employee's id; its hashes never meet those of customers."""

_ADDRESS: Final = re.compile(r"[^@\s<>,;\"()]{1,64}@[^@\s<>,;\"()]{1,255}")
_TAG: Final = re.compile(r"^([^+@]+)\+[^@]*(?=@)")
_DAMAGED: Final = re.compile(DAMAGED_ID)
_CACHED: Final = 2**17
_REMEMBERED: Final = 2**20
"""Identifiers of one kind remembered at a time."""


class Refused(NamedTuple):
    """Why a text is no identifier, as a refusal code."""

    reason: str


def email(text: str, *, without_tag: bool = False) -> str | Refused:
    """Normalise an e-mail address; ``without_tag`` takes `ann+shop@example.com` for `ann@example.com`."""
    address = text.strip().lower()
    if not _ADDRESS.fullmatch(address):
        return Refused("not_an_email")
    return _TAG.sub(r"\1", address) if without_tag else address


@lru_cache(maxsize=_CACHED)
def phone(text: str, region: str) -> str | Refused:
    """Normalise a phone number to E.164; one without a country code is read as the region's."""
    written = text.strip().removeprefix("whatsapp:").removeprefix("rcs:")
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return Refused("not_a_phone")
    if not phonenumbers.is_possible_number(number):
        return Refused("not_a_phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def customer_id(text: str) -> str | Refused:
    """Take an id of another system as it is; one that a spreadsheet rounded is refused."""
    return Refused("damaged_id") if _DAMAGED.match(text.strip()) else text.strip()


class Referencer:
    """Turns identifiers into references, with one key and one phone region; remembers those it has turned."""

    def __init__(self, pseudonym: Callable[[str], str], phone_region: str, *, without_tags: bool = False) -> None:
        self._pseudonym = pseudonym
        self._normal: Mapping[str, tuple[str, Callable[[str], str | Refused]]] = {
            "customer_id": ("id", customer_id),
            "email": ("email", partial(email, without_tag=without_tags)),
            "phone": ("phone", lambda text: phone(text, phone_region)),
            EMPLOYEE: ("employee", customer_id),
        }
        self._known: dict[str, dict[str | None, _Known]] = {kind: {None: NOT_GIVEN} for kind in self._normal}

    def reference(self, kind: str, text: str) -> str | Refused:
        """Give the reference of an identifier of one of the kinds in ``IDENTIFIERS``, or of an ``EMPLOYEE``."""
        namespace, normalise = self._normal[kind]
        normal = normalise(text)
        return normal if isinstance(normal, Refused) else self._pseudonym(f"{namespace}:{normal}")

    def references(self, kind: str, texts: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Give a column's references, and the reasons where a text is no identifier; blank texts give neither."""
        known = self._known[kind]
        if len(known) > _REMEMBERED:
            known.clear()
            known[None] = NOT_GIVEN
        given = texts.to_list()
        for text in set(given) - known.keys():
            found = self.reference(kind, text) if text.strip() else None
            known[text] = _Known(None, found.reason) if isinstance(found, Refused) else _Known(found, None)
        references = pl.Series([known[text][0] for text in given], dtype=pl.String)
        return references, pl.Series([known[text][1] for text in given], dtype=pl.String)


class _Known(NamedTuple):
    reference: str | None
    reason: str | None


NOT_GIVEN: Final = _Known(None, None)


@lru_cache(maxsize=8)
def _shared(pseudonym: Callable[[str], str], phone_region: str, without_tags: bool) -> Referencer:  # noqa: FBT001  # a cache's key
    return Referencer(pseudonym, phone_region, without_tags=without_tags)


def referencer_of(reading: Reading, phone_region: str) -> Referencer:
    """Give the referencer of a reading, shared by all files: the same customers come again and again."""
    return _shared(reading.pseudonym, phone_region, reading.ignores_plus_tags)
