import datetime as dt
from typing import Any

import polars as pl
import pytest

from assets.kpi.response_rate_daily import response_rate_daily
from assets.parameters import Parameters
from schemas.core.invites import Invites
from schemas.core.tickets import Tickets
from schemas.kpi.response_rate_daily import ResponseRateDaily
from tests.core.rows import NOON, lazy
from tests.kpi.rows import MONDAY, Row, invite, ticket
from tests.kpi.stored import stored

DAY = dt.timedelta(days=1)
LONG_AFTER = NOON + 90 * DAY


def rates(*rows: Row, tickets: tuple[Row, ...] = (), as_of: dt.datetime | None = LONG_AFTER, small_sample: int = 1) -> pl.DataFrame:
    numbered = [dict(row, source_record_id=str(place)) for place, row in enumerate(rows)]
    parameters = Parameters(small_sample=small_sample, as_of=as_of)
    return stored(ResponseRateDaily, response_rate_daily(lazy(Invites, *numbered), lazy(Tickets, *tickets), parameters))


def only(frame: pl.DataFrame) -> dict[str, Any]:
    (row,) = frame.rows(named=True)
    return row


def answered(after: dt.timedelta, **given: Any) -> Row:
    when = NOON + after
    return invite(answered_at=when, answered_on=when.date(), completed_at=when, **given)


def test_an_answer_on_the_last_instant_of_the_window_counts_and_a_later_one_does_not() -> None:
    row = only(rates(answered(14 * DAY), answered(14 * DAY + dt.timedelta(seconds=1)), invite(), invite()))

    assert (row["n_eligible"], row["answered_count"], row["response_rate"]) == (4, 1, 0.25)
    assert (row["response_rate_ci_low"], row["response_rate_ci_high"]) == pytest.approx((0.0456, 0.6994), abs=5e-5)
    assert row["status"] == "ok"


def test_what_did_not_arrive_is_counted_apart_and_in_no_rate() -> None:
    row = only(rates(answered(DAY), invite(is_delivered=False), invite(is_delivered=None)))

    assert (row["invite_count"], row["delivered_count"], row["undelivered_count"], row["unknown_delivery_count"]) == (3, 1, 1, 1)
    assert (row["delivery"], row["n_eligible"], row["response_rate"]) == (0.5, 2, 0.5)


def test_what_was_answered_did_arrive_whatever_the_source_says() -> None:
    row = only(rates(answered(DAY, is_delivered=False), answered(DAY, is_delivered=None)))

    assert (row["delivered_count"], row["undelivered_count"], row["unknown_delivery_count"], row["response_rate"]) == (2, 0, 0, 1.0)


def test_while_the_window_is_open_an_invitation_is_immature_even_when_answered() -> None:
    row = only(rates(answered(DAY), invite(), as_of=NOON + 14 * DAY - dt.timedelta(seconds=1)))

    assert (row["n_immature"], row["n_eligible"], row["answered_count"], row["response_rate"]) == (2, 0, 0, None)
    assert row["status"] == "immature"
    assert only(rates(answered(DAY), invite(), as_of=NOON + 14 * DAY))["response_rate"] == 0.5


def test_a_day_on_which_nothing_arrived_has_no_data() -> None:
    row = only(rates(invite(is_delivered=False)))

    assert (row["response_rate"], row["completion"], row["resolved_invited"], row["status"]) == (None, None, None, "no_data")
    assert row["delivery"] == 0.0


def test_the_rule_of_the_month_counts_answers_of_the_invitations_month_mature_or_not() -> None:
    row = only(rates(answered(29 * DAY), answered(30 * DAY), as_of=NOON + 10 * DAY))

    assert (row["answered_in_month_count"], row["response_rate_in_month"], row["response_rate"]) == (1, 0.5, None)


def test_completion_is_of_the_answered_and_within_the_window_as_well() -> None:
    row = only(
        rates(
            answered(DAY),
            {**answered(DAY), "completed_at": None},
            {**answered(DAY), "completed_at": NOON + 20 * DAY},
            answered(20 * DAY),
        )
    )

    assert (row["answered_count"], row["completed_count"], row["completion"]) == (3, 1, pytest.approx(1 / 3))


def test_the_outcomes_of_all_tickets_asked_about_stand_beside_those_of_the_tickets_answered_about() -> None:
    tickets = (ticket(ticket_ref="s:1", first_solved_at=NOON), ticket(ticket_ref="s:2"), ticket(ticket_ref="s:3", status="closed"))

    row = only(
        rates(
            answered(DAY, ticket_ref="s:1"),
            invite(ticket_ref="s:2"),
            invite(ticket_ref="s:3"),
            invite(ticket_ref="s:unknown"),
            answered(DAY),
            tickets=tickets,
        )
    )

    assert (row["invited_ticket_count"], row["invited_resolved_count"], row["resolved_invited"]) == (3, 2, pytest.approx(2 / 3))
    assert (row["answered_ticket_count"], row["answered_resolved_count"], row["resolved_answered"]) == (1, 1, 1.0)


def test_days_and_channels_are_rows_of_their_own_and_few_invitations_are_flagged() -> None:
    frame = rates(invite(), invite(channel="sms"), invite(NOON + DAY), small_sample=2)

    assert frame.select("sent_on", "channel", "invite_count", "status").sort("sent_on", "channel").rows() == [
        (MONDAY, "email", 1, "small_sample"),
        (MONDAY, "sms", 1, "small_sample"),
        (MONDAY + DAY, "email", 1, "small_sample"),
    ]
