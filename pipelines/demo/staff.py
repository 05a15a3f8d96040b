"""The company's people: the personnel list, dumped whole once a month, and what they say keeps them from serving well."""

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Final

from pipelines.demo.clock import Clock
from pipelines.demo.company import TEAMS, draw, inline, spread
from pipelines.demo.deliveries import Delivery, Sheet, pack
from pipelines.demo.flaws import add_flawed_rows

HEADER: Final = "Personalnr;Team;Rolle;Eintritt;Austritt;Grund"
SURVEY_HEADER: Final = "day,about,what,rating,low_is_good,team,who"
LEAVING: Final = {"voluntary": "gekündigt", "involuntary": "entlassen", "other": "Ruhestand"}
FOUNDERS: Final = 40
RARE: Final = "noise"
"""The obstacle that fewer than five name, so that no table may show it."""

CONFIDENT: Final = "I can solve most concerns"
_OBSTACLES: Final = spread(
    {"slow tools": 4, "unclear rules": 3, "no authority to decide": 3, "missing information": 3, "too few colleagues": 2}
)
_REASONS: Final = spread({"voluntary": 7, "involuntary": 2, "other": 1})
_ROLES: Final = spread({"agent": 8, "expert": 1, "lead": 1})

_FEEDS: Final = """
[feeds.employees]
adapter = "employees_csv"
expected = false
delimiter = ";"
date_format = "%d.%m.%Y"

[feeds.employees.columns]
employee_id = "Personalnr"
team = "Team"
role = "Rolle"
hired_on = "Eintritt"
left_on = "Austritt"
leaving_reason = "Grund"

[feeds.employees.values]
leaving_reason = {leaving}

[feeds.employee_survey]
adapter = "employee_answers_csv"
expected = false
constants = {{ scale_low = "1", scale_high = "5" }}

[feeds.employee_survey.columns]
answered_on = "day"
topic = "about"
item = "what"
value = "rating"
is_reversed = "low_is_good"
team = "team"
employee_id = "who"
"""


def declared() -> str:
    """The settings file's part about people."""
    return _FEEDS.format(leaving=inline(LEAVING))


@dataclass(slots=True)
class Employee:
    """One employment."""

    number: str
    team: str
    role: str
    hired: dt.date
    left: dt.date | None = None
    reason: str = ""
    dumped: str = ""
    """The row of the last dump."""

    def is_here(self, on: dt.date) -> bool:
        """Whether the person is employed on a day; the last day counts."""
        return self.hired <= on and (self.left is None or on <= self.left)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """An obstacle that somebody named."""

    on: dt.date
    what: str
    rating: int | None


class Staff:
    """Hires, loses and asks people. What happens in which month is settled from the start; a dump knows what is past."""

    def __init__(self, seed: str, clock: Clock) -> None:
        self._rng: Final = Random(f"{seed} staff")
        self._clock: Final = clock
        self.employees: Final[list[Employee]] = []
        self.obstacles: Final[list[Obstacle]] = []
        first = clock.dates[0].replace(day=1)
        for n in range(FOUNDERS):
            self._hire(TEAMS[n % len(TEAMS)], first - dt.timedelta(days=40 + int(self._rng.random() * 2000)))
        for day in range(clock.days):
            if clock.ends_month(day):
                self._change(clock.dates[day].replace(day=1))

    def _hire(self, team: str, on: dt.date) -> None:
        self.employees.append(Employee(f"M{len(self.employees) + 1:04}", team, draw(self._rng, _ROLES), on))

    def _change(self, month: dt.date) -> None:
        """Some leave within the month, never on its edges, and are replaced on the first of the next."""
        rng = self._rng
        following = (month + dt.timedelta(days=31)).replace(day=1)
        for _ in range(1 + int(rng.random() * 3)):
            staying = [person for person in self.employees if person.left is None and person.hired <= month]
            leaver = staying[int(rng.random() * len(staying))]
            leaver.left, leaver.reason = month.replace(day=5 + int(rng.random() * 20)), draw(rng, _REASONS)
            self._hire(leaver.team, following)

    def left_before(self, team: str, day: dt.date) -> int:
        """How many of a team left in the month before."""
        last = day.replace(day=1) - dt.timedelta(days=1)
        return sum(
            person.team == team and person.left is not None and last.replace(day=1) <= person.left <= last for person in self.employees
        )

    def _dump(self, day: int) -> Delivery:
        """Everybody who has ever come, as far as the day knows."""
        today = self._clock.dates[day]
        sheet = Sheet(self._rng)
        for person in self.employees:
            if person.hired > today:
                continue
            has_left = person.left is not None and person.left <= today
            left, reason = (f"{person.left:%d.%m.%Y}", LEAVING[person.reason]) if has_left else ("", "")
            row = f"{person.number};{person.team};{person.role};{person.hired:%d.%m.%Y};{left};{reason}"
            (sheet.add_duplicate if row == person.dumped else sheet.add_version if person.dumped else sheet.add)(row)
            person.dumped = row
        sound = ("MX{n}", TEAMS[0], "agent", "01.02.2024", "", "")
        add_flawed_rows(sheet, day, "employees", dict(zip(HEADER.split(";"), sound, strict=True)), ";")
        return pack("employees", f"personal_{self._clock.iso[day]}.csv", "\n".join([HEADER, *sheet.records, ""]), sheet)

    def _survey(self, day: int) -> Delivery:
        """What those employed said in the last days; a few of them name what hardly anybody minds."""
        rng, dates = self._rng, self._clock.dates
        sheet = Sheet(rng)
        asked = [person for person in self.employees if person.is_here(dates[day])]
        bothered = {asked[int(rng.random() * len(asked))].number for _ in range(3)}
        for person in asked:
            on = dates[day - int(rng.random() * min(10, day + 1, dates[day].day))]
            if person.number not in bothered and rng.random() < 0.2:
                continue
            named = dict.fromkeys([*(draw(rng, _OBSTACLES) for _ in range(3)), *([RARE] if person.number in bothered else [])])
            for what in named:
                obstacle = Obstacle(on, what, 1 + int(rng.random() * 5) if rng.random() < 0.85 else None)
                self.obstacles.append(obstacle)
                sheet.add(f"{on},obstacle,{what},{'' if obstacle.rating is None else obstacle.rating},yes,{person.team},{person.number}")
            sheet.add(f"{on},confidence,{CONFIDENT},{2 + int(rng.random() * 4)},no,{person.team},{person.number}")
        sound = (str(dates[day]), "obstacle", RARE, "3", "yes", TEAMS[0], "MX{n}")
        add_flawed_rows(sheet, day, "employee_survey", dict(zip(SURVEY_HEADER.split(","), sound, strict=True)), ",")
        name = f"staff-survey-{self._clock.iso[day]}.csv"
        return pack("employee_survey", name, "\n".join([SURVEY_HEADER, *sheet.records, ""]), sheet)

    def export(self, day: int) -> list[Delivery]:
        """Both files on the last day of the month."""
        return [self._dump(day), self._survey(day)] if self._clock.ends_month(day) else []
