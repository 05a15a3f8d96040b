"""Answers, judged on their declared scale: those of surveys, and numbers that answered a message."""

from collections.abc import Mapping

import narwhals as nw

from assets.core.business_day import on_business_day
from assets.core.customer import with_customer
from assets.derivation import RECORD, By, Lookup, Reference, derive
from assets.frames import Lazy
from schemas.core.answers import Answers
from schemas.core.calendar import Calendar
from schemas.core.identities import Identities
from schemas.core.replied_answers import RepliedAnswers
from schemas.projection import columns
from schemas.raw.answers import RawAnswers
from schemas.vocabulary import NO_CHOICE, UNKNOWN

_SATISFIED = {2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 3, 8: 3, 10: 2, 11: 2}
_DISSATISFIED = {2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 2, 8: 2, 10: 2, 11: 2}
_JUDGED_LIKE_CSAT = ("csat", "handling", "repurchase", "access", "price", "driver")
_EITHER_SIDE_OF_THE_MIDDLE = {2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 3, 8: 4, 10: 5, 11: 5}

TOP_BOXES = {
    **dict.fromkeys(_JUDGED_LIKE_CSAT, _SATISFIED),
    "nps": {11: 2},
    "ces": {5: 2, 7: 3},
    "fcr": {2: 1},
    "confidence": _EITHER_SIDE_OF_THE_MIDDLE,
}
"""Number of top boxes by metric and number of scale points (Zencity; QuestionPro for ten points)."""

BOTTOM_BOXES = {
    **dict.fromkeys(_JUDGED_LIKE_CSAT, _DISSATISFIED),
    "nps": {11: 7},
    "ces": {5: 2, 7: 3},
    "fcr": {2: 1},
    "confidence": _EITHER_SIDE_OF_THE_MIDDLE,
}

BALLOT = nw.coalesce(
    nw.concat_str([nw.lit("invite:"), nw.col("invite_id")]),
    nw.concat_str([nw.lit("response:"), nw.col("source_record_id")]),
)
"""What one customer is asked to fill in once; the prefix keeps invite ids and response ids apart."""


GIVEN = (
    *("source", "source_record_id", "question", "ballot", "metric", "value", "scale_low", "scale_high", "is_reversed", "answered_at"),
    *("choice", "is_complete", "channel", "touchpoint", "ticket_ref", "customer_ref"),
)
"""What is judged of an answer, wherever it was given."""


@derive(
    Answers,
    unit=("source", "ballot"),
    answers=By(RawAnswers, noted=RECORD, unit={"source": nw.col("source"), "ballot": BALLOT}),
    replied=By(RepliedAnswers, noted=("source", "ballot"), unit={"source": nw.col("source"), "ballot": nw.col("ballot")}),
    identities=Lookup(Identities, key="customer_ref", carrier="answers", carrier_key="customer_ref"),
    calendar=Reference(Calendar),
)
def answers(answers: Lazy, replied: Lazy, identities: Lazy, calendar: Lazy) -> Lazy:
    """Judge every answer, give it its customer and its day, and mark those that a later response replaced."""
    span = nw.col("scale_high") - nw.col("scale_low")
    from_best = nw.when(nw.col("is_reversed")).then(nw.col("value") - nw.col("scale_low")).otherwise(nw.col("scale_high") - nw.col("value"))
    given = nw.concat([answers.with_columns(ballot=BALLOT).select(*GIVEN), _as_given(replied)], how="vertical")
    judged = given.with_columns(span=span, from_best=from_best).with_columns(
        score_points=((nw.col("span") - nw.col("from_best")) * 10_000 / nw.col("span") + 0.5).floor().cast(nw.Int64),
        is_top_box=nw.col("from_best") <= _boxes(TOP_BOXES) - 1,
        is_bottom_box=nw.col("span") - nw.col("from_best") <= _boxes(BOTTOM_BOXES) - 1,
        last_answered_at=nw.col("answered_at").max().over("source", "ballot", "question"),
    )
    last = nw.when(nw.col("answered_at") == nw.col("last_answered_at")).then(nw.col("source_record_id"))
    judged = judged.with_columns(last=last).with_columns(last=nw.col("last").max().over("source", "ballot", "question"))
    return (
        judged.pipe(on_business_day, "answered_at", "answered_on", calendar)
        .pipe(with_customer, identities)
        .with_columns(
            touchpoint=nw.coalesce(nw.col("touchpoint"), nw.lit(UNKNOWN)),
            choice=nw.coalesce(nw.col("choice"), nw.lit(NO_CHOICE)),
            is_superseded=nw.col("source_record_id") != nw.col("last"),
        )
        .select(*(column.name for column in columns(Answers)))
    )


def _as_given(replied: Lazy) -> Lazy:
    """Write the numbers that answered a message as a survey's answers; a customer's key is one of the customer's references."""
    nothing = nw.lit(None, dtype=nw.String)
    is_whole = nw.lit(value=True)
    return replied.with_columns(is_complete=is_whole, choice=nothing, ticket_ref=nothing, customer_ref=nw.col("customer_key")).select(
        *GIVEN
    )


def _boxes(table: Mapping[str, Mapping[int, int]]) -> nw.Expr:
    """Number of boxes by metric and scale; an undeclared combination gives null and is refused in the settings."""
    boxes = nw.lit(None, dtype=nw.Float64)
    for by_points in {id(by_points): by_points for by_points in table.values()}.values():
        metrics = [metric for metric, judged in table.items() if judged is by_points]
        for points, count in by_points.items():
            matches = nw.col("metric").is_in(metrics) & (nw.col("span") == float(points - 1))
            boxes = nw.when(matches).then(nw.lit(float(count))).otherwise(boxes)
    return boxes
