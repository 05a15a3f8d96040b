"""Why customers choose us, by quarter and by what they are worth."""

import narwhals as nw

from assets.derivation import During, by_quarter, derive, quarter_of
from assets.expressions import row_status, share_with_interval
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.core.orders import Orders
from schemas.kpi.reasons_for_choice import ReasonsForChoice
from schemas.projection import columns
from schemas.vocabulary import NO_CHOICE, UNKNOWN

TIER = ("quarter_on", "value_tier")
RESPONSE = ("source", "source_record_id")
TOP, UPPER_HALF = 5, 2
"""A tier's end as one part in so many of the customers: the first fifth, the first half."""


ORDERED_ON = nw.col("ordered_on")


@derive(
    ReasonsForChoice,
    unit=("quarter_on",),
    uses=("small_sample",),
    answers=by_quarter(Answers, "answered_on", reads=("source", "source_record_id", "metric", "choice", "is_superseded", "customer_key")),
    orders=During(
        Orders,
        ("ordered_on",),
        ORDERED_ON,
        ORDERED_ON.dt.offset_by("9mo").cast(nw.Date),
        step="1q",
        reads=("is_sale", "margin_amount", "customer_key"),
    ),
)
def reasons_for_choice(answers: Lazy, orders: Lazy, parameters: Parameters) -> Lazy:
    """Give every response its customer's tier; count its reasons."""
    given = (
        answers.filter((nw.col("metric") == "reason") & (nw.col("choice") != NO_CHOICE) & ~nw.col("is_superseded"))
        .select(*RESPONSE, "customer_key", quarter_on=quarter_of("answered_on"), reason=nw.col("choice"))
        .unique()
        .join(_tiers(orders), on=["quarter_on", "customer_key"], how="left")
        .with_columns(value_tier=nw.coalesce(nw.col("value_tier"), nw.lit(UNKNOWN)))
    )
    respondents = given.select(*TIER, *RESPONSE).unique().group_by(*TIER).agg(respondent_count=nw.len().cast(nw.Int64))
    return (
        given.group_by(*TIER, "reason")
        .agg(answer_count=nw.len().cast(nw.Int64))
        .join(respondents, on=list(TIER), how="inner")
        .with_columns(
            **share_with_interval("share_of_respondents", "answer_count", "respondent_count"),
            rank=nw.col("answer_count").rank("min", descending=True).over(*TIER).cast(nw.Int64),
            status=row_status("respondent_count", parameters.small_sample),
        )
        .select(*(column.name for column in columns(ReasonsForChoice)))
    )


def _tiers(orders: Lazy) -> Lazy:
    """Every customer's tier in each quarter that follows a sale within a year."""
    sales = orders.filter(nw.col("is_sale") & ~nw.col("margin_amount").is_null() & ~nw.col("customer_key").is_null()).with_columns(
        quarter_on=quarter_of("ordered_on")
    )
    counted_in = [
        sales.select("customer_key", "margin_amount", quarter_on=nw.col("quarter_on").dt.offset_by(f"{3 * ahead}mo").cast(nw.Date))
        for ahead in range(4)
    ]
    margins = nw.concat(counted_in, how="vertical").group_by("quarter_on", "customer_key").agg(margin=nw.col("margin_amount").sum())
    before = nw.col("place") - 1
    tier = nw.when(before * UPPER_HALF < nw.col("customers")).then(nw.lit("middle")).otherwise(nw.lit("rest"))
    return (
        margins.with_columns(
            place=nw.col("margin").rank("min", descending=True).over("quarter_on").cast(nw.Int64),
            customers=nw.len().over("quarter_on").cast(nw.Int64),
        )
        .with_columns(value_tier=nw.when(before * TOP < nw.col("customers")).then(nw.lit("top")).otherwise(tier))
        .select("quarter_on", "customer_key", "value_tier")
    )
