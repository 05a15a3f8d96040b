"""The demo writes the same bytes every time, and never over what is not its own."""

import datetime as dt
import gzip
import hashlib
import json
import re
import time
import tomllib
from pathlib import Path

import pytest

from pipelines.demo import DemoSummary, write_demo

pytestmark = pytest.mark.slow


def contents(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.rglob("*") if path.is_file()
    }


def test_two_demos_of_the_same_parameters_are_equal_byte_for_byte(demo: Path, tmp_path: Path) -> None:
    write_demo(tmp_path / "again", days=10)

    assert contents(tmp_path / "again") == contents(demo)


def test_another_seed_tells_another_story(demo: Path, tmp_path: Path) -> None:
    write_demo(tmp_path / "other", days=10, seed=1)

    assert contents(tmp_path / "other") != contents(demo)


def test_a_finished_demo_is_left_alone(tmp_path: Path) -> None:
    first = write_demo(tmp_path / "demo", days=2)
    marker = tmp_path / "demo" / "inbox" / "marker-of-the-test"
    marker.touch()
    started = time.perf_counter()

    assert write_demo(tmp_path / "demo", days=2) == first
    assert time.perf_counter() - started < 0.5
    assert marker.exists()


def test_an_interrupted_demo_is_completed_without_touching_what_is_right(tmp_path: Path) -> None:
    summary = write_demo(tmp_path / "demo", days=2)
    before = contents(tmp_path / "demo")
    whole, *others = sorted(path for path in (tmp_path / "demo" / "inbox").rglob("*") if path.is_file())
    times = {path: path.stat().st_mtime_ns for path in others}
    (tmp_path / "demo" / "truth.json").unlink()
    whole.write_bytes(b"torn")

    assert write_demo(tmp_path / "demo", days=2) == summary
    assert contents(tmp_path / "demo") == before
    assert {path: path.stat().st_mtime_ns for path in others} == times


def test_other_parameters_replace_the_inbox(tmp_path: Path) -> None:
    write_demo(tmp_path / "demo", days=3)
    write_demo(tmp_path / "demo", days=2)
    write_demo(tmp_path / "fresh", days=2)

    assert contents(tmp_path / "demo") == contents(tmp_path / "fresh")


@pytest.mark.parametrize("name", ["inbox/orders/2026-01-01/mine.csv", "kpis.toml", "truth.json"])
def test_a_folder_that_the_demo_did_not_make_is_refused_and_kept(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine")

    with pytest.raises(ValueError, match="choose another folder"):
        write_demo(tmp_path, days=2)

    assert contents(tmp_path).keys() == {name}
    assert (tmp_path / name).read_text() == "mine"


def test_a_foreign_demo_json_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"mine": 1}')

    with pytest.raises(ValueError, match="not written by the demo generator"):
        write_demo(tmp_path, days=2)


def test_a_demo_of_no_days_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        write_demo(tmp_path, days=0)


def test_a_demo_of_one_day_is_whole(tmp_path: Path) -> None:
    summary = write_demo(tmp_path, days=1)

    assert isinstance(summary, DemoSummary)
    assert summary.files == sum(1 for path in (tmp_path / "inbox").rglob("*") if path.is_file())
    assert json.loads((tmp_path / "truth.json").read_text())["first_day"] == "2026-10-31"


def test_the_settings_name_every_feed_of_the_inbox(demo: Path) -> None:
    settings = tomllib.loads((demo / "kpis.toml").read_text(encoding="utf-8"))

    assert settings["start_day"] == dt.date(2026, 10, 31) - dt.timedelta(days=9)
    assert settings["feeds"].keys() == {path.name for path in (demo / "inbox").iterdir()}


def test_a_120_day_demo_takes_seconds(tmp_path: Path) -> None:
    started = time.process_time()
    write_demo(tmp_path)

    assert time.process_time() - started < 8


ADDRESS = re.compile(rb"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", re.IGNORECASE)
NUMBER = re.compile(rb"(?<![\w.+-])(?:\+44 ?|\b0)\d[\d ]{8,12}\d(?![\w.])|\+\d{8,15}")
RESERVED_DOMAINS = (b"example.com", b"example.org", b"example.net", b".example")
FICTION = (b"1134960", b"1144960", b"1154960", b"1164960", b"1174960", b"1184960", b"1214960", b"1314960", b"1414960",
           b"1514960", b"1614960", b"1914980", b"2079460", b"2920180", b"7700900")  # fmt: skip
"""What Ofcom keeps free for television and radio drama."""


def test_no_address_and_no_number_can_belong_to_anybody(demo: Path) -> None:
    everything = b"\n".join(
        gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for path in (demo / "inbox").rglob("*")
        if path.is_file()
    )
    domains = {match.lower() for match in ADDRESS.findall(everything)}
    numbers = {re.sub(rb"^(\+44|0)", b"", match.replace(b" ", b"")) for match in NUMBER.findall(everything)}

    assert len(numbers) > 1000
    assert [domain for domain in domains if not domain.endswith(RESERVED_DOMAINS)] == []
    assert [number for number in numbers if not number.startswith(FICTION)] == []
