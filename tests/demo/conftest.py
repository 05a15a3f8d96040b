"""A small demo company, written once for all tests of this folder."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.demo import write_demo
from pipelines.demo.clock import Clock

DAYS = 10
"""Long enough for every kind of plant, short enough to be read in seconds."""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("demo")
    write_demo(directory, days=DAYS)
    return directory


@pytest.fixture(scope="session")
def truth(demo: Path) -> dict[str, Any]:
    return load_truth(demo)


@pytest.fixture(scope="session")
def files_of(demo: Path) -> Callable[[str], list[Path]]:
    """The files of a feed in the order in which they arrived."""
    return lambda feed: sorted((path for path in (demo / "inbox" / feed).glob("*/*")), key=lambda path: (path.parent.name, path.name))


@pytest.fixture(scope="session")
def clock(truth: dict[str, Any]) -> Clock:
    first, last = (dt.date.fromisoformat(truth[name]) for name in ("first_day", "last_day"))
    return Clock(last, (last - first).days + 1)


def load_truth(directory: Path) -> dict[str, Any]:
    return dict(json.loads((directory / "truth.json").read_text(encoding="utf-8")))
