"""Why customers call: each day's matters, the first time and again. Which desk writes them down how is not here."""

from dataclasses import dataclass, field
from random import Random
from typing import Final

from pipelines.demo.clock import DAY, Clock
from pipelines.demo.company import (
    CATEGORIES,
    LATE_CATEGORIES,
    TOUCHPOINTS,
    WINDOW,
    draw,
    how_many,
    is_late_time,
    spread,
)
from pipelines.demo.customers import Crm, Customer

ZENDESK_CHANNELS: Final = spread({"email": 45, "web": 30, "chat": 20, "social": 5})
PHONE_CHANNELS: Final = spread({"phone": 24, "letter": 1})

_GAPS: Final = {"exact": WINDOW, "just_over": WINDOW + 1, "same_second": 0}
"""The edges of the repeat window, met on purpose."""


@dataclass(slots=True)
class Contact:
    """What the truth must know of a ticket, as of the last version delivered."""

    source: str
    id: str
    at: int
    customer: str
    """An identifier of the customer; empty when anonymous."""
    channel: str
    category: str
    touchpoint: str
    counts: bool = True
    """Opened by a customer, neither deleted nor merged nor abandoned."""
    flag: str = ""
    """The phone desk's own word on whether it was resolved on first contact."""
    first_solved: int | None = None
    first_reply: int | None = None
    asked_again: bool = False
    """The customer wrote before it was first solved."""
    reopened: bool = False
    """Reopened within the repeat window of its opening."""
    moves: list[tuple[int, str]] = field(default_factory=list)
    """When it came into which status; empty where the desk keeps no history."""
    replies: list[int] = field(default_factory=list)
    """When somebody of ours wrote to the customer."""
    by_us: bool = False
    """Opened by somebody of ours."""
    is_deleted: bool = False


@dataclass(slots=True)
class Matter:
    """A customer with something on their mind."""

    customer: Customer
    category: str
    touchpoint: str
    channel: str
    at: int | None = None
    """The second of opening, where it matters; else the desk chooses one on the day."""

    @property
    def is_for_zendesk(self) -> bool:
        """Whether it reaches the ticket system rather than the phone desk."""
        return self.channel not in {"phone", "letter"}


class Demand:
    """Which matters come up on which day."""

    def __init__(self, seed: str, clock: Clock, crm: Crm) -> None:
        self._rng: Final = Random(f"{seed} demand")
        self._clock: Final = clock
        self._crm: Final = crm
        self._again: Final[dict[int, list[Matter]]] = {}

    def of_the_day(self, day: int) -> list[Matter]:
        """New matters and those that come up again."""
        rng, date = self._rng, self._clock.dates[day]
        late = is_late_time(date)
        categories = LATE_CATEGORIES if late else CATEGORIES
        matters = self._again.pop(day, [])
        for _ in range(how_many(rng, date, 132)):
            channels = ZENDESK_CHANNELS if rng.random() < 0.7 else PHONE_CHANNELS
            customer = self._crm.pick(rng) if rng.random() < 0.99 else self._crm.stranger()
            if channels is ZENDESK_CHANNELS and not customer.number:
                customer = self._crm.pick(rng)
            matters.append(Matter(customer, draw(rng, categories), draw(rng, TOUCHPOINTS), draw(rng, channels)))
        return matters

    def opened(self, matter: Matter, at: int) -> None:
        """Called by a desk when a matter got its ticket: decides whether and when the customer comes back."""
        rng = self._rng
        day = self._clock.day(at)
        if rng.random() >= (0.27 if is_late_time(self._clock.dates[day]) and matter.category == "delivery" else 0.13):
            return
        self._crm.let_down(matter.customer, day)
        edge = rng.random()
        if matter.is_for_zendesk and edge < 0.05:
            name = "exact" if edge < 0.02 else "just_over" if edge < 0.04 else "same_second"
            channel = matter.channel if edge < 0.03 else draw(rng, ZENDESK_CHANNELS)
            again = Matter(matter.customer, matter.category, matter.touchpoint, channel, at + _GAPS[name])
            back = self._clock.day(at + _GAPS[name])
            # The same second of the same day: the desk is at work on that day, so it is met as soon as may be.
            self._again.setdefault(back if name != "same_second" else day + 1, []).append(again)
            return
        gap = int((0.3 + rng.random() ** 1.4 * 12) * DAY)
        customer = matter.customer.twin if matter.customer.twin and rng.random() < 0.5 else matter.customer
        channel = matter.channel if rng.random() < 0.6 else draw(rng, ZENDESK_CHANNELS + PHONE_CHANNELS)
        if not customer.number and channel not in {"phone", "letter"}:
            channel = "phone"
        back = self._clock.day(at + gap)
        is_zendesk = channel not in {"phone", "letter"}
        if back == day:
            back += 1
        start, length = self._clock.midnights[back], self._clock.length(back)
        again = Matter(customer, matter.category, matter.touchpoint, channel)
        if is_zendesk:
            again.at = min(max(at + gap, start), start + length - 1)
        self._again.setdefault(back, []).append(again)
