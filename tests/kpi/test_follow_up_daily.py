import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from assets.kpi.follow_up_daily import follow_up_daily
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.core.calls import Calls
from schemas.core.messages import Messages
from schemas.core.ticket_events import TicketEvents
from schemas.kpi.follow_up_daily import FollowUpDaily
from schemas.projection import columns
from tests.core.rows import NOON, event, lazy
from tests.kpi.rows import MONDAY, Row, answer, call, message
from tests.kpi.stored import stored

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
LATER = NOON + 30 * DAY
KNOWN = {column.name for column in columns(TicketEvents)}


def followed(
    answers: Sequence[Row],
    events: Sequence[Row] = (),
    messages: Sequence[Row] = (),
    calls: Sequence[Row] = (),
    as_of: dt.datetime | None = LATER,
    small_sample: int = 1,
) -> pl.DataFrame:
    happened = [{name: value for name, value in row.items() if name in KNOWN} for row in events]
    frames = lazy(Answers, *answers), lazy(TicketEvents, *happened), lazy(Messages, *messages), lazy(Calls, *calls)
    made = follow_up_daily(*frames, Parameters(small_sample=small_sample, as_of=as_of))
    return stored(FollowUpDaily, made).sort("answered_on", "channel")


def only(*answers: Row, **given: Any) -> dict[str, Any]:
    (row,) = followed(answers, **given).rows(named=True)
    return row


def unhappy(number: str = "1", **given: Any) -> Row:
    return answer(
        **{
            "source_record_id": number,
            "metric": "csat",
            "value": 1.0,
            "is_top_box": False,
            "is_bottom_box": True,
            "ticket_ref": "s:1",
            **given,
        }
    )


def reply(after: dt.timedelta, actor: str = "agent", **given: Any) -> Row:
    return event(NOON + after, "public_reply", actor, **given)


def mail(after: dt.timedelta, **given: Any) -> Row:
    return message(sent_at=NOON + after, direction="outbound", **given)


def rang(after: dt.timedelta, **given: Any) -> Row:
    return call(started_at=NOON + after, **{"direction": "outbound", **given})


def test_a_reply_a_message_or_a_call_after_the_answer_follows_it_up_and_the_first_says_how_fast() -> None:
    row = only(unhappy(), events=[reply(3 * DAY)], messages=[mail(2 * DAY)], calls=[rang(DAY)])

    assert (row["n_eligible"], row["followed_up_count"], row["follow_up"]) == (1, 1, 1.0)
    assert (row["replied_count"], row["messaged_count"], row["called_count"]) == (1, 1, 1)
    assert row["follow_up_seconds_sum"] == 86_400


@pytest.mark.parametrize(("after", "expected"), [(dt.timedelta(0), 0), (SECOND, 1), (7 * DAY, 1), (7 * DAY + SECOND, 0)])
def test_a_follow_up_comes_after_the_answer_and_within_the_days(after: dt.timedelta, expected: int) -> None:
    assert only(unhappy(), events=[reply(after)])["followed_up_count"] == expected


@pytest.mark.parametrize(
    "nothing",
    [
        {"events": [reply(DAY, "bot")]},
        {"events": [reply(DAY, "customer")]},
        {"events": [reply(DAY, ticket_ref="s:2")]},
        {"events": [event(NOON + DAY, "private_note")]},
        {"messages": [{**mail(DAY), "direction": "inbound"}]},
        {"messages": [mail(DAY, customer_key="d")]},
        {"messages": [mail(DAY, customer_key=None)]},
        {"messages": [mail(DAY, asks="nps")]},
        {"messages": [mail(DAY, sent_at_basis="arrival_day")]},
        {"calls": [rang(DAY, direction="inbound")]},
        {"calls": [rang(DAY, outcome="voicemail")]},
    ],
)
def test_what_is_no_contact_with_the_customer_follows_nothing_up(nothing: dict[str, Any]) -> None:
    row = only(unhappy(), **nothing)

    assert (row["n_eligible"], row["followed_up_count"], row["follow_up"]) == (1, 0, 0.0)
    assert (row["follow_up_seconds_mean"], row["follow_up_seconds_median"], row["follow_up_seconds_p90"]) == (None, None, None)


def test_who_is_known_by_neither_ticket_nor_name_is_excluded_and_either_is_enough() -> None:
    nobody = {"ticket_ref": None, "customer_key": None}

    row = only(
        unhappy("1", **nobody),
        unhappy("2", ticket_ref=None),
        unhappy("3", customer_key=None),
        events=[reply(DAY, ticket_ref=None)],
        messages=[mail(DAY, customer_key=None)],
    )

    assert (row["unhappy_count"], row["n_excluded"], row["n_eligible"], row["followed_up_count"]) == (3, 1, 2, 0)


@pytest.mark.parametrize(
    ("replied", "commented", "expected"),
    [(None, DAY, (1, 0, 0)), (2 * DAY, DAY, (1, 0, 0)), (DAY, 2 * DAY, (0, 1, 1)), (None, 8 * DAY, (0, 1, 0)), (None, -DAY, (0, 1, 0))],
)
def test_a_comment_by_nobody_knows_whom_leaves_open_whether_it_was_the_follow_up(
    replied: dt.timedelta | None, commented: dt.timedelta, expected: tuple[int, int, int]
) -> None:
    events = [event(NOON + commented, "public_comment", None, source_record_id="c"), *([reply(replied)] if replied else [])]
    row = only(unhappy(), events=events)

    assert (row["n_excluded"], row["n_eligible"], row["followed_up_count"]) == expected


def test_an_answer_is_judged_once_its_time_is_over_and_in_no_figure_before() -> None:
    row = only(unhappy(), events=[reply(DAY)], as_of=NOON + 7 * DAY - SECOND)

    assert (row["n_immature"], row["n_eligible"], row["followed_up_count"], row["replied_count"]) == (1, 0, 0, 0)
    assert (row["follow_up"], row["follow_up_seconds_sum"], row["status"]) == (None, 0, "immature")
    assert only(unhappy(), events=[reply(DAY)], as_of=NOON + 7 * DAY)["follow_up"] == 1.0


@pytest.mark.parametrize(
    "other", [{"metric": "fcr"}, {"is_bottom_box": False}, {"is_bottom_box": None, "value": None}, {"is_superseded": True}]
)
def test_only_bottom_boxes_of_satisfaction_that_nothing_replaced_are_unhappy(other: Row) -> None:
    assert followed([{**unhappy(), **other}]).is_empty()


def test_a_response_counts_once_however_many_of_its_answers_are_unhappy() -> None:
    assert only(unhappy(question="a"), unhappy(question="b", metric="nps"), unhappy(question="c", metric="ces"))["unhappy_count"] == 1


def test_the_times_have_sum_mean_median_and_ninetieth_percentile() -> None:
    answers = [unhappy(str(number), ticket_ref=f"s:{number}") for number in range(5)]
    events = [reply(seconds * SECOND, ticket_ref=f"s:{number}") for number, seconds in enumerate((100, 200, 300, 400, 1000))]

    row = only(*answers, events=events)

    names = ("sum", "mean", "median", "p90")
    assert [row[f"follow_up_seconds_{name}"] for name in names] == [2000, 400.0, 300.0, pytest.approx(760.0)]


def test_days_and_channels_are_rows_of_their_own_and_few_answers_are_flagged() -> None:
    tuesday = {"answered_at": NOON + DAY, "answered_on": MONDAY + DAY}

    frame = followed([unhappy("1"), unhappy("2", channel="sms"), unhappy("3", **tuesday)], small_sample=2)

    assert frame.select("answered_on", "channel", "unhappy_count", "status").rows() == [
        (MONDAY, "sms", 1, "small_sample"),
        (MONDAY, "web", 1, "small_sample"),
        (MONDAY + DAY, "web", 1, "small_sample"),
    ]
