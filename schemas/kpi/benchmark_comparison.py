"""Our figures beside those of others."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi import figures
from schemas.table import Table
from schemas.vocabulary import BASES, COMPARISONS, ROW_STATUSES


class BenchmarkComparison(Table):
    """How a figure of ours lies to a benchmark in each month, and whether the difference is more than chance.

    Cohort: that of the figure's own table. Compared are the figures of satisfaction_daily, first_contact_resolution_daily,
    ticket_times_daily and cost_per_sale_monthly that are formulas over additive columns: the columns are summed over the month, then
    divided; medians and percentiles cannot be. A benchmark for a segment of ours is held against that segment, any other
    (an industry, a peer group, all) against the whole company.

    A figure is known by the key `<table>.<figure>`, such as `satisfaction_daily.csat_top2`, and a benchmark is compared only if it
    was published under that definition; a benchmark with another one, or of a figure that is not compared, is `not_comparable`, and no
    number of ours stands beside it. The latter stands in the last month of its period. A benchmark whose period ended more than
    `benchmark_stale_days` before the end of our month is `stale`.

    *Above* and *below* say on which side of the benchmark our whole 95 % interval lies; which side is good depends on the figure.
    The benchmark is taken as exact. Shares have Wilson's interval, also mean scores, for which it is rather too wide; NPS has the adjusted
    Wald interval. Costs and times are counted whole, not sampled: they have no interval and are compared as they are.

    `score` says where our figure lies between the quartiles of the others: 0 at the worse one or beyond, 1 at the better one or beyond;
    null where they are not published. Of times and costs the lower quartile is the better one. ``balanced_score = Σ w·score / Σ w``
    (a scorecard as MetricNet's) is that of the month over all its figures with a score, and stands on each row of the month.
    Every figure weighs 1 unless `score_weights` says otherwise; several benchmarks of one figure share its weight; immature figures
    do not enter. Months with other figures in it do not compare. The table is computed whole.
    """

    month_on: dt.date = pa.Field(description="First day of the month.")
    source: str = pa.Field(description="File or service the benchmark comes from.")
    source_record_id: str = pa.Field(description="The benchmark.")
    kpi: str = pa.Field(description="Table of our figure, without its layer.")
    figure: str = pa.Field(description="Our figure, by its column.")
    segment: str = pa.Field(description="Segment, industry or peer group of the benchmark; `all` where it holds for every one.")
    definition: str = pa.Field(description="Key of the definition that the publisher computed by.")
    value: float = figures.figure("Our figure.", "as the figure", method="its formula over the month's sums; null when not comparable")
    value_ci_low: float = figures.figure("Low end of its 95 % interval; null where it is counted whole.", "as the figure", method="Wilson")
    value_ci_high: float = figures.figure(
        "High end of its 95 % interval; null where it is counted whole.", "as the figure", method="Wilson"
    )
    n: int = figures.number(
        "What our figure divides by; null where that is money.", "as the figure's denominator", method="sum over the month"
    )
    benchmark_value: float = figures.figure("The figure of the others.", "as the figure", method="as published")
    lower_quartile: float = figures.figure("A quarter of the others lie below it.", "as the figure", method="as published")
    upper_quartile: float = figures.figure("A quarter of the others lie above it.", "as the figure", method="as published")
    gap: float = figures.figure(
        "Our figure less theirs; null when not comparable or stale.", "as the figure", method="value - benchmark_value"
    )
    score: float = figures.share(
        "Where our figure lies between the others' worse and better quartile.", method="(value - worst) / (best - worst)"
    )
    balanced_score: float = figures.share("The month's scores together.", method="weighted mean of score over the month's figures")
    balanced_figure_count: int = figures.number("Figures in it.", "figures", method="distinct figures with a score in the month")
    balanced_basis: str = pa.Field(nullable=True, isin=BASES, description="Weakest basis of the benchmarks in it; null without any.")
    verdict: str = pa.Field(nullable=True, isin=COMPARISONS, description="How ours lies to theirs; null without a figure of ours.")
    basis: str = pa.Field(isin=BASES, description="What the benchmark rests on.")
    status: str = pa.Field(
        isin=ROW_STATUSES, description="How our figure may be read; judged on n, and immature while contacts of the month are."
    )

    class Config:
        name = "kpi.benchmark_comparison"
        unique = ["month_on", "source", "source_record_id"]
        metadata = {"cohort": "that of the figure", "source": "MetricNet", "owner": "team:customer-insight"}
