"""How many records find their customer, by month."""

import narwhals as nw

from assets.derivation import by_month, derive, month_of
from assets.expressions import count_where, row_status, share_with_interval
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.core.messages import Messages
from schemas.core.orders import Orders
from schemas.core.tickets import Tickets
from schemas.kpi.identity_match_monthly import IdentityMatchMonthly
from schemas.projection import columns, grain

INBOUND = nw.col("direction") == "inbound"


@derive(
    IdentityMatchMonthly,
    unit=("month_on",),
    uses=("small_sample",),
    answers=by_month(Answers, "answered_on", reads=("source", "customer_key", "is_matched")),
    messages=by_month(Messages, "sent_on", reads=("source", "direction", "customer_key", "is_matched")),
    tickets=by_month(Tickets, "opened_on", reads=("source", "customer_key", "is_matched")),
    orders=by_month(Orders, "ordered_on", reads=("source", "customer_key", "is_matched")),
)
def identity_match_monthly(answers: Lazy, messages: Lazy, tickets: Lazy, orders: Lazy, parameters: Parameters) -> Lazy:
    """Count the records with a customer; what we wrote ourselves is left out."""
    parts = [
        _of(answers, "answer", "answered_on"),
        _of(messages.filter(INBOUND), "message", "sent_on"),
        _of(orders, "order", "ordered_on"),
        _of(tickets, "ticket", "opened_on"),
    ]
    return (
        nw.concat(parts, how="vertical")
        .group_by(*grain(IdentityMatchMonthly))
        .agg(
            record_count=nw.len().cast(nw.Int64),
            identified_count=count_where(~nw.col("customer_key").is_null()),
            matched_count=count_where(nw.col("is_matched")),
        )
        .with_columns(
            **share_with_interval("identified", "identified_count", "record_count"),
            **share_with_interval("matched", "matched_count", "record_count"),
            status=row_status("record_count", parameters.small_sample),
        )
        .select(*(column.name for column in columns(IdentityMatchMonthly)))
    )


def _of(records: Lazy, kind: str, day: str) -> Lazy:
    return records.select("source", "customer_key", "is_matched", kind=nw.lit(kind), month_on=month_of(day))
