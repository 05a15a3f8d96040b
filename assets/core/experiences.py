"""What customers went through, read off the answers of each response, and what they bought afterwards."""

import narwhals as nw

from assets.derivation import By, by_column, derive, month_of
from assets.expressions import count_where
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.answers import Answers
from schemas.core.experiences import Experiences
from schemas.core.orders import Orders
from schemas.projection import columns
from schemas.vocabulary import NO_CHOICE, NO_PROBLEM, PRIORITIES, UNKNOWN

RESPONSE = ("source", "source_record_id")
RESPONDENT = nw.coalesce(
    nw.col("customer_key"), nw.concat_str([nw.lit("response:"), nw.col("source"), nw.lit(":"), nw.col("source_record_id")])
)
UNRANKED = len(PRIORITIES)
NOTHING = UNRANKED + 1
"""Rank of having no problem: behind the gravest (0) and behind one of unknown gravity."""


@derive(
    Experiences,
    unit=("respondent",),
    uses=("taxonomy",),
    answers=By(Answers, noted=("customer_key", *RESPONSE), unit={"respondent": RESPONDENT}),
    orders=by_column(Orders, "customer_key", "respondent", reads=("ordered_at", "is_sale")),
)
def experiences(answers: Lazy, orders: Lazy, parameters: Parameters) -> Lazy:
    """Make one row of each response that says which problem there was, and find the customer's next order.

    Computed customer by customer: which response stands for a month depends on the customer's others, and an order
    belongs to whatever its buyer answered before it.
    """
    responses = (
        answers.filter(~nw.col("is_superseded"))
        .with_columns(respondent=RESPONDENT, ranked=_ranked(parameters))
        .group_by(*RESPONSE, "respondent")
        .agg(
            *(nw.col(name).max() for name in ("customer_key", "segment", "channel", "answered_at", "answered_on")),
            touchpoint=nw.when((nw.col("metric") == "handling") & (nw.col("touchpoint") != UNKNOWN)).then(nw.col("touchpoint")).max(),
            ranked=nw.col("ranked").min(),
            problem_count=count_where(_is_problem() & (nw.col("choice") != NO_PROBLEM)),
            told_us=_chosen("yes"),
            tried=_chosen("tried"),
            told_nobody=_chosen("no"),
            is_handling_top_box=_all("handling", "is_top_box"),
            is_handling_bottom_box=_any("handling", "is_bottom_box"),
            would_repurchase=_all("repurchase", "is_top_box"),
            is_promoter=_all("nps", "is_top_box"),
            told_count=_of("told", "value").max(),
            finds_price_fair=_all("price", "is_top_box"),
            finds_price_unfair=_any("price", "is_bottom_box"),
            price_rise=_of("price_rise", "value").min() / 100.0,
        )
        .filter(~nw.col("ranked").is_null())
    )
    gravest_last = ("rank", "answered_at", *RESPONSE)
    return (
        responses.with_columns(
            problem_type=nw.col("ranked").str.slice(1),
            rank=NOTHING - nw.col("ranked").str.slice(0, 1).cast(nw.Int64),
            month_on=month_of("answered_on"),
        )
        .with_columns(
            graver=nw.col("source_record_id").shift(-1).over("respondent", "month_on", order_by=gravest_last),
            experience=_experience(),
            touchpoint=nw.coalesce(nw.col("touchpoint"), nw.lit(UNKNOWN)),
            told_count=nw.col("told_count").floor(),
        )
        .with_columns(is_counted=nw.col("graver").is_null())
        .pipe(_with_first_reorder, orders)
        .select(*(column.name for column in columns(Experiences)))
    )


def _is_problem() -> nw.Expr:
    return (nw.col("metric") == "problem") & (nw.col("choice") != NO_CHOICE)


def _ranked(parameters: Parameters) -> nw.Expr:
    """A chosen problem's word behind one digit, so that the smallest of several is the gravest, then the alphabetically first."""
    severities = [(rule.category, PRIORITIES.index(rule.severity)) for rule in parameters.taxonomy.values() if rule.severity]
    rank = nw.lit(UNRANKED)
    for category, severity in sorted(severities, key=lambda item: item[1]):
        rank = nw.when(nw.col("choice") == category).then(nw.lit(UNRANKED - 1 - severity)).otherwise(rank)
    rank = nw.when(nw.col("choice") == NO_PROBLEM).then(nw.lit(NOTHING)).otherwise(rank)
    return nw.when(_is_problem()).then(nw.concat_str([rank.cast(nw.String), nw.col("choice")]))


def _of(metric: str, column: str) -> nw.Expr:
    """A column of the answers to one kind of question; null for the others."""
    return nw.when(nw.col("metric") == metric).then(nw.col(column))


def _all(metric: str, box: str) -> nw.Expr:
    """Whether every answer of a kind lies in its box; null where none was given."""
    return _of(metric, box).cast(nw.Int64).min().cast(nw.Boolean)


def _any(metric: str, box: str) -> nw.Expr:
    """Whether any answer of a kind lies in its box; null where none was given."""
    return _of(metric, box).cast(nw.Int64).max().cast(nw.Boolean)


def _chosen(word: str) -> nw.Expr:
    """Whether the question if they told us was answered with a word."""
    return nw.coalesce(_of("complained", "choice") == word, nw.lit(value=False)).cast(nw.Int64).max().cast(nw.Boolean)


def _experience() -> nw.Expr:
    """What became of the customer; who told us is told apart by how the handling was rated."""
    good, bad = nw.col("is_handling_top_box"), nw.col("is_handling_bottom_box")
    handled = (
        nw.when(good.is_null())
        .then(nw.lit("unrated"))
        .otherwise(
            nw.when(bad).then(nw.lit("dissatisfied")).otherwise(nw.when(good).then(nw.lit("satisfied")).otherwise(nw.lit("mollified")))
        )
    )
    unsaid = nw.when(~good.is_null()).then(handled)
    silent = nw.when(nw.col("told_nobody")).then(nw.lit("non_complainant")).otherwise(unsaid)
    not_through = nw.when(nw.col("tried")).then(nw.lit("blocked")).otherwise(silent)
    of_problem = nw.when(nw.col("told_us")).then(handled).otherwise(not_through)
    return nw.when(nw.col("problem_type") == NO_PROBLEM).then(nw.lit(NO_PROBLEM)).otherwise(of_problem)


def _with_first_reorder(responses: Lazy, orders: Lazy) -> Lazy:
    """Put the customer's first completed order after the answer on each response."""
    bought = orders.filter(nw.col("is_sale") & ~nw.col("customer_key").is_null()).select("customer_key", "ordered_at")
    first = (
        responses.select(*RESPONSE, "customer_key", "answered_at")
        .join(bought, on="customer_key", how="inner")
        .filter(nw.col("ordered_at") > nw.col("answered_at"))
        .group_by(*RESPONSE)
        .agg(first_reordered_at=nw.col("ordered_at").min())
    )
    return responses.join(first, on=list(RESPONSE), how="left")
