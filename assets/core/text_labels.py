"""What customers wrote about, by the company's own taxonomy."""

from collections.abc import Callable

import narwhals as nw

from assets.core import texts as of
from assets.core.business_day import on_business_day
from assets.derivation import By, Reference, derive
from assets.frames import Lazy
from assets.parameters import Parameters
from assets.taxonomy import Rule, in_order
from schemas.core.calendar import Calendar
from schemas.core.text_labels import TextLabels
from schemas.core.text_predictions import TextPredictions
from schemas.projection import columns


@derive(
    TextLabels,
    unit=of.UNIT,
    uses=("taxonomy",),
    answers=of.ANSWERS,
    messages=of.MESSAGES,
    tickets=of.TICKETS,
    predictions=By(TextPredictions, noted=of.UNIT, unit={column: nw.col(column) for column in of.UNIT}),
    calendar=Reference(Calendar),
)
def text_labels(answers: Lazy, messages: Lazy, tickets: Lazy, predictions: Lazy, calendar: Lazy, parameters: Parameters) -> Lazy:
    """Find the first rule that hits each text, and what that rule says; where none hits, take the classifier's category."""
    rules = in_order(parameters.taxonomy)
    return (
        of.texts(answers, messages, tickets)
        .join(predictions.rename({"category": "predicted"}).drop("confidence"), on=list(of.UNIT), how="left")
        .pipe(on_business_day, "written_at", "written_on", calendar)
        .with_columns(rule=_first_hit(rules))
        .with_columns(
            category=nw.coalesce(_said(rules, lambda rule: rule.category), nw.col("predicted")),
            severity=_said(rules, lambda rule: rule.severity),
            touchpoint=_said(rules, lambda rule: rule.touchpoint),
        )
        .with_columns(
            method=nw.when(~nw.col("rule").is_null())
            .then(nw.lit("rule"))
            .otherwise(nw.when(nw.col("category").is_null()).then(nw.lit("none")).otherwise(nw.lit("model")))
        )
        .select(*(column.name for column in columns(TextLabels)))
    )


def _first_hit(rules: list[tuple[str, Rule]]) -> nw.Expr:
    """Name the rule of highest priority that hits."""
    hit = nw.lit(None, dtype=nw.String)
    for name, rule in reversed(rules):
        hits = nw.col("text").str.contains(rule.pattern)
        if rule.languages:
            hits &= nw.coalesce(nw.col("language").is_in(list(rule.languages)), nw.lit(value=False))
        hit = nw.when(hits).then(nw.lit(name)).otherwise(hit)
    return hit


def _said(rules: list[tuple[str, Rule]], what: Callable[[Rule], str | None]) -> nw.Expr:
    """Give what the rule that hit says of a text."""
    said = nw.lit(None, dtype=nw.String)
    for name, rule in rules:
        if (word := what(rule)) is not None:
            said = nw.when(nw.col("rule") == name).then(nw.lit(word)).otherwise(said)
    return said
