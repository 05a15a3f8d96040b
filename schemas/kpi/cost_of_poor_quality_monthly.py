"""What poor service cost, by month: what was booked, and what is expected to be lost, apart."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import amount, count, figure, number, per
from schemas.table import Money, Table
from schemas.vocabulary import BASES, QUALITY_COST_GAPS, ROW_STATUSES


class CostOfPoorQualityMonthly(Table):
    """What a month's poor service cost: `booked_amount` was spent, `expected_margin_amount` is margin that its problems put at risk.

    Cohort: by_part, contacted, posted and asked in the month. The two are never one number: the first is in the books, the second is a
    forecast of margin not earned, by the market damage model.

    * Work that good service would not have had (`repeat`, `escalated`, `reopened`): contacts at the month's cost per contact, which is all
      service cost by all contacts (kpi.cost_per_sale_monthly). A contact is in the first group that holds, so the three never exceed
      the cost of service: it came again within the repeat window of its case's anchor (fixed rule); it was handled by executive
      relations; its ticket was reopened within the window after the contact. A reopened contact is done again in part, the assumption
      `reopened_work`.
    * Escalations: no source says that a matter was handed up. What is known is that executive relations handled it, which is taken for
      one; a month in which no contact has a known touchpoint has null. A self-service session that went on to a person is a contact.
    * Remediation: what the ledger books as such: refunds, credits, warranty, disputes. `refunded_amount`, refunds that shops and payment
      providers book apart from their orders (core.refunds), stands beside and is in no sum: it lowers revenue already, and is in the ledger
      as well where bookkeeping takes it for remediation. A company that does not posts too little here. Nothing booked is null.
    * `booked_amount` is the sum of the parts that are known; without service cost or contacts it is null, `gap` says why.
    * Expected: the sum of kpi.revenue_at_risk_monthly over types and segments, a yearly margin, V; null where nobody told of a problem.

    Repeats are counted in the month of the second contact, reopens in that of the first; late postings and reopens restate their month.
    `immature`: the repeat window of some contacts has not passed, so more may be reopened. Low and high put `reopened_work`
    and the inputs of the damage at their ends: bounds, not a confidence interval. Costs and counts are measured, or null.
    """

    month_on: dt.date = pa.Field(description="First day of the month.")
    contact_count: int = count("Handled inbound contacts.", "contacts")
    repeat_count: int = count("Of these, no anchor: they follow another contact of their case.", "contacts")
    escalated_count: int = number(
        "Of the others, handled by executive relations; null where no touchpoint is known.", "contacts", "count over the month"
    )
    reopened_count: int = count("Of the rest, with a ticket that was reopened within the window.", "contacts")
    service_cost_amount: Money = amount("Cost of service.")
    cost_per_contact: float = figure("Service cost of a contact.", "money per contact", per("service_cost_amount", "contact_count"))
    repeat_amount: Money = amount("Cost of the repeats; null when the cost per contact is.", nullable=True)
    escalated_amount: Money = amount("Cost of the escalated contacts; null when either is.", nullable=True)
    reopened_amount: Money = amount("Cost of the work on reopened contacts that was done again.", nullable=True)
    remediation_amount: Money = amount("Booked for putting things right; null where nothing was.", nullable=True)
    refunded_amount: Money = amount("Refunds booked apart from their orders; beside the sum, not in it.")
    booked_amount: Money = amount("Booked cost of poor quality: repeat + escalated + reopened + remediation, as known.", nullable=True)
    booked_low_amount: Money = amount("Least work done again.", nullable=True)
    booked_high_amount: Money = amount("Most work done again.", nullable=True)
    gap: str = pa.Field(nullable=True, isin=QUALITY_COST_GAPS, description="Why the booked cost is not known.")
    expected_margin_amount: Money = amount("Yearly margin at risk by the month's problems.", nullable=True)
    expected_margin_low_amount: Money = amount("Every input at its best end for us.", nullable=True)
    expected_margin_high_amount: Money = amount("Every input at its worst end for us.", nullable=True)
    reopened_work_basis: str = pa.Field(nullable=True, isin=BASES, description="What the share done again rests on; null where unused.")
    expected_basis: str = pa.Field(nullable=True, isin=BASES, description="Weakest basis of the expected margin.")
    basis: str = pa.Field(isin=BASES, description="Weakest basis of all inputs.")
    status: str = pa.Field(
        isin=ROW_STATUSES, description="How the row may be read; judged on contact_count, `no_data` without a booked cost."
    )

    class Config:
        name = "kpi.cost_of_poor_quality_monthly"
        unique = ["month_on"]
        metadata = {
            "cohort": "by_part",
            "source": "Juran; CTMA market damage model",
            "owner": "team:finance",
        }
