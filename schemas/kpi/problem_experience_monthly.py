"""How many customers have problems, and how many never tell us, by month, problem type and segment."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, figure, share
from schemas.table import Table
from schemas.vocabulary import ROW_STATUSES


class ProblemExperienceMonthly(Table):
    """Which problems customers say they had, whether they told us, and how those who did were left.

    Cohort: answered_in, the month of the survey answer. A customer counts once a month, with the gravest problem (see core.experiences),
    so that the rows of a month and segment add up to all who were asked; those without a problem have a row of their own,
    `no_problem`. `asked_n` is that total on every row: never add it over types.

    Complainants reached some touchpoint; *silent* customers told nobody of us; *blocked* ones tried and reached nobody. Who does not say
    is in `unsaid_count` and in no rate. `non_complaint_rate` is the share of silent and blocked among those who say (1 − c). The
    multiplier says how many problems stand behind a complaint (1 / c); the ends of its interval are those of c, turned around. It
    extrapolates what customers say they told us, not the tickets that were recorded.
    """

    month_on: dt.date = pa.Field(description="First day of the month of the answer.")
    problem_type: str = pa.Field(description="The gravest problem, by its declared word; no_problem where there was none.")
    segment: str = pa.Field(description="The customer's current segment.")
    customer_count: int = count("Customers with this as their gravest problem.", "customers")
    asked_n: float = pa.Field(
        ge=0,
        description="Customers of the month and segment who were asked; the same for every type.",
        metadata={"unit": "customers", "method": "sum of customer_count over all types"},
    )
    problem_rate: float = share("Share of those asked (p).", method="customer_count / asked_n")
    problem_rate_ci_low: float = bound("problem_rate", "low")
    problem_rate_ci_high: float = bound("problem_rate", "high")
    complained_count: int = count("Of these customers, told us.", "customers")
    silent_count: int = count("Told nobody of us.", "customers")
    blocked_count: int = count("Tried to tell us and reached nobody.", "customers")
    unsaid_count: int = count("Do not say.", "customers")
    non_complaint_rate: float = share(
        "Share of which we never hear (1 − c).", "(silent_count + blocked_count) / (complained_count + silent_count + blocked_count)"
    )
    non_complaint_rate_ci_low: float = bound("non_complaint_rate", "low")
    non_complaint_rate_ci_high: float = bound("non_complaint_rate", "high")
    multiplier: float = figure(
        "Problems behind each complaint; null without complaints.",
        "problems per complaint",
        "(complained_count + silent_count + blocked_count) / complained_count",
    )
    multiplier_ci_low: float = figure("Low end of its 95 % interval.", "problems per complaint", method="1 / c at its high end")
    multiplier_ci_high: float = figure("High end; null without complaints.", "problems per complaint", method="1 / c at its low end")
    satisfied_count: int = count("Of those who told us, left satisfied.", "customers")
    mollified_count: int = count("Left neither satisfied nor dissatisfied.", "customers")
    dissatisfied_count: int = count("Left dissatisfied.", "customers")
    unrated_count: int = count("Do not say how it was handled.", "customers")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on asked_n.")

    class Config:
        name = "kpi.problem_experience_monthly"
        unique = ["month_on", "problem_type", "segment"]
        metadata = {"cohort": "answered_in", "source": "Goodman & Newman 2003; CTMA", "owner": "team:customer-insight"}
