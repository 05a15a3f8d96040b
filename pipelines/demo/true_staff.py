"""The truth about the company's people: who came and went, month by month, and what keeps them from serving well."""

import datetime as dt
from collections import defaultdict

from pipelines.demo.clock import Clock
from pipelines.demo.company import TEAMS
from pipelines.demo.staff import Employee, Obstacle
from pipelines.demo.telephone import Call


def staff(clock: Clock, employees: list[Employee]) -> dict[str, dict[str, dict[str, int]]]:
    """By month and team: people at the end of the month or of what is known, and who came and left in it."""
    result: dict[str, dict[str, dict[str, int]]] = {}
    for day in range(clock.days):
        if clock.ends_month(day):
            result[clock.months[day]] = {team: _team(employees, team, clock.dates[day]) for team in TEAMS}
    return result


def _team(employees: list[Employee], team: str, end: dt.date) -> dict[str, int]:
    members = [person for person in employees if person.team == team]
    gone = [person for person in members if person.left and end.replace(day=1) <= person.left <= end]
    return {
        "headcount": sum(person.is_here(end) for person in members),
        "hires": sum(end.replace(day=1) <= person.hired <= end for person in members),
        "separations": len(gone),
        "voluntary": sum(person.reason == "voluntary" for person in gone),
        "new_hires": sum(person.left is not None and (person.left - person.hired).days < 90 for person in gone),
    }


def handling(clock: Clock, calls: list[Call]) -> dict[str, dict[str, dict[str, int]]]:
    """By month and team: answered calls and the seconds of work on them."""
    result: dict[str, dict[str, dict[str, int]]] = {}
    for call in calls:
        if call.team:
            figures = result.setdefault(clock.month(call.at), {team: {"calls": 0, "seconds": 0} for team in TEAMS})[call.team]
            figures["calls"] += 1
            figures["seconds"] += call.handled
    return result


def obstacles(named: list[Obstacle]) -> dict[str, dict[str, dict[str, int]]]:
    """By month and obstacle: how often it was named, and rated."""
    result: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for obstacle in sorted(named, key=lambda each: (each.on, each.what)):
        figures = result[f"{obstacle.on:%Y-%m}"].setdefault(obstacle.what, {"named": 0, "rated": 0})
        figures["named"] += 1
        figures["rated"] += obstacle.rating is not None
    return result
