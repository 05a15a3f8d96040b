import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from assets.kpi.accessibility_daily import accessibility_daily
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.core.calls import Calls
from schemas.core.self_service_sessions import SelfServiceSessions
from schemas.kpi.accessibility_daily import AccessibilityDaily
from schemas.vocabulary import CALL_OUTCOMES
from tests.core.rows import NOON, lazy
from tests.kpi.rows import MONDAY, Row, answer, call, session
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

DAY = dt.timedelta(days=1)


def reached(calls: Sequence[Row] = (), sessions: Sequence[Row] = (), answers: Sequence[Row] = (), **settings: int) -> pl.DataFrame:
    frames = lazy(Calls, *calls), lazy(SelfServiceSessions, *sessions), lazy(Answers, *answers)
    parameters = Parameters.model_validate({"small_sample": 1, **settings})
    return stored(AccessibilityDaily, accessibility_daily(*frames, parameters)).sort("contacted_on", "channel")


def only(*calls: Row, **given: Any) -> dict[str, Any]:
    (row,) = reached(calls, **given).rows(named=True)
    return row


def test_short_abandons_are_in_neither_side_of_a_rate() -> None:
    row = only(call(), call(), call("abandoned", 10), call("abandoned", 9), call("abandoned", 0))

    assert (row["attempt_count"], row["answered_count"], row["abandoned_count"], row["short_abandoned_count"]) == (5, 2, 1, 2)
    assert (row["abandon_rate"], row["service_level"]) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert (row["abandon_rate_ci_low"], row["abandon_rate_ci_high"]) == pytest.approx((0.0615, 0.7923), abs=5e-5)


def test_an_abandon_of_unknown_wait_is_one_in_earnest() -> None:
    row = only(call(), call("abandoned", None))

    assert (row["abandoned_count"], row["abandoned_wait_unknown_count"], row["abandon_rate"]) == (1, 1, 0.5)


def test_the_service_level_counts_calls_answered_up_to_its_seconds() -> None:
    row = only(call(wait_seconds=20), call(wait_seconds=21), call("abandoned", 60))

    assert (row["answered_in_time_count"], row["service_level"]) == (1, pytest.approx(1 / 3))


def test_an_answered_call_of_unknown_wait_is_in_no_figure_of_waits() -> None:
    row = only(call(wait_seconds=10), call(wait_seconds=None))

    assert (row["answered_count"], row["answered_wait_unknown_count"]) == (2, 1)
    assert (row["service_level"], row["wait_seconds_mean"], row["wait_seconds_median"]) == (1.0, 10.0, 10.0)


def test_waits_are_of_answered_calls_alone() -> None:
    row = only(*(call(wait_seconds=wait) for wait in (10, 20, 30, 40, 100)), call("abandoned", 999))

    names = ("sum", "mean", "median", "p90")
    assert [row[f"wait_seconds_{name}"] for name in names] == [200, 40.0, 30.0, pytest.approx(76.0)]


def test_the_thresholds_are_settings() -> None:
    row = only(call(wait_seconds=40), call("abandoned", 12), short_abandon_seconds=15, service_level_seconds=60)

    assert (row["short_abandoned_count"], row["abandon_rate"], row["service_level"]) == (1, 0.0, 1.0)


def test_every_outcome_has_its_count_and_blocked_calls_are_a_share_of_all() -> None:
    row = only(*(call(outcome) for outcome in CALL_OUTCOMES))

    assert [row[f"{outcome}_count"] for outcome in CALL_OUTCOMES] == [1] * len(CALL_OUTCOMES)
    assert row["blocked_rate"] == pytest.approx(1 / 6)


def test_outbound_calls_are_not_here() -> None:
    assert reached([call(direction="outbound")]).is_empty()


def test_a_day_without_offered_calls_has_no_rates() -> None:
    row = only(call("blocked", None))

    assert [row[name] for name in ("abandon_rate", "service_level", "wait_seconds_mean", "wait_seconds_p90")] == [None] * 4
    assert (row["blocked_rate"], row["status"]) == (1.0, "ok")


def test_self_service_counts_what_its_source_says() -> None:
    known = [session(), session(is_completed=False, is_escalated=True), session(is_completed=None, is_escalated=None)]

    row = only(sessions=known)

    assert (row["session_count"], row["completion_known_count"], row["completed_count"], row["completion"]) == (3, 2, 1, 0.5)
    assert (row["escalation_known_count"], row["escalated_count"], row["escalation"], row["channel"]) == (2, 1, 0.5, "web")


def test_what_customers_say_stands_in_columns_of_its_own_and_makes_no_row_readable() -> None:
    said = [answer(metric="access"), answer(metric="access", is_top_box=False), answer(metric="access", value=None), answer()]

    row = only(answers=[*said, answer(metric="access", is_superseded=True)])

    assert (row["access_n"], row["access_easy_count"], row["access_top"], row["attempt_count"]) == (2, 1, 0.5, 0)
    assert row["status"] == "no_data"


def test_days_and_channels_are_rows_of_their_own_and_few_contacts_are_flagged() -> None:
    frame = reached([call(), call(started_at=NOON + DAY)], [session(), session(channel="phone")], small_sample=2)

    assert frame.select("contacted_on", "channel", "attempt_count", "session_count", "status").rows() == [
        (MONDAY, "phone", 1, 1, "ok"),
        (MONDAY, "web", 0, 1, "small_sample"),
        (MONDAY + DAY, "phone", 1, 0, "small_sample"),
    ]
