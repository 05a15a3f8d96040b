"""A folder elsewhere: a path, S3 as moto plays it, GCS as an emulator does, a listing over HTTP."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.local import LocalFileSystem

from pipelines.connectors.protocol import ConnectorError
from tests.connectors.conftest import NOON, SECRET, Company
from tests.connectors.server import Reply, Server, serving

HOUR = 3600


@pytest.fixture
def there(company: Company, tmp_path: Path) -> Path:
    """The folder elsewhere."""
    path = tmp_path / "there"
    path.mkdir()
    company.declared = {"kind": "folder", "url": str(path)}
    return path


def put(path: Path, content: bytes, *, seconds_ago: float = HOUR) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (NOON.timestamp() - seconds_ago, NOON.timestamp() - seconds_ago))


def told(company: Company) -> list[tuple[str, bytes]]:
    """Label and ending of each landed file, and its content."""
    names = [path.name.split("-") for path in company.files()]
    return [(f"{name[1].rpartition('_')[0]}{name[2][64:]}", path.read_bytes()) for name, path in zip(names, company.files(), strict=True)]


def test_new_and_changed_files_are_copied_and_others_are_not(company: Company, there: Path) -> None:
    put(there / "orders.csv", b"one")
    put(there / "2026" / "mail.tar.gz", b"two")
    first = company.land()
    second = company.land()
    put(there / "orders.csv", b"three", seconds_ago=HOUR / 2)
    third = company.land()

    assert told(company) == [("mail.tar.gz", b"two"), ("orders.csv", b"one"), ("orders.csv", b"three")]
    assert [(landed.files, landed.repeated) for landed in (first, second, third)] == [(2, 0), (0, 0), (1, 0)]


def test_a_file_that_is_touched_and_holds_the_same_is_not_landed_again(company: Company, there: Path) -> None:
    put(there / "orders.csv", b"one")
    company.land()
    put(there / "orders.csv", b"one", seconds_ago=HOUR / 2)

    assert (company.land().repeated, len(company.files())) == (1, 1)


def test_a_dump_that_goes_back_to_an_older_state_is_landed_again(company: Company, there: Path) -> None:
    for number, content in enumerate((b"old", b"new", b"old")):
        put(there / "prices.csv", content, seconds_ago=HOUR - number)
        company.land()

    assert company.contents() == [b"old", b"new", b"old"]


def test_a_file_that_has_not_come_to_rest_is_left_for_later(company: Company, there: Path) -> None:
    put(there / "orders.csv", b"half", seconds_ago=30)
    assert company.land().files == 0
    company.time.clock.sleep(60)
    assert company.land().files == 1


def test_hidden_and_unfinished_files_and_those_of_another_pattern_are_not_taken(company: Company, there: Path) -> None:
    for name in (".hidden.csv", "a.csv.part", "b.tmp", ".git/c.csv", "d.txt", "e.csv"):
        put(there / name, name.encode())
    company.declared["pattern"] = "*.csv"

    company.land()

    assert company.contents() == [b"e.csv"]


def test_a_file_that_changes_while_it_is_copied_is_left_for_the_next_run(
    company: Company, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(there / "a.csv", b"before")
    whole = LocalFileSystem.open

    def changing(self: LocalFileSystem, path: str, *arguments: Any, **more: Any) -> Any:
        opened = whole(self, path, *arguments, **more)
        put(there / "a.csv", b"afterwards")
        return opened

    with monkeypatch.context() as patch:
        patch.setattr(LocalFileSystem, "open", changing)
        assert company.land().files == 0

    assert company.land().files == 1
    assert company.contents() == [b"afterwards"]


def test_a_file_that_is_too_large_is_told_after_the_others_were_taken(company: Company, there: Path) -> None:
    for name, content in (("a.csv", b"a"), ("b.csv", b"b" * 100), ("c.csv", b"c")):
        put(there / name, content)
    company.declared["largest_bytes"] = 50
    with pytest.raises(ConnectorError, match="larger than 50 bytes; raise `largest_bytes`"):
        company.land()
    assert company.contents() == [b"a", b"c"]

    company.declared["largest_bytes"] = 500

    assert (company.land().files, company.land().files) == (1, 0)


def test_a_folder_that_dies_half_way_goes_on_where_it_was(company: Company, there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        put(there / name, name.encode())
    whole = LocalFileSystem.open

    def dying(self: LocalFileSystem, path: str, *arguments: Any, **more: Any) -> Any:
        if path.endswith("b.csv"):
            raise OSError(5, "a text with anything in it")
        return whole(self, path, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(LocalFileSystem, "open", dying)
        with pytest.raises(ConnectorError, match=r"the folder cannot be read \(OSError\), 6 times"):
            company.land()
    assert company.contents() == [b"a.csv"]
    again = company.land()

    assert (again.files, again.repeated, company.contents()) == (2, 0, [b"a.csv", b"b.csv", b"c.csv"])


def test_a_file_that_vanishes_after_it_was_listed_is_no_fault(company: Company, there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(there / "a.csv", b"a")
    put(there / "b.csv", b"b")
    whole = LocalFileSystem.open

    def vanishing(self: LocalFileSystem, path: str, *arguments: Any, **more: Any) -> Any:
        (there / "a.csv").unlink(missing_ok=True)
        return whole(self, path, *arguments, **more)

    monkeypatch.setattr(LocalFileSystem, "open", vanishing)

    assert (company.land().files, company.contents()) == (1, [b"b"])


def test_a_link_to_a_file_elsewhere_is_not_followed(company: Company, there: Path, tmp_path: Path) -> None:
    put(tmp_path / "private.csv", b"private")
    (there / "link.csv").symlink_to(tmp_path / "private.csv")

    assert company.land().files == 0


def test_no_more_files_than_allowed_come_at_once_and_the_next_run_goes_on(company: Company, there: Path) -> None:
    for number in range(3):
        put(there / f"{number}.csv", bytes([65 + number]))
    company.declared["most_files"] = 2

    assert [company.land().files for _ in range(3)] == [2, 1, 0]


def test_a_folder_that_is_not_there_is_an_error_that_says_what_to_check(company: Company, there: Path) -> None:
    there.rmdir()

    with pytest.raises(ConnectorError, match="there is no such folder; check `url`"):
        company.land()


@pytest.fixture
def bucket(company: Company, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket of S3, played by moto's server."""
    moto = pytest.importorskip("moto.server", reason="moto is not installed")
    s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed")
    for variable in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SOURCE_KEY", "AKIAEXAMPLE")
    server = moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        options = {"endpoint_url": f"http://{host}:{port}"}
        files = s3fs.S3FileSystem(key="AKIAEXAMPLE", secret=SECRET, skip_instance_cache=True, use_listings_cache=False, **options)
        files.mkdir("feedback")
        company.declared = {
            "kind": "folder",
            "url": "s3://feedback/out",
            "rest_seconds": 0,
            "options": {"endpoint_url": options["endpoint_url"]},
            "secret_options": {"key": "SOURCE_KEY", "secret": "SOURCE_SECRET"},
        }
        yield files
        files.rm("feedback", recursive=True)
    finally:
        server.stop()


def watches_like_a_folder(company: Company, bucket: Any) -> None:
    """New and changed files of the folder in the bucket are landed once, others never."""
    bucket.pipe_file("feedback/out/2026/orders.csv", b"one")
    bucket.pipe_file("feedback/out/costs.csv", b"two")
    bucket.pipe_file("feedback/elsewhere/no.csv", b"no")
    first = company.land()
    second = company.land()
    bucket.pipe_file("feedback/out/costs.csv", b"three")
    third = company.land()

    assert told(company) == [("orders.csv", b"one"), ("costs.csv", b"two"), ("costs.csv", b"three")]
    assert [landed.files for landed in (first, second, third)] == [2, 0, 1]


@pytest.mark.slow
def test_a_bucket_is_watched_like_a_folder(company: Company, bucket: Any) -> None:
    watches_like_a_folder(company, bucket)
    for path in company.folder.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()


@pytest.fixture
def cloud_bucket(company: Company, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket of GCS, played by an emulator; its packages are heavy, and no part of what is installed for tests."""
    emulator = pytest.importorskip("gcp_storage_emulator.server", reason="gcp-storage-emulator is not installed")
    monkeypatch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # asks a second interface, which the emulator has not
    gcsfs = pytest.importorskip("gcsfs", reason="gcsfs is not installed")  # looks at the variable only now
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = emulator.create_server("127.0.0.1", port, in_memory=True, default_bucket="feedback")
    server.start()
    try:
        options = {"endpoint_url": f"http://127.0.0.1:{port}", "token": "anon"}
        company.declared = {"kind": "folder", "url": "gs://feedback/out", "rest_seconds": 0, "options": options}
        yield gcsfs.GCSFileSystem(**options, skip_instance_cache=True, use_listings_cache=False)
    finally:
        server.stop()


@pytest.mark.slow
def test_a_bucket_of_google_is_watched_like_a_folder(company: Company, cloud_bucket: Any) -> None:
    watches_like_a_folder(company, cloud_bucket)


@pytest.mark.slow
def test_a_bucket_that_is_not_there_is_told_without_the_secret(company: Company, bucket: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert bucket.exists("feedback")
    company.declared["url"] = "s3://nobody-has-this/out"

    with pytest.raises(
        ConnectorError, match=r"connectors\.source: the folder may not be read|the folder cannot be read|there is no such folder"
    ) as refused:
        company.land()
    assert SECRET not in f"{refused.value!r} {refused.value.__context__!r} {caplog.text}"


@pytest.mark.slow
def test_an_inbox_in_a_bucket_is_landed_in(company: Company, bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", company.declared["options"]["endpoint_url"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    put(tmp_path / "there" / "orders.csv", b"one")
    company.declared = {"kind": "folder", "url": str(tmp_path / "there")}
    company.inbox = "s3://feedback/inbox"

    landed = [company.land().files for _ in range(2)]

    assert landed == [1, 0]
    (found,) = [path for path in bucket.find("feedback/inbox") if path.endswith(".csv")]
    assert bucket.cat_file(found) == b"one"


LISTING = b'<html><a href="orders.csv">orders.csv</a> <a href="../up.csv">up</a> <a href="notes.txt">notes</a></html>'


@pytest.mark.slow
def test_a_listing_over_http_is_watched_like_a_folder(company: Company) -> None:
    pytest.importorskip("aiohttp", reason="aiohttp is not installed")
    files = {"/out/orders.csv": b"one"}

    def play(asked: Any) -> Reply:
        if asked.path.rstrip("/") == "/out":
            return Reply(LISTING, headers={"Content-Type": "text/html"})
        content = files.get(asked.path)
        return Reply(status=404) if content is None else Reply(content, headers={"ETag": f'"{len(content)}"'})

    with serving() as server:
        server.play = play
        company.declared = {"kind": "folder", "url": f"{server.address}/out/", "pattern": "*.csv"}
        first, second = company.land(), company.land()
        files["/out/orders.csv"] = b"three"
        third = company.land()

    assert [landed.files for landed in (first, second, third)] == [1, 0, 1]
    assert company.contents() == [b"one", b"three"]
    assert isinstance(server, Server)
