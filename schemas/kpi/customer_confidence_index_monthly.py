"""How confident customers are, by month and segment."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, figure, share
from schemas.table import Table
from schemas.vocabulary import CONFIDENCE_GAPS, ROW_STATUSES


class CustomerConfidenceIndexMonthly(Table):
    """One index over the statements of confidence, 100 in the base month.

    Cohort: answered_in; answers to questions of the metric `confidence` that no later response replaced. Each question is an
    item with the relative score ``X = floor(100 + %favourable − %unfavourable + 0.5)``; neutral answers stay in the
    denominator, so X runs from 0 to 200. ``index = 100·ΣX / ΣX(base month)``, as the University of Michigan computes its index.

    *Items.* A month's items are those that anybody answered. When the items change from one month to the next, the index is chained
    over the items that both months have, so the change itself moves nothing; `is_linked` marks such a month. With no item in common
    the months cannot be compared, and beyond the break there is no index. A segment has an index only in months in which it
    answered every item; it is then chained to its last such month.

    *Base month.* As set (`confidence_base_month`); else the first month in which every item has enough answers over all segments.
    Set it to fix it: history that arrives late can bring an earlier one.

    There is no row for all segments, so that counts add up; the index over all answers of the month stands on each of its
    rows as `overall_index`. An index cannot be re-aggregated from those of segments; `favourable` can. The table is computed
    whole, because every index rests on other months.
    """

    month_on: dt.date = pa.Field(description="First day of the month.")
    segment: str = pa.Field(description="The customers' current segment.")
    answer_count: int = count("Answers to statements of confidence.", "answers")
    favourable_count: int = count("Of these, favourable.", "answers")
    unfavourable_count: int = count("Of these, unfavourable.", "answers")
    favourable: float = share("Share of favourable answers.", "favourable_count / answer_count")
    favourable_ci_low: float = bound("favourable", "low")
    favourable_ci_high: float = bound("favourable", "high")
    items: str = pa.Field(description="Questions that were asked in the month, in order, separated by commas.")
    score_total: float = figure(
        "Sum of the items' scores X in the segment.", "points of 200 an item", method="null unless all are answered"
    )
    confidence_index: float = figure("Index of the segment; 100 in the base month.", "index", method="100 ΣX / ΣX(base), chain-linked")
    overall_index: float = figure("Index over all segments.", "index", method="100 ΣX / ΣX(base), chain-linked")
    base_month_on: dt.date = pa.Field(nullable=True, description="Month in which the index is 100; null where there is none.")
    is_linked: bool = pa.Field(description="The items are not those of the month before it with answers.")
    gap_reason: str = pa.Field(nullable=True, isin=CONFIDENCE_GAPS, description="Why there is no confidence_index.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on the item with the fewest answers.")

    class Config:
        name = "kpi.customer_confidence_index_monthly"
        unique = ["month_on", "segment"]
        metadata = {
            "cohort": "answered_in",
            "source": "University of Michigan Index of Consumer Sentiment; BSE/CMIE",
            "owner": "team:customer-insight",
        }
