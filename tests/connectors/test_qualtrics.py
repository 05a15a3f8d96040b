"""Qualtrics' response exports: asked for, waited for, unpacked."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from pipelines.connectors.protocol import ConnectorError
from tests.connectors.conftest import SECRET, Company
from tests.connectors.server import Asked, Reply, Server, said

DECLARED = {
    "kind": "qualtrics",
    "survey": "SV_1",
    "secret_variable": "SOURCE_SECRET",
    "start_day": "2026-03-01",
    "requests_per_minute": 1e9,
}
PATH = "/API/v3/surveys/SV_1/export-responses"


def packed(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


class Exports:
    """What the interface answers: an export that is ready when it has been asked for often enough."""

    def __init__(self, file: bytes, *, asked_before_ready: int = 2, result: Mapping[str, Any] | None = None) -> None:
        self.file = file
        self.left = asked_before_ready
        self.result = result or {"status": "complete", "fileId": "9-f"}

    def __call__(self, asked: Asked) -> Reply:
        if asked.method == "POST":
            return said({"result": {"progressId": "ES_1", "status": "inProgress", "percentComplete": 0.0}})
        if asked.path == f"{PATH}/9-f/file":
            return Reply(self.file)
        assert asked.path == f"{PATH}/ES_1"
        self.left -= 1
        return said({"result": {"status": "inProgress", "percentComplete": 50} if self.left > 0 else self.result})


@pytest.fixture
def qualtrics(company: Company, server: Server) -> Company:
    company.declared = {**DECLARED, "address": server.address}
    return company


def orders(server: Server) -> list[Any]:
    return [json.loads(asked.body) for asked in server.asked if asked.method == "POST"]


def test_the_file_inside_the_zip_is_landed_in_the_zone_that_the_feed_reads(qualtrics: Company, server: Server) -> None:
    server.play = Exports(packed(**{"My Survey ü.csv": b"StartDate\n"}))

    landed = qualtrics.land()

    assert qualtrics.contents() == [b"StartDate\n"]
    assert [path.suffix for path in qualtrics.files()] == [".csv"]
    assert orders(server) == [{"format": "csv", "compress": True, "startDate": "2026-03-01T00:00:00Z", "timeZone": "Europe/Berlin"}]
    assert {asked.headers["X-API-TOKEN"] for asked in server.asked} == {SECRET}
    assert 5 in qualtrics.time.slept
    assert landed.position is not None


def test_the_next_export_overlaps(qualtrics: Company, server: Server) -> None:
    server.play = Exports(packed(a=b"", **{"a.csv": b"one"}))
    qualtrics.declared["overlap_hours"] = 2
    qualtrics.land()
    server.play = Exports(packed(**{"a.csv": b"one"}))
    again = qualtrics.land()

    assert orders(server)[1]["startDate"] == "2026-03-02T10:00:00Z"
    assert (again.files, again.repeated) == (0, 1)


def test_json_has_no_zone(qualtrics: Company, server: Server) -> None:
    server.play = Exports(packed(**{"a.json": b"{}"}))
    qualtrics.declared["format"] = "json"

    assert qualtrics.land().files == 1
    assert orders(server) == [{"format": "json", "compress": True, "startDate": "2026-03-01T00:00:00Z"}]


@pytest.mark.parametrize(
    "result", [{"status": "failed"}, {"status": None}, {"status": "complete"}, {"status": "complete", "fileId": "../../x"}]
)
def test_an_export_that_fails_is_an_error_and_moves_nothing(qualtrics: Company, server: Server, result: Mapping[str, Any]) -> None:
    server.play = Exports(b"", result=result)

    with pytest.raises(ConnectorError, match=r"connectors\.source: Qualtrics"):
        qualtrics.land()
    assert (qualtrics.files(), qualtrics.position()) == ([], None)


def test_an_export_that_never_gets_ready_ends_with_the_time_of_the_run(qualtrics: Company, server: Server) -> None:
    server.play = Exports(b"", asked_before_ready=10**9)
    qualtrics.declared["minutes"] = 1

    with pytest.raises(ConnectorError, match="not done after 1 minutes"):
        qualtrics.land()
    assert len(server.asked) < 20


WHOLE = packed(**{"a.csv": b"one" * 1000})


@pytest.mark.parametrize(
    "broken", [b"", b"no zip", WHOLE[:-5], WHOLE[:60] + b"\xff" * 20 + WHOLE[80:], WHOLE.replace(b"PK\x01\x02", b"PK\x01\x03")]
)
def test_a_broken_zip_is_an_error_that_quotes_nothing(qualtrics: Company, server: Server, broken: bytes) -> None:
    server.play = Exports(broken)

    with pytest.raises(ConnectorError, match="gives a zip that cannot be unpacked"):
        qualtrics.land()
    assert qualtrics.files() == []


def test_a_zip_without_the_wanted_file_or_with_far_too_many_is_refused(qualtrics: Company, server: Server) -> None:
    for files in ({"a.txt": b""}, {f"{number}.csv": b"" for number in range(30)}):
        server.play = Exports(packed(**files))
        with pytest.raises(ConnectorError, match="without a csv file, or with more than 20 files"):
            qualtrics.land()


def test_a_zip_bomb_is_stopped_at_the_bound_whatever_size_it_claims(qualtrics: Company, server: Server) -> None:
    bomb = packed(**{"a.csv": bytes(20_000_000)})
    size = (20_000_000).to_bytes(4, "little")
    server.play = Exports(bomb.replace(size, (10).to_bytes(4, "little")))
    qualtrics.declared["largest_bytes"] = 100_000

    with pytest.raises(ConnectorError, match=r"unpacks to more than|cannot be unpacked"):
        qualtrics.land()
    server.play = Exports(bomb)
    with pytest.raises(ConnectorError, match="unpacks to more than 100000 bytes"):
        qualtrics.land()


def test_a_name_inside_the_zip_never_leads_out_of_the_inbox(qualtrics: Company, server: Server) -> None:
    server.play = Exports(packed(**{"../../../../tmp/evil.csv": b"x"}))

    qualtrics.land()

    (found,) = qualtrics.files()
    assert found.parent == qualtrics.folder / "inbox" / "wire" / "2026-03-02"
    assert "evil" not in found.name


def test_the_secret_is_in_no_file(qualtrics: Company, server: Server) -> None:
    server.play = Exports(packed(**{"a.csv": b"x"}))
    qualtrics.land()

    for path in qualtrics.folder.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()
