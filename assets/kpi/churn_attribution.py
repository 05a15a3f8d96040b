"""How much churn goes with poor service: customers served badly in a quarter beside the others, and who bought no more."""

import datetime as dt

import narwhals as nw

from assets.derivation import During, Period, Reference, by_quarter, derive, quarter_of
from assets.expressions import count_where, ratio, row_status, share_with_interval
from assets.frames import Eager, Lazy
from assets.parameters import Parameters
from assets.statistics.attribution import (
    Fourfold,
    adjusted,
    attributable_share,
    population_attributable_share,
    risk_difference,
    risk_ratio,
)
from assets.statistics.lifetime_value import last_known_day
from schemas.core.calendar import Calendar
from schemas.core.customers import Customers
from schemas.core.interactions import Interactions
from schemas.core.orders import Orders
from schemas.kpi.churn_attribution import ChurnAttribution
from schemas.projection import columns, grain

GRAIN = grain(ChurnAttribution)
KINDS = ("unresolved", "low_csat", "repeated")
CHURN = Fourfold("exposed_churned_count", "exposed_count", "unexposed_churned_count", "unexposed_count")
COUNTS = ("customer_count", "immature_count", *CHURN.columns, *(f"{kind}_{what}" for kind in KINDS for what in ("count", "churned_count")))
TENURE_MONTHS = (12, 36)
"""Where one tenure ends and the next begins."""


def _a_horizon_before(parameters: Parameters) -> nw.Expr:
    """An order tells of the quarter before it whether its customer came back."""
    return nw.col("ordered_on").dt.offset_by(f"-{parameters.churn_horizon_days}d").cast(nw.Date)


FOR_GOOD = nw.lit(None, nw.Date)
"""Once somebody is a customer, every later quarter may ask for how long."""


@derive(
    ChurnAttribution,
    unit=("quarter_on",),
    uses=("small_sample", "value_window_days", "churn_horizon_days"),
    matures_after=lambda parameters: dt.timedelta(days=parameters.churn_horizon_days),
    orders=During(Orders, ("ordered_on",), _a_horizon_before, FOR_GOOD, step="1q"),
    interactions=by_quarter(
        Interactions, "contacted_on", reads=("customer_key", "is_repeated", "is_solved", "csat_dissatisfied", "is_resolved_by_survey")
    ),
    customers=During(Customers, ("customer_since_on",), nw.col("customer_since_on"), FOR_GOOD, step="1q", reads=("customer_key",)),
    days=Reference(Calendar, Period("after_on", "1q")),
    calendar=Reference(Calendar),
)
def churn_attribution(orders: Lazy, interactions: Lazy, customers: Lazy, days: Lazy, calendar: Lazy, parameters: Parameters) -> Eager:
    """Follow each quarter's customers by their orders; compare those with a contact that went wrong with the others."""
    sales = orders.filter(nw.col("is_sale") & ~nw.col("customer_key").is_null())
    known = last_known_day(orders, calendar, parameters.as_of)
    followed = _followed(_bought(sales), _quarters(sales, days, known, parameters))
    cohort = _with_tenure(followed, sales, customers).join(_gone_wrong(interactions), on=["customer_key", "quarter_on"], how="left")
    cells = _counted(cohort).collect("polars").sort(*GRAIN, "tenure")
    sums = [nw.col(name).sum() for name in COUNTS]
    judged = nw.min_horizontal("exposed_count", "unexposed_count")
    return (
        cells.group_by(*GRAIN)
        .agg(*sums)
        .join(adjusted(cells, CHURN, GRAIN), on=list(GRAIN), how="left")
        .join(_of_all(cells), on="quarter_on", how="left")
        .with_columns(
            **share_with_interval("exposed_churn", CHURN.exposed_cases, CHURN.exposed),
            **share_with_interval("unexposed_churn", CHURN.other_cases, CHURN.others),
            **{
                name: share
                for kind in KINDS
                for name, share in share_with_interval(f"{kind}_churn", f"{kind}_churned_count", f"{kind}_count").items()
            },
            **risk_difference("risk_difference", CHURN),
            risk_ratio=risk_ratio(CHURN),
            judged=judged,
        )
        .with_columns(**_attributed(), status=row_status("judged", parameters.small_sample, "immature_count"))
        .select(*(column.name for column in columns(ChurnAttribution)))
        .sort(*GRAIN)
    )


def _bought(sales: Lazy) -> Lazy:
    """First and last sale to each customer in each quarter."""
    return (
        sales.with_columns(bought_in=quarter_of("ordered_on"))
        .group_by("customer_key", "segment", "bought_in")
        .agg(first_on=nw.col("ordered_on").min(), last_on=nw.col("ordered_on").max())
    )


def _quarters(sales: Lazy, days: Lazy, known: Lazy, parameters: Parameters) -> Lazy:
    """The quarters of these days from the first sale on: after which day an order makes one active, and until which day churn shows."""
    window, horizon = parameters.value_window_days, parameters.churn_horizon_days
    return (
        days.select(quarter_on=quarter_of("after_on"))
        .unique()
        .join(sales.select(first_on=nw.col("ordered_on").min()), how="cross")
        .join(known, how="cross")
        .with_columns(ends_on=nw.col("quarter_on").dt.offset_by("3mo").dt.offset_by("-1d").cast(nw.Date))
        .filter((nw.col("ends_on") >= nw.col("first_on")) & (nw.col("quarter_on") <= nw.col("known_on")))
        .with_columns(
            active_after=nw.col("ends_on").dt.offset_by(f"-{window}d").cast(nw.Date),
            until_on=nw.col("ends_on").dt.offset_by(f"{horizon}d").cast(nw.Date),
        )
        .with_columns(is_mature=nw.col("until_on") <= nw.col("known_on"))
        .select("quarter_on", "active_after", "until_on", "is_mature")
    )


def _followed(bought: Lazy, quarters: Lazy) -> Lazy:
    """Each quarter's active customers, and whether they bought in the days after it."""
    by_its_end = nw.col("bought_in") <= nw.col("quarter_on")
    return (
        bought.join(quarters, how="cross")
        .with_columns(
            was_active=by_its_end & (nw.col("last_on") > nw.col("active_after")),
            came_back=~by_its_end & (nw.col("first_on") <= nw.col("until_on")),
        )
        .filter(nw.col("was_active") | nw.col("came_back"))
        .group_by("quarter_on", "customer_key", "segment", "is_mature")
        .agg(active=count_where(nw.col("was_active")), returns=count_where(nw.col("came_back")))
        .filter(nw.col("active") > 0)
    )


def _with_tenure(followed: Lazy, sales: Lazy, customers: Lazy) -> Lazy:
    """Those who were customers when the quarter began, and for how many bands of tenure."""
    first = sales.group_by("customer_key").agg(bought_since_on=nw.col("ordered_on").min())
    recorded, since = nw.col("customer_since_on"), nw.col("since_on")
    bands = [
        nw.when(since <= nw.col("quarter_on").dt.offset_by(f"-{months}mo").cast(nw.Date)).then(nw.lit(1)).otherwise(nw.lit(0))
        for months in TENURE_MONTHS
    ]
    return (
        followed.join(first, on="customer_key", how="inner")
        .join(customers.select("customer_key", "customer_since_on"), on="customer_key", how="left")
        .with_columns(
            since_on=nw.when(recorded < nw.col("bought_since_on")).then(recorded).otherwise(nw.col("bought_since_on")),
        )
        .filter(since < nw.col("quarter_on"))
        .with_columns(tenure=nw.sum_horizontal(*bands))
    )


def _gone_wrong(interactions: Lazy) -> Lazy:
    """By customer and quarter: how many contacts were left unresolved, rated low, or had to be repeated."""
    unresolved = nw.coalesce(~nw.col("is_resolved_by_survey"), ~nw.col("is_solved"))
    return (
        interactions.filter(~nw.col("customer_key").is_null())
        .with_columns(quarter_on=quarter_of("contacted_on"))
        .group_by("customer_key", "quarter_on")
        .agg(
            unresolved=count_where(unresolved),
            low_csat=count_where(nw.col("csat_dissatisfied") > 0),
            repeated=count_where(nw.col("is_repeated")),
        )
    )


def _counted(cohort: Lazy) -> Lazy:
    """Customers of each stratum, by exposure and outcome; the immature are counted apart."""
    mature, churned = nw.col("is_mature"), nw.col("returns") == 0
    of_kind = {kind: nw.col(kind) > 0 for kind in KINDS}
    had = {kind: mature & nw.coalesce(is_so, nw.lit(value=False)) for kind, is_so in of_kind.items()}
    exposed = nw.any_horizontal(*had.values(), ignore_nulls=True)
    return cohort.group_by(*GRAIN, "tenure").agg(
        customer_count=nw.len().cast(nw.Int64),
        immature_count=count_where(~mature),
        exposed_count=count_where(exposed),
        exposed_churned_count=count_where(exposed & churned),
        unexposed_count=count_where(mature & ~exposed),
        unexposed_churned_count=count_where(mature & ~exposed & churned),
        **{f"{kind}_count": count_where(had[kind]) for kind in KINDS},
        **{f"{kind}_churned_count": count_where(had[kind] & churned) for kind in KINDS},
    )


def _of_all(cells: Eager) -> Eager:
    """The figures of each quarter over all segments, crude and within segment and tenure."""
    return (
        cells.group_by("quarter_on")
        .agg(*(nw.col(name).sum() for name in CHURN.columns))
        .select("quarter_on", all_risk_ratio=risk_ratio(CHURN), all_risk_difference=risk_difference("all", CHURN)["all"])
        .join(adjusted(cells, CHURN, ("quarter_on",), "all_adjusted_"), on="quarter_on", how="left")
    )


def _attributed() -> dict[str, nw.Expr]:
    """What of the churn goes with exposure, by the crude ratio and difference."""
    exposed, risk = nw.col(CHURN.exposed), nw.col("risk_ratio")
    return {
        "attributable_share": attributable_share(risk),
        "population_attributable_share": population_attributable_share(risk, ratio(exposed, exposed + nw.col(CHURN.others))),
        "excess_churned": exposed.cast(nw.Float64) * nw.col("risk_difference"),
    }
