"""The demo's calendar: wall clock to instant and back. An instant is whole seconds since 1970, UTC.

What happens at an instant is not decided here.
"""

import datetime as dt
from bisect import bisect_right
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = 86_400
ZONE: Final = "Europe/Berlin"
"""Its clocks are moved between two and three in the morning, which is written into ``Clock`` below."""

_MARGIN: Final = 400
"""Days after the last arrival day for which something may be planned; nothing planned there is ever delivered."""

_EPOCH: Final = dt.date(1970, 1, 1)
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Clock:
    """Business days of the demo, counted from 0 on the first arrival day."""

    def __init__(self, last_day: dt.date, days: int) -> None:
        zone = ZoneInfo(ZONE)
        first = last_day - dt.timedelta(days=days - 1)
        self.days: Final = days
        self.dates: Final = [first + dt.timedelta(days=n) for n in range(days + _MARGIN)]
        self.iso: Final = [day.isoformat() for day in self.dates]
        self.german: Final = [f"{day:%d.%m.%Y}" for day in self.dates]
        self.months: Final = [text[:7] for text in self.iso]
        midnights = [dt.datetime.combine(day, dt.time(), zone) for day in self.dates]
        self.midnights: Final = [round(moment.timestamp()) for moment in midnights]
        self._offset: Final = [int(moment.utcoffset().total_seconds()) for moment in midnights]  # type: ignore[union-attr]
        sixty = [f"{n:02}" for n in range(60)]
        self._seconds: Final = [f"{hour}:{minute}:{second}" for hour in sixty[:24] for minute in sixty for second in sixty]
        self._first_epoch_day: Final = (first - _EPOCH).days - 1
        utc_days = [first + dt.timedelta(days=n - 1) for n in range(days + _MARGIN + 2)]
        self._utc_iso: Final = [day.isoformat() for day in utc_days]
        self._utc_rfc: Final = [f"{_WEEKDAYS[day.weekday()]}, {day.day:02} {_MONTHS[day.month - 1]} {day.year}" for day in utc_days]

    @property
    def end(self) -> int:
        """Midnight after the last arrival day: all that is known is known by then."""
        return self.midnights[self.days]

    def ends_week(self, day: int) -> bool:
        """Whether a week's file is written on this day; on the last day it holds what there is."""
        return day % 7 == 6 or day == self.days - 1

    def ends_month(self, day: int) -> bool:
        """Whether a month's file is written on this day; on the last day it holds what there is."""
        return self.dates[day + 1].day == 1 or day == self.days - 1

    def starts_quarter(self, day: int) -> bool:
        """Whether a day is the first of a quarter."""
        return self.dates[day].day == 1 and self.dates[day].month % 3 == 1

    def length(self, day: int) -> int:
        """Seconds in a business day; not 86,400 on the two days of a clock change."""
        return self.midnights[day + 1] - self.midnights[day]

    def wall(self, day: int, second: int) -> int:
        """The second of the day as a wall clock may show it: the hour skipped in spring is passed over."""
        return second + 3600 if self.length(day) < DAY and 7200 <= second < 10_800 else second

    def utc(self, day: int, second: int) -> int:
        """The instant of a wall time; where the clock shows it twice, the first of both."""
        if second >= 10_800:
            return self.midnights[day] + second + self.length(day) - DAY
        return self.midnights[day] + second

    def offset(self, day: int, second: int) -> str:
        """The offset from UTC at a wall time, as ``+02:00``."""
        return f"+{(self._offset[day] + (DAY - self.length(day) if second >= 10_800 else 0)) // 3600:02}:00"

    def day(self, at: int) -> int:
        """The business day of an instant."""
        return bisect_right(self.midnights, at) - 1

    def month(self, at: int) -> str:
        """The business month of an instant, as ``2026-07``."""
        return self.months[bisect_right(self.midnights, at) - 1]

    def time(self, second: int) -> str:
        """``10:11:12`` of a second of the day."""
        return self._seconds[second]

    def quarter(self, at: int) -> str:
        """The business quarter of an instant, as ``2026-Q3``."""
        month = self.month(at)
        return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"

    def utc_text(self, at: int, between: str = "T", behind: str = "Z") -> str:
        """An instant as ISO text in UTC."""
        return f"{self._utc_iso[at // DAY - self._first_epoch_day]}{between}{self._seconds[at % DAY]}{behind}"

    def mail_text(self, at: int) -> str:
        """An instant as e-mail headers write it, in UTC."""
        return f"{self._utc_rfc[at // DAY - self._first_epoch_day]} {self._seconds[at % DAY]} +0000"
