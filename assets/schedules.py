"""Opening hours as the settings declare them: weekly intervals, breaks, holidays, and from when they hold for which channels."""

import datetime as dt
import re
from collections.abc import Mapping
from itertools import combinations
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from assets.raw.feed import Declared
from schemas.vocabulary import CHANNELS, WEEKDAYS

DAY = 24 * 60
INTERVAL = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))")

Interval = tuple[int, int]
"""Minutes of a day from opening to closing."""


class Schedule(Declared):
    """When somebody is there."""

    hours: Mapping[Literal[WEEKDAYS], tuple[str, ...]] = Field(  # type: ignore[valid-type]  # a vocabulary is a closed tuple
        description="Weekday to its open intervals, such as 09:00-17:00; one that ends before it begins goes on into the next day."
    )
    time_zone: str | None = Field(default=None, description="Zone of its hours; the business time zone unless given.")
    breaks: tuple[str, ...] = Field(default=(), description="Intervals of every day in which nobody is there.")
    holidays: tuple[dt.date, ...] = Field(default=(), description="Dates on which nobody is there.")
    channels: tuple[Literal[CHANNELS], ...] = Field(  # type: ignore[valid-type]  # a vocabulary is a closed tuple
        default=(), description="Channels it applies to; those that no schedule names, unless given."
    )
    valid_from: dt.date | None = Field(default=None, description="Date from which it applies; always, unless given.")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            raise ValueError(f"{zone!r} is no IANA time zone, such as Europe/Berlin")
        return zone

    @model_validator(mode="after")
    def _is_open_some_time(self) -> "Schedule":
        if any(end <= start for start, end in map(_interval, self.breaks)):
            raise ValueError("breaks: a break must end after it begins, on the same day")
        if not any(self.week().values()):
            raise ValueError("hours: no hour of the week is open; declare an interval that the breaks do not cover")
        return self

    def week(self) -> Mapping[int, tuple[Interval, ...]]:
        """The open minutes of each weekday (Monday is 1) in order, without the breaks; an overnight interval is cut at midnight."""
        open_minutes: dict[int, set[int]] = {day: set() for day in range(1, 8)}
        for place, name in enumerate(WEEKDAYS):
            for start, end in map(_interval, self.hours.get(name, ())):
                open_minutes[place + 1].update(range(start, end if start < end else DAY))
                if end < start:
                    open_minutes[(place + 1) % 7 + 1].update(range(end))
        closed = {minute for start, end in map(_interval, self.breaks) for minute in range(start, end)}
        return {day: _runs(minutes - closed) for day, minutes in open_minutes.items()}


def check_schedules(schedules: Mapping[str, Schedule]) -> None:
    """Raise ValueError where two schedules would apply to one channel from the same date on."""
    for (one, first), (other, second) in combinations(schedules.items(), 2):
        named = set(first.channels) & set(second.channels)
        overlap = named or (not first.channels and not second.channels)
        if overlap and first.valid_from == second.valid_from:
            what = min(named, default="every channel that none names")
            raise ValueError(f"schedules.{other}.valid_from: {what} has the schedule {one!r} from the same date on; declare another date")


def versions(schedules: Mapping[str, Schedule], channel: str) -> list[str]:
    """The schedules of a channel, by name, in the order in which they come into force."""
    own = [name for name, schedule in schedules.items() if channel in schedule.channels]
    names = own or [name for name, schedule in schedules.items() if not schedule.channels]
    return sorted(names, key=lambda name: schedules[name].valid_from or dt.date.min)


def _interval(text: str) -> Interval:
    match = INTERVAL.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no interval such as 09:00-17:00; the end of a day is 24:00")
    hour, minute, end_hour, end_minute = (int(group) for group in match.groups() if group is not None)
    start, end = 60 * hour + minute, 60 * end_hour + end_minute
    if start == end:
        raise ValueError(f"{text!r} begins and ends at the same time; write 00:00-24:00 for a whole day")
    return start, end


def _runs(minutes: set[int]) -> tuple[Interval, ...]:
    """The unbroken runs of a set of minutes."""
    starts = sorted(minute for minute in minutes if minute - 1 not in minutes)
    ends = sorted(minute + 1 for minute in minutes if minute + 1 not in minutes)
    return tuple(zip(starts, ends, strict=True))
