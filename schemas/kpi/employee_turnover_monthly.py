"""How many employees leave, by month and team."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import amount, bound, count, figure, share
from schemas.table import Money, Table
from schemas.vocabulary import BASES, ROW_STATUSES


class EmployeeTurnoverMonthly(Table):
    """How many employees leave each team, beside how its customers rated the service.

    Cohort: employed_in. A separation is the last day in the team, for whatever reason, a move to another team included; people who come
    and go within a month are hired and separated in it. ``turnover = separations / average headcount``, the average of the
    headcounts before the first and after the last day of the month; `annual_turnover` is twelve times that. Over several rows
    the formulas give the rate of an average month, over several teams that of all of them. A new hire left within 90 days.
    Months go up to the end of the data; separations known for later are not counted, and a month that has not ended is immature.
    The table is computed whole, because an employment spans many months.

    Quality is that of contacts that came by a call which the team answered, by month of the contact: CSAT, and first contact resolution
    (`fcr_gross` of first_contact_resolution_daily); where no call leads to a ticket there is none. A contact whose calls several teams
    answered counts for each. Handling time is that of all the team's answered calls, by month of the call. What stands side by side here
    is an association at most; employee_turnover_link says whether later quality goes with turnover.

    ``cost = separations · (hire + train + ramp loss)``: what it costs to fill the place, all three declared. Low and high put every
    one of them at its end; they are bounds, not an interval. A place that stays empty costs as much here as one that is filled.
    """

    month_on: dt.date = pa.Field(description="First day of the month.")
    team: str = pa.Field(description="Team; `unknown` where the source does not say.")
    opening_count: int = count("Employees before the first day.", "employees")
    hire_count: int = count("Employees whose first day in the team lies in the month.", "employees")
    separation_count: int = count("Employees whose last day in the team lies in the month.", "employees")
    voluntary_count: int = count("Of these, by their own decision.", "employees")
    new_hire_separation_count: int = count("Of all separations, within 90 days of the first day.", "employees")
    closing_count: int = count("Employees after the last day.", "employees")
    turnover: float = figure("Separations per employee in the month.", "ratio", "2.0 * separation_count / (opening_count + closing_count)")
    annual_turnover: float = figure("Likewise, twelve times.", "ratio", "24.0 * separation_count / (opening_count + closing_count)")
    annual_voluntary_turnover: float = figure(
        "Voluntary separations per employee, twelve times.", "ratio", "24.0 * voluntary_count / (opening_count + closing_count)"
    )
    new_hire_share: float = share("Share of separations that are of new hires.", "new_hire_separation_count / separation_count")
    new_hire_share_ci_low: float = bound("new_hire_share", "low")
    new_hire_share_ci_high: float = bound("new_hire_share", "high")
    csat_n: int = count("CSAT answers about the team's contacts.", "answers")
    csat_satisfied: int = count("Of these, in the top boxes.", "answers")
    csat_top2: float = share("Share of satisfied answers.", "csat_satisfied / csat_n")
    csat_top2_ci_low: float = bound("csat_top2", "low")
    csat_top2_ci_high: float = bound("csat_top2", "high")
    judged_count: int = count("Mature contacts of the team of which it is known whether they were resolved.", "contacts")
    resolved_count: int = count("Of these, resolved the first time.", "contacts")
    fcr_gross: float = share("Share resolved the first time.", "resolved_count / judged_count")
    fcr_gross_ci_low: float = bound("fcr_gross", "low")
    fcr_gross_ci_high: float = bound("fcr_gross", "high")
    handled_call_count: int = count("Answered calls of which the handling time is known.", "calls")
    handled_seconds_sum: int = count("Handling time of these.", "seconds")
    handled_seconds_mean: float = figure("Mean handling time.", "seconds", "handled_seconds_sum / handled_call_count")
    turnover_cost_amount: Money = amount("What the separations cost.")
    turnover_cost_low_amount: Money = amount("Likewise, every declared input at its low end.")
    turnover_cost_high_amount: Money = amount("Likewise, every declared input at its high end.")
    turnover_cost_basis: str = pa.Field(isin=BASES, description="Weakest basis of hire, training and ramp loss.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the turnover may be read; judged on the average headcount.")

    class Config:
        name = "kpi.employee_turnover_monthly"
        unique = ["month_on", "team"]
        metadata = {"cohort": "employed_in", "source": "SHRM turnover rate", "owner": "team:people"}
