"""Patience: how long to wait before asking again, and when to give up."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar

from pipelines.connectors.protocol import Clock, ConnectorError

_ATTEMPTS: Final = 6
_FIRST_SECONDS: Final = 1.0
_LONGEST_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Failure:
    """One attempt that failed, though another may not."""

    why: str
    """Half a sentence, without anything that the source said."""
    retry_after: str | None = None
    """The header of that name, as received."""


class PassingError(Exception):
    """An attempt that failed though another may not; it never leaves what makes the attempts."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.why)
        self.failure = failure


class Patience:
    """How much a run of one connector waits: attempts, the time between requests, and the time for all of it.

    ``name`` is told in errors, behind the block of the settings that it stands in; ``requests_per_minute`` spaces the requests; after
    ``minutes`` nothing is begun any more.
    """

    def __init__(self, name: str, clock: Clock, *, requests_per_minute: float, minutes: float, block: str = "connectors") -> None:
        self._name = f"{block}.{name}"
        self._clock = clock
        self._spacing = 60 / requests_per_minute
        self._minutes = minutes
        self._end = clock.monotonic() + minutes * 60
        self._free_at = clock.monotonic()

    def take_turn(self) -> None:
        """Wait until the next request may be sent."""
        self._sleep(self._free_at - self._clock.monotonic())
        self._free_at = self._clock.monotonic() + self._spacing

    def check(self) -> None:
        """Raise ConnectorError when the run's time is up."""
        if self._clock.monotonic() > self._end:
            raise ConnectorError(f"{self._name}: not done after {self._minutes:g} minutes; what came is landed, and the next run goes on.")

    def before_retry(self, attempt: int, failure: Failure) -> None:
        """Wait after the attempt (counted from 1) that failed.

        As long as the source asks for, else twice as long each time, by chance a little less.
        Raises ConnectorError when it was the last attempt, or the source asks for more time than the run has.
        """
        if attempt >= _ATTEMPTS:
            raise ConnectorError(f"{self._name}: {failure.why}, {attempt} times; the next run tries again.")
        asked = _seconds(failure.retry_after, self._clock.now())
        longest = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2 ** (attempt - 1))
        seconds = longest * (0.5 + 0.5 * self._clock.chance()) if asked is None else asked + self._clock.chance()
        if self._clock.monotonic() + seconds > self._end:
            raise ConnectorError(
                f"{self._name}: {failure.why}, and asks to wait longer than this run has time; the next run goes on."
                if asked is not None
                else f"{self._name}: {failure.why}, and the time of this run is up; the next run goes on."
            )
        self._sleep(seconds)

    def pause(self, seconds: float) -> None:
        """Wait for the source to get something done."""
        self.check()
        self._sleep(seconds)

    def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._clock.sleep(seconds)


Result = TypeVar("Result")


def patiently(patience: Patience, attempt: Callable[[], Result]) -> Result:
    """What an attempt gives that does not raise PassingError, made again for as long as there is patience."""
    number = 0
    while True:
        number += 1
        patience.take_turn()
        try:
            return attempt()
        except PassingError as fault:
            failure = fault.failure
        patience.before_retry(number, failure)


def _seconds(retry_after: str | None, now: dt.datetime) -> float | None:
    """How long the header asks to wait; None when it is not there or says nothing that can be read."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=dt.UTC)
    return max(0.0, (until - now).total_seconds())
