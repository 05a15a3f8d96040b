"""How confident customers are, by month and segment: one index, chained over changes of the questions."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise

import narwhals as nw
import polars as pl

from assets.derivation import Whole, derive, month_of
from assets.expressions import count_where, row_status, share_with_interval
from assets.frames import Eager, Lazy
from assets.parameters import Parameters
from assets.statistics.confidence import chain, relative_score
from schemas.core.answers import Answers
from schemas.kpi.customer_confidence_index_monthly import CustomerConfidenceIndexMonthly
from schemas.projection import columns

Month = dt.date
Counts = tuple[int, int, int]
"""Favourable, unfavourable, all answers."""
Series = dict[Month, dict[str, Counts]]
"""Counts by month and item, of one segment or of all."""

CELLS = ("month_on", "segment", "question")
ROW = (
    *("month_on", "segment", "answer_count", "favourable_count", "unfavourable_count", "items", "score_total"),
    *("confidence_index", "overall_index", "base_month_on", "is_linked", "gap_reason"),
)


@derive(CustomerConfidenceIndexMonthly, uses=("small_sample", "confidence_base_month"), answers=Whole(Answers))
def customer_confidence_index_monthly(answers: Lazy, parameters: Parameters) -> Eager:
    """Score every statement in every month and segment, and chain the months."""
    counted = (
        answers.filter((nw.col("metric") == "confidence") & ~nw.col("is_top_box").is_null() & ~nw.col("is_superseded"))
        .with_columns(month_on=month_of("answered_on"))
        .group_by(*CELLS)
        .agg(good=count_where(nw.col("is_top_box")), bad=count_where(nw.col("is_bottom_box")), n=nw.len().cast(nw.Int64))
        .collect("polars")
    )
    by_segment: dict[str, Series] = {}
    overall: Series = {}
    for month, segment, item, good, bad, n in counted.select(*CELLS, "good", "bad", "n").iter_rows():
        by_segment.setdefault(segment, {}).setdefault(month, {})[item] = (good, bad, n)
        whole = overall.setdefault(month, {})
        known = whole.get(item, (0, 0, 0))
        whole[item] = (known[0] + good, known[1] + bad, known[2] + n)
    base = parameters.confidence_base_month or _first_full_month(overall, parameters.small_sample)
    of_all = _indices(overall, overall, base)
    rows = [row for segment, series in sorted(by_segment.items()) for row in _rows(segment, series, overall, base, of_all)]
    named = columns(CustomerConfidenceIndexMonthly)
    frame = pl.DataFrame(
        rows, schema={column.name: column.dtype for column in named if column.name in ROW} | {"fewest": pl.Int64}, orient="row"
    )
    return (
        nw.from_native(frame, eager_only=True)
        .with_columns(
            **share_with_interval("favourable", "favourable_count", "answer_count"), status=row_status("fewest", parameters.small_sample)
        )
        .select(*(column.name for column in named))
    )


def _first_full_month(overall: Series, enough: int) -> Month | None:
    """The first month in which every item has enough answers."""
    return min((month for month, items in overall.items() if all(n >= enough for *_, n in items.values())), default=None)


def _indices(series: Series, overall: Series, base: Month | None) -> Mapping[Month, float | None]:
    """The index of each month in which every item of the month was answered; none where such a month is missing as base."""
    full = sorted(month for month in series if series[month].keys() == overall[month].keys())
    if base not in full:
        return {}
    scores = [{item: relative_score(*counts) or 0 for item, counts in series[month].items()} for month in full]
    return dict(zip(full, chain(scores, full.index(base)), strict=True))


def _rows(
    segment: str, series: Series, overall: Series, base: Month | None, of_all: Mapping[Month, float | None]
) -> Sequence[tuple[object, ...]]:
    changed = {after for before, after in pairwise(sorted(overall)) if overall[before].keys() != overall[after].keys()}
    indices = _indices(series, overall, base)
    rows = []
    for month, items in sorted(series.items()):
        asked = sorted(overall[month])
        is_full = len(items) == len(asked)
        gap = "items_missing" if not is_full else "no_base" if month not in indices else None if indices[month] is not None else "no_link"
        good, bad, n = (sum(counts[place] for counts in items.values()) for place in range(3))
        scores = [relative_score(*counts) or 0 for counts in items.values()]
        rows.append(
            (
                *(month, segment, n, good, bad, ", ".join(asked), float(sum(scores)) if is_full else None),
                *(indices.get(month), of_all.get(month), base if of_all else None, month in changed, gap),
                min(counts[2] for counts in items.values()) if is_full else 0,
            )
        )
    return rows
