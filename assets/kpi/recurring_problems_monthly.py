"""Which problems keep coming back, by month and category."""

import narwhals as nw

from assets.core.business_day import ends_of_days
from assets.damage import basis_counts, basis_of_group
from assets.derivation import AddsUp, Reference, Whole, derive, month_of, with_as_of
from assets.expressions import cost_per, ratio, row_status, to_money
from assets.frames import Lazy, stacked
from assets.parameters import Parameters
from schemas.core.calendar import Calendar
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.recurring_problems_monthly import RecurringProblemsMonthly
from schemas.kpi.revenue_at_risk_monthly import RevenueAtRiskMonthly
from schemas.projection import columns, grain

GRAIN = grain(RecurringProblemsMonthly)
CASES = ("n_excluded", "anchor_count", "anchor_immature_count")
"""What adds up to the cases: contacts of nobody known, and anchors."""
COUNTS = ("contact_count", "case_count", "damage_count", "assumed_count", "benchmark_count")
DAMAGE = {f"damage{end}_amount": f"margin_at_risk{end}_amount" for end in ("", "_low", "_high")}
AMONG = ("month_on", "is_recurring")
"""What ranks and shares are taken over."""


@derive(
    RecurringProblemsMonthly,
    uses=("small_sample", "recurring_cases", "recurring_months", "recurring_of_months"),
    matures_after=with_as_of,
    adds_up=(
        AddsUp("contact_count", "contacts", nw.col("contact_count").sum()),
        AddsUp("damage_amount", "at_risk", nw.col("margin_at_risk_amount").sum(), tolerance=0.00005),
    ),
    contacts=Whole(FirstContactResolutionDaily),
    costs=Whole(CostPerSaleMonthly),
    at_risk=Whole(RevenueAtRiskMonthly),
    calendar=Reference(Calendar),
)
def recurring_problems_monthly(contacts: Lazy, costs: Lazy, at_risk: Lazy, calendar: Lazy, parameters: Parameters) -> Lazy:
    """See which categories come back, put a price on each, and put them in order."""
    is_frequent = nw.col("frequent_month_count") >= parameters.recurring_months
    judged = row_status("case_count", parameters.small_sample)
    return (
        stacked((_cases(contacts), _damage(at_risk)), GRAIN, counts=COUNTS, amounts=tuple(DAMAGE))
        .pipe(_with_months_before, parameters)
        .join(_prices(costs), on="month_on", how="left")
        .join(_ends(calendar), on="month_on", how="left")
        .with_columns(
            repeat_count=nw.col("contact_count") - nw.col("case_count"),
            is_frequent=is_frequent,
            contact_cost_amount=_contact_cost(),
            **{name: nw.when(nw.col("damage_count") > 0).then(nw.col(name)) for name in DAMAGE},
            basis=basis_of_group(),
            status=nw.when(nw.col("month_ends_at") <= parameters.known_until).then(judged).otherwise(nw.lit("immature")),
        )
        .with_columns(is_recurring=nw.col("is_frequent") | (nw.col("repeat_count") > 0), **_known())
        .pipe(_ranked)
        .select(*(column.name for column in columns(RecurringProblemsMonthly)))
    )


def _cases(contacts: Lazy) -> Lazy:
    """Contacts and cases of each category."""
    first, *others = (nw.col(name) for name in CASES)
    return (
        contacts.with_columns(month_on=month_of("contacted_on"), case_count=sum(others, start=first))
        .group_by(*GRAIN)
        .agg(nw.col("contact_count").sum(), nw.col("case_count").sum())
    )


def _damage(at_risk: Lazy) -> Lazy:
    """What each type of problem puts at risk, and on what that rests."""
    return (
        at_risk.with_columns(category=nw.col("problem_type"))
        .group_by(*GRAIN)
        .agg(
            damage_count=nw.len().cast(nw.Int64),
            **{name: nw.col(at_risk_amount).sum().cast(nw.Float64) for name, at_risk_amount in DAMAGE.items()},
            **basis_counts(nw.col("basis")),
        )
    )


def _with_months_before(problems: Lazy, parameters: Parameters) -> Lazy:
    """In how many of the last months, this one included, there were enough cases."""
    frequent = problems.filter(nw.col("case_count") >= parameters.recurring_cases).select("category", frequent_on=nw.col("month_on"))
    after_on = nw.col("month_on").dt.offset_by(f"-{parameters.recurring_of_months}mo").cast(nw.Date)
    counted = (
        problems.select(*GRAIN)
        .join(frequent, on="category", how="inner")
        .filter((nw.col("frequent_on") > after_on) & (nw.col("frequent_on") <= nw.col("month_on")))
        .group_by(*GRAIN)
        .agg(frequent_month_count=nw.len().cast(nw.Int64))
    )
    return problems.join(counted, on=list(GRAIN), how="left").with_columns(
        frequent_month_count=nw.coalesce(nw.col("frequent_month_count"), nw.lit(0))
    )


def _prices(costs: Lazy) -> Lazy:
    """What a contact cost in each month."""
    return (
        costs.group_by("month_on")
        .agg(handled=nw.col("contact_count").sum().cast(nw.Int64), spent=nw.col("service_cost_amount").sum().cast(nw.Float64))
        .select("month_on", price=cost_per(nw.col("handled"), nw.col("spent")))
    )


def _ends(calendar: Lazy) -> Lazy:
    """When each month is over."""
    return ends_of_days(calendar).group_by(month_of("day").alias("month_on")).agg(month_ends_at=nw.col("ends_at").max())


def _contact_cost() -> nw.Expr:
    """No contacts cost nothing, whatever one would have cost."""
    cost = to_money(nw.col("contact_count").cast(nw.Float64) * nw.col("price"))
    return nw.when(nw.col("contact_count") == 0).then(nw.lit(0.0)).otherwise(cost)


def _known() -> dict[str, nw.Expr]:
    """The sum of what is known of the money, and what is not."""
    cost, damage = nw.col("contact_cost_amount"), nw.col("damage_amount")
    without_cost = nw.when(damage.is_null()).then(nw.lit("neither")).otherwise(nw.lit("no_cost"))
    with_cost = nw.when(damage.is_null()).then(nw.lit("no_damage"))
    return {
        "known_amount": nw.coalesce(cost + damage, cost, damage),
        "gap": nw.when(cost.is_null()).then(without_cost).otherwise(with_cost),
    }


def _ranked(problems: Lazy) -> Lazy:
    """Places and shares among the recurring problems of a month, by whole ten-thousandths of money, so that sums are exact."""
    known = nw.coalesce(nw.col("known_amount"), nw.lit(0.0))
    ranked = nw.col("is_recurring") & nw.col("is_priced")
    within = (*AMONG, "is_priced")
    by_money, by_count = ("money_falling", "category"), ("count_falling", "category")
    return (
        problems.with_columns(
            once=nw.lit(1),
            is_priced=~nw.col("known_amount").is_null(),
            money_falling=-known,
            count_falling=-nw.col("case_count"),
            pieces=nw.max_horizontal((known * 10_000 + 0.5).floor(), nw.lit(0.0)).cast(nw.Int64),
        )
        .with_columns(
            money_place=nw.col("once").cum_sum().over(*within, order_by=by_money),
            count_place=nw.col("once").cum_sum().over(*AMONG, order_by=by_count),
            upto=nw.col("pieces").cum_sum().over(*within, order_by=by_money),
            total=nw.col("pieces").sum().over(*within),
        )
        .with_columns(
            money_rank=nw.when(ranked).then(nw.col("money_place")),
            count_rank=nw.when(nw.col("is_recurring")).then(nw.col("count_place")),
            money_share=nw.when(ranked).then(ratio(nw.col("pieces"), nw.col("total"))),
            cumulative_share=nw.when(ranked).then(ratio(nw.col("upto"), nw.col("total"))),
            is_vital=ranked & ((nw.col("upto") - nw.col("pieces")) * 5 < nw.col("total") * 4),
        )
    )
