"""What a sale, a contact and a resolution cost, by month, channel and segment."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import amount, count, figure, per
from schemas.table import Money, Table
from schemas.vocabulary import CHANNELS, ROW_STATUSES, UNALLOCATED


class CostPerSaleMonthly(Table):
    """Costs beside the contacts and sales of the same month, and what service returns on its cost.

    Cohort: posted, contacted and ordered in the month. Cost booked to a channel is spread over that channel's
    segments by their share of its contacts; cost booked to no channel is spread over all rows by contacts;
    in a month without a contact to spread it by, it stands in a row of its own (`unallocated`). So the rows
    of a month always add up to what was booked. A sale is a completed order, refunded or not; revenue and
    margin are net of refunds and belong to the month of the order, which a later refund restates. Late
    postings restate their month.

    A cost of 0 is no cost that is known: where nothing was booked, nothing is said to be free, and every figure that the
    cost goes into is null. Service plus selling needs both.

    A resolution is a case that is resolved, counted in the month of its last contact: solved, not reopened and not repeated
    through any channel within the repeat window, as far as known; a later repeat or reopen restates it. Where every contact
    has the same chance to resolve its case, a resolution takes 1 / FCR contacts: `cost_per_contact_over_fcr` is what it
    would then cost, and how far it lies from `cost_per_resolution` tells how far the contacts are from that. Its FCR is
    gross (see first_contact_resolution_daily) but for maturity: contacts too young to be repeated are in it.

    Totals over rows: sum the amounts and counts, then divide.
    """

    month_on: dt.date = pa.Field(description="First day of the month.")
    channel: str = pa.Field(isin=(*CHANNELS, UNALLOCATED), description="Channel of cost, contact and sale.")
    segment: str = pa.Field(description="The customers' current segment.")
    service_cost_amount: Money = amount("Cost of service.")
    selling_cost_amount: Money = amount("Cost of selling.")
    remediation_cost_amount: Money = amount("Cost of putting things right.")
    contact_count: int = count("Handled inbound contacts.", "contacts")
    resolution_count: int = count("Cases resolved: of these, the solved ones that no repeat and no reopen has followed.", "contacts")
    judged_count: int = count("Of the contacts, those of known customers of which a history or a mark tells if they resolved.", "contacts")
    resolved_at_once_count: int = count("Of the judged, marked resolved, neither repeated nor reopened.", "contacts")
    sale_count: int = count("Sales.", "orders")
    returned_order_count: int = count("Sales of which something was refunded.", "orders")
    revenue_amount: Money = amount("Revenue of the sales, net of refunds.")
    margin_amount: Money = amount("Contribution margin of the sales where known, net of refunds.")
    margin_unknown_count: int = count("Sales without a known margin.", "orders")
    cost_per_sale_service_only: float = figure("Service cost of a sale.", "money per sale", per("service_cost_amount", "sale_count"))
    cost_per_sale_service_plus_selling: float = figure(
        "Service and selling cost of a sale.",
        "money per sale",
        "CASE WHEN service_cost_amount <> 0 AND selling_cost_amount <> 0 THEN (service_cost_amount + selling_cost_amount) / sale_count END",
    )
    cost_per_contact: float = figure("Service cost of a contact.", "money per contact", per("service_cost_amount", "contact_count"))
    cost_per_resolution: float = figure(
        "Service cost of a resolution.", "money per resolution", per("service_cost_amount", "resolution_count")
    )
    cost_per_contact_over_fcr: float = figure(
        "What a resolution would cost if every contact resolved its case with the chance of the first one.",
        "money per resolution",
        per("service_cost_amount", "contact_count / (resolved_at_once_count / judged_count)"),
    )
    cost_per_returned_order: float = figure(
        "Remediation cost of a returned order.", "money per order", per("remediation_cost_amount", "returned_order_count")
    )
    revenue_per_service_dollar: float = figure("Revenue per unit of service cost.", "ratio", "revenue_amount / service_cost_amount")
    margin_per_service_dollar: float = figure("Margin per unit of service cost.", "ratio", "margin_amount / service_cost_amount")
    status: str = pa.Field(
        isin=ROW_STATUSES, description="How the row may be read; judged on sale_count, and `no_data` without service cost."
    )

    class Config:
        name = "kpi.cost_per_sale_monthly"
        unique = ["month_on", "channel", "segment"]
        metadata = {"cohort": "booked_in", "source": "MetricNet", "owner": "team:finance"}
