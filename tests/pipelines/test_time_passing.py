"""What the tables owe to the instant up to which the data is known: computed anew when it alone has moved, and only then."""

import datetime as dt

import pytest

from assets.catalogue import DERIVED
from assets.core.business_day import start_of_business_day
from assets.derivation import Derivation
from pipelines.inbox import Inbox
from pipelines.ingest import ingest
from pipelines.progress import Progress
from pipelines.refresh import Refresh, refresh
from tests.world import World, refresh_all

pytestmark = pytest.mark.slow

MONDAY, TUESDAY, WEDNESDAY = (dt.date(2026, 3, day) for day in (2, 3, 4))
BACKLOG = ("core.identities", "core.tickets", "core.ticket_visits", "kpi.ticket_backlog_daily")
WHOLE = [derived for derived in DERIVED if derived.matures_after is not None and not derived.unit]
"""Tables that are computed whole, and that time alone may change."""


def test_an_open_ticket_is_in_the_backlog_of_each_further_day_though_no_ticket_changed(world: World) -> None:
    world.tables = BACKLOG
    world.deliver("desk", MONDAY, "t1,2026-03-02 09:00:00,,,c1,x,web")
    world.load()
    monday = world.rows("kpi.ticket_backlog_daily", "backlog_on, ticket_count, age_seconds_sum")

    world.deliver("ledger", WEDNESDAY, "l1,2026-03-04,100,web")
    world.load(WEDNESDAY)

    assert monday == [(MONDAY, 1, 14 * 3600)]
    assert world.rows("kpi.ticket_backlog_daily", "backlog_on, ticket_count, age_seconds_sum") == [
        (MONDAY, 1, 14 * 3600),
        (TUESDAY, 1, 38 * 3600),
        (WEDNESDAY, 1, 62 * 3600),
    ]


def test_the_tickets_behind_it_are_left_alone_and_a_rebuild_changes_nothing(world: World) -> None:
    world.tables = BACKLOG
    world.deliver("desk", MONDAY, "t1,2026-03-02 09:00:00,,,c1,x,web")
    world.load()
    with world.warehouse() as warehouse:
        at_once, later = (refresh_all(warehouse, world.settings, only=BACKLOG, as_of=end_of(day)) for day in (MONDAY, TUESDAY))
        again = refresh_all(warehouse, world.settings, only=BACKLOG, as_of=end_of(TUESDAY))
        rebuilt = refresh_all(warehouse, world.settings, only=BACKLOG, as_of=end_of(TUESDAY), rebuild=True)

    assert set(at_once.values()) == set(again.values()) == {Refresh(units=0)}
    assert later == dict.fromkeys(BACKLOG, Refresh(units=0)) | {"kpi.ticket_backlog_daily": Refresh(units=4, inserted=1)}
    assert set(rebuilt.values()) == {Refresh(units=None)}


def test_data_known_for_a_shorter_time_takes_back_what_was_counted_too_early(world: World) -> None:
    world.tables = BACKLOG
    world.deliver("desk", MONDAY, "t1,2026-03-02 09:00:00,,,c1,x,web")
    world.load()
    with world.warehouse() as warehouse:
        refresh_all(warehouse, world.settings, only=BACKLOG, as_of=end_of(WEDNESDAY))
        back = refresh_all(warehouse, world.settings, only=BACKLOG, as_of=end_of(MONDAY))

    assert back["kpi.ticket_backlog_daily"] == Refresh(units=5, deleted=2)


@pytest.mark.parametrize("derived", WHOLE, ids=lambda derived: derived.name)
def test_each_table_of_this_kind_is_computed_whole_when_time_has_passed_and_not_otherwise(derived: Derivation, world: World) -> None:
    first, second = (world.settings.parameters(end_of(day)) for day in (MONDAY, TUESDAY))
    with world.warehouse() as warehouse:
        done = [refresh(warehouse, derived, known, world.settings.references).units for known in (first, first, second, second)]

    assert done == [None, 0, None, 0]


def test_a_call_touches_the_answers_that_it_may_follow_up_and_not_those_of_long_before(world: World) -> None:
    world.tables = ("core.identities", "core.answers", "core.calls", "kpi.follow_up_daily")
    world.deliver("survey", MONDAY, "r1,2026-01-05 10:00:00,,c1,,,1,", "r2,2026-03-02 10:00:00,,c1,,,1,", "r3,2026-03-02 10:00:00,,c2,,,1,")
    world.load()
    world.deliver("telephone", MONDAY, "k1,2026-03-02 11:00:00,2026-03-02 11:05:00,,answered,c1")
    with world.warehouse() as warehouse:
        ingest(warehouse, Inbox(world.settings.inbox_url), world.settings, [MONDAY], Progress())
        done = refresh_all(warehouse, world.settings, only=world.tables)

    assert done["core.calls"].inserted == 1
    assert done["kpi.follow_up_daily"].units == 1


def end_of(day: dt.date) -> dt.datetime:
    return start_of_business_day(day + dt.timedelta(days=1), "Europe/Berlin")
