"""The help pages: sessions of customers who look for an answer themselves, some of whom ask a person in the end."""

from dataclasses import dataclass
from random import Random
from typing import Final

from pipelines.demo.clock import Clock
from pipelines.demo.company import CATEGORIES, HOURS, LATE_CATEGORIES, draw, how_many, is_late_time
from pipelines.demo.customers import Crm
from pipelines.demo.deliveries import Delivery, Sheet, pack
from pipelines.demo.flaws import add_flawed_rows

HEADER: Final = "session,begin,end,topic,solved,agent,user"

_FEED: Final = """
[feeds.self_service]
adapter = "self_service_csv"
expected = false
time_zone = "UTC"
constants = { channel = "web" }

[feeds.self_service.columns]
source_record_id = "session"
started_at = "begin"
ended_at = "end"
topic = "topic"
is_completed = "solved"
is_escalated = "agent"
customer_id = "user"
"""


def declared() -> str:
    """The help pages' part of the settings file."""
    return _FEED


@dataclass(frozen=True, slots=True)
class Session:
    """What the truth must know of a session; None where nobody knows."""

    at: int
    is_completed: bool | None
    is_escalated: bool | None


def _word(*, said: bool | None) -> str:
    return "" if said is None else "yes" if said else "no"


class HelpPages:
    """Answers some thirty sessions a day; the log is exported once a week."""

    def __init__(self, seed: str, clock: Clock, crm: Crm) -> None:
        self._rng: Final = Random(f"{seed} self-service")
        self._clock: Final = clock
        self._crm: Final = crm
        self._next = 1
        self._rows: list[str] = []
        self.sessions: Final[list[Session]] = []

    def _visit(self, day: int) -> None:
        rng, clock = self._rng, self._clock
        late = is_late_time(clock.dates[day])
        at = clock.utc(day, clock.wall(day, draw(rng, HOURS) * 3600 + int(rng.random() * 3600)))
        completed = rng.random() < (0.4 if late else 0.62)
        escalated = not completed and rng.random() < 0.45
        session = Session(at, completed if rng.random() < 0.93 else None, escalated if rng.random() < 0.96 else None)
        end = clock.utc_text(at + 20 + int(rng.expovariate(1 / 150)), " ", "") if rng.random() < 0.9 else ""
        user = self._crm.pick(rng).number if rng.random() < 0.6 else ""
        topic = draw(rng, LATE_CATEGORIES if late else CATEGORIES)
        self._rows.append(
            f"s{self._next:06},{clock.utc_text(at, ' ', '')},{end},{topic},"
            f"{_word(said=session.is_completed)},{_word(said=session.is_escalated)},{user}"
        )
        self._next += 1
        self.sessions.append(session)

    def export(self, day: int) -> list[Delivery]:
        """The week's sessions on its last day."""
        clock = self._clock
        for _ in range(how_many(self._rng, clock.dates[day], 30)):
            self._visit(day)
        if not clock.ends_week(day):
            return []
        sheet = Sheet.of(self._rng, self._rows)
        self._rows = []
        sound = ("sx{n}", f"{clock.iso[day]} 10:00:00", "", "delivery", "yes", "no", "")
        add_flawed_rows(sheet, day, "self_service", dict(zip(HEADER.split(","), sound, strict=True)), ",")
        return [pack("self_service", f"help-sessions-{clock.iso[day]}.csv", "\n".join([HEADER, *sheet.records, ""]), sheet)]
