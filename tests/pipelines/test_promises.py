"""The promises: conservation, order, incremental equals full; over random histories of deliveries."""

import datetime as dt
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import THOROUGH
from tests.pipelines.whole_company import RECORDS, whole_company
from tests.world import RARER, SETTINGS, World, differences, refresh_all

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
    "invited": st.builds(lambda id_, at, customer: f"i{id_},{at},{customer},a", st.sampled_from("12"), moments, customers),
    "help": st.builds(
        lambda id_, at, done, escalated, customer: f"{id_},{at},{done},{escalated},{customer}",
        ids, moments, st.sampled_from(["yes", "no", ""]), st.sampled_from(["yes", ""]), customers,
    ),
    "crew": st.builds(lambda id_, day, item: f"{id_},2026-{day},obstacle,{item},", ids, st.sampled_from(["03-24", "04-01"]), st.sampled_from(["slow tools", "noise"])),
    "peers": st.builds(
        lambda id_, figure, value: f"{id_},satisfaction_daily,{figure},satisfaction_daily.csat_top2,{value},2025-01-01,2025-12-31,a study",
        ids, st.sampled_from(["csat_top2", "nps"]), st.sampled_from(["0.5", "x"]),
    ),
    "aims": st.builds(
        lambda id_, kpi, value: f"{id_},{kpi},{value},at_least,2026-03-01",
        ids, st.sampled_from(["satisfaction_daily,csat_top2", "first_contact_resolution_daily,fcr_repeat"]), st.sampled_from(["0.5", "x"]),
    ),
    "talk": st.builds(
        lambda id_, at, changed, customer, problem, told, handling, given: f"{id_},{at},{changed},{customer},{problem},{told},{handling},{given}",
        ids, moments, changes, customers, st.sampled_from(["late", "broken", "none", ""]), st.sampled_from(["yes", "no", "tried", ""]),
        st.sampled_from(["1", "5", ""]), st.sampled_from(["5,4,4,5,price,4,1,10", "1,,2,1,service,,5,", ",3,,,,9,,0"]),
    ),
}  # fmt: skip
deliveries = st.one_of(
    *(
        st.tuples(st.just(feed), st.sampled_from(DAYS), st.sampled_from(["1.csv", "2.csv"]), st.lists(rows, max_size=6))
        for feed, rows in ROWS.items()
    )
)
steps = st.lists(st.lists(deliveries, min_size=1, max_size=6), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole company, loaded, for histories to go on from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPIS_PSEUDONYM_KEY", "a key for tests, long enough")
        world = whole_company(tmp_path_factory.mktemp("loaded") / "world", FIRST)
        world.load()
    return world.folder


def going_on(loaded: Path, folder: Path) -> World:
    """A copy of the company as it was loaded."""
    shutil.copytree(loaded, folder)
    return World(folder, feeds=SETTINGS + RARER)


@pytest.mark.slow
def test_every_kpi_knows_something_of_the_company_that_histories_go_on_from(loaded: Path, tmp_path: Path) -> None:
    contents = going_on(loaded, tmp_path / "world").contents()

    assert [name for name, rows in contents.items() if name.startswith("kpi.") and not rows] == []
    assert contents["ledger.quarantine"] == []


@pytest.mark.slow
@settings(max_examples=100 if THOROUGH else 4)
@given(history=steps)
def test_after_any_history_every_table_is_what_one_loading_of_the_final_inbox_gives(
    loaded: Path,
    history: list[list[tuple[str, dt.date, str, list[str]]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world, afresh = going_on(loaded, Path(folder) / "history"), whole_company(Path(folder) / "afresh", FIRST)
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

        contents = world.contents()
        assert differences(contents, afresh.contents()) == {}
        assert [name for name, rows in contents.items() if name.startswith("kpi.") and not rows] == []


@pytest.mark.slow
@settings(max_examples=50 if THOROUGH else 3)
@given(inbox=st.lists(deliveries, min_size=1, max_size=12), order=st.permutations(DAYS))
def test_days_loaded_in_any_order_one_by_one_give_the_same_tables_and_lose_no_record(
    inbox: list[tuple[str, dt.date, str, list[str]]], order: list[dt.date]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shuffled, at_once = (whole_company(Path(folder) / name, FIRST) for name in ("shuffled", "at_once"))
        for feed, day, file, rows in inbox:
            for world in (shuffled, at_once):
                world.deliver(feed, day, *rows, file=file)
        for day in order:
            shuffled.load(day)

        at_once.load()

        assert differences(shuffled.contents(), at_once.contents()) == {}
        read = RECORDS + sum(len(rows) for rows in {(feed, day, file): rows for feed, day, file, rows in inbox}.values())
        counts = at_once.rows("ledger.deliveries", "records_read, records_accepted, records_quarantined, records_duplicate")
        assert sum(row[0] for row in counts) == read
        assert all(row[0] == sum(row[1:]) and min(row) >= 0 for row in counts)


@pytest.mark.slow
@settings(max_examples=50 if THOROUGH else 2)
@given(history=steps)
def test_a_rebuild_finds_nothing_to_change(loaded: Path, history: list[list[tuple[str, dt.date, str, list[str]]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = going_on(loaded, Path(folder) / "world")
        for step in history:
            for feed, day, file, rows in step:
                world.deliver(feed, day, *rows, file=file)
            world.load(*dict.fromkeys(day for _, day, _, _ in step))

        with world.warehouse() as warehouse:
            done = refresh_all(warehouse, world.settings, rebuild=True)

        assert {
            name: (refreshed.deleted, refreshed.inserted) for name, refreshed in done.items() if refreshed.deleted or refreshed.inserted
        } == {}
