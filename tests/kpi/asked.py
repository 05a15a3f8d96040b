"""A survey about problems, and the tables of damage computed from it by the real functions, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import polars as pl

from assets.frames import Lazy
from assets.kpi.loyalty_by_experience import loyalty_by_experience
from assets.kpi.problem_experience_monthly import problem_experience_monthly
from assets.kpi.revenue_at_risk_monthly import revenue_at_risk_monthly
from assets.parameters import Assumption, Parameters
from schemas.core.customers import Customers
from schemas.core.experiences import Experiences
from schemas.kpi.loyalty_by_experience import LoyaltyByExperience
from schemas.kpi.problem_experience_monthly import ProblemExperienceMonthly
from schemas.kpi.revenue_at_risk_monthly import RevenueAtRiskMonthly
from tests.core.rows import lazy, table
from tests.kpi.rows import Row, experience
from tests.kpi.stored import stored


def certain(value: float, basis: str = "assumed") -> Assumption:
    return Assumption.model_validate({"value": value, "low": value, "high": value, "basis": basis, "source": "a test"})


WORTH_1000: Mapping[str, Assumption] = {"customer_value": certain(1000)}


def clients(size: int, segment: str = "gold", **given: Any) -> pl.DataFrame:
    """So many customers of a segment."""
    since = pl.lit(given.get("since"), dtype=pl.Date)
    return pl.select(customer_key=pl.int_range(size).cast(pl.String) + segment).with_columns(
        segment=pl.lit(segment), region=pl.lit("unknown"), customer_since_on=since, record_count=pl.lit(1, dtype=pl.Int64)
    )


def had(word: str, *became: str | None, **given: Any) -> list[Row]:
    """Anonymous customers with a problem, and what became of each."""
    return [experience(**{"problem_type": word, "problem_count": 1, "experience": one, "customer_key": None, **given}) for one in became]


def untroubled(size: int, **given: Any) -> list[Row]:
    return [experience(**{"customer_key": None, **given})] * size


@dataclass
class Survey:
    """What was asked, of how many customers."""

    rows: list[Row]
    customers: pl.DataFrame = field(default_factory=lambda: clients(100_000))

    @property
    def experiences(self) -> Lazy:
        return lazy(Experiences, *(dict(row, source_record_id=str(place)) for place, row in enumerate(self.rows)))

    def at_risk(self, parameters: Parameters) -> pl.DataFrame:
        problems = stored(ProblemExperienceMonthly, problem_experience_monthly(self.experiences, parameters))
        loyalty = stored(LoyaltyByExperience, loyalty_by_experience(self.experiences, parameters))
        customers = pl.concat([table(Customers), self.customers.select(table(Customers).columns)])
        frames = (nw.from_native(frame.lazy()) for frame in (problems, loyalty, customers))
        return stored(RevenueAtRiskMonthly, revenue_at_risk_monthly(*frames, parameters))
