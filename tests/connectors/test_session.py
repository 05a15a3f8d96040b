"""Requests over HTTP: what is tried again, for how long, and what is never told."""

import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.connectors.protocol import ConnectorError
from pipelines.connectors.retrying import Patience
from pipelines.connectors.secret import Secret, secret
from pipelines.connectors.session import RefusedError, Session, basic, bearer
from pipelines.errors import PipelineError
from tests.connectors.conftest import SECRET, StandingClock
from tests.connectors.server import Reply, Server, in_turn, said


@pytest.fixture
def time() -> StandingClock:
    return StandingClock()


@pytest.fixture
def session(server: Server, time: StandingClock) -> Iterator[Session]:
    with session_to(server.address, time) as opened:
        yield opened


def session_to(
    address: str, time: StandingClock, *, minutes: float = 10, requests_per_minute: float = 6e9, largest_bytes: int = 1000
) -> Session:
    patience = Patience("source", time.clock, requests_per_minute=requests_per_minute, minutes=minutes)
    return Session("source", address, {"Authorization": bearer(Secret(SECRET))}, patience, largest_bytes)


def test_a_page_is_fetched_with_its_query_and_the_secret_in_a_header_alone(server: Server, session: Session) -> None:
    server.play = in_turn(said({"a": 1}))

    answer = session.page("some/page", {"since": "2026-01-01"})

    (asked,) = server.asked
    assert (answer.content, answer.document) == (b'{"a": 1}', {"a": 1})
    assert (asked.path, dict(asked.query), asked.headers["Authorization"]) == ("/some/page", {"since": "2026-01-01"}, f"Bearer {SECRET}")


def test_too_many_requests_are_answered_by_waiting_as_long_as_is_asked(server: Server, session: Session, time: StandingClock) -> None:
    server.play = in_turn(said({}, 429, Retry_After="17"), said({"a": 1}))

    assert session.page("x").document == {"a": 1}
    assert [round(seconds) for seconds in time.slept if seconds > 0.1] == [18]


def test_a_retry_after_may_be_a_date(server: Server, session: Session, time: StandingClock) -> None:
    server.play = in_turn(said({}, 503, Retry_After="Mon, 02 Mar 2026 12:00:40 GMT"), said({"a": 1}))

    assert session.page("x").document == {"a": 1}
    assert [round(seconds) for seconds in time.slept if seconds > 0.1] == [41]


@pytest.mark.parametrize("header", ["", "soon", "-5", "١٧", "Mon, 99 Foo 2026", "1e9"])
def test_a_retry_after_that_says_nothing_is_no_reason_to_hurry(server: Server, session: Session, time: StandingClock, header: str) -> None:
    server.play = in_turn(Reply(status=503, headers={"Retry-After": header.encode().decode("latin-1")}), said({"a": 1}))

    session.page("x")
    assert [round(seconds) for seconds in time.slept if seconds > 0.1] == [1]


def test_waits_double_up_to_a_minute_and_end_after_six_attempts(server: Server, session: Session, time: StandingClock) -> None:
    server.play = in_turn(Reply(status=502))

    with pytest.raises(ConnectorError, match=r"GET 127\.0\.0\.1/x answers 502, 6 times; the next run tries again"):
        session.page("x")
    assert [round(seconds) for seconds in time.slept if seconds > 0.1] == [1, 2, 4, 8, 16]


def test_a_wait_longer_than_the_run_may_take_ends_it_at_once(server: Server, session: Session, time: StandingClock) -> None:
    server.play = in_turn(said({}, 429, Retry_After="86400"))

    with pytest.raises(ConnectorError, match="asks to wait longer than this run has time"):
        session.page("x")
    assert time.slept == []


def test_a_run_that_has_used_up_its_time_begins_nothing_any_more(server: Server, time: StandingClock) -> None:
    with session_to(server.address, time, minutes=1) as session:
        time.moment += dt.timedelta(minutes=2)
        with pytest.raises(ConnectorError, match="not done after 1 minutes"):
            session.page("x")
    assert server.asked == []


def test_requests_keep_their_distance(server: Server, time: StandingClock) -> None:
    with session_to(server.address, time, requests_per_minute=10) as session:
        for _ in range(3):
            session.page("x")

    assert [round(seconds) for seconds in time.slept] == [6, 6]


def test_an_answer_that_is_cut_off_on_its_way_is_fetched_again(server: Server, session: Session) -> None:
    server.play = in_turn(Reply(b'{"a": 1', missing=1), said({"a": 1}))

    assert session.page("x").document == {"a": 1}


def test_an_answer_that_is_cut_off_without_a_trace_is_told_by_its_json(server: Server, session: Session) -> None:
    server.play = in_turn(Reply(b'{"a": 1'), Reply(b""), said({"a": 1}))

    assert session.page("x").document == {"a": 1}


def test_a_file_that_is_cut_off_is_fetched_again(server: Server, session: Session) -> None:
    server.play = in_turn(Reply(b"PK..", missing=10), Reply(b"PK...."))

    assert session.file("x") == b"PK...."


def test_an_answer_larger_than_allowed_is_not_read_to_its_end(server: Server, session: Session) -> None:
    server.play = in_turn(Reply(b"x" * 5000))

    with pytest.raises(ConnectorError, match="more than 1000 bytes"):
        session.file("x")


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "wrong or has expired"), (403, "lacks a right"), (404, "address or an id"), (302, "settings"), (422, "settings")],
)
def test_a_refusal_is_told_at_once_with_what_to_do(server: Server, session: Session, status: int, advice: str) -> None:
    server.play = in_turn(Reply(b"the server says s3cr3t things", status, {"Location": "http://elsewhere.example/"}))

    with pytest.raises(RefusedError, match=advice) as refused:
        session.page("x", {"q": "private"})
    assert (refused.value.status, len(server.asked)) == (status, 1)
    assert "private" not in str(refused.value)
    assert "things" not in str(refused.value)


def test_nobody_there_is_tried_again_and_then_told(time: StandingClock) -> None:
    with (
        session_to("http://127.0.0.1:9", time) as session,
        pytest.raises(ConnectorError, match="cannot be reached, or breaks off, 6 times"),
    ):
        session.page("x")


@pytest.mark.parametrize(
    "page",
    [
        "https://127.0.0.1/x",
        "http://evil.example/x",
        "//evil.example/x",
        "http://127.0.0.1@evil.example/",
        "http://[x",
        "http://someone:else@127.0.0.1/x",
    ],
)
def test_the_secret_is_sent_to_no_other_host_than_the_one_in_the_settings(server: Server, session: Session, page: str) -> None:
    with pytest.raises(ConnectorError, match=r"another host|no URL"):
        session.page(page)
    assert server.asked == []


@pytest.mark.parametrize("answer", [b"[]", b"1", b'"x"', b"null"])
def test_json_that_is_no_object_is_an_error(server: Server, session: Session, answer: bytes) -> None:
    server.play = in_turn(Reply(answer))

    with pytest.raises(ConnectorError, match="JSON that is no object"):
        session.page("x")


@pytest.mark.parametrize(
    "play", [in_turn(said({"a": 1})), in_turn(Reply(status=500)), in_turn(Reply(status=401)), in_turn(Reply(b"{", missing=1))]
)
def test_the_secret_is_in_no_log_no_error_and_no_representation(
    server: Server, session: Session, caplog: pytest.LogCaptureFixture, play: Any
) -> None:
    server.play = play
    caplog.set_level(logging.DEBUG)
    told: list[BaseException | None] = []
    try:
        session.page("x")
    except ConnectorError as fault:
        told = [fault, fault.__cause__, fault.__context__]

    assert SECRET not in caplog.text
    assert SECRET not in f"{told!r}"


def test_a_secret_does_not_show() -> None:
    held = basic("user", Secret(SECRET))

    assert (repr(held), str(held), f"{held}") == ("Secret(…)", "Secret(…)", "Secret(…)")
    assert not hasattr(held, "__dict__")


@pytest.mark.parametrize(
    ("value", "said_"), [("", "is not set"), ("  \n", "is not set"), ("a\nb", "cannot be sent"), ("pässword", "cannot be sent")]
)
def test_a_missing_secret_is_told_by_its_variable(monkeypatch: pytest.MonkeyPatch, value: str, said_: str) -> None:
    monkeypatch.setenv("SOURCE_SECRET", value)

    with pytest.raises(PipelineError, match=f"SOURCE_SECRET.*{said_}|{said_}.*SOURCE_SECRET"):
        secret("source", "SOURCE_SECRET")
