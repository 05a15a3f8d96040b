"""How far the service ROI hangs on each of its inputs."""

import narwhals as nw

from assets.derivation import by_column, derive
from assets.expressions import ratio
from assets.frames import Lazy
from assets.parameters import Parameters
from assets.statistics.service_roi import LOYALTIES, kept_per_customer, return_on_cost
from schemas.kpi.service_roi_monthly import ServiceRoiMonthly
from schemas.kpi.service_roi_sensitivity import ServiceRoiSensitivity
from schemas.projection import columns
from schemas.vocabulary import BASES, ROI_INPUTS

SHARES = {"satisfied_share": "dissatisfied_share", "dissatisfied_share": "satisfied_share"}
"""The measured inputs, and for each the one that it must leave room for."""
STEP = 0.2
ROW = ("month_on", "touchpoint")


@derive(ServiceRoiSensitivity, unit=("month_on",), uses=("assumptions",), returns=by_column(ServiceRoiMonthly, "month_on"))
def service_roi_sensitivity(returns: Lazy, parameters: Parameters) -> Lazy:
    """Move one input of each row at a time."""
    tried = nw.concat([_tried(returns, name, parameters) for name in ROI_INPUTS], how="vertical")
    return _with_the_weakest(tried).select(*(column.name for column in columns(ServiceRoiSensitivity)))


def _tried(returns: Lazy, name: str, parameters: Parameters) -> Lazy:
    """Every row with one input at a fifth less and more, and where its return is nothing."""
    value = nw.col(name) if name in SHARES else nw.lit(parameters.assumption(name).value)
    most = 1.0 - nw.col(SHARES[name]) if name in SHARES else None if name == "customer_value" else nw.lit(1.0)
    low, high = value * (1 - STEP), value * (1 + STEP)
    at_none, at_one = _roi(name, nw.lit(0.0), parameters), _roi(name, nw.lit(1.0), parameters)
    return (
        returns.with_columns(value=value, value_low=low, value_high=high if most is None else nw.min_horizontal(high, most))
        .with_columns(
            roi_at_low=_roi(name, nw.col("value_low"), parameters),
            roi_at_high=_roi(name, nw.col("value_high"), parameters),
            zero=ratio(at_none, at_none - at_one),
            status=nw.when(nw.col("roi").is_null()).then(nw.lit("no_data")).otherwise(nw.col("status")),
            assumption=nw.lit(name),
            basis=nw.col("shares_basis") if name in SHARES else nw.lit(parameters.assumption(name).basis),
        )
        .with_columns(
            swing=(nw.col("roi_at_high") - nw.col("roi_at_low")).abs(),
            break_even=nw.when((nw.col("zero") >= 0) & (nw.lit(value=True) if most is None else nw.col("zero") <= most)).then(
                nw.col("zero")
            ),
        )
        .select(*(column.name for column in columns(ServiceRoiSensitivity) if column.name != "is_weakest"))
    )


def _roi(moved: str, to: nw.Expr, parameters: Parameters) -> nw.Expr:
    """The return with one input moved."""

    def given(name: str) -> nw.Expr:
        return to if name == moved else nw.col(name) if name in SHARES else nw.lit(parameters.assumption(name).value)

    kept = kept_per_customer(given("satisfied_share"), given("dissatisfied_share"), *(given(name) for name in LOYALTIES))
    attributed = nw.col("new_margin_amount").cast(nw.Float64) + nw.col("marketing_margin_amount").cast(nw.Float64)
    return return_on_cost(
        nw.col("customer_count").cast(nw.Float64) * kept * given("customer_value"),
        nw.col("recovered_margin_amount").cast(nw.Float64),
        attributed * given("service_share"),
        nw.col("service_cost_amount").cast(nw.Float64),
    )


def _with_the_weakest(tried: Lazy) -> Lazy:
    """Which input of each row to doubt first: of those with the weakest basis the one that moves the return most, the first by name."""
    weakness = nw.lit(0)
    for place, basis in enumerate(BASES):
        weakness = nw.when(nw.col("basis") == basis).then(nw.lit(place)).otherwise(weakness)
    swing, name = nw.col("swing"), nw.col("assumption")
    return (
        tried.with_columns(weakness=weakness)
        .with_columns(doubted=nw.when(nw.col("weakness") == nw.col("weakness").max().over(*ROW)).then(swing))
        .with_columns(widest=nw.when(nw.col("doubted") == nw.col("doubted").max().over(*ROW)).then(name))
        .with_columns(is_weakest=nw.coalesce(name == nw.col("widest").min().over(*ROW), nw.lit(value=False)))
    )
