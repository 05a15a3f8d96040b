"""What a connector is: something that fetches pieces, and says from where to go on once they are safe."""

import datetime as dt
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from pipelines.errors import PipelineError

Position = Mapping[str, Any]
"""From where a connector goes on: a few plain values as JSON knows them. Never a secret, never a whole URL."""

START: Final[Position] = {}
"""The position of a connector that has fetched nothing yet."""


class ConnectorError(PipelineError):
    """A source could not be fetched. One sentence; no secret, no query of a URL, nothing that the source answered."""


@dataclass(frozen=True)
class Piece:
    """The bytes of one future file, as the source gave them."""

    parts: Iterable[bytes]
    """Read once, in order."""
    ending: str = ""
    """Ending of the file's name, such as `.json`."""
    label: str = ""
    """Words for the file's name, for people; made safe before they are used."""
    thing: str = ""
    """What the bytes are the state of, where that is one thing, such as a path: going back to an older state is news then.
    Left empty, the same bytes are never landed twice."""
    keeps_order: bool = True
    """Whether the time of landing opens the file's name, so that of one day's files the later ones sort last."""


@dataclass(frozen=True)
class Step:
    """What came at once: pieces, and the position that holds as soon as all of them, and all before, are durable."""

    pieces: Sequence[Piece] = ()
    position: Position | None = None
    """None while the walk must begin anew if it breaks off here."""


class Connector(Protocol):
    """Fetches from one source. Everything durable is done for it."""

    @property
    def identity(self) -> str:
        """What the positions belong to, such as an address and a folder; with another identity they mean nothing."""
        ...

    def steps(self, position: Position) -> Iterator[Step]:
        """Fetch what is new since the position, with some overlap where the source asks for it.

        Raises ConnectorError when the source fails for good; what was given before stays landed.
        """
        ...


@dataclass(frozen=True)
class Clock:
    """Time and chance, to be replaced in tests."""

    now: Callable[[], dt.datetime] = field(default=lambda: dt.datetime.now(dt.UTC))
    """The present instant, with its zone."""
    monotonic: Callable[[], float] = time.monotonic
    """Seconds since some instant."""
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    """A number from 0 to 1."""
