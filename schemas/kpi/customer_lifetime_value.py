"""What each customer is worth, as margin."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import amount, bound, count, figure, share
from schemas.table import Money, Table
from schemas.vocabulary import BASES, ROW_STATUSES, VALUE_REASONS


class CustomerLifetimeValue(Table):
    """What each customer is worth from today on, as margin, with what it would be at the ends of the retention's interval.

    Cohort: ordered_in the last two windows of `value_window_days`, up to the newest day known; a customer who bought nothing in
    either has no row, and an order without a known customer is nobody's. The table is computed whole each day.

    ``clv = m · r / (1 + i − r)`` (Gupta and Lehmann): m is the customer's margin of the window, as one of a year (margin, never
    revenue; sales without a known margin add nothing and are counted); r is the share of the segment's customers active in
    the window before who are active again in this one, as one of a year; i is the declared `discount_rate`. The first margin
    comes at the end of a year; in `clv_immediate = m · (1 + i) / (1 + i − r)` it comes at once. They have already been won: no
    acquisition cost is subtracted. Active is who has a completed order. Low and high are the ends of r's Wilson
    interval alone: the customer's own margin is taken as it was.

    Where a segment had fewer customers than `small_sample` in the window before, r is that of all segments (`is_pooled`). A
    value is null where it cannot be computed, and `reason` says why: `inactive`, nothing bought in the window; `no_margin`, no
    sale with a known margin; `no_retention`, nobody was active in the window before; `never_ends`, r ≥ 1 + i.
    """

    customer_key: str = pa.Field(description="The customer; a keyed hash.")
    segment: str = pa.Field(description="The customer's current segment.")
    valued_on: dt.date = pa.Field(description="Last day of the window: the newest business day known.")
    sale_count: int = count("Sales in the window.", "orders")
    margin_unknown_count: int = count("Of these, without a known margin.", "orders")
    margin_amount: Money = amount("Contribution margin of the sales in the window, net of refunds.")
    yearly_margin: float = figure("The margin as one of a year (m).", "money", method="margin_amount * 365 / value_window_days")
    retention: float = share("Share that stays a year (r), of the segment or of all.", method="retained / active before, as one of a year")
    retention_ci_low: float = bound("retention", "low")
    retention_ci_high: float = bound("retention", "high")
    is_pooled: bool = pa.Field(description="Whether r is that of all segments.")
    clv: float = figure("Lifetime value, first margin in a year.", "money", method="m * r / (1 + i - r)")
    clv_low: float = figure("The smaller value at the ends of r.", "money", method="as clv")
    clv_high: float = figure("The larger one.", "money", method="as clv")
    clv_immediate: float = figure("Lifetime value, first margin at once.", "money", method="m * (1 + i) / (1 + i - r)")
    clv_immediate_low: float = figure("The smaller value at the ends of r.", "money", method="as clv_immediate")
    clv_immediate_high: float = figure("The larger one.", "money", method="as clv_immediate")
    reason: str = pa.Field(nullable=True, isin=VALUE_REASONS, description="Why there is no value; null where there is one.")
    basis: str = pa.Field(isin=BASES, description="What the value rests on: margin and r are measured, i is declared.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on the customers that r rests on.")

    class Config:
        name = "kpi.customer_lifetime_value"
        unique = ["customer_key"]
        metadata = {"cohort": "ordered_in", "source": "Gupta and Lehmann 2003", "owner": "team:finance"}
