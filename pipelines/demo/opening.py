"""When the desks are staffed: the schedules of the settings file, and the open seconds between two instants.

The truth counts them interval by interval, on the wall clock of the company.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

from pipelines.demo.clock import DAY, ZONE, Clock

CHAT_CHANGES_AFTER: Final = 60
"""Days after the first arrival day on which the chat gets other hours."""

Hours = tuple[tuple[int, int, int], ...]
"""Weekday (Monday is 0), first and last second of the day; one that ends later than the day goes on into the next."""

_BREAK: Final = (12 * 3600 + 1800, 13 * 3600)
_DESK: Final[Hours] = (*((day, 8 * 3600, 18 * 3600) for day in range(5)), (5, 9 * 3600, 14 * 3600))
_CHAT: Final[Hours] = tuple((day, 7 * 3600, 23 * 3600) for day in range(7))
_CHAT_LATER: Final[Hours] = tuple((day, 20 * 3600, 26 * 3600) for day in range(7))
_CHAT_CHANNELS: Final = ("chat", "social")
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _holidays(first_day: dt.date) -> list[dt.date]:
    return [dt.date(year, 10, 3) for year in (first_day.year, first_day.year + 1)]


def _text(hours: Hours) -> str:
    def clock(second: int) -> str:
        return f"{second // 3600 % 24:02}:{second // 60 % 60:02}"

    days = (f'{_WEEKDAYS[day]} = ["{clock(start)}-{clock(end)}"]' for day, start, end in hours)
    return "{ " + ", ".join(days) + " }"


def declared(first_day: dt.date) -> str:
    """The schedules' part of the settings file."""
    channels = "channels = [" + ", ".join(f'"{channel}"' for channel in _CHAT_CHANNELS) + "]"
    holidays = ", ".join(map(str, _holidays(first_day)))
    lines = (
        "[schedules.desk]",
        f"hours = {_text(_DESK)}",
        'breaks = ["12:30-13:00"]',
        f"holidays = [{holidays}]",
        "",
        "[schedules.chat]",
        f"hours = {_text(_CHAT)}",
        channels,
        "",
        "[schedules.chat_later]",
        f"hours = {_text(_CHAT_LATER)}",
        channels,
        f"valid_from = {first_day + dt.timedelta(days=CHAT_CHANGES_AFTER)}",
    )
    return "\n".join(lines) + "\n"


class _Open:
    """A schedule's intervals in instants, and what has been open before each."""

    def __init__(self, intervals: Sequence[tuple[int, int]]) -> None:
        self._intervals: Final = intervals
        self._starts: Final = [start for start, _ in intervals]
        self._before: Final = [0, *accumulate(end - start for start, end in intervals)]

    def until(self, at: int) -> int:
        """Open seconds up to an instant."""
        place = bisect_right(self._starts, at) - 1
        if place < 0:
            return 0
        start, end = self._intervals[place]
        return self._before[place] + min(at, end) - start


def _without_break(start: int, end: int, rest: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
    if rest is None:
        yield start, end
        return
    yield start, min(end, rest[0])
    yield max(start, rest[1]), end


@dataclass(frozen=True)
class _Rule:
    hours: Hours
    rest: tuple[int, int] | None
    closed: tuple[dt.date, ...]


class Opening:
    """The open seconds of each channel."""

    def __init__(self, clock: Clock) -> None:
        self._zone: Final = ZoneInfo(ZONE)
        first = clock.dates[0]
        self._changed: Final = clock.midnights[CHAT_CHANGES_AFTER]
        days = [first + dt.timedelta(days=n - 2) for n in range(clock.days + 4)]
        self._desk: Final = self._opened(days, _Rule(_DESK, _BREAK, tuple(_holidays(first))))
        self._chat, self._later = (self._opened(days, _Rule(hours, None, ())) for hours in (_CHAT, _CHAT_LATER))

    def _opened(self, days: list[dt.date], rule: _Rule) -> _Open:
        intervals: list[tuple[int, int]] = []
        for day in days:
            for weekday, start, end in rule.hours:
                if weekday == day.weekday() and day not in rule.closed:
                    intervals += [(self._at(day, one), self._at(day, other)) for one, other in _without_break(start, end, rule.rest)]
        return _Open(intervals)

    def _at(self, day: dt.date, second: int) -> int:
        """The instant at which the wall clock shows a second of a day, or of the day after."""
        wall = dt.datetime.combine(day + dt.timedelta(days=second // DAY), dt.time()) + dt.timedelta(seconds=second % DAY)
        return round(wall.replace(tzinfo=self._zone).timestamp())

    def seconds(self, channel: str, start: int, end: int) -> int:
        """Each part on the schedule then in force."""
        if channel not in _CHAT_CHANNELS:
            return self._desk.until(end) - self._desk.until(start)
        change = self._changed
        first = self._chat.until(min(end, change)) - self._chat.until(min(start, change))
        return first + self._later.until(max(end, change)) - self._later.until(max(start, change))

    def seconds_on_last(self, channel: str, start: int, end: int) -> int:
        """All of it on the schedule in force at the end."""
        if channel not in _CHAT_CHANNELS:
            return self.seconds(channel, start, end)
        schedule = self._later if end >= self._changed else self._chat
        return schedule.until(end) - schedule.until(start)
