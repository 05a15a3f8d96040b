"""Answers of employees."""

import narwhals as nw

from assets.derivation import RECORD, by_record, derive
from assets.frames import Lazy
from schemas.core.employee_answers import EmployeeAnswers
from schemas.projection import columns
from schemas.raw.employee_answers import RawEmployeeAnswers
from schemas.vocabulary import UNKNOWN


@derive(EmployeeAnswers, unit=RECORD, answers=by_record(RawEmployeeAnswers))
def employee_answers(answers: Lazy) -> Lazy:
    """Put every rating on one scale, and leave the respondent behind."""
    span = nw.col("scale_high") - nw.col("scale_low")
    from_worst = (
        nw.when(nw.col("is_reversed")).then(nw.col("scale_high") - nw.col("value")).otherwise(nw.col("value") - nw.col("scale_low"))
    )
    return (
        answers.with_columns(span=span, from_worst=from_worst)
        .with_columns(
            score_points=nw.when(nw.col("span") > 0).then((nw.col("from_worst") * 10_000 / nw.col("span") + 0.5).floor()).cast(nw.Int64),
            team=nw.coalesce(nw.col("team"), nw.lit(UNKNOWN)),
        )
        .select(*(column.name for column in columns(EmployeeAnswers)))
    )
