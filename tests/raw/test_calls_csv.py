import datetime as dt
from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take

DECLARED: dict[str, Any] = {
    "time_zone": "Europe/Berlin",
    "time_format": "%d.%m.%Y %H:%M:%S",
    "phone_region": "GB",
    "ticket_source": "desk",
    "columns": {
        "source_record_id": "Call",
        "started_at": "Start",
        "answered_at": "Answered",
        "ended_at": "End",
        "outcome": "Result",
        "wait_seconds": "Wait",
        "talk_seconds": "Talk",
        "queue": "Line",
        "team": "Team",
        "phone": "Caller",
        "ticket_id": "Case",
    },
    "values": {"outcome": {"connected": "answered", "hung up": "abandoned", "busy": "blocked"}},
}
HEADER = "Call,Start,Answered,End,Result,Wait,Talk,Line,Team,Caller,Case\n"


def read(take: Take, *rows: str) -> Any:
    return take("calls_csv", (HEADER + "".join(f"{row}\n" for row in rows)).encode(), **DECLARED)


def test_an_answered_call_is_read_with_its_times_in_utc_and_its_seconds(take: Take) -> None:
    taken = read(take, "1,01.05.2026 10:00:00,01.05.2026 10:00:40,01.05.2026 10:05:00,Connected,0:00:40,260,orders,north,07700 900123,77")

    assert taken.rows("source_record_id", "started_at", "answered_at", "ended_at", "outcome", "wait_seconds", "talk_seconds") == [
        (
            "1",
            dt.datetime.fromisoformat("2026-05-01T08:00"),
            dt.datetime.fromisoformat("2026-05-01T08:00:40"),
            dt.datetime.fromisoformat("2026-05-01T08:05"),
            "answered",
            40,
            260,
        )
    ]
    assert taken.rows("channel", "direction", "queue", "team", "ticket_ref", "customer_ref", "handled_seconds") == [
        ("phone", "inbound", "orders", "north", "desk:77", "<phone:+447700900123>", None)
    ]


def test_a_caller_who_hung_up_and_one_who_was_turned_away_are_calls_too(take: Take) -> None:
    taken = read(take, "1,01.05.2026 10:00:00,,01.05.2026 10:01:00,hung up,,,,,,", "2,01.05.2026 10:00:00,,,busy,,,,,,")

    assert taken.rows("outcome", "answered_at", "wait_seconds", "customer_ref") == [
        ("abandoned", None, None, None),
        ("blocked", None, None, None),
    ]


def test_what_cannot_be_read_is_refused_and_never_null(take: Take) -> None:
    taken = read(
        take,
        "1,01.05.2026 10:00:00,,,lost in space,,,,,,",
        "2,01.05.2026 10:00:00,,,busy,3:25,,,,,",
        "3,01.05.2026 10:00:00,,,busy,-1,,,,,",
        "4,01.05.2026 10:00:00,,,busy,12.5,,,,,",
        "5,01.05.2026 10:00:00,,,busy,,,,,anonymous,",
        "6,01.05.2026 10:00:00,01.05.2026 09:59:59,,connected,,,,,,",
        "7,01.05.2026 10:00:00,,,,,,,,,",
        "5.7E+17,01.05.2026 10:00:00,,,busy,,,,,,",
    )

    assert taken.rows("source_record_id") == []
    assert sorted(taken.refusals, key=str) == [
        (1, "outcome", "unknown_word"),
        (2, "wait_seconds", "not_a_number"),
        (3, "wait_seconds", "not_a_number"),
        (4, "wait_seconds", "not_a_number"),
        (5, "phone", "not_a_phone"),
        (6, None, "time_reversed"),
        (7, "outcome", "missing"),
        (8, "source_record_id", "damaged_id"),
    ]


def test_a_yes_and_no_column_can_say_the_outcome(take: Take) -> None:
    declared = DECLARED | {
        "columns": {"source_record_id": "id", "started_at": "at", "outcome": "answered"},
        "values": {"outcome": {"y": "answered", "n": "abandoned"}},
    }
    taken = take("calls_csv", b"id,at,answered\n1,01.05.2026 10:00:00,Y\n2,01.05.2026 10:00:00,n\n", **declared)

    assert taken.rows("outcome") == ["answered", "abandoned"]


def test_a_log_without_its_outcome_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match=r"`columns\.outcome`"):
        take("calls_csv", b"id,at\n1,01.05.2026 10:00:00\n", **DECLARED | {"columns": {"source_record_id": "id", "started_at": "at"}})


def test_a_self_service_session_is_read_and_what_the_source_does_not_say_is_null(take: Take) -> None:
    declared: dict[str, Any] = {
        "time_zone": "UTC",
        "columns": {
            "source_record_id": "id",
            "started_at": "from",
            "ended_at": "to",
            "topic": "topic",
            "is_completed": "done",
            "is_escalated": "to agent",
            "customer_id": "user",
        },
        "constants": {"channel": "app"},
    }
    lines = (
        b"id,from,to,topic,done,to agent,user\n"
        b"1,2026-05-01 10:00:00,2026-05-01 10:01:00,billing,yes,no,c1\n2,2026-05-01 10:00:00,,,,,\n"
        b"3,2026-05-01 10:00:00,2026-05-01 09:00:00,,,,\n4,2026-05-01 10:00:00,,,maybe,,\n"
    )
    taken = take("self_service_csv", lines, **declared)

    assert taken.rows("source_record_id", "channel", "topic", "is_completed", "is_escalated", "customer_ref") == [
        ("1", "app", "billing", True, False, "<id:c1>"),
        ("2", "app", None, None, None, None),
    ]
    assert sorted(taken.refusals) == [(3, None, "time_reversed"), (4, "is_completed", "not_yes_or_no")]
