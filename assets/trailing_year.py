"""The twelve months up to the last one asked about, and what is brought from them to a year."""

import narwhals as nw

from assets.damage import weakest_of
from assets.expressions import ratio
from assets.frames import Lazy
from assets.parameters import Assumption, Parameters

WHOLE = "of_all"
"""Has the same value on every row, to join and to sum by."""
MONTHS = 12.0


def span_of(at_risk: Lazy) -> Lazy:
    """One row: the first and last month, and how many months in between were asked about; none where nothing was asked."""
    months = at_risk.select("month_on", **{WHOLE: nw.lit(1)}).unique().with_columns(last_on=nw.col("month_on").max().over(WHOLE))
    return (
        months.with_columns(before_on=nw.col("last_on").dt.offset_by("-12mo").cast(nw.Date))
        .filter(nw.col("month_on") > nw.col("before_on"))
        .group_by(WHOLE)
        .agg(from_on=nw.col("month_on").min(), to_on=nw.col("month_on").max(), month_count=nw.len())
        .with_columns(to_year=ratio(nw.lit(MONTHS), nw.col("month_count")))
    )


def within(rows: Lazy, span: Lazy, month: str = "month_on") -> Lazy:
    """The rows of these months, with the factor that brings their sum to a year (`to_year`)."""
    return (
        rows.with_columns(**{WHOLE: nw.lit(1)})
        .join(span, on=WHOLE, how="inner")
        .filter((nw.col(month) >= nw.col("from_on")) & (nw.col(month) <= nw.col("to_on")))
    )


def contact_cost(costs: Lazy, span: Lazy, assumed: Assumption) -> Lazy:
    """One row: what a contact cost in these months, else what it is assumed to; with its ends and its basis."""
    spent = (
        within(costs, span)
        .group_by(WHOLE)
        .agg(cost=nw.col("service_cost_amount").sum().cast(nw.Float64), contacts=nw.col("contact_count").sum())
        .with_columns(measured=nw.when(nw.col("cost") > 0).then(ratio(nw.col("cost"), nw.col("contacts"))))
    )
    ends = {"contact_cost": assumed.value, "contact_cost_low": assumed.low, "contact_cost_high": assumed.high}
    return (
        span.select(WHOLE)
        .join(spent, on=WHOLE, how="left")
        .select(
            WHOLE,
            **{name: nw.coalesce(nw.col("measured"), nw.lit(end)) for name, end in ends.items()},
            contact_cost_basis=nw.when(nw.col("measured").is_null()).then(nw.lit(assumed.basis)).otherwise(nw.lit("measured")),
        )
    )


def declared_basis(parameters: Parameters, *names: str) -> dict[str, nw.Expr]:
    """The bases of some assumptions as columns."""
    return {f"{name}_basis": nw.lit(parameters.assumption(name).basis) for name in names}


def weakest_basis(*names: str) -> nw.Expr:
    """The weakest of the bases of some inputs."""
    return weakest_of(*(f"{name}_basis" for name in names))
