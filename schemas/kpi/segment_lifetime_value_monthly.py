"""What a customer of each segment is worth, as margin, by month."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import amount, bound, count, figure, share
from schemas.table import Money, Table
from schemas.vocabulary import BASES, ROW_STATUSES, VALUE_REASONS


class SegmentLifetimeValueMonthly(Table):
    """What the average active customer of a segment is worth at the end of a month, as margin, and how many come back.

    Cohort: ordered_in the window of `value_window_days` that ends with the month, or with the newest day known (then the row is
    immature); known customers alone. Definitions are those of customer_lifetime_value; m is the margin of all active customers of
    the segment divided by their number. Segment is the customer's current one, so history is restated when it changes. A month
    without a sale has no row. Windows overlap: counts and margins of one month add up over segments, those of several
    months do not. When an order changes, the months of two windows from its day on are computed anew.

    `retention` is the segment's own, of one window. `applied_retention` is the one that the values rest on: as one of a year,
    and that of all segments (`is_pooled`) where the segment had fewer customers than `small_sample`.
    """

    month_on: dt.date = pa.Field(description="First day of the month.")
    segment: str = pa.Field(description="The customers' current segment.")
    valued_on: dt.date = pa.Field(description="Last day of the window.")
    active_count: int = count("Customers with a sale in the window.", "customers")
    margin_amount: Money = amount("Contribution margin of the sales in the window, net of refunds.")
    sale_count: int = count("Sales in the window.", "orders")
    margin_unknown_count: int = count("Of these, without a known margin; they add nothing to it.", "orders")
    previous_count: int = count("Customers with a sale in the window before.", "customers")
    retained_count: int = count("Of these, with a sale in the window too.", "customers")
    retention: float = share("Share that came back.", "retained_count / previous_count")
    retention_ci_low: float = bound("retention", "low")
    retention_ci_high: float = bound("retention", "high")
    applied_retention: float = share("Share that stays a year (r), of the segment or of all.", method="retention, as one of a year")
    applied_retention_ci_low: float = bound("applied_retention", "low")
    applied_retention_ci_high: float = bound("applied_retention", "high")
    is_pooled: bool = pa.Field(description="Whether r is that of all segments.")
    yearly_margin: float = figure(
        "Margin of an active customer, as one of a year (m).", "money", method="margin_amount / active_count * 365 / value_window_days"
    )
    clv: float = figure("Lifetime value of an active customer, first margin in a year.", "money", method="m * r / (1 + i - r)")
    clv_low: float = figure("The smaller value at the ends of r.", "money", method="as clv")
    clv_high: float = figure("The larger one.", "money", method="as clv")
    clv_immediate: float = figure("Lifetime value, first margin at once.", "money", method="m * (1 + i) / (1 + i - r)")
    clv_immediate_low: float = figure("The smaller value at the ends of r.", "money", method="as clv_immediate")
    clv_immediate_high: float = figure("The larger one.", "money", method="as clv_immediate")
    reason: str = pa.Field(nullable=True, isin=VALUE_REASONS, description="Why there is no value; null where there is one.")
    basis: str = pa.Field(isin=BASES, description="What the value rests on: margin and r are measured, i is declared.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on the customers that r rests on.")

    class Config:
        name = "kpi.segment_lifetime_value_monthly"
        unique = ["month_on", "segment"]
        metadata = {"cohort": "ordered_in", "source": "Gupta and Lehmann 2003", "owner": "team:finance"}
