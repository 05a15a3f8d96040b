"""Files of the inbox, and the position that moves after them."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from pipelines.connectors.landing import Landed, Shelf, land
from pipelines.connectors.protocol import START, ConnectorError, Piece, Position, Step
from pipelines.errors import PipelineError
from pipelines.inbox import Inbox
from tests.connectors.conftest import StandingClock

HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


class Told:
    """A connector that gives the steps it was made of."""

    def __init__(self, *steps: Step, identity: str = "it") -> None:
        self._steps = steps
        self.identity = identity
        self.began_at: Position | None = None

    def steps(self, position: Position) -> Iterator[Step]:
        self.began_at = position
        yield from self._steps


@pytest.fixture
def time() -> StandingClock:
    return StandingClock()


@pytest.fixture
def shelf(tmp_path: Path, time: StandingClock) -> Shelf:
    return shelf_in(str(tmp_path), time)


def shelf_in(inbox: str, time: StandingClock) -> Shelf:
    return Shelf(inbox, "mail", "box", "Europe/Berlin", 100, time.clock)


def run(connector: Told, shelf: Shelf) -> Landed:
    landed = Landed()
    for landed in land(connector, shelf):  # noqa: B007  # the last one is wanted
        pass
    return landed


def mail(text: str) -> Piece:
    return Piece([text.encode()], ".eml", keeps_order=False)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def test_a_file_is_named_by_its_hash_and_lies_under_the_business_day_of_its_arrival(
    tmp_path: Path, shelf: Shelf, time: StandingClock
) -> None:
    time.moment = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)

    landed = run(Told(Step([mail("hello")], {"uid": 1})), shelf)

    assert names(tmp_path) == [f"mail/2026-03-03/{HELLO}.eml"]
    assert landed == Landed(files=1, bytes=5, repeated=0, position={"uid": 1})


def test_the_inbox_sees_what_was_landed_and_nothing_else(tmp_path: Path, shelf: Shelf) -> None:
    run(Told(Step([mail("hello")], {"uid": 1})), shelf)
    inbox = Inbox(str(tmp_path))

    assert inbox.arrival_days(["mail"]) == [dt.date(2026, 3, 2)]
    assert [file.name for file in inbox.files("mail", dt.date(2026, 3, 2))] == [f"{HELLO}.eml"]
    assert inbox.file_loose(["mail"], dt.date(2026, 3, 2)) == []


def test_the_same_bytes_are_one_file_on_whatever_day_they_come_again(tmp_path: Path, time: StandingClock) -> None:
    run(Told(Step([mail("hello"), mail("hello")])), shelf_in(str(tmp_path), time))
    time.moment += dt.timedelta(days=1)
    again = run(Told(Step([mail("hello")])), shelf_in(str(tmp_path), time))

    assert names(tmp_path) == [f"mail/2026-03-02/{HELLO}.eml"]
    assert (again.files, again.repeated) == (0, 1)


def test_a_thing_that_goes_back_to_an_older_state_is_landed_again_and_sorts_last(tmp_path: Path, shelf: Shelf) -> None:
    states = [Piece([text], ".csv", "prices", thing="a/prices.csv") for text in (b"old", b"new", b"new", b"old")]

    landed = run(Told(Step(states)), shelf)

    assert [(tmp_path / name).read_bytes() for name in names(tmp_path)] == [b"old", b"new", b"old"]
    assert (landed.files, landed.repeated) == (3, 1)


def test_two_things_of_one_name_are_kept_apart(tmp_path: Path, shelf: Shelf) -> None:
    run(Told(Step([Piece([b"x"], ".csv", "prices", thing=thing) for thing in ("a/prices.csv", "b/prices.csv")])), shelf)

    assert len(names(tmp_path)) == 2


@pytest.mark.parametrize("hostile", ["../../../etc/passwd", "..", "a\x00b\n", "ü" * 500, "C:\\x", "-" * 90, "." * 10, ""])
def test_a_hostile_label_cannot_leave_the_folder_nor_hide_the_file(tmp_path: Path, shelf: Shelf, hostile: str) -> None:
    run(Told(Step([Piece([b"x"], hostile, hostile, thing=hostile)])), shelf)

    (found,) = names(tmp_path)
    assert found.startswith("mail/2026-03-02/2026")
    assert len(found) < 200
    assert [file.name for file in Inbox(str(tmp_path)).files("mail", dt.date(2026, 3, 2))] == [found.removeprefix("mail/2026-03-02/")]


def test_the_next_run_begins_at_the_position_and_one_for_another_source_at_the_start(tmp_path: Path, time: StandingClock) -> None:
    first, second, other = Told(Step(position={"uid": 7})), Told(), Told(identity="another")
    for connector in (first, second, other):
        run(connector, shelf_in(str(tmp_path), time))

    assert (first.began_at, second.began_at, other.began_at) == (START, {"uid": 7}, START)


def test_a_step_without_a_position_moves_nothing(tmp_path: Path, shelf: Shelf) -> None:
    run(Told(Step([mail("hello")])), shelf)

    assert not list(tmp_path.rglob("*.cursor.json"))


class PowerCutError(Exception):
    """The process dies."""


@pytest.mark.parametrize("dies_at", ["_place", "move"])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_dying_at_any_instant_loses_nothing_and_doubles_nothing(
    tmp_path: Path, time: StandingClock, monkeypatch: pytest.MonkeyPatch, dies_at: str, call: int
) -> None:
    source = [Step([mail(f"{number} a"), mail(f"{number} b")], {"uid": number}) for number in (1, 2, 3)]
    seen: list[int] = []
    whole = getattr(Shelf, dies_at)

    def dying(self: Shelf, *arguments: object) -> object:
        seen.append(1)
        if len(seen) == call:
            raise PowerCutError
        return whole(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Shelf, dies_at, dying)
        with pytest.raises(PowerCutError):
            run(Told(*source), shelf_in(str(tmp_path), time))
    time.moment += dt.timedelta(days=1)
    shelf = shelf_in(str(tmp_path), time)
    reached = shelf.position("it").get("uid", 0)
    assert isinstance(reached, int)
    run(Told(*source[reached:]), shelf)

    contents = sorted((tmp_path / name).read_text() for name in names(tmp_path))
    assert contents == ["1 a", "1 b", "2 a", "2 b", "3 a", "3 b"]
    assert shelf.position("it") == {"uid": 3}


def test_the_position_never_runs_ahead_of_the_files(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    whole = Shelf._place  # noqa: SLF001  # what is watched

    def watched(self: Shelf, draft: object, target: str) -> None:
        order.append(Path(target).name)
        whole(self, draft, target)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(Shelf, "_place", watched)
    run(Told(Step([mail("hello")], {"uid": 1})), shelf)

    assert order == [f"{HELLO}.eml", ".box.cursor.json"]


def test_what_a_killed_run_left_half_written_is_swept_up(tmp_path: Path, shelf: Shelf) -> None:
    left = tmp_path / "mail" / ".box-abc.part"
    left.parent.mkdir()
    left.write_bytes(b"half")

    run(Told(), shelf)

    assert not left.exists()


def test_a_second_run_of_the_same_connector_is_refused_while_the_first_one_goes_on(tmp_path: Path, time: StandingClock) -> None:
    with shelf_in(str(tmp_path), time).alone(), pytest.raises(ConnectorError, match="another run of this connector"):
        run(Told(), shelf_in(str(tmp_path), time))


def test_a_file_larger_than_allowed_is_not_landed_and_leaves_nothing(tmp_path: Path, shelf: Shelf) -> None:
    with pytest.raises(ConnectorError, match="more than 100 bytes; raise `largest_bytes`"):
        run(Told(Step([Piece([b"x" * 60, b"y" * 60])], {"uid": 1})), shelf)

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [".box.lock"]


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"position": 1, "identity": "x"}', b"\xff"])
def test_a_broken_position_is_an_error_that_says_what_to_do(tmp_path: Path, shelf: Shelf, broken: bytes) -> None:
    path = tmp_path / "mail" / ".box.cursor.json"
    path.parent.mkdir()
    path.write_bytes(broken)

    with pytest.raises(ConnectorError, match=r"the position in \.box\.cursor\.json .* remove that file"):
        run(Told(), shelf)


def test_an_inbox_at_a_url_is_landed_in_just_the_same(time: StandingClock) -> None:
    steps = Step([mail("hello")], {"uid": 1}), Step([mail("hello")], {"uid": 2})
    run(Told(*steps), shelf_in("memory://landing-test", time))
    later = Told()
    run(later, shelf_in("memory://landing-test", time))

    stored = fsspec.filesystem("memory")
    assert sorted(stored.find("/landing-test")) == ["/landing-test/mail/.box.cursor.json", f"/landing-test/mail/2026-03-02/{HELLO}.eml"]
    assert later.began_at == {"uid": 2}
    assert json.loads(stored.cat_file("/landing-test/mail/.box.cursor.json"))["moved_at"] == "2026-03-02T12:00:00+00:00"


def test_an_inbox_that_cannot_be_written_is_told_in_one_sentence(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(PipelineError, match=r"connectors\.box: the inbox cannot be read or written: No space left on device; "):
        run(Told(Step([mail("hello")], {"uid": 1})), shelf)


def test_an_inbox_at_a_url_that_cannot_be_reached_is_told_in_one_sentence(time: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise RuntimeError("a message with anything in it")

    monkeypatch.setattr(MemoryFileSystem, "exists", gone)

    with pytest.raises(PipelineError, match=r"the inbox cannot be read or written: RuntimeError; "):
        run(Told(), shelf_in("memory://landing-gone", time))


def test_a_clock_that_is_put_back_does_not_change_the_order_of_files(tmp_path: Path, time: StandingClock) -> None:
    for content in (b"old", b"new"):
        run(Told(Step([Piece([content], ".csv", "prices", thing="prices.csv")])), shelf_in(str(tmp_path), time))
        time.moment -= dt.timedelta(hours=1)

    assert [(tmp_path / name).read_bytes() for name in names(tmp_path)] == [b"old", b"new"]
