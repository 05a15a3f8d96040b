"""What somebody who waits for a run is told."""

import datetime as dt
import io

import pytest
from rich.console import Console

from pipelines.cli.progress import Bar
from pipelines.inbox import Inbox
from pipelines.ingest import ingest
from pipelines.progress import Progress
from tests.world import World

MONDAY, TUESDAY = dt.date(2026, 3, 2), dt.date(2026, 3, 3)


class Heard(Progress):
    def __init__(self) -> None:
        self.days: list[tuple[dt.date, int]] = []

    def read(self, day: dt.date, records: int) -> None:
        self.days.append((day, records))


@pytest.mark.slow
def test_each_arrival_day_is_told_with_the_records_that_were_new_to_it(world: World) -> None:
    world.deliver("survey", MONDAY, "r1,2026-03-02 10:00:00,,,,,5,", "r2,2026-03-02 10:00:00,,,,,4,")
    world.deliver("ledger", MONDAY, "l1,2026-03-02,100,web")
    first, again = Heard(), Heard()
    with world.warehouse() as warehouse:
        for heard in (first, again):
            ingest(warehouse, Inbox(world.settings.inbox_url), world.settings, [MONDAY, TUESDAY], heard)

    assert first.days == [(MONDAY, 3), (TUESDAY, 0)]
    assert again.days == [(MONDAY, 0), (TUESDAY, 0)]


def drawn(*, is_terminal: bool) -> str:
    screen = Console(file=io.StringIO(), force_terminal=is_terminal, width=160)
    with Bar(screen, days=2, tables=3) as bar:
        bar.read(MONDAY, 1_200)
        bar.refreshed("core.orders")
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def test_on_a_terminal_the_day_the_records_their_rate_and_the_table_are_drawn() -> None:
    told = drawn(is_terminal=True)

    assert "Reading 2026-03-02" in told
    assert "1/2" in told
    assert "1,200 records, " in told
    assert "a second" in told
    assert "Refreshing core.orders" in told
    assert "1/3" in told


def test_where_nobody_is_watching_nothing_is_drawn() -> None:
    assert drawn(is_terminal=False).strip() == ""
