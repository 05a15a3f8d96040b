"""What problems cost in lost customers and margin, by month, problem type and segment."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import amount, bound, figure, share
from schemas.table import Money, Table
from schemas.vocabulary import BASES, ROW_STATUSES


class RevenueAtRiskMonthly(Table):
    """Market damage: the customers that a month's problems are expected to cost, and the yearly margin that goes with them.

    ``damage_per_problem = (1−c)(L0−Ln) + c[s(L0−Ls) + m(L0−Lm) + d(L0−Ld)]``,
    ``customers_at_risk = N · p / R · damage_per_problem``, ``margin_at_risk = customers_at_risk · V``.

    * N (`customer_n`): customers of core.customers in the segment who were customers by the end of the month; who left is not known.
      The same on every type's row: never add it over types.
    * p: kpi.problem_experience_monthly. A customer counts with the gravest problem alone, so types add up to the total and nobody is lost
      twice. R (`problem_recall_months`) is how far back the survey asks: with a question about the last year each month holds a twelfth
      of the damage, so that months add up to the year; with a question about the last month set it to 1.
    * c, and s, m, d among the complainants who rate the handling: of the row where it has `small_sample` of them, else of all rows of the
      month, else as declared. Who tried in vain to reach us is lost like who stays silent (Ln).
    * L0−Lg: `loyalty_lost` of the quarter and segment in kpi.loyalty_by_experience, both loyalties by one measure.
    * V: `customer_value`, the margin of a year; not revenue, not a lifetime.

    Negative terms are allowed and flagged: customers whose problem was handled that are more loyal than those who had none. Recovery rarely
    makes up for the problem (Knox & van Oest, Journal of Marketing 2014), so look at the n behind such a row. Low and high put every
    interval and every assumption at its worst and its best end at once: they are bounds, not a confidence interval. `basis` is the
    weakest of all inputs. The damage is expected, and goes with the problem; nobody has been seen to leave. The table is computed whole.
    """

    month_on: dt.date = pa.Field(description="First day of the month of the answers.")
    problem_type: str = pa.Field(description="The gravest problem, by its declared word.")
    segment: str = pa.Field(description="The customer's current segment.")
    customer_n: float = pa.Field(
        ge=0, description="Customers of the segment (N); the same for every type.", metadata={"unit": "customers", "method": "customers"}
    )
    asked_n: float = pa.Field(
        ge=0,
        description="Customers of the month and segment who were asked; the same for every type.",
        metadata={"unit": "customers", "method": "kpi.problem_experience_monthly"},
    )
    problem_rate: float = share("Share of those asked who had this problem (p).", method="kpi.problem_experience_monthly")
    problem_rate_ci_low: float = bound("problem_rate", "low")
    problem_rate_ci_high: float = bound("problem_rate", "high")
    problem_customers: float = figure("Customers with such a problem in the month.", "customers", method="N · p / R")
    complaint_rate: float = share("Share of them who tell us (c).", method="measured, pooled over the month, or as declared")
    complaint_rate_basis: str = pa.Field(isin=BASES, description="What c rests on.")
    satisfied_share: float = share("Share of complainants left satisfied (s).", method="as c")
    mollified_share: float = share("Share left neither satisfied nor dissatisfied (m).", method="1 - s - d")
    dissatisfied_share: float = share("Share left dissatisfied (d).", method="as c")
    shares_basis: str = pa.Field(isin=BASES, description="What s, m and d rest on.")
    lost_silent: float = figure("Loyalty lost by those who tell nobody (L0 − Ln).", "ratio", method="kpi.loyalty_by_experience")
    lost_satisfied: float = figure("Likewise, by those left satisfied.", "ratio", method="kpi.loyalty_by_experience")
    lost_mollified: float = figure("Likewise, by those left in between.", "ratio", method="kpi.loyalty_by_experience")
    lost_dissatisfied: float = figure("Likewise, by those left dissatisfied.", "ratio", method="kpi.loyalty_by_experience")
    loyalty_basis: str = pa.Field(isin=BASES, description="Weakest basis of the loyalties.")
    has_negative_term: bool = pa.Field(description="Whether some group with a problem is more loyal than customers without one.")
    damage_per_problem: float = figure(
        "Customers lost by each who has the problem.", "ratio", method="(1-c) lost_silent + c (s, m, d) lost"
    )
    damage_per_problem_low: float = figure("Every input at its best end for us.", "ratio", method="as damage_per_problem")
    damage_per_problem_high: float = figure("Every input at its worst end for us.", "ratio", method="as damage_per_problem")
    customers_at_risk: float = figure("Customers expected to be lost.", "customers", method="problem_customers · damage_per_problem")
    customers_at_risk_low: float = figure("Every input at its best end for us.", "customers", method="as customers_at_risk")
    customers_at_risk_high: float = figure("Every input at its worst end for us.", "customers", method="as customers_at_risk")
    customer_value_basis: str = pa.Field(isin=BASES, description="What V rests on.")
    margin_at_risk_amount: Money = amount("Yearly margin of these customers; negative where they are won rather than lost.")
    margin_at_risk_low_amount: Money = amount("Every input at its best end for us.")
    margin_at_risk_high_amount: Money = amount("Every input at its worst end for us.")
    basis: str = pa.Field(isin=BASES, description="Weakest basis of all inputs.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on asked_n.")

    class Config:
        name = "kpi.revenue_at_risk_monthly"
        unique = ["month_on", "problem_type", "segment"]
        metadata = {
            "cohort": "answered_in",
            "source": "CTMA market damage model; Goodman & Newman 2003",
            "owner": "team:finance",
        }
