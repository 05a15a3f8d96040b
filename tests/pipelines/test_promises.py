"""The promises: conservation, order, incremental equals full; over random histories of deliveries."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import THOROUGH
from tests.world import World, differences, refresh_all

FIRST = dt.date(2026, 3, 27)
DAYS = [FIRST + dt.timedelta(days=number) for number in range(5)]

ids = st.sampled_from("abc")
moments = st.builds(
    lambda day, hour, minute: f"2026-{3 if day > 14 else 4:02d}-{day:02d} {hour:02d}:{minute:02d}:00",
    st.sampled_from([18, 25, 28, 29, 30, 31, 1, 2, 5]),
    st.sampled_from([0, 9, 21, 22, 23]),
    st.sampled_from([0, 30]),
)
changes = st.one_of(st.just(""), moments)
customers = st.sampled_from(["c1", "c2", "c3", ""])
ROWS = {
    "survey": st.builds(
        lambda id_, at, changed, customer, invite, ticket, csat, fcr: f"{id_},{at},{changed},{customer},{invite},{ticket},{csat},{fcr}",
        ids, moments, changes, customers, st.sampled_from(["", "i1"]), st.sampled_from(["", "a", "b"]),
        st.sampled_from(["1", "3", "5", "", "9"]), st.sampled_from(["yes", "no", ""]),
    ),
    "desk": st.builds(
        lambda id_, opened, changed, customer, category, channel: f"{id_},{opened},{changed},,{customer},{category},{channel}",
        st.sampled_from("abcdef"), moments, changes, customers, st.sampled_from(["x", ""]), st.sampled_from(["web", "phone"]),
    ),
    "shop": st.builds(
        lambda id_, at, changed, revenue, refund, customer: f"{id_},{at},{changed},{revenue},1.5,{refund},{customer}",
        ids, moments, changes, st.sampled_from(["10", "0.3333", "x"]), st.sampled_from(["0", "2"]), customers,
    ),
    "refunds": st.builds(
        lambda id_, at, changed, amount, of: f"r{id_},{at},{changed},{amount},{of}",
        ids, moments, changes, st.sampled_from(["-3", "0.3333", "x"]), st.sampled_from(["a", "b", "e", ""]),
    ),
    "ledger": st.builds(
        lambda id_, day, amount, channel: f"{id_},2026-{day},{amount},{channel}",
        ids, st.sampled_from(["03-31", "04-01"]), st.sampled_from(["100", "33.3333", "-1"]), st.sampled_from(["", "web", "phone"]),
    ),
    "crm": st.builds(
        lambda id_, email, segment, changed: f"{id_},{email},{segment},{changed}",
        st.sampled_from(["c1", "c2", "c3"]), st.sampled_from(["p@example.com", "q@example.com", ""]), st.sampled_from(["gold", "silver", ""]), changes,
    ),
    "telephone": st.builds(
        lambda id_, at, end, changed, outcome, customer: f"{id_},{at},{end},{changed},{outcome},{customer}",
        ids, moments, changes, changes, st.sampled_from(["answered", "abandoned", "blocked", ""]), customers,
    ),
    "staff": st.builds(
        lambda id_, team, hired, left, changed: f"{id_},{team},2026-{hired},{left},{changed}",
        ids, st.sampled_from(["north", ""]), st.sampled_from(["03-01", "04-01"]), st.sampled_from(["", "2026-03-31", "x"]), changes,
    ),
    "plan": st.builds(
        lambda id_, day, amount, currency, changed: f"{id_},p,2026-{day},{amount},{currency},{changed}",
        ids, st.sampled_from(["03-31", "04-01"]), st.sampled_from(["-100", "33.3333", "x"]), st.sampled_from(["EUR", "USD", ""]), changes,
    ),
}  # fmt: skip
deliveries = st.one_of(
    *(
        st.tuples(st.just(feed), st.sampled_from(DAYS), st.sampled_from(["1.csv", "2.csv"]), st.lists(rows, max_size=6))
        for feed, rows in ROWS.items()
    )
)
steps = st.lists(st.lists(deliveries, min_size=1, max_size=6), min_size=1, max_size=4)


@pytest.mark.slow
@settings(max_examples=100 if THOROUGH else 4)
@given(history=steps)
def test_after_any_history_every_table_is_what_one_loading_of_the_final_inbox_gives(
    history: list[list[tuple[str, dt.date, str, list[str]]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world, afresh = World(Path(folder) / "history"), World(Path(folder) / "afresh")
        final: dict[tuple[str, dt.date, str], list[str]] = {}
        for step in history:
            for feed, day, file, rows in step:
                if not rows and (feed, day, file) in final:
                    del final[feed, day, file]
                    world.withdraw(feed, day, file)
                else:
                    final[feed, day, file] = rows
                    world.deliver(feed, day, *rows, file=file)
            world.load(*dict.fromkeys(day for _, day, _, _ in step))
        for (feed, day, file), rows in final.items():
            afresh.deliver(feed, day, *rows, file=file)

        afresh.load()

        assert differences(world.contents(), afresh.contents()) == {}


@pytest.mark.slow
@settings(max_examples=50 if THOROUGH else 3)
@given(inbox=st.lists(deliveries, min_size=1, max_size=12), order=st.permutations(DAYS))
def test_days_loaded_in_any_order_one_by_one_give_the_same_tables_and_lose_no_record(
    inbox: list[tuple[str, dt.date, str, list[str]]], order: list[dt.date]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shuffled, at_once = World(Path(folder) / "shuffled"), World(Path(folder) / "at_once")
        for feed, day, file, rows in inbox:
            for world in (shuffled, at_once):
                world.deliver(feed, day, *rows, file=file)
        for day in order:
            shuffled.load(day)

        at_once.load()

        assert differences(shuffled.contents(), at_once.contents()) == {}
        read = sum(len(rows) for rows in {(feed, day, file): rows for feed, day, file, rows in inbox}.values())
        counts = at_once.rows("ledger.deliveries", "records_read, records_accepted, records_quarantined, records_duplicate")
        assert sum(row[0] for row in counts) == read
        assert all(row[0] == sum(row[1:]) and min(row) >= 0 for row in counts)


@pytest.mark.slow
@settings(max_examples=50 if THOROUGH else 2)
@given(history=steps)
def test_a_rebuild_finds_nothing_to_change(history: list[list[tuple[str, dt.date, str, list[str]]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        for step in history:
            for feed, day, file, rows in step:
                world.deliver(feed, day, *rows, file=file)
            world.load(*dict.fromkeys(day for _, day, _, _ in step))

        with world.warehouse() as warehouse:
            done = refresh_all(warehouse, world.settings, rebuild=True)

        assert {
            name: (refreshed.deleted, refreshed.inserted) for name, refreshed in done.items() if refreshed.deleted or refreshed.inserted
        } == {}
