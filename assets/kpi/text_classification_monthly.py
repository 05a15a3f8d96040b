"""How much of what customers wrote the taxonomy knows, by month."""

import narwhals as nw

from assets.derivation import AddsUp, by_month, derive, month_of
from assets.expressions import count_where, row_status, share_with_interval
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.text_labels import TextLabels
from schemas.kpi.text_classification_monthly import TextClassificationMonthly
from schemas.projection import columns, grain
from schemas.vocabulary import UNKNOWN


@derive(
    TextClassificationMonthly,
    unit=("month_on",),
    uses=("small_sample",),
    adds_up=(AddsUp("text_count", "labels", nw.len()),),
    labels=by_month(TextLabels, "written_on"),
)
def text_classification_monthly(labels: Lazy, parameters: Parameters) -> Lazy:
    """Count the texts by who says what they are about."""
    return (
        labels.with_columns(month_on=month_of("written_on"), language=nw.coalesce(nw.col("language"), nw.lit(UNKNOWN)))
        .group_by(*grain(TextClassificationMonthly))
        .agg(
            text_count=nw.len().cast(nw.Int64),
            by_rule_count=count_where(nw.col("method") == "rule"),
            by_model_count=count_where(nw.col("method") == "model"),
            unclassified_count=count_where(nw.col("method") == "none"),
        )
        .with_columns(
            **share_with_interval("unclassified", "unclassified_count", "text_count"),
            status=row_status("text_count", parameters.small_sample),
        )
        .select(*(column.name for column in columns(TextClassificationMonthly)))
    )
