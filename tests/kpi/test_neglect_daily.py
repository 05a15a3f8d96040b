import datetime as dt
from typing import Any

import polars as pl
import pytest

from assets.kpi.neglect_daily import neglect_daily
from assets.parameters import Parameters
from schemas.core.tickets import Tickets
from schemas.kpi.neglect_daily import NeglectDaily
from tests.core.rows import NOON, lazy
from tests.kpi.rows import MONDAY, Row, ticket
from tests.kpi.stored import stored

DAY = dt.timedelta(days=1)
LATER = NOON + 30 * DAY


def neglect(*rows: Row, as_of: dt.datetime | None = LATER, small_sample: int = 1) -> pl.DataFrame:
    numbered = [dict(row, ticket_ref=f"s:{place}") for place, row in enumerate(rows)]
    parameters = Parameters(small_sample=small_sample, as_of=as_of)
    return stored(NeglectDaily, neglect_daily(lazy(Tickets, *numbered), parameters)).sort("opened_on", "channel")


def only(*rows: Row, **given: Any) -> dict[str, Any]:
    (row,) = neglect(*rows, **given).rows(named=True)
    return row


def after(seconds: int) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def acknowledged(seconds: int, **given: Any) -> Row:
    return ticket(first_acknowledged_at=after(seconds), **given)


def answered(seconds: int, **given: Any) -> Row:
    return acknowledged(seconds, first_replied_at=after(seconds), **given)


def test_what_never_happened_is_counted_and_a_reply_is_an_acknowledgement_too() -> None:
    row = only(ticket(), acknowledged(60), answered(120), answered(180, first_solved_at=after(200)))

    assert (row["n_eligible"], row["unacknowledged_count"], row["unanswered_count"], row["closed_unanswered_count"]) == (4, 1, 2, 0)
    assert (row["unacknowledged"], row["unanswered"], row["closed_unanswered"]) == (0.25, 0.5, 0.0)
    assert (row["unacknowledged_ci_low"], row["unacknowledged_ci_high"]) == pytest.approx((0.0456, 0.6994), abs=5e-5)


def test_closed_without_a_reply_is_solved_or_closed_and_only_acknowledged_or_not_even_that() -> None:
    row = only(ticket(first_solved_at=after(60)), acknowledged(60, status="closed"), answered(60, status="closed"))

    assert (row["closed_unanswered_count"], row["unanswered_count"], row["closed_unanswered"]) == (2, 2, pytest.approx(2 / 3))


def test_a_ticket_is_judged_from_the_instant_on_at_which_it_is_old_enough() -> None:
    young = only(ticket(), as_of=NOON + 7 * DAY - dt.timedelta(seconds=1))

    assert (young["n_immature"], young["n_eligible"], young["unanswered"], young["status"]) == (1, 0, None, "immature")
    assert only(ticket(), as_of=NOON + 7 * DAY)["unanswered"] == 1.0


def test_a_young_ticket_is_in_no_figure_even_when_it_was_answered_at_once() -> None:
    row = only(answered(60), as_of=NOON + DAY)

    assert (row["acknowledged_count"], row["acknowledge_seconds_sum"], row["acknowledge_seconds_median"]) == (0, 0, None)


@pytest.mark.parametrize("history", ["status_events", "last_values", "none"])
def test_only_a_full_history_tells_that_something_did_not_happen(history: str) -> None:
    row = only(answered(60, history=history), ticket(history=history))

    assert (row["n_without_history"], row["n_eligible"], row["unanswered"], row["status"]) == (2, 0, None, "no_data")


@pytest.mark.parametrize("channel", ["phone", "in_person"])
def test_where_a_person_spoke_to_the_customer_nothing_is_judged(channel: str) -> None:
    row = only(ticket(channel=channel), ticket(channel=channel, history="none"))

    assert (row["n_live"], row["n_without_history"], row["n_eligible"]) == (2, 0, 0)


def test_the_time_to_acknowledge_has_sum_mean_median_and_ninetieth_percentile() -> None:
    row = only(*(acknowledged(seconds) for seconds in (100, 200, 300, 400, 1000)), ticket())

    names = ("sum", "mean", "median", "p90")
    assert [row[f"acknowledge_seconds_{name}"] for name in names] == [2000, 400.0, 300.0, pytest.approx(760.0)]


def test_what_is_no_contact_is_not_counted_and_days_and_channels_are_rows_of_their_own() -> None:
    frame = neglect(ticket(), ticket(channel="email"), ticket(NOON + DAY), ticket(is_contact=False), small_sample=2)

    assert frame.select("opened_on", "channel", "contact_count", "status").rows() == [
        (MONDAY, "email", 1, "small_sample"),
        (MONDAY, "web", 1, "small_sample"),
        (MONDAY + DAY, "web", 1, "small_sample"),
    ]
