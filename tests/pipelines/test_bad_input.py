"""What a broken file does: it is refused by row or whole, everything else is loaded, nothing is lost."""

import datetime as dt
import gzip
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import fsspec
import pytest

from pipelines.inbox import Inbox, InboxFile
from tests.world import World

pytestmark = pytest.mark.slow

MONDAY = dt.date(2026, 3, 2)
GOOD = "good,2026-03-02 10:00:00,,10,5,0,c1"


@pytest.fixture(autouse=True)
def _few_tables(world: World) -> None:
    world.tables = ("core.identities", "core.orders")


def refusals(world: World) -> list[tuple[Any, ...]]:
    return world.rows("ledger.quarantine", 'record_number, "column", reason')


def orders(world: World) -> list[Any]:
    return [row[0] for row in world.rows("core.orders", "source_record_id")]


def test_a_bad_row_is_refused_with_its_column_and_reason_and_the_others_are_loaded(world: World) -> None:
    world.deliver(
        "shop",
        MONDAY,
        "a,2026-02-30 10:00:00,,10,5,0,c1",
        "a,2026-03-02 10:00:00,,-10,5,0,c1",
        "a,2026-03-02 10:00:00,,10,5,0",
        "5.70306E+17,2026-03-02 10:00:00,,10,5,0,c1",
        ",2026-03-02 10:00:00,,10,5,0,c1",
        GOOD,
    )

    loaded = world.load()

    assert refusals(world) == [
        (1, "ordered_at", "not_an_instant"),
        (2, "revenue_amount", "out_of_range"),
        (3, "record", "wrong_column_count"),
        (4, "source_record_id", "damaged_id"),
        (5, "source_record_id", "missing"),
    ]
    assert orders(world) == ["good"]
    assert (loaded.records_read, loaded.records_accepted, loaded.records_quarantined) == (6, 1, 5)


def test_a_ticket_solved_before_it_was_opened_is_refused(world: World) -> None:
    world.deliver("desk", MONDAY, "t1,2026-03-02 10:00:00,,2026-03-01 10:00:00,c1,x,web", "t2,2026-03-02 10:00:00,,,c1,x,web")

    world.load()

    assert refusals(world) == [(1, "record", "time_reversed")]


def test_a_rating_off_its_declared_scale_is_refused(world: World) -> None:
    world.deliver("survey", MONDAY, "r1,2026-03-02 10:00:00,,c1,,,9,yes")

    world.load()

    assert [reason for _, _, reason in refusals(world)] == ["out_of_scale"]


def test_a_row_in_another_encoding_is_refused_and_its_file_read_on(world: World) -> None:
    world.put(
        "shop",
        MONDAY,
        "export.csv",
        b"id,at,changed,revenue,margin,refund,customer\nb\xfcro,2026-03-02 10:00:00,,1,1,0,c1\n" + GOOD.encode(),
    )

    world.load()

    assert [reason for _, _, reason in refusals(world)] == ["not_text"]
    assert orders(world) == ["good"]


def test_a_cut_off_gzip_file_is_unreadable_and_the_file_beside_it_is_loaded(world: World) -> None:
    whole = gzip.compress(("id,at,changed,revenue,margin,refund,customer\n" + (GOOD.replace("good", "lost") + "\n") * 500).encode())
    world.put("shop", MONDAY, "cut.csv.gz", whole[: len(whole) // 2])
    world.deliver("shop", MONDAY, GOOD)

    loaded = world.load()

    assert loaded.unreadable == 1
    assert orders(world) == ["good"]


def test_a_file_that_grows_while_it_is_read_is_left_for_the_next_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    path = world.deliver("shop", MONDAY, GOOD)
    read = Inbox.open

    def read_while_growing(self: Inbox, file: InboxFile) -> BinaryIO:
        with read(self, file) as stream:
            content = stream.read()
        with path.open("a") as growing:
            growing.write(GOOD.replace("good", "more") + "\n")
        return io.BytesIO(content)

    with monkeypatch.context() as patch:
        patch.setattr(Inbox, "open", read_while_growing)
        first = world.load()
    second = world.load()

    assert (first.unreadable, second.records_accepted) == (1, 2)
    assert orders(world) == ["good", "more"]


@pytest.mark.slow
def test_a_line_of_two_hundred_megabytes_is_refused_and_the_rest_of_its_file_loaded(world: World) -> None:
    path = world.deliver("shop", MONDAY, GOOD)
    with path.open("ab") as file:
        for _ in range(200):
            file.write(b"x" * 2**20)
        file.write(b"\n" + GOOD.replace("good", "after").encode() + b"\n")

    world.load()

    assert refusals(world) == [(2, "record", "too_long")]
    assert orders(world) == ["after", "good"]


def test_a_file_without_a_day_folder_is_filed_under_the_day_it_is_found(world: World) -> None:
    folder = world.folder / "inbox" / "shop"
    folder.mkdir(parents=True)
    (folder / "loose.csv").write_text("x")
    (folder / "growing.part").write_text("x")

    moved = Inbox(world.settings.inbox_url).file_loose(["shop"], MONDAY)

    assert [path.removeprefix(str(folder)) for path in moved] == ["/2026-03-02/loose.csv"]
    assert (folder / "growing.part").exists()


def test_nothing_that_has_arrived_is_overwritten_by_a_loose_file_of_the_same_name(world: World) -> None:
    world.deliver("shop", MONDAY, GOOD)
    (world.folder / "inbox" / "shop" / "export.csv").write_text("another")

    Inbox(world.settings.inbox_url).file_loose(["shop"], MONDAY)

    names = sorted(path.name for path in (world.folder / "inbox" / "shop" / "2026-03-02").iterdir())
    assert names == ["2-export.csv", "export.csv"]


def test_the_inbox_may_be_any_fsspec_url() -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/inbox/shop/2026-03-02/a.csv", b"id\n")
    inbox = Inbox("memory://inbox")

    def found() -> Iterator[tuple[str, bytes]]:
        for file in inbox.files("shop", MONDAY):
            with inbox.open(file) as stream:
                yield file.name, stream.read()

    assert inbox.arrival_days(["shop"]) == [MONDAY]
    assert list(found()) == [("a.csv", b"id\n")]
