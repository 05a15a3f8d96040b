"""What customer service returns on what it costs, by month and touchpoint."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import amount, bound, count, figure, share
from schemas.table import Money, Table
from schemas.vocabulary import BASES, ROW_STATUSES, TOUCHPOINTS, UNALLOCATED, UNKNOWN


class ServiceRoiMonthly(Table):
    """Prevented damage, recovered margin and the service share of new margin, against the cost of service.

    ``prevented = h · (s·Ls + m·Lm + d·Ld − Ln) · V``: h customers contacted the touchpoint with a problem; s,
    m, d are the shares of them left satisfied, mollified and dissatisfied; L is the loyalty of each group and
    Ln that of customers who had a problem and told nobody; V is what a customer is worth a year. The bracket
    may be negative: bad handling costs more loyalty than silence does.
    ``roi = (prevented + recovered + new − cost) / cost``; null when nothing was spent on balance.

    Measured: h, the shares (from the CSAT answers about the month's contacts, once there are enough of them),
    recovered and attributed margins, cost. Declared: every L, V, the split of attributed margin between
    service and marketing, and the shares while too few answers are in. Each says its basis; `roi_basis` is
    the weakest of all. `roi_low` and `roi_high` put every declared input at its worst and its best end at once:
    they are bounds, not a confidence interval. Segment-free: costs are booked to touchpoints.
    """

    month_on: dt.date = pa.Field(description="First day of the month.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, UNKNOWN, UNALLOCATED), description="Part of the company.")
    customer_count: int = count("Known customers who contacted the touchpoint (h).", "customers")
    rated_n: int = count("CSAT answers about these contacts.", "answers")
    rated_satisfied: int = count("Of these, in the top boxes.", "answers")
    rated_dissatisfied: int = count("Of these, in the bottom boxes.", "answers")
    satisfied_share: float = share("Share left satisfied (s).", method="rated_satisfied / rated_n, or as declared")
    satisfied_share_ci_low: float = bound("satisfied_share", "low")
    satisfied_share_ci_high: float = bound("satisfied_share", "high")
    mollified_share: float = share("Share left neither satisfied nor dissatisfied (m).", method="1 - s - d")
    dissatisfied_share: float = share("Share left dissatisfied (d).", method="rated_dissatisfied / rated_n, or as declared")
    shares_basis: str = pa.Field(isin=BASES, description="What s, m and d rest on.")
    loyalty_basis: str = pa.Field(isin=BASES, description="Weakest basis of the loyalties.")
    customer_value_basis: str = pa.Field(isin=BASES, description="What V rests on.")
    prevented_damage_amount: Money = amount("Expected margin kept by handling problems; may be negative.")
    prevented_damage_low_amount: Money = amount("Likewise, every declared input at its worst end.")
    prevented_damage_high_amount: Money = amount("Likewise, every declared input at its best end.")
    recovered_margin_amount: Money = amount("Margin of orders that service won back.")
    new_margin_amount: Money = amount("Service's share of the margin of orders attributed to service.")
    marketing_margin_amount: Money = amount("The rest of that margin, which is marketing's.")
    service_share_basis: str = pa.Field(isin=BASES, description="What the split between service and marketing rests on.")
    service_cost_amount: Money = amount("Cost of service at the touchpoint.")
    roi: float = figure(
        "Return on the cost of service.",
        "ratio",
        "CASE WHEN service_cost_amount > 0 THEN (prevented_damage_amount + recovered_margin_amount + new_margin_amount "
        "- service_cost_amount) / service_cost_amount END",
    )
    roi_low: float = figure("Every declared input at its worst end.", "ratio", method="as roi")
    roi_high: float = figure("Every declared input at its best end.", "ratio", method="as roi")
    roi_basis: str = pa.Field(isin=BASES, description="Weakest basis of all inputs.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on customer_count.")

    class Config:
        name = "kpi.service_roi_monthly"
        unique = ["month_on", "touchpoint"]
        metadata = {"cohort": "contacted_in", "source": "CTMA market damage model; Goodman 2003", "owner": "team:finance"}
