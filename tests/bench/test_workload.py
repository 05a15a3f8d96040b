"""The workload is what its generator says: the adapters take every record that it planted as sound, and refuse the others."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from assets.raw.acceptance import accept
from assets.raw.feed import Feed
from assets.raw.pseudonym import pseudonym
from assets.raw.reading import RECORD_NUMBER, File, Reading
from assets.raw.registry import FORMATS
from bench.workload import Planted, write_workload
from pipelines.settings import Settings, load_settings

READING = Reading(pseudonym("a key for tests, long enough"), frozenset({"EUR", "USD"}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workload")


@pytest.fixture(scope="module")
def planted(folder: Path) -> dict[str, Planted]:
    return write_workload(folder, items=350, days=7, seed=1)


@pytest.fixture(scope="module")
def settings(folder: Path, planted: dict[str, Planted]) -> Settings:
    assert planted
    return load_settings(folder / "kpis.toml")


def read(name: str, feed: Feed, folder: Path) -> tuple[int, int]:
    """Records of all files of a feed that are taken, and that are refused."""
    feed = feed.model_copy(update={"source": feed.source or name})
    taken, refused = 0, 0
    for path in sorted(folder.glob("*/*")):
        with path.open("rb") as stream:
            for extract in FORMATS[feed.adapter].extract(File(stream, dt.date.fromisoformat(path.parent.name)), feed, READING):
                batch = accept(FORMATS[feed.adapter].interpret(extract, feed, READING))
                wrong = batch.refusals[RECORD_NUMBER].n_unique()
                taken, refused = taken + batch.records.height - wrong, refused + wrong
    return taken, refused


@pytest.mark.parametrize("feed", ["customers", "tickets", "audits", "survey", "texts", "orders", "costs"])
def test_what_is_planted_as_sound_is_taken_and_what_is_planted_as_flawed_is_refused(
    feed: str, folder: Path, planted: dict[str, Planted], settings: Settings
) -> None:
    taken, refused = read(feed, settings.feeds[feed], folder / "inbox" / feed)

    assert (taken, refused) == (planted[feed].accepted + planted[feed].duplicate, planted[feed].refused)
    assert refused > 0


def test_the_same_seed_writes_the_same_bytes(folder: Path, planted: dict[str, Planted], tmp_path: Path) -> None:
    again = write_workload(tmp_path, items=350, days=7, seed=1)

    assert again == planted
    assert contents(tmp_path / "inbox") == contents(folder / "inbox")


def test_another_seed_writes_other_bytes(folder: Path, planted: dict[str, Planted], tmp_path: Path) -> None:
    write_workload(tmp_path, items=350, days=7, seed=2)

    assert planted
    assert contents(tmp_path / "inbox") != contents(folder / "inbox")


def contents(inbox: Path) -> dict[str, bytes]:
    return {str(path.relative_to(inbox)): path.read_bytes() for path in inbox.rglob("*") if path.is_file()}


def test_about_as_many_items_are_written_as_were_asked_for(folder: Path, planted: dict[str, Planted]) -> None:
    responses = pl.scan_csv(folder / "inbox/survey/*/*.csv", infer_schema=False).select(pl.col("response_id").n_unique()).collect().item()
    bodies = pl.scan_csv(folder / "inbox/texts/*/*.csv", infer_schema=False).filter(pl.col("Direction") == "inbound")
    replies = bodies.select(pl.col("Sid").n_unique()).collect().item()

    assert len(planted) == 7
    assert 0.9 * 350 * 0.8 < responses + replies < 1.1 * 350 * 0.8


def test_a_folder_that_holds_an_inbox_is_refused(folder: Path, planted: dict[str, Planted]) -> None:
    assert planted
    with pytest.raises(SystemExit, match="choose another folder"):
        write_workload(folder, items=10, days=2, seed=1)
