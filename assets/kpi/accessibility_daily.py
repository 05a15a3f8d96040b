"""Whether customers could reach us."""

import narwhals as nw

from assets.derivation import AddsUp, by_column, derive
from assets.expressions import count_where, ratio, row_status, share_with_interval, sum_where
from assets.frames import Lazy, stacked
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.core.calls import Calls
from schemas.core.self_service_sessions import SelfServiceSessions
from schemas.kpi.accessibility_daily import AccessibilityDaily
from schemas.projection import additive, columns, grain

GRAIN = grain(AccessibilityDaily)
COUNTS = additive(AccessibilityDaily)


@derive(
    AccessibilityDaily,
    unit=("contacted_on",),
    uses=("short_abandon_seconds", "service_level_seconds", "small_sample"),
    adds_up=(
        AddsUp("attempt_count", "calls", count_where(nw.col("direction") == "inbound")),
        AddsUp("session_count", "sessions", nw.len()),
    ),
    calls=by_column(Calls, "started_on", "contacted_on", reads=("direction", "outcome", "channel", "wait_seconds")),
    sessions=by_column(SelfServiceSessions, "started_on", "contacted_on", reads=("channel", "is_completed", "is_escalated")),
    answers=by_column(Answers, "answered_on", "contacted_on", reads=("metric", "value", "is_top_box", "is_superseded", "channel")),
)
def accessibility_daily(calls: Lazy, sessions: Lazy, answers: Lazy, parameters: Parameters) -> Lazy:
    """Count how calls and sessions ended and what customers say, and divide."""
    inbound = _inbound(calls, parameters)
    offered = nw.col("answered_count") + nw.col("abandoned_count")
    return (
        stacked((_calls(inbound, parameters), _sessions(sessions), _answers(answers)), GRAIN, counts=COUNTS, amounts=())
        .join(_waits(inbound), on=list(GRAIN), how="left")
        .with_columns(
            offered=offered,
            offered_known=offered - nw.col("answered_wait_unknown_count"),
            answered_known=nw.col("answered_count") - nw.col("answered_wait_unknown_count"),
            contacts=nw.col("attempt_count") + nw.col("session_count"),
        )
        .with_columns(
            **share_with_interval("abandon_rate", "abandoned_count", "offered"),
            **share_with_interval("service_level", "answered_in_time_count", "offered_known"),
            **share_with_interval("blocked_rate", "blocked_count", "attempt_count"),
            **share_with_interval("completion", "completed_count", "completion_known_count"),
            **share_with_interval("escalation", "escalated_count", "escalation_known_count"),
            **share_with_interval("access_top", "access_easy_count", "access_n"),
            wait_seconds_mean=ratio(nw.col("wait_seconds_sum"), nw.col("answered_known")),
            status=row_status("contacts", parameters.small_sample),
        )
        .select(*(column.name for column in columns(AccessibilityDaily)))
    )


def _inbound(calls: Lazy, parameters: Parameters) -> Lazy:
    """Inbound calls, a short abandon told from an abandon."""
    short = (nw.col("outcome") == "abandoned") & (nw.col("wait_seconds") < parameters.short_abandon_seconds)
    outcome = nw.when(short).then(nw.lit("short_abandoned")).otherwise(nw.col("outcome"))
    return calls.filter(nw.col("direction") == "inbound").with_columns(outcome=outcome, contacted_on=nw.col("started_on"))


def _calls(inbound: Lazy, parameters: Parameters) -> Lazy:
    """How the calls ended."""
    outcome, wait = nw.col("outcome"), nw.col("wait_seconds")
    answered = outcome == "answered"
    outcomes = ("answered", "abandoned", "short_abandoned", "blocked", "self_served", "callback", "voicemail")
    return inbound.group_by(*GRAIN).agg(
        attempt_count=nw.len().cast(nw.Int64),
        **{f"{word}_count": count_where(outcome == word) for word in outcomes},
        abandoned_wait_unknown_count=count_where((outcome == "abandoned") & wait.is_null()),
        answered_wait_unknown_count=count_where(answered & wait.is_null()),
        answered_in_time_count=count_where(answered & (wait <= parameters.service_level_seconds)),
        wait_seconds_sum=sum_where(nw.coalesce(wait, nw.lit(0)), answered).cast(nw.Int64),
    )


def _waits(inbound: Lazy) -> Lazy:
    """The waits that do not add up, over answered calls."""
    wait = nw.col("wait_seconds").cast(nw.Float64)
    return (
        inbound.filter(nw.col("outcome") == "answered")
        .group_by(*GRAIN)
        .agg(wait_seconds_median=wait.median(), wait_seconds_p90=wait.quantile(0.9, interpolation="linear"))
    )


def _sessions(sessions: Lazy) -> Lazy:
    """How the self-service sessions ended."""
    return (
        sessions.with_columns(contacted_on=nw.col("started_on"))
        .group_by(*GRAIN)
        .agg(
            session_count=nw.len().cast(nw.Int64),
            completion_known_count=count_where(~nw.col("is_completed").is_null()),
            completed_count=count_where(nw.col("is_completed")),
            escalation_known_count=count_where(~nw.col("is_escalated").is_null()),
            escalated_count=count_where(nw.col("is_escalated")),
        )
    )


def _answers(answers: Lazy) -> Lazy:
    """What customers say of how easily they reached us."""
    return (
        answers.filter((nw.col("metric") == "access") & ~nw.col("value").is_null() & ~nw.col("is_superseded"))
        .with_columns(contacted_on=nw.col("answered_on"))
        .group_by(*GRAIN)
        .agg(access_n=nw.len().cast(nw.Int64), access_easy_count=count_where(nw.col("is_top_box")))
    )
