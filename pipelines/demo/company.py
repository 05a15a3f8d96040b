"""Alder & Finch, a mail-order shop for garden tools that does not exist: its words, habits and seasons.

Every person is invented: addresses lie in domains, and numbers in ranges, that are reserved for examples and fiction.
"""

import datetime as dt
import math
from collections.abc import Mapping
from random import Random
from typing import Final, TypeVar

T = TypeVar("T")

NAME: Final = "Alder & Finch"
DOMAIN: Final = "alder-finch.example"
CURRENCY: Final = "EUR"
RATES: Final = {"USD": "0.92"}
OWN_NUMBER: Final = "+447700900999"
WINDOW: Final = 7 * 86_400
"""The repeat window of first contact resolution, in seconds."""

CHURN_DAYS: Final = 30
"""A month without an order after the quarter is churn: garden tools are bought all the time here."""

NOT_RESOLVABLE: Final = frozenset({"account"})
SMALL_SAMPLE: Final = 30
PRICE_RISES: Final = (5, 10, 20)
"""Rises of the price, in percent, that the company thinks about."""

VALUE_WINDOW: Final = 60
"""Days of orders that a customer's worth rests on; short, so that four months show who comes back."""


def spread(weights: Mapping[T, int]) -> tuple[T, ...]:
    """A table in which each word stands as often as it weighs, to draw from."""
    return tuple(word for word, weight in weights.items() for _ in range(weight))


def draw(rng: Random, table: tuple[T, ...]) -> T:
    """One entry of a table; cheaper than ``choices``."""
    return table[int(rng.random() * len(table))]


def inline(words: Mapping[str, str]) -> str:
    """Our words to theirs, written the other way round as an inline table of the settings file: theirs to ours."""
    return "{ " + ", ".join(f'"{theirs}" = "{ours}"' for ours, theirs in words.items()) + " }"


FIRST_NAMES: Final = (
    "Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hanna", "Ida", "Jonas",
    "Karl", "Lena", "Mia", "Noah", "Ole", "Paula", "Rosa", "Simon", "Tilda", "Viktor",
)  # fmt: skip
LAST_NAMES: Final = (
    "Ahorn", "Birke", "Buche", "Distel", "Eiche", "Erle", "Esche", "Farn", "Fichte", "Flieder",
    "Ginster", "Holunder", "Jasmin", "Kamille", "Kiefer", "Lavendel", "Linde", "Nelke", "Salbei", "Ulme",
)  # fmt: skip
"""Garden plants, so that no line reads like a real person's."""

MAIL_DOMAINS: Final = ("example.com", "example.org", "example.net")
REGIONS: Final = spread({"nord": 3, "ost": 2, "süd": 4, "west": 4})
SEGMENTS: Final = spread({"private": 14, "business": 4, "premium": 2})
PLACES: Final = (
    "Berlin",
    "Bremen",
    "Dresden",
    "Köln",
    "Leipzig",
    "Lübeck",
    "München",
    "Nürnberg",
    "Saarbrücken",
    "Würzburg",
)

CATEGORIES: Final = spread({"delivery": 33, "product": 18, "returns": 17, "billing": 14, "website": 9, "account": 7, "": 2})
LATE_CATEGORIES: Final = spread({"delivery": 60, "product": 10, "returns": 12, "billing": 8, "website": 5, "account": 4, "": 1})
TEAMS: Final = ("elbe", "isar", "rhein", "spree")
TOUCHPOINTS: Final = spread({"service_center": 54, "self_service": 18, "account_management": 12, "field": 11, "executive_relations": 5})

HOURS: Final = spread(dict(enumerate((1, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 9, 9, 10, 10, 10, 10, 9, 8, 7, 5, 3, 3))))
DESK_HOURS: Final = spread(dict(enumerate((0,) * 8 + (8, 10, 11, 10, 7, 8, 9, 9, 8, 7, 4, 3))))

COMMENTS: Final = (
    "", "", "", '"Alles bestens, danke!"', "Die Heckenschere kam mit Verspätung.",
    '"Schnelle Antwort, sehr freundlich."', "Die Rechnung fehlt mir noch.", '"Good spade, slow delivery."',
    "Rückgabe war unkompliziert.", "Bitte größere Tüten für Saatgut.", '"Der Karton war nass, das Laub drin auch."',
    '"Zweimal angerufen,\nzweimal gewartet."', '"Er sagte ""morgen"", es wurde eine Woche."',
)  # fmt: skip
"""Free text as a CSV file holds it, quoted where it holds a separator, a quote or a line end."""


def is_late_time(day: dt.date) -> bool:
    """The bad fortnight: each September the carrier delivers late, satisfaction falls and customers ask again."""
    return day.month == 9 and 7 <= day.day <= 20


def busyness(day: dt.date) -> float:
    """How busy a day is against the average: by weekday, a little by season."""
    weekday = (1.25, 1.15, 1.08, 1.05, 1.02, 0.80, 0.65)[day.weekday()]
    return weekday * (1 + 0.12 * math.sin(2 * math.pi * (day.timetuple().tm_yday - 60) / 365))


def how_many(rng: Random, day: dt.date, average: float) -> int:
    """How often something that happens ``average`` times on a normal day happens on this one."""
    return int(average * busyness(day) * (0.9 + 0.2 * rng.random()) + rng.random())
