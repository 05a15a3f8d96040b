"""Customers won and lost by what others say of us."""

import narwhals as nw

from assets.customer_base import customers_by
from assets.damage import ends_of, measured_share, over_corners, stated, stated_by, weakest_of
from assets.derivation import AddsUp, Whole, derive, quarter_of
from assets.expressions import Z, count_where, ratio, row_status, share_with_interval, to_money
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.customers import Customers
from schemas.core.experiences import Experiences
from schemas.kpi.word_of_mouth import WordOfMouth
from schemas.projection import columns, grain
from schemas.vocabulary import NO_PROBLEM, TALKING

WELL = (NO_PROBLEM, "satisfied")
"""The experiences whose talk wins customers; that of the others loses some."""
MONTHS = 3.0
FEWEST_TELLERS = 2
"""Of one teller nobody knows how far others differ."""
KNOWN = nw.col("is_counted") & nw.col("experience").is_in(list(TALKING))


@derive(
    WordOfMouth,
    adds_up=(AddsUp("response_count", "experiences", count_where(KNOWN)),),
    experiences=Whole(Experiences, reads=("answered_on", "is_counted", "experience", "told_count")),
    customers=Whole(Customers, reads=("customer_since_on",)),
)
def word_of_mouth(experiences: Lazy, customers: Lazy, parameters: Parameters) -> Lazy:
    """Multiply who is in a group, who of them tells how many, and what that does, in the middle and at both ends.

    Computed whole: all quarters look up how many customers there were.
    """
    counted = experiences.filter(nw.col("is_counted")).with_columns(quarter_on=quarter_of("answered_on"))
    return (
        counted.filter(nw.col("experience").is_in(list(TALKING)))
        .with_columns(squared=nw.col("told_count") * nw.col("told_count"))
        .group_by(*grain(WordOfMouth))
        .agg(
            response_count=nw.len().cast(nw.Int64),
            told_n=count_where(~nw.col("told_count").is_null()),
            teller_count=count_where(nw.col("told_count") > 0),
            told_count=nw.coalesce(nw.col("told_count"), nw.lit(0)).sum().cast(nw.Int64),
            squares=nw.coalesce(nw.col("squared"), nw.lit(0)).sum().cast(nw.Float64),
        )
        .join(counted.group_by("quarter_on").agg(asked_n=nw.len().cast(nw.Float64)), on="quarter_on", how="left")
        .join(customers_by(customers, counted, "quarter_on", quarter_of("customer_since_on")), on="quarter_on", how="left")
        .with_columns(customer_n=nw.coalesce(nw.col("customer_n"), nw.lit(0.0)))
        .with_columns(**share_with_interval("group_share", "response_count", "asked_n"), **_talk(parameters), **_declared(parameters))
        .with_columns(group_customers=_group(nw.col("group_share"), parameters), **_reached(parameters))
        .with_columns(potential_reached=nw.col("people_reached") * nw.col("potential_share"), **_net())
        .with_columns(
            customers_won=nw.max_horizontal(nw.col("net_customers"), nw.lit(0.0)),
            customers_lost=nw.max_horizontal(0.0 - nw.col("net_customers"), nw.lit(0.0)),
            **_effect(),
            basis=weakest_of(
                *(f"{name}_basis" for name in ("tell_rate", "told_per_teller", "potential_share", "influence", "customer_value"))
            ),
            status=row_status("response_count", parameters.small_sample),
        )
        .select(*(column.name for column in columns(WordOfMouth)))
    )


def _talk(parameters: Parameters) -> dict[str, nw.Expr]:
    """How many tell, and how many people each: measured where enough say so, else as declared."""
    rates = {word: "tell_rate_satisfied" if word == "satisfied" else "tell_rate_unhappy" for word in TALKING}
    rates |= {NO_PROBLEM: "tell_rate_no_problem"}
    told = {word: "told_by_happy" if word in WELL else "told_by_unhappy" for word in TALKING}
    rate, per_teller = (
        stated_by("experience", {word: parameters.assumption(name) for word, name in names.items()}) for names in (rates, told)
    )
    n, total = nw.col("teller_count").cast(nw.Float64), nw.col("told_count").cast(nw.Float64)
    enough = nw.col("teller_count") >= max(parameters.small_sample, FEWEST_TELLERS)
    mean = nw.when(enough).then(ratio(total, n))
    spread = nw.max_horizontal(nw.col("squares") - ratio(total * total, n), nw.lit(0.0))
    half = nw.when(enough).then((ratio(spread, n * (n - 1.0))).sqrt() * Z)
    return measured_share("tell_rate", "teller_count", "told_n", rate, parameters.small_sample) | {
        "told_per_teller": nw.coalesce(mean, per_teller.value),
        "told_per_teller_low": nw.when(enough).then(nw.max_horizontal(mean - half, nw.lit(1.0))).otherwise(per_teller.low),
        "told_per_teller_high": nw.coalesce(mean + half, per_teller.high),
        "told_per_teller_basis": nw.when(enough).then(nw.lit("measured")).otherwise(per_teller.basis),
    }


def _declared(parameters: Parameters) -> dict[str, nw.Expr]:
    """What no survey says: who of those reached is no customer yet, what talk does to them, and what a customer is worth."""
    influence = stated_by(
        "experience", {word: parameters.assumption("won_by_talk" if word in WELL else "lost_by_talk") for word in TALKING}
    )
    given = {
        "potential_share": stated(parameters.assumption("potential_share")),
        "influence": influence,
        "customer_value": stated(parameters.assumption("customer_value")),
    }
    return {
        f"{name}{end}": expression
        for name, said in given.items()
        for end, expression in zip(("", "_low", "_high", "_basis"), said, strict=True)
    }


def _group(of_asked: nw.Expr, parameters: Parameters) -> nw.Expr:
    """N · share · 3 / R: customers of the experience in one quarter."""
    return nw.col("customer_n") * of_asked * (MONTHS / parameters.problem_recall_months)


def _reached(parameters: Parameters) -> dict[str, nw.Expr]:
    """People reached; no input is ever negative, so that the ends of all are the ends of the product."""
    return {
        f"people_reached{end}": _group(nw.col(f"group_share{of_asked}"), parameters)
        * nw.col(f"tell_rate{end}")
        * nw.col(f"told_per_teller{end}")
        for end, of_asked in (("", ""), ("_low", "_ci_low"), ("_high", "_ci_high"))
    }


def _net() -> dict[str, nw.Expr]:
    """Customers won, or lost with a minus."""

    def formula(reached: nw.Expr, potential: nw.Expr, influence: nw.Expr) -> nw.Expr:
        moved = reached * potential * influence
        loses = ~nw.col("experience").is_in(list(WELL)) & (moved > 0)  # nothing has no minus before it
        return nw.when(loses).then(0.0 - moved).otherwise(moved)

    names = {"reached": "people_reached", "potential": "potential_share", "influence": "influence"}
    ends = {key: ends_of(name) for key, name in names.items()}
    return {
        "net_customers": formula(**{key: nw.col(name) for key, name in names.items()}),
        "net_customers_low": over_corners(formula, ends, sign=-1),
        "net_customers_high": over_corners(formula, ends, sign=1),
    }


def _effect() -> dict[str, nw.Expr]:
    """What they are worth."""

    def formula(net: nw.Expr, value: nw.Expr) -> nw.Expr:
        return net * value

    ends = {"net": ends_of("net_customers"), "value": ends_of("customer_value")}
    return {
        "sales_effect_amount": to_money(formula(nw.col("net_customers"), nw.col("customer_value"))),
        "sales_effect_low_amount": to_money(over_corners(formula, ends, sign=-1)),
        "sales_effect_high_amount": to_money(over_corners(formula, ends, sign=1)),
    }
