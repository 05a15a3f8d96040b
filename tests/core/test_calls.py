from typing import Any

import pytest

from assets.core.calls import calls
from schemas.raw.calls import RawCalls
from tests.core.rows import at, calendar, call, identities, lazy, only


def logged(**given: Any) -> dict[str, Any]:
    return only(calls(lazy(RawCalls, call(**given)), identities(("number", "key", "gold")), calendar()))


def test_a_call_has_its_caller_and_its_business_day_and_what_is_not_said_is_unknown() -> None:
    row = logged(customer_ref="number", started_at=at("02 23:30"))

    assert (row["customer_key"], row["segment"], row["started_on"]) == ("key", "gold", at("03 00:00").date())
    assert (row["queue"], row["team"], row["handled_seconds"]) == ("unknown", "unknown", None)


def test_waiting_and_talking_are_taken_from_the_times_where_the_log_counts_no_seconds() -> None:
    row = logged(started_at=at("02 12:00:00"), answered_at=at("02 12:00:40"), ended_at=at("02 12:05:00"))

    assert (row["wait_seconds"], row["talk_seconds"]) == (40, 260)


def test_seconds_of_the_log_come_before_those_of_its_times() -> None:
    row = logged(started_at=at("02 12:00:00"), answered_at=at("02 12:00:40"), ended_at=at("02 12:05:00"), wait_seconds=12, talk_seconds=30)

    assert (row["wait_seconds"], row["talk_seconds"]) == (12, 30)


def test_who_hung_up_waited_until_then_and_nobody_talked() -> None:
    row = logged(outcome="abandoned", started_at=at("02 12:00:00"), ended_at=at("02 12:01:30"))

    assert (row["wait_seconds"], row["talk_seconds"], row["is_offered"]) == (90, None, True)


def test_without_times_nothing_is_known_of_waiting_or_talking() -> None:
    row = logged()

    assert (row["wait_seconds"], row["talk_seconds"]) == (None, None)


@pytest.mark.parametrize(
    ("outcome", "direction", "is_offered"),
    [
        ("answered", "inbound", True),
        ("abandoned", "inbound", True),
        ("blocked", "inbound", False),
        ("self_served", "inbound", False),
        ("callback", "inbound", False),
        ("voicemail", "inbound", False),
        ("answered", "outbound", False),
    ],
)
def test_only_inbound_calls_that_people_could_have_answered_are_offered(outcome: str, direction: str, is_offered: bool) -> None:
    assert logged(outcome=outcome, direction=direction)["is_offered"] is is_offered
