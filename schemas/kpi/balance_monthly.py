"""Cost, quality and speed of service on one row, by month."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import amount, bound, count, figure, per, share
from schemas.table import Money, Table
from schemas.vocabulary import ROW_STATUSES, TRADES


class BalanceMonthly(Table):
    """Cost per contact, satisfaction, first contact resolution and first reply of a month, against target and the month before.

    Cohort: by_each_figure, booked, answered, contacted and opened in the month; figures and definitions are those of
    cost_per_sale_monthly, satisfaction_daily, first_contact_resolution_daily and ticket_times_daily, over everything in the
    month. A median cannot be added up from days: the first reply is measured again over the month's tickets.

    A target is the one of `core.targets` for that table and figure that holds for the whole company on the first of the
    month; of several, the one that began last. `_is_met` is null without a target or a figure. `_change` is the difference to
    the month before, null where that month has no figure.

    `trade` names what one gain was paid with: `quality_for_cost`, cost per contact fell while CSAT or FCR worsened;
    `speed_for_cost`, it fell while the first reply took longer; `quality_for_speed`, the reply came sooner while CSAT or
    FCR worsened; `cost_for_quality`, CSAT or FCR improved while cost rose; the first that holds. A share has moved where its Wilson
    interval and that of the month before do not overlap; cost and reply time, which are no samples, where they differ by more than
    5 %. It says that both happened, not that one caused the other. Null where nothing was traded. The table is computed whole,
    since each row looks a month back.
    """

    month_on: dt.date = pa.Field(description="First day of the month.")
    service_cost_amount: Money = amount("Cost of service.")
    contact_count: int = count("Handled inbound contacts.", "contacts")
    cost_per_contact: float = figure("Service cost of a contact.", "money per contact", per("service_cost_amount", "contact_count"))
    cost_per_contact_target: float = figure("Its target.", "money per contact", method="as declared")
    cost_per_contact_is_met: bool = pa.Field(nullable=True, description="Whether it reaches its target.")
    cost_per_contact_change: float = figure("Its difference to the month before.", "money per contact", method="this month - last month")
    csat_n: int = count("Answers to a CSAT question.", "answers")
    csat_satisfied: int = count("Of these, in the top boxes.", "answers")
    csat_top2: float = share("Share of satisfied answers.", "csat_satisfied / csat_n")
    csat_top2_ci_low: float = bound("csat_top2", "low")
    csat_top2_ci_high: float = bound("csat_top2", "high")
    csat_top2_target: float = figure("Its target.", "ratio", method="as declared")
    csat_top2_is_met: bool = pa.Field(nullable=True, description="Whether it reaches its target.")
    csat_top2_change: float = figure("Its difference to the month before.", "ratio", method="this month - last month")
    anchor_count: int = count("Mature first contacts of a case.", "contacts")
    anchor_repeated_same_channel_count: int = count("Of these, repeated through the same channel.", "contacts")
    n_immature: int = count("Contacts of known customers too young to tell.", "contacts")
    fcr_repeat: float = share("Repeat-window FCR.", "1 - anchor_repeated_same_channel_count / anchor_count")
    fcr_repeat_ci_low: float = bound("fcr_repeat", "low")
    fcr_repeat_ci_high: float = bound("fcr_repeat", "high")
    fcr_repeat_target: float = figure("Its target.", "ratio", method="as declared")
    fcr_repeat_is_met: bool = pa.Field(nullable=True, description="Whether it reaches its target.")
    fcr_repeat_change: float = figure("Its difference to the month before.", "ratio", method="this month - last month")
    replied_count: int = count("Tickets with a known first reply.", "tickets")
    first_reply_seconds_median: float = figure("Median first reply time.", "seconds", method="median over replied tickets")
    first_reply_seconds_median_target: float = figure("Its target.", "seconds", method="as declared")
    first_reply_seconds_median_is_met: bool = pa.Field(nullable=True, description="Whether it reaches its target.")
    first_reply_seconds_median_change: float = figure("Its difference to the month before.", "seconds", method="this month - last month")
    trade: str = pa.Field(nullable=True, isin=TRADES, description="What one gain was paid with; null where nothing was.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on contact_count and n_immature.")

    class Config:
        name = "kpi.balance_monthly"
        unique = ["month_on"]
        metadata = {"cohort": "by_each_figure", "source": "MetricNet; Zendesk; SQM", "owner": "team:customer-service"}
