"""What customers are asked about the whole relationship: problems, complaints, loyalty, prices, drivers and reasons.

Nobody is asked twice in a quarter, and nobody who is in the CRM twice: a response is a customer.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

from pipelines.demo.clock import ZONE, Clock
from pipelines.demo.company import HOURS, draw, how_many, inline, is_late_time, spread
from pipelines.demo.customers import Crm, Customer
from pipelines.demo.deliveries import Delivery, Sheet, pack
from pipelines.demo.flaws import add_flawed_rows

PROBLEMS: Final = {
    "delivery": "Lieferung",
    "product": "Ware",
    "billing": "Rechnung",
    "website": "Webseite",
    "no_problem": "Kein Problem",
}
COMPLAINTS: Final = {"yes": "Ja", "no": "Nein", "tried": "Niemanden erreicht"}
REASONS: Final = {"price": "Preis", "quality": "Qualität", "service": "Service", "recommendation": "Empfehlung"}
CONFIDENCE: Final = {
    "problem_handling": "Hilfe bei Problemen",
    "buy_again": "Wieder kaufen",
    "service_next_year": "Service in einem Jahr",
    "trust": "Versprechen halten",
    "value": "Preis und Leistung",
}
DRIVERS: Final = {"speed": "Tempo", "courtesy": "Freundlichkeit", "knowledge": "Wissen", "website": "Bedienung der Webseite"}
DRIVER_WEIGHTS: Final = {"speed": 0.45, "courtesy": 0.15, "knowledge": 0.3, "website": 0.1}
"""What satisfaction is made of, but for chance."""

QUESTIONS: Final = {
    "problem": "Letztes Problem", "complained": "Gemeldet", "handling": "Umgang damit", "repurchase": "Kauft wieder",
    "told": "Erzählt", "price": "Preis ist fair", "price_rise": "Duldet mehr", "access": "Erreichbar", **CONFIDENCE, **DRIVERS,
    "csat": "Zufriedenheit", "reason": "Gründe",
}  # fmt: skip
"""Our keys and the survey team's headers, in the order of the file."""

HEADER: Final = ",".join(("Nummer", "Beantwortet am", "Kundennummer", *QUESTIONS.values()))

_PROBLEMS: Final = spread({"no_problem": 55, "delivery": 19, "product": 11, "billing": 9, "website": 6})
_LATE_PROBLEMS: Final = spread({"no_problem": 38, "delivery": 42, "product": 8, "billing": 7, "website": 5})
_COMPLAINED: Final = spread({"yes": 50, "no": 40, "tried": 10})
_HANDLING: Final = spread({5: 20, 4: 24, 3: 22, 2: 16, 1: 12, None: 6})
_SCALE: Final = spread({5: 30, 4: 30, 3: 20, 2: 12, 1: 8})
_POOR_SCALE: Final = spread({5: 8, 4: 14, 3: 22, 2: 28, 1: 28})
_LOYAL: Final = {
    "no_problem": 0.92, "satisfied": 0.84, "mollified": 0.68, "non_complainant": 0.66, "unrated": 0.6, "blocked": 0.5,
    "dissatisfied": 0.28,
}  # fmt: skip
"""How likely a customer of each experience is to buy again."""

_TOLD: Final = {
    "no_problem": 3, "satisfied": 6, "mollified": 5, "non_complainant": 9, "unrated": 6, "blocked": 14, "dissatisfied": 21,
}  # fmt: skip
"""How many people a customer of each experience tells at most."""

_REASONS: Final = spread({"price": 3, "quality": 4, "service": 4, "recommendation": 2})
_SKIPPED: Final = 0.03

_FEED: Final = """
[feeds.relationship]
adapter = "survey_csv"
expected = false
time_zone = "{zone}"
time_format = "%d.%m.%Y %H:%M"
constants = {{ channel = "email" }}

[feeds.relationship.columns]
source_record_id = "Nummer"
answered_at = "Beantwortet am"
customer_id = "Kundennummer"
{columns}

[feeds.relationship.questions]
problem = {{ metric = "problem", choices = {problems} }}
complained = {{ metric = "complained", choices = {complaints} }}
reason = {{ metric = "reason", separator = ";", choices = {reasons} }}
told = {{ metric = "told", scale = [0, 50] }}
price_rise = {{ metric = "price_rise", scale = [0, 30] }}
{ratings}
"""


def declared() -> str:
    """The survey's part of the settings file."""
    metrics = {key: key for key in ("handling", "repurchase", "price", "access", "csat")}
    metrics |= dict.fromkeys(CONFIDENCE, "confidence") | dict.fromkeys(DRIVERS, "driver")
    return _FEED.format(
        zone=ZONE,
        columns="\n".join(f'{key} = "{header}"' for key, header in QUESTIONS.items()),
        problems=inline(PROBLEMS),
        complaints=inline(COMPLAINTS),
        reasons=inline(REASONS),
        ratings="\n".join(f'{key} = {{ metric = "{metric}", scale = [1, 5] }}' for key, metric in metrics.items()),
    )


@dataclass(slots=True)
class Talk:
    """What the truth must know of a response; None and empty words are questions left out or not asked."""

    at: int
    problem: str
    complained: str
    handling: int | None
    repurchase: int | None
    csat: int | None
    confidence: tuple[int | None, ...]
    reasons: tuple[str, ...]
    told: int = 0
    price: int = 0
    rise: int = 0
    customer: str = ""
    """An identifier of the customer."""
    access: int = 0
    drivers: tuple[int, ...] = ()

    @property
    def experience(self) -> str:
        """What became of the customer; empty for somebody who did not say whether there was a problem."""
        if self.problem in {"", "no_problem"}:
            return self.problem
        if self.complained != "yes":
            return "blocked" if self.complained == "tried" else "non_complainant"
        if self.handling is None:
            return "unrated"
        return "satisfied" if self.handling > 3 else "mollified" if self.handling == 3 else "dissatisfied"


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


class Relationship:
    """Asks some eight customers a day; the survey team exports them once a month."""

    def __init__(self, seed: str, clock: Clock, crm: Crm) -> None:
        self._rng: Final = Random(f"{seed} relationship")
        self._clock: Final = clock
        self._crm: Final = crm
        self._next = 1
        self._asked: Final[set[tuple[str, int]]] = set()
        self._rows: list[str] = []
        self.talks: Final[list[Talk]] = []

    def _somebody(self, quarter: str) -> Customer:
        while True:
            customer = self._crm.pick(self._rng)
            if customer.twin is None and (quarter, customer.number) not in self._asked:
                self._asked.add((quarter, customer.number))
                return customer

    def _given(self, value: int) -> int | None:
        return value if self._rng.random() >= _SKIPPED else None

    def _talk(self, day: int, at: int) -> Talk:
        rng = self._rng
        problem = draw(rng, _LATE_PROBLEMS if is_late_time(self._clock.dates[day]) else _PROBLEMS)
        if rng.random() < 0.02:
            problem = ""
        has_problem = problem not in {"", "no_problem"}
        complained = draw(rng, _COMPLAINED) if has_problem else ""
        talk = Talk(at, problem, complained, draw(rng, _HANDLING) if complained == "yes" else None, None, None, (), ())
        is_loyal = rng.random() < _LOYAL[talk.experience or "no_problem"]
        talk.repurchase = self._given((4 if is_loyal else 1) + int(rng.random() * (2 if is_loyal else 3)))
        scale = _SCALE if is_loyal else _POOR_SCALE
        talk.confidence = tuple(self._given(draw(rng, scale)) for _ in CONFIDENCE)
        if rng.random() < 0.9:
            talk.reasons = tuple(dict.fromkeys(draw(rng, _REASONS) for _ in range(1 + int(rng.random() * 3))))
        return talk

    def _answer(self, day: int) -> None:
        rng, clock = self._rng, self._clock
        second = clock.wall(day, draw(rng, HOURS) * 3600 + int(rng.random() * 60) * 60)
        at = clock.utc(day, second)
        customer = self._somebody(clock.quarter(at))
        talk = self._talk(day, at)
        talk.customer = customer.id_key
        has_problem = talk.problem not in {"", "no_problem"}
        talk.told = int(rng.random() ** 2 * (_TOLD[talk.experience or "no_problem"] + 1))
        talk.price = draw(rng, _POOR_SCALE if has_problem and rng.random() < 0.5 else _SCALE)
        talk.rise = int(rng.random() * (10 if has_problem else 25)) + (5 if talk.experience == "satisfied" else 0)
        talk.access = draw(rng, _POOR_SCALE if talk.complained == "tried" else _SCALE)
        talk.drivers = tuple(draw(rng, _SCALE) for _ in DRIVERS)
        felt = sum(weight * given for weight, given in zip(DRIVER_WEIGHTS.values(), talk.drivers, strict=True))
        talk.csat = self._given(min(max(round(felt + rng.gauss(0, 0.5)), 1), 5))
        cells = [
            f"R{self._next:06}", f"{clock.german[day]} {clock.time(second)[:5]}", str(customer.number),
            PROBLEMS.get(talk.problem, ""), COMPLAINTS.get(talk.complained, ""),
            *map(_text, (talk.handling, talk.repurchase, talk.told, talk.price, talk.rise, talk.access)),
            *map(_text, (*talk.confidence, *talk.drivers, talk.csat)),
            "; ".join(REASONS[reason] for reason in talk.reasons),
        ]  # fmt: skip
        self._next += 1
        self._rows.append(",".join(cells))
        self.talks.append(talk)

    def export(self, day: int) -> list[Delivery]:
        """The month's responses on its last day."""
        clock = self._clock
        for _ in range(how_many(self._rng, clock.dates[day], 8.2)):
            self._answer(day)
        if not clock.ends_month(day):
            return []
        sheet = Sheet.of(self._rng, self._rows)
        self._rows = []
        sound = dict.fromkeys(HEADER.split(","), "")
        sound |= {"Nummer": "RX{n}", "Beantwortet am": f"{clock.german[day]} 10:15", "Letztes Problem": "Kein Problem"}
        add_flawed_rows(sheet, day, "relationship", sound, ",")
        return [pack("relationship", f"kundengespraech_{clock.months[day]}.csv", "\n".join([HEADER, *sheet.records, ""]), sheet)]
