"""Whether later service quality goes with employee turnover."""

import pandera.polars as pa

from schemas.kpi.figures import count, figure, number, share
from schemas.table import Table
from schemas.vocabulary import LINK_GAPS, ROW_STATUSES, TEAM_MEASURES


class EmployeeTurnoverLink(Table):
    """Whether teams that lost people serve differently one to three months later: rank correlation over team-months.

    Cohort: employed_in. A pair is a team's turnover in a month that is over and has a rate, and its measure in the month that many months
    later, once that one is over too and has a value; figures are those of employee_turnover_monthly, whatever they rest on, so that
    months with few answers blur the link. All pairs of all teams and months count together.

    `rho` is Spearman's: 1 where the measure always rises with turnover, −1 where it always falls, ties sharing their mean rank. `p_value`
    is two-sided, by permutation: the share of ways to pair the same numbers that go together as closely. Pairs of one team are not
    independent of each other, which makes p rather too small, and nine rows are nine tries: one in twenty is below 0.05 by chance.

    The link is an association, and an ecological one: it speaks of teams and months, not of the employees who left nor of the customers
    they served, and not of what causes what; a bad month may come before both. It has a table of its own because a row of
    employee_turnover_monthly is one team in one month, and this is said of all of them. Computed whole.
    """

    lag_months: int = pa.Field(ge=1, le=3, description="Months from the turnover to the measure.", metadata={"unit": "months"})
    measure: str = pa.Field(isin=TEAM_MEASURES, description="The measure, by its column of employee_turnover_monthly.")
    pair_count: int = count("Pairs compared.", "pairs")
    team_count: int = number("Teams they are of.", "teams", method="distinct teams")
    rho: float = figure("Spearman's rank correlation of turnover and the later measure.", "ratio", method="Pearson's of the ranks")
    p_value: float = share(
        "Share of pairings that go together as closely.", method="permutation, two-sided; 9,999 drawn where they are many"
    )
    gap_reason: str = pa.Field(nullable=True, isin=LINK_GAPS, description="Why there is no correlation; null where there is one.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on pair_count.")

    class Config:
        name = "kpi.employee_turnover_link"
        unique = ["lag_months", "measure"]
        metadata = {"cohort": "employed_in", "source": "Spearman 1904; Good 2005", "owner": "team:people"}
