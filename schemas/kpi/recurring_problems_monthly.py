"""Which problems keep coming back, ranked by what they cost and by how often they occur."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import amount, count, number, share
from schemas.table import Money, Table
from schemas.vocabulary import BASES, PROBLEM_MONEY_GAPS, ROW_STATUSES


class RecurringProblemsMonthly(Table):
    """Which problems keep coming back, which few of them make up four fifths of the money, and whether these are the most frequent.

    Cohort: contacted_in. A problem is a category of contacts; the contacts without one are the row `unknown`. A problem that customers
    name in the survey and nobody writes about has a row as well, without contacts, so that damage and contacts add up to their inputs.

    * Recurring: at least `recurring_cases` cases in at least `recurring_months` of the last `recurring_of_months` months, this one
      included (`is_frequent`); or a customer who came again on the matter within the repeat window. Cases are anchors by the fixed rule
      (kpi.first_contact_resolution_daily), an anonymous contact is a case. Ranks and shares are among the month's recurring problems;
      others have none.
    * `known_amount`: contacts at the month's cost per contact (kpi.cost_per_sale_monthly), and the damage of the survey's problem type of
      the same name (`margin_at_risk_amount` of kpi.revenue_at_risk_monthly). Types and categories are joined by name alone: give both the
      same words. Where one of the two is not known it is null, not 0, `gap` says so, and the rank goes by the other: such a row may
      be worse than its rank. The first is spent, the second expected: read `known_amount` beside its parts.
    * `is_vital`: the first rows by money that reach 80 % of the total together, with the one that crosses the line (Pareto; Juran).
      Money below nothing (customers won by good handling) counts as nothing in the shares.

    Of rows that are alike the first by name ranks first. A month that has not ended when the data ends is `immature`. Computed whole,
    whenever an input changes or time passes, because a month looks back at those before it.
    """

    month_on: dt.date = pa.Field(description="First day of the month of the contacts, and of the answers about damage.")
    category: str = pa.Field(description="What it is about; `unknown` where nobody said.")
    contact_count: int = count("Handled inbound contacts.", "contacts")
    case_count: int = count("Of these, the first of their case.", "cases")
    repeat_count: int = count("The others: the same customer and matter within the repeat window.", "contacts")
    frequent_month_count: int = number("Months of those looked back at with enough cases.", "months", "count over the last months")
    is_frequent: bool = pa.Field(description="Whether there were enough such months.")
    is_recurring: bool = pa.Field(description="Frequent, or somebody came again.")
    contact_cost_amount: Money = amount("Contacts at the month's cost per contact; null when that is.", nullable=True)
    damage_amount: Money = amount("Yearly margin that it puts at risk; null where no survey tells of it.", nullable=True)
    damage_low_amount: Money = amount("Every input at its best end for us.", nullable=True)
    damage_high_amount: Money = amount("Every input at its worst end for us.", nullable=True)
    known_amount: Money = amount("Sum of cost and damage, as known; null where neither is.", nullable=True)
    gap: str = pa.Field(nullable=True, isin=PROBLEM_MONEY_GAPS, description="What of the money is not known.")
    money_rank: int = number("Place by known_amount.", "place", "1 is the most expensive recurring problem")
    count_rank: int = number("Place by case_count.", "place", "1 is the most frequent recurring problem")
    money_share: float = share("Part of the money of all recurring problems of the month.", method="known_amount by its sum over the month")
    cumulative_share: float = share("Likewise, with all problems that rank before.", method="sum of money_share in order of money_rank")
    is_vital: bool = pa.Field(description="Whether it is one of the vital few.")
    basis: str = pa.Field(isin=BASES, description="Weakest basis of the damage; the cost of contacts is measured.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on case_count.")

    class Config:
        name = "kpi.recurring_problems_monthly"
        unique = ["month_on", "category"]
        metadata = {"cohort": "contacted_in", "source": "Juran: vital few and useful many", "owner": "team:customer-service"}
