"""What preventing problems would pay, by problem type."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import amount, figure, share
from schemas.table import Money, Table
from schemas.vocabulary import BASES, ROW_STATUSES


class ProblemPreventionRoi(Table):
    """What a year of a programme that prevents part of a type's problems would bring, against what it costs.

    ``benefit = N·Δp·damage_per_problem·V + N·Δp·c·cost_per_contact``; ``roi = (benefit − cost) / cost``, null while no cost is declared.

    Cohort: answered_in, the last twelve months that were asked about, of all segments; fewer months are brought to a year. Δp is
    `problem_reduction` times p: the programme prevents the same share of each type. The damage is that of kpi.revenue_at_risk_monthly. The
    cost of a contact is service cost over contacts in the same months (kpi.cost_per_sale_monthly), else declared. Money given back
    for such problems would be saved as well; it is not known by type, and not in here.

    Low and high put the bounds of the damage and every assumption at their worst and best at once. `basis` is the weakest of all inputs.
    The table is computed whole.
    """

    problem_type: str = pa.Field(description="The problem, by its declared word.")
    from_on: dt.date = pa.Field(description="First month that the figures rest on.")
    to_on: dt.date = pa.Field(description="Last month that the figures rest on.")
    asked_n: float = pa.Field(
        ge=0, description="Customers asked, where somebody had the problem.", metadata={"unit": "customers", "method": "sum of asked_n"}
    )
    problem_customers: float = figure("Customers with the problem in a year.", "customers", method="N · p, brought to a year")
    customers_at_risk: float = figure("Customers it is expected to cost in a year.", "customers", method="sum, brought to a year")
    problem_reduction: float = share("Share of these problems that the programme prevents.", method="as declared")
    prevented_customers: float = figure("Customers kept in a year.", "customers", method="customers_at_risk · problem_reduction")
    prevented_margin_amount: Money = amount("Their yearly margin.")
    avoided_contact_amount: Money = amount("Cost of the contacts that would not be needed.")
    prevention_cost_amount: Money = amount("What the programme costs a year.")
    roi: float = figure(
        "Return on the cost of the programme.",
        "ratio",
        "CASE WHEN prevention_cost_amount > 0 THEN (prevented_margin_amount + avoided_contact_amount - prevention_cost_amount) "
        "/ prevention_cost_amount END",
    )
    roi_low: float = figure("Every input at its worst end.", "ratio", method="as roi")
    roi_high: float = figure("Every input at its best end.", "ratio", method="as roi")
    basis: str = pa.Field(isin=BASES, description="Weakest basis of all inputs.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on asked_n.")

    class Config:
        name = "kpi.problem_prevention_roi"
        unique = ["problem_type"]
        metadata = {"cohort": "answered_in", "source": "CTMA market damage model; Goodman & Newman 2003", "owner": "team:finance"}
