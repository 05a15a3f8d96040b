"""What a problem, and how it was handled, does to loyalty."""

import datetime as dt
from collections.abc import Callable

import narwhals as nw

from assets.derivation import AddsUp, Whole, derive, quarter_of
from assets.expressions import by_word, count_where, ratio, row_status, share_with_interval, wilson
from assets.frames import Lazy
from assets.parameters import Assumption, Parameters, weakest
from schemas.core.experiences import Experiences
from schemas.kpi.loyalty_by_experience import LoyaltyByExperience
from schemas.projection import columns, grain
from schemas.vocabulary import EXPERIENCES, NO_PROBLEM

GRAIN = grain(LoyaltyByExperience)
COUNTS = ("response_count", "intent_n", "intent_loyal", "observed_n", "observed_loyal", "immature_count")
DECLARED = {
    NO_PROBLEM: "loyalty_no_problem",
    "non_complainant": "loyalty_non_complainant",
    "blocked": "loyalty_non_complainant",
    "satisfied": "loyalty_satisfied",
    "mollified": "loyalty_mollified",
    "dissatisfied": "loyalty_dissatisfied",
}
OPTIONS = (("observed", False), ("intent", False), ("observed", True), ("intent", True))
"""By what loyalty may be measured, and whether in all segments together: the first that has enough answers."""


def _maturity(parameters: Parameters) -> dt.timedelta:
    return parameters.loyalty_horizon


@derive(
    LoyaltyByExperience,
    matures_after=_maturity,
    adds_up=(AddsUp("response_count", "experiences", count_where(nw.col("is_counted") & ~nw.col("experience").is_null())),),
    experiences=Whole(Experiences),
)
def loyalty_by_experience(experiences: Lazy, parameters: Parameters) -> Lazy:
    """Count who is loyal in each group, and choose by which measure the groups are compared.

    Computed whole: an answer of the past matures as time passes.
    """
    return (
        _counted(experiences, parameters)
        .pipe(_with_both_scopes)
        .with_columns(option=_option(parameters.small_sample))
        .with_columns(**_chosen(parameters))
        .with_columns(
            **share_with_interval("intent_loyalty", "intent_loyal", "intent_n"),
            **share_with_interval("observed_loyalty", "observed_loyal", "observed_n"),
            **_lost(),
            status=row_status("response_count", parameters.small_sample),
        )
        .select(*(column.name for column in columns(LoyaltyByExperience)))
    )


def _counted(experiences: Lazy, parameters: Parameters) -> Lazy:
    """Count each group of a quarter and segment, those with nobody in them too."""
    known = ~nw.col("customer_key").is_null()
    mature = known & (nw.col("answered_at") <= parameters.mature_until(parameters.loyalty_horizon))
    intent = nw.coalesce(nw.col("would_repurchase"), nw.col("is_promoter"))
    again = nw.col("first_reordered_at") - nw.col("answered_at") <= parameters.loyalty_horizon
    counted = experiences.filter(nw.col("is_counted")).with_columns(quarter_on=quarter_of("answered_on"))
    groups = (
        counted.filter(~nw.col("experience").is_null())
        .group_by(*GRAIN)
        .agg(
            response_count=nw.len().cast(nw.Int64),
            intent_n=count_where(~intent.is_null()),
            intent_loyal=count_where(intent),
            observed_n=count_where(mature),
            observed_loyal=count_where(mature & again),
            immature_count=count_where(known & ~mature),
        )
    )
    present = counted.select("quarter_on", "segment").unique()
    every = nw.concat([present.with_columns(experience=nw.lit(word)) for word in EXPERIENCES], how="vertical")
    return every.join(groups, on=list(GRAIN), how="left").with_columns(
        *(nw.coalesce(nw.col(name), nw.lit(0)).cast(nw.Int64).alias(name) for name in COUNTS)
    )


def _name(measure: str, what: str, *, pooled: bool, baseline: bool = False) -> str:
    return f"{'baseline_' if baseline else ''}{'pooled_' if pooled else ''}{measure}_{what}"


def _with_both_scopes(groups: Lazy) -> Lazy:
    """Put beside each group's counts those of all segments, and beside both those of customers without a problem."""
    measured = [(measure, what) for measure in ("observed", "intent") for what in ("n", "loyal")]
    pooled = groups.with_columns(
        **{_name(*of, pooled=True): nw.col("_".join(of)).sum().over("quarter_on", "experience").cast(nw.Int64) for of in measured}
    )
    names = [(of, scope) for of in measured for scope in (False, True)]
    is_baseline = nw.col("experience") == NO_PROBLEM
    return pooled.with_columns(
        **{_name(*of, pooled=scope, baseline=True): nw.when(is_baseline).then(nw.col(_name(*of, pooled=scope))) for of, scope in names}
    ).with_columns(
        **{
            name: nw.col(name).max().over("quarter_on", "segment")
            for name in (_name(*of, pooled=scope, baseline=True) for of, scope in names)
        }
    )


def _option(small_sample: int) -> nw.Expr:
    """Place in OPTIONS of the first by which both the group and its baseline have enough answers; behind the last where none has."""
    place = nw.lit(len(OPTIONS))
    for number, (measure, pooled) in reversed(list(enumerate(OPTIONS))):
        own, baseline = (nw.col(_name(measure, "n", pooled=pooled, baseline=of)) for of in (False, True))
        place = nw.when((own >= small_sample) & (baseline >= small_sample)).then(nw.lit(number)).otherwise(place)
    return place


def _chosen(parameters: Parameters) -> dict[str, nw.Expr]:
    """The loyalty of the group and of its baseline by the option chosen, with the ends of both, and what they rest on."""

    def count(what: str, *, baseline: bool) -> nw.Expr:
        value = nw.lit(None, dtype=nw.Int64)
        for number, (measure, pooled) in enumerate(OPTIONS):
            value = (
                nw.when(nw.col("option") == number).then(nw.col(_name(measure, what, pooled=pooled, baseline=baseline))).otherwise(value)
            )
        return value

    def ends(name: str, *, baseline: bool) -> dict[str, nw.Expr]:
        k, n = count("loyal", baseline=baseline), count("n", baseline=baseline)
        low, high = wilson(k, n)
        otherwise = _baseline_declared if baseline else _declared
        return {
            name: nw.coalesce(ratio(k, n), otherwise(parameters, lambda assumed: assumed.value)),
            f"{name}_low": nw.coalesce(low, otherwise(parameters, lambda assumed: assumed.low)),
            f"{name}_high": nw.coalesce(high, otherwise(parameters, lambda assumed: assumed.high)),
        }

    measure, basis = (by_word("experience", words, nw.String) for words in (dict.fromkeys(DECLARED, "declared"), _bases(parameters)))
    for number, (word, _) in enumerate(OPTIONS):
        measure = nw.when(nw.col("option") == number).then(nw.lit(word)).otherwise(measure)
    is_measured = nw.col("option") < len(OPTIONS)
    is_pooled = [number for number, (_, pooled) in enumerate(OPTIONS) if pooled]
    return {
        **ends("loyalty", baseline=False),
        **ends("baseline", baseline=True),
        "measure": measure,
        "is_pooled": nw.col("option").is_in(is_pooled),
        "loyalty_basis": nw.when(is_measured).then(nw.lit("measured")).otherwise(basis),
    }


def _bases(parameters: Parameters) -> dict[str, str]:
    baseline = parameters.assumption(DECLARED[NO_PROBLEM]).basis
    return {word: weakest(parameters.assumption(name).basis, baseline) for word, name in DECLARED.items()}


def _declared(parameters: Parameters, end: Callable[[Assumption], float]) -> nw.Expr:
    """One end of the assumption that stands for the group; null where none does."""
    return by_word("experience", {word: end(parameters.assumption(name)) for word, name in DECLARED.items()}, nw.Float64)


def _baseline_declared(parameters: Parameters, end: Callable[[Assumption], float]) -> nw.Expr:
    return nw.lit(end(parameters.assumption(DECLARED[NO_PROBLEM])))


def _lost() -> dict[str, nw.Expr]:
    """Loyalty without a problem less that of the group; of that group itself nothing is lost, nor is that in doubt."""

    def less(baseline: str, own: str) -> nw.Expr:
        is_baseline = nw.col("experience") == NO_PROBLEM
        return nw.when(is_baseline).then(nw.lit(0.0)).otherwise(nw.col(baseline) - nw.col(own))

    return {
        "loyalty_lost": less("baseline", "loyalty"),
        "loyalty_lost_low": less("baseline_low", "loyalty_high"),
        "loyalty_lost_high": less("baseline_high", "loyalty_low"),
    }
