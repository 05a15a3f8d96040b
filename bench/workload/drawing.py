"""Seeded draws of whole columns, the calendar, and what waits for a later day."""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

ZONE = "Europe/Berlin"
DAY = 86_400
OPENS, CLOSES = 5 * 3600, 22 * 3600
"""Customers answer and buy within these seconds of a UTC day, so that no local time is told twice."""

Whole = npt.NDArray[np.int64]
Chosen = npt.NDArray[np.bool_]


class Draws:
    """Random columns."""

    def __init__(self, seed: int, first: dt.date) -> None:
        self.random = np.random.Generator(np.random.PCG64(seed))
        self._midnight = int(dt.datetime.combine(first, dt.time(), dt.UTC).timestamp())

    def start_of(self, day: int) -> int:
        """Seconds since 1970 at which a UTC day begins."""
        return self._midnight + day * DAY

    def arrival(self, at: Whole) -> Whole:
        """The arrival day of what happens at these seconds: never before the business day has begun."""
        return (at + 2 * 3600 - self._midnight) // DAY

    def within(self, low: int, high: int, count: int) -> Whole:
        """Whole numbers from ``low`` to below ``high``."""
        return self.random.integers(low, high, count)

    def moments(self, day: int, count: int) -> Whole:
        """Seconds since 1970 while customers are awake."""
        return self.start_of(day) + self.within(OPENS, CLOSES, count)

    def waits(self, mean: int, count: int) -> Whole:
        """Seconds that something takes: mostly short, now and then long."""
        return self.random.exponential(mean, count).astype(np.int64)

    def chance(self, share: float, count: int) -> Chosen:
        """True for about this share."""
        return self.random.random(count) < share

    def places(self, weights: tuple[int, ...], count: int) -> Whole:
        """Places in a tuple of words of these weights."""
        bounds = np.cumsum(weights)
        return np.searchsorted(bounds, self.random.integers(0, bounds[-1], count), side="right").astype(np.int64)

    def words(self, weights: Mapping[str | None, int], count: int) -> pl.Series:
        """Words of these weights."""
        return pl.Series(list(weights), dtype=pl.String).gather(self.places(tuple(weights.values()), count))


class Waiting:
    """Rows that wait for a later day; what is due after the last day is never delivered."""

    def __init__(self, days: int) -> None:
        self._days = days
        self._rows: dict[int, list[pl.DataFrame]] = {}

    def put(self, rows: pl.DataFrame, due: Whole) -> None:
        """Keep each row until its day."""
        for (day,), part in rows.with_columns(due=pl.Series(due)).partition_by("due", as_dict=True, include_key=False).items():
            if day < self._days:
                self._rows.setdefault(day, []).append(part)

    def due(self, day: int) -> list[pl.DataFrame]:
        """Take what is due."""
        return self._rows.pop(day, [])


def instant(column: str) -> pl.Expr:
    """Seconds since 1970 as UTC times without a zone."""
    return pl.from_epoch(column, "s")


def local(column: str) -> pl.Expr:
    """Seconds since 1970 as the times that the company's clocks show."""
    return instant(column).dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE)
