"""What the tests of connectors share: a web server, a clock that does not wait, and an inbox to look into."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.connectors.landing import Landed
from pipelines.connectors.protocol import Clock
from pipelines.connectors.registry import land_connector
from pipelines.settings import Settings
from tests.connectors.server import Server, serving

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
SECRET = "s3cr3t-of-the-connector"
FEED = {"adapter": "twilio_json", "time_zone": "Europe/Berlin"}


class StandingClock:
    """A clock that only sleeping moves."""

    def __init__(self, now: dt.datetime = NOON) -> None:
        self.moment = now
        self.slept: list[float] = []
        self.clock = Clock(lambda: self.moment, self._seconds, self._sleep, lambda: 1.0)

    def _seconds(self) -> float:
        return self.moment.timestamp()

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += dt.timedelta(seconds=seconds)


class Company:
    """An inbox, one feed, one connector."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.time = StandingClock()
        self.inbox = str(folder / "inbox")
        self.declared: dict[str, Any] = {}

    @property
    def settings(self) -> Settings:
        blocks = {"time_zone": "Europe/Berlin", "inbox": self.inbox, "feeds": {"wire": FEED}}
        return Settings.model_validate({**blocks, "connectors": {"source": {"feed": "wire", **self.declared}}}).at(self.folder)

    def land(self) -> Landed:
        return land_connector(self.settings, "source", self.time.clock)

    def files(self) -> list[Path]:
        """What the inbox holds and shows, in order."""
        found = Path(self.inbox).rglob("*")
        return sorted(path for path in found if path.is_file() and not path.name.startswith("."))

    def contents(self) -> list[bytes]:
        return [path.read_bytes() for path in self.files()]

    def documents(self) -> list[Any]:
        return [json.loads(content) for content in self.contents()]

    def position(self) -> Any:
        path = Path(self.inbox) / "wire" / ".source.cursor.json"
        return json.loads(path.read_text())["position"] if path.exists() else None


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setenv("SOURCE_SECRET", SECRET)
    return Company(tmp_path)
