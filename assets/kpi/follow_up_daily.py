"""Whether unhappy answers were followed up, and how fast."""

import datetime as dt

import narwhals as nw

from assets.derivation import Following, Lookup, by_column, derive
from assets.expressions import count_where, ratio, row_status, seconds_between, share_with_interval
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.core.calls import Calls
from schemas.core.messages import Messages
from schemas.core.ticket_events import TicketEvents
from schemas.kpi.follow_up_daily import FollowUpDaily
from schemas.projection import columns, grain

RESPONSE = ("source", "source_record_id", "answered_on", "channel")
WAYS = ("replied", "messaged", "called")


def _maturity(parameters: Parameters) -> dt.timedelta:
    return parameters.follow_up_window


def _in_time(at: str) -> Following:
    return Following(at, "answered_at", _maturity)


@derive(
    FollowUpDaily,
    unit=("answered_on",),
    uses=("follow_up_days", "small_sample"),
    matures_after=_maturity,
    answers=by_column(
        Answers,
        "answered_on",
        reads=(
            *("source", "source_record_id", "metric", "is_bottom_box", "is_superseded"),
            *("answered_at", "channel", "customer_key", "ticket_ref"),
        ),
    ),
    events=Lookup(TicketEvents, "ticket_ref", "answers", "ticket_ref", _in_time("happened_at")),
    messages=Lookup(Messages, "customer_key", "answers", "customer_key", _in_time("sent_at"), reads=("sent_at_basis", "direction", "asks")),
    calls=Lookup(Calls, "customer_key", "answers", "customer_key", _in_time("started_at"), reads=("direction", "outcome")),
)
def follow_up_daily(answers: Lazy, events: Lazy, messages: Lazy, calls: Lazy, parameters: Parameters) -> Lazy:
    """Find what followed each unhappy response first, once enough time has passed to know."""
    unhappy = _unhappy(answers)
    followed = unhappy
    ways = zip(WAYS, ("ticket_ref", "customer_key", "customer_key"), (_replies(events), _mails(messages), _calls(calls)), strict=True)
    for way, key, contacts in ways:
        followed = followed.join(_first(unhappy, contacts, key, way, parameters.follow_up_days), on=list(RESPONSE), how="left")
    followed = followed.join(
        _first(unhappy, _unclear(events), "ticket_ref", "unclear", parameters.follow_up_days), on=list(RESPONSE), how="left"
    )
    is_clear = nw.col("unclear_at").is_null() | nw.coalesce(nw.col("followed_at") <= nw.col("unclear_at"), nw.lit(value=False))
    known = (~nw.col("ticket_ref").is_null() | ~nw.col("customer_key").is_null()) & is_clear
    judged = known & (nw.col("answered_at") <= parameters.mature_until(parameters.follow_up_window))
    moments = [nw.col(f"{way}_at") for way in WAYS]
    return (
        followed.with_columns(followed_at=nw.min_horizontal(*moments))
        .with_columns(is_judged=judged)
        .with_columns(follow_up_seconds=nw.when(nw.col("is_judged")).then(seconds_between("answered_at", "followed_at")))
        .group_by(*grain(FollowUpDaily))
        .agg(
            unhappy_count=nw.len().cast(nw.Int64),
            n_excluded=count_where(~known),
            n_immature=count_where(known & ~nw.col("is_judged")),
            n_eligible=count_where(nw.col("is_judged")),
            followed_up_count=count_where(~nw.col("follow_up_seconds").is_null()),
            **{f"{way}_count": count_where(nw.col("is_judged") & ~nw.col(f"{way}_at").is_null()) for way in WAYS},
            follow_up_seconds_sum=nw.coalesce(nw.col("follow_up_seconds"), nw.lit(0)).sum().cast(nw.Int64),
            follow_up_seconds_median=nw.col("follow_up_seconds").cast(nw.Float64).median(),
            follow_up_seconds_p90=nw.col("follow_up_seconds").cast(nw.Float64).quantile(0.9, interpolation="linear"),
        )
        .with_columns(
            **share_with_interval("follow_up", "followed_up_count", "n_eligible"),
            follow_up_seconds_mean=ratio(nw.col("follow_up_seconds_sum"), nw.col("followed_up_count")),
            status=row_status("n_eligible", parameters.small_sample, immature="n_immature"),
        )
        .select(*(column.name for column in columns(FollowUpDaily)))
    )


def _unhappy(answers: Lazy) -> Lazy:
    """One row per response in which a satisfaction question was answered in the bottom boxes."""
    is_unhappy = nw.col("metric").is_in(("csat", "nps", "ces")) & nw.col("is_bottom_box") & ~nw.col("is_superseded")
    return (
        answers.filter(is_unhappy)
        .group_by(*RESPONSE)
        .agg(answered_at=nw.col("answered_at").max(), ticket_ref=nw.col("ticket_ref").max(), customer_key=nw.col("customer_key").max())
    )


def _first(unhappy: Lazy, contacts: Lazy, key: str, way: str, days: int) -> Lazy:
    """The first of these contacts in the time for a follow-up of each response."""
    in_time = (nw.col("contacted_at") > nw.col("answered_at")) & (nw.col("contacted_at") <= nw.col("answered_at").dt.offset_by(f"{days}d"))
    found = unhappy.select(*RESPONSE, "answered_at", key).join(contacts, on=key, how="inner").filter(in_time)
    return found.group_by(*RESPONSE).agg(nw.col("contacted_at").min().alias(f"{way}_at"))


def _replies(events: Lazy) -> Lazy:
    """Public replies by persons."""
    is_reply = (nw.col("event") == "public_reply") & (nw.col("actor") == "agent")
    return events.filter(is_reply).select("ticket_ref", contacted_at=nw.col("happened_at"))


def _unclear(events: Lazy) -> Lazy:
    """Comments of which nobody says whether a person of ours wrote them."""
    return events.filter(nw.col("event") == "public_comment").select("ticket_ref", contacted_at=nw.col("happened_at"))


def _mails(messages: Lazy) -> Lazy:
    """Messages to customers that ask for no rating."""
    has_a_time = nw.col("sent_at_basis") != "arrival_day"
    return messages.filter((nw.col("direction") == "outbound") & nw.col("asks").is_null() & has_a_time).select(
        "customer_key", contacted_at=nw.col("sent_at")
    )


def _calls(calls: Lazy) -> Lazy:
    """Our calls to customers that they took."""
    is_answered = (nw.col("direction") == "outbound") & (nw.col("outcome") == "answered")
    return calls.filter(is_answered).select("customer_key", contacted_at=nw.col("started_at"))
