"""The CRM: who the customers are, how they are written there, and the weekly dump. What customers do is not here."""

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from pipelines.demo.clock import Clock
from pipelines.demo.company import (
    FIRST_NAMES,
    LAST_NAMES,
    MAIL_DOMAINS,
    REGIONS,
    SEGMENTS,
    draw,
)
from pipelines.demo.deliveries import Delivery, Sheet, pack

FIRST_NUMBER: Final = 100_001
FOUNDERS: Final = 4_000

_FICTION: Final = (
    "113 496 0", "114 496 0", "115 496 0", "116 496 0", "117 496 0", "118 496 0", "121 496 0", "131 496 0",
    "141 496 0", "151 496 0", "161 496 0", "191 498 0", "20 7946 0", "29 2018 0",
)  # fmt: skip
"""Ranges that the British regulator keeps free for fiction, a thousand numbers each. Germany reserves too few."""


def fictional_number(n: int) -> str:
    """The n-th number in a range kept for fiction, in national notation without the leading zero."""
    suffix = n // len(_FICTION)
    if suffix > 999:
        raise ValueError(f"the ranges kept for fiction hold {1000 * len(_FICTION)} numbers; number {n + 1} was asked for")
    return f"{_FICTION[n % len(_FICTION)]}{suffix:03}"


@dataclass(slots=True)
class Customer:
    """One record of the CRM, or a caller that the CRM does not know (``number`` 0)."""

    number: int
    email: str
    national: str
    segment: str = ""
    region: str = ""
    since: str = ""
    changed: int = 0
    twin: "Customer | None" = None
    gone: int | None = None
    """The day from which on the customer buys no more."""
    is_dumped: bool = False
    is_changed: bool = True
    row: str = ""

    @property
    def phone(self) -> str:
        """The number in E.164; empty where none is known."""
        return "+44" + self.national.replace(" ", "") if self.national else ""

    @property
    def id_key(self) -> str:
        """The customer number as the truth's identity graph names it."""
        return f"id:{self.number}"

    @property
    def email_key(self) -> str:
        """The address as the truth's identity graph names it."""
        return f"email:{self.email}"

    @property
    def phone_key(self) -> str:
        """The number as the truth's identity graph names it."""
        return f"phone:{self.phone}"


class Record(NamedTuple):
    """A customer's record as of the last dump."""

    email: str
    phone: str
    segment: str
    since: str
    changed: str


HEADER: Final = "customer_number,name,email,phone,segment,region,customer_since,last_changed"
_FLAWED: Final = (
    ("199001,Ohne Adresse,ohne.adresse(at)example.com,,private,nord,2021-05-04,2026-01-02 08:00:00", "not_an_email"),
    ("199002,Ohne Datum,ohne.datum@example.com,,private,west,2021-02-30,2026-01-02 08:00:00", "not_a_date"),
)
"""Rows that stand in the CRM like this, and so come back in every dump."""


class Crm:
    """All customer records, growing by the day."""

    def __init__(self, seed: str, clock: Clock) -> None:
        self._rng: Final = Random(f"{seed} crm")
        self._patience: Final = Random(f"{seed} patience")
        self._other_buyers: Final = Random(f"{seed} other buyers")
        self._clock: Final = clock
        self._numbers: int = 0
        self.customers: Final[list[Customer]] = []
        self.delivered: Final[dict[int, Record]] = {}
        """By customer number."""
        self._mergeable: Final[list[tuple[Customer, Customer]]] = []
        start = clock.dates[0]
        for _ in range(FOUNDERS):
            since = start - dt.timedelta(days=1 + int(self._rng.random() * 2500))
            self._enrol(since.isoformat(), 0)

    def _new_number(self) -> str:
        self._numbers += 1
        return fictional_number(self._numbers - 1)

    def _enrol(self, since: str, changed: int) -> Customer:
        rng = self._rng
        number = FIRST_NUMBER + len(self.customers)
        name = f"{draw(rng, FIRST_NAMES)}.{draw(rng, LAST_NAMES)}".lower()
        customer = Customer(number, f"{name}.{number}@{draw(rng, MAIL_DOMAINS)}", self._new_number())
        if self.customers and rng.random() < 0.03:
            twin = self.customers[int(rng.random() * len(self.customers))]
            if twin.twin is None and twin.email and twin.national:
                customer.twin, twin.twin = twin, customer
                kind = rng.random()
                if kind < 0.45:
                    customer.email = twin.email
                elif kind < 0.8:
                    customer.national = twin.national
                else:
                    # Nobody has noticed yet that both are one; the merge is a later change of this record.
                    customer.email = ""
                    self._mergeable.append((customer, twin))
        customer.segment, customer.region = draw(rng, SEGMENTS), draw(rng, REGIONS)
        customer.since, customer.changed = since, changed
        self.customers.append(customer)
        return customer

    def pick(self, rng: Random) -> Customer:
        """Any customer; some come more often than others."""
        return self.customers[int(rng.random() ** 1.3 * len(self.customers))]

    def buyer(self, rng: Random, day: int) -> Customer:
        """Any customer who still buys."""
        customer = self.pick(rng)
        while customer.gone is not None and customer.gone <= day:
            customer = self.pick(self._other_buyers)
        return customer

    def let_down(self, customer: Customer, day: int) -> None:
        """Half of those who have to come again buy no more once the quarter is over, whichever record they buy under."""
        if customer.gone is None and self._patience.random() < 0.5:
            next_quarter = next(later for later in range(day + 1, day + 100) if self._clock.starts_quarter(later))
            for record in (customer, customer.twin):
                if record is not None:
                    record.gone = next_quarter

    def stranger(self) -> Customer:
        """Somebody whom the CRM does not know."""
        return Customer(0, f"stranger.{self._numbers}@example.org", self._new_number())

    def grow(self, day: int) -> None:
        """What changes on a day: new customers, now and then another segment or a merge."""
        rng, clock = self._rng, self._clock
        at = clock.midnights[day] + 36_000
        for n in range(int(rng.random() * 5)):
            self._enrol(clock.iso[day], at + n)
        if rng.random() < 0.4:
            customer = self.pick(rng)
            customer.segment = "premium" if customer.segment != "premium" else "private"
            customer.changed, customer.is_changed = at + 60, True
        if self._mergeable and rng.random() < 0.12:
            customer, twin = self._mergeable.pop(0)
            customer.email = twin.email
            customer.changed, customer.is_changed = at + 120, True

    def _changed(self, customer: Customer) -> str:
        is_old = customer.changed < self._clock.midnights[0]
        return f"{customer.since} 09:00:00" if is_old else self._clock.utc_text(customer.changed, " ", "")

    def _row(self, customer: Customer) -> str:
        n = customer.number
        email = customer.email.upper() if n % 17 == 0 else customer.email
        phone = f"+44 {customer.national}" if n % 3 else customer.phone
        changed = self._changed(customer)
        name = " ".join(part.capitalize() for part in customer.email.split("@")[0].split(".")[:2])
        return f"{n},{name},{email},{phone},{customer.segment},{customer.region},{customer.since},{changed}"

    def dump(self, day: int) -> list[Delivery]:
        """Once a week, every record there is."""
        if day % 7:
            return []
        sheet = Sheet(self._rng)
        for customer in self.customers:
            if customer.is_changed:
                customer.row = self._row(customer)
                known = (customer.email, customer.phone, customer.segment, customer.since, self._changed(customer))
                self.delivered[customer.number] = Record(*known)
                (sheet.add_version if customer.is_dumped else sheet.add)(customer.row)
                customer.is_dumped, customer.is_changed = True, False
            else:
                sheet.add_duplicate(customer.row)
        for row, reason in _FLAWED:
            sheet.add_flawed(row, reason)
        name = f"customers-{self._clock.iso[day]}.csv"
        return [pack("customers", name, "\n".join([HEADER, *sheet.records, ""]), sheet)]
