"""The telephone system's own log: every attempt to call, answered or not. What a call was about the desk writes down."""

from dataclasses import dataclass
from random import Random
from typing import Final

from pipelines.demo.clock import ZONE, Clock
from pipelines.demo.company import DESK_HOURS, TEAMS, draw, how_many, inline, is_late_time
from pipelines.demo.customers import Crm
from pipelines.demo.deliveries import Delivery, Sheet, pack
from pipelines.demo.flaws import add_flawed_rows
from pipelines.demo.staff import Staff

HEADER: Final = "Anruf;Beginn;Angenommen;Ende;Ergebnis;Bearbeitung;Leitung;Team;Rufnummer"
OUTCOMES: Final = {"answered": "verbunden", "abandoned": "aufgelegt", "blocked": "besetzt"}
SHORT: Final = 10
"""Who hangs up before so many seconds has not really waited."""

PROMPT: Final = 20
"""Seconds within which a call is to be answered."""

STRAIN: Final = 50
"""By how many percent calls take longer for each colleague who left the team in the month before."""

_FEED: Final = """
[feeds.calls]
adapter = "calls_csv"
expected = false
delimiter = ";"
time_zone = "{zone}"
time_format = "%d.%m.%Y %H:%M:%S"
phone_region = "GB"

[feeds.calls.columns]
source_record_id = "Anruf"
started_at = "Beginn"
answered_at = "Angenommen"
ended_at = "Ende"
outcome = "Ergebnis"
handled_seconds = "Bearbeitung"
queue = "Leitung"
team = "Team"
phone = "Rufnummer"

[feeds.calls.values]
outcome = {outcomes}
"""


def declared() -> str:
    """The log's part of the settings file."""
    return _FEED.format(zone=ZONE, outcomes=inline(OUTCOMES))


@dataclass(frozen=True, slots=True)
class Call:
    """What the truth must know of a call: when, how it ended, and after how many seconds of waiting."""

    at: int
    outcome: str
    wait: int
    team: str = ""
    handled: int = 0
    """Seconds of talk and of work after it."""


class Telephone:
    """Puts calls through; the log is exported once a week."""

    def __init__(self, seed: str, clock: Clock, crm: Crm, staff: Staff) -> None:
        self._rng: Final = Random(f"{seed} telephone")
        self._staff: Final = staff
        self._clock: Final = clock
        self._crm: Final = crm
        self._next = 1
        self._rows: list[str] = []
        self.calls: Final[list[Call]] = []

    def _fate(self, *, late: bool) -> tuple[str, int]:
        """How a call ends, and when; the edges of what is short and what is prompt are met on purpose."""
        rng = self._rng
        chance = rng.random()
        if chance < 0.04:
            return ("blocked", 0) if chance < 0.02 else ("answered", PROMPT) if chance < 0.03 else ("abandoned", SHORT)
        wait, patience = (int(rng.expovariate(1 / mean)) for mean in (75 if late else 16, 140))
        return ("abandoned", patience) if patience < wait else ("answered", wait)

    def _call(self, day: int) -> None:
        rng, clock = self._rng, self._clock
        second = draw(rng, DESK_HOURS) * 3600 + int(rng.random() * 3600)
        outcome, wait = self._fate(late=is_late_time(clock.dates[day]))
        answered, handled, team, end, after = "", "", "", second + wait, 0
        if outcome == "answered":
            answered = f"{clock.german[day]} {clock.time(end)}"
            talk = min(20 + int(rng.expovariate(1 / 240)), 3600)
            after, end, team = talk + 15 + int(rng.random() * 60), end + talk, draw(rng, TEAMS)
            after = after * (100 + STRAIN * self._staff.left_before(team, clock.dates[day])) // 100
            handled = f"{after // 3600}:{after // 60 % 60:02}:{after % 60:02}"
        national = self._crm.pick(rng).national
        number = f"0{national}" if national and rng.random() < 0.9 else ""
        self._rows.append(
            f"T{self._next:07};{clock.german[day]} {clock.time(second)};{answered};{clock.german[day]} {clock.time(end)};"
            f"{OUTCOMES[outcome]};{handled};{'Bestellung' if rng.random() < 0.4 else 'Hilfe'};{team};{number}"
        )
        self._next += 1
        self.calls.append(Call(clock.utc(day, second), outcome, wait, team, after))

    def export(self, day: int) -> list[Delivery]:
        """The week's calls on its last day."""
        clock = self._clock
        for _ in range(how_many(self._rng, clock.dates[day], 40)):
            self._call(day)
        if not clock.ends_week(day):
            return []
        sheet = Sheet.of(self._rng, self._rows)
        self._rows = []
        date = clock.german[day]
        sound = ("TX{n}", f"{date} 10:00:00", f"{date} 10:00:30", f"{date} 10:02:00", "verbunden", "", "Hilfe", TEAMS[0], "")
        add_flawed_rows(sheet, day, "calls", dict(zip(HEADER.split(";"), sound, strict=True)), ";")
        return [pack("calls", f"anrufe_{clock.iso[day]}.csv", "\n".join([HEADER, *sheet.records, ""]), sheet)]
