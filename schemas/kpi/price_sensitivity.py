"""How much of a price rise the quality of service carries, by quarter, experience tier and rise."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, figure, share
from schemas.table import Table
from schemas.vocabulary import EXPERIENCE_TIERS, ROW_STATUSES


class PriceSensitivity(Table):
    """Who finds the price unfair, who would stay at a higher one, and what a rise would then bring, by how customers were served.

    Cohort: answered_in, the quarter of the survey answer; each customer at most once a month (see core.experiences). Tiers are made of
    experiences, the best served first: `no_problem`; `recovered` (told us, left satisfied); `not_recovered` (told us, left mollified or
    dissatisfied: both lose loyalty); `unheard` (told nobody, or reached nobody); `unknown` (told us and do not say how it was handled, or
    do not say whether they told us). Together they are all who were asked. A tier that nobody is in has no row.

    One row for each rise of the setting `price_rises`. All that does not hang on the rise (`response_count`, who finds the price unfair,
    `price_problem_ratio`) stands alike on the rows of all rises: never add over rises.

    * `unfair_share`: dissatisfied with the price (bottom boxes) among those who rate it. `price_problem_ratio` is this share of all
      customers with a problem, whatever their tier, over that of customers without: the same on every row of a quarter. Its interval is
      that of the log ratio (Katz et al., Biometrics 1978): ratio · exp(± z · √(1/a − 1/n1 + 1/b − 1/n0)). Null where nobody without a
      problem finds the price unfair; where nobody with one does, the ratio is 0 and has no interval.
    * `premium_share`: would stay at this rise or at a higher one, among those who say up to which rise they would. With loss = 1 −
      premium_share, the `revenue_index` of the rise is (1 + rise) · (1 − loss): above 1 the tier would bring more revenue than at today's
      price. It counts every customer alike, whatever they spend, and takes cost, competitors and whoever leaves anyway for unchanged.
      Its ends are those of the share's interval.

    No cause is claimed. Satisfied customers tolerate higher prices, but level and change of satisfaction point in different directions
    (Anderson, Marketing Letters 1996), dear customers may be served better, and what people say they would pay is not what they do.
    """

    quarter_on: dt.date = pa.Field(description="First day of the quarter of the answers.")
    experience_tier: str = pa.Field(isin=EXPERIENCE_TIERS, description="How the customers were served.")
    price_rise: float = pa.Field(gt=0, description="The rise of the price; 0.05 is five percent.", metadata={"unit": "ratio"})
    response_count: int = count("Customers of the tier who were asked, once a month.", "responses")
    price_n: int = count("Of these, rated the price.", "responses")
    unfair_count: int = count("Of these, find it unfair.", "responses")
    unfair_share: float = share("Share that finds the price unfair.", "unfair_count / price_n")
    unfair_share_ci_low: float = bound("unfair_share", "low")
    unfair_share_ci_high: float = bound("unfair_share", "high")
    price_problem_ratio: float = figure(
        "Unfair share of customers with a problem over that of those without; the same on every row of a quarter.",
        "ratio",
        method="unfair_count / price_n of all other tiers, over that of no_problem",
    )
    price_problem_ratio_ci_low: float = figure("Low end of its 95 % Katz interval.", "ratio", method="Katz log ratio")
    price_problem_ratio_ci_high: float = figure("High end.", "ratio", method="Katz log ratio")
    price_rise_n: int = count("Of all in the tier, said up to which rise they would stay.", "responses")
    accept_count: int = count("Of these, would stay at this rise.", "responses")
    premium_share: float = share("Share that would stay at this rise.", "accept_count / price_rise_n")
    premium_share_ci_low: float = bound("premium_share", "low")
    premium_share_ci_high: float = bound("premium_share", "high")
    revenue_index: float = figure("Revenue after the rise, that before it being 1.", "ratio", method="(1 + price_rise) * premium_share")
    revenue_index_ci_low: float = figure("Low end.", "ratio", method="(1 + price_rise) * premium_share_ci_low")
    revenue_index_ci_high: float = figure("High end.", "ratio", method="(1 + price_rise) * premium_share_ci_high")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on price_rise_n.")

    class Config:
        name = "kpi.price_sensitivity"
        unique = ["quarter_on", "experience_tier", "price_rise"]
        metadata = {
            "cohort": "answered_in",
            "source": "Anderson 1996; Katz et al. 1978; TARP",
            "owner": "team:customer-insight",
        }
