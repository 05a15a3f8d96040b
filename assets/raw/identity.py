"""Customer identifiers to references: normalised, namespaced, hashed. After this nobody can read who it was.

Which of a customer's references belong together is `core`'s matter.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

import phonenumbers
import polars as pl

from assets.raw.reading import Reading
from schemas.raw.record import DAMAGED_ID

IDENTIFIERS: Final = ("customer_id", "email", "phone")
"""Contract-side keys that a feed's ``columns`` may map; a row's customer is the first of them that is filled."""

_ADDRESS: Final = re.compile(r"[^@\s<>,;\"()]{1,64}@[^@\s<>,;\"()]{1,255}")
_DAMAGED: Final = re.compile(DAMAGED_ID)
_CACHED: Final = 2**17


class Refused(NamedTuple):
    """Why a text is no identifier, as a refusal code."""

    reason: str


def email(text: str) -> str | Refused:
    """Normalise an e-mail address."""
    address = text.strip().lower()
    return address if _ADDRESS.fullmatch(address) else Refused("not_an_email")


@lru_cache(maxsize=_CACHED)
def phone(text: str, region: str) -> str | Refused:
    """Normalise a phone number to E.164; one without a country code is read as the region's."""
    written = text.strip().removeprefix("whatsapp:")
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
    """Turns identifiers into references, with one key and one phone region."""

    def __init__(self, reading: Reading, phone_region: str) -> None:
        self._pseudonym = reading.pseudonym
        self._normal: Mapping[str, tuple[str, Callable[[str], str | Refused]]] = {
            "customer_id": ("id", customer_id),
            "email": ("email", email),
            "phone": ("phone", lambda text: phone(text, phone_region)),
        }

    def reference(self, kind: str, text: str) -> str | Refused:
        """Give the reference of an identifier of one of the kinds in ``IDENTIFIERS``."""
        namespace, normalise = self._normal[kind]
        normal = normalise(text)
        return normal if isinstance(normal, Refused) else self._pseudonym(f"{namespace}:{normal}")

    def references(self, kind: str, texts: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Give a column's references, and the reasons where a text is no identifier; blank texts give neither."""
        known: dict[str | None, tuple[str | None, str | None]] = {None: (None, None)}
        for text in texts.unique().drop_nulls().to_list():
            found = self.reference(kind, text) if text.strip() else None
            known[text] = (None, found.reason) if isinstance(found, Refused) else (found, None)
        pairs = [known[text] for text in texts.to_list()]
        return (
            pl.Series([reference for reference, _ in pairs], dtype=pl.String),
            pl.Series([reason for _, reason in pairs], dtype=pl.String),
        )
