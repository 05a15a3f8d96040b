"""What a service programme returns on the money put into it."""

from typing import Any

import narwhals as nw
import polars as pl

from assets.derivation import AddsUp, by_column, derive
from assets.expressions import sum_where
from assets.frames import Eager
from assets.parameters import Parameters, weakest
from assets.statistics.cash_flows import Flows, internal_rates, modified_rate, payback_years, present_value, sign_changes
from schemas.core.programme_cash_flows import ProgrammeCashFlows
from schemas.kpi.programme_returns import ProgrammeReturns
from schemas.projection import columns

AMOUNT = nw.col("cash_flow_amount")


@derive(
    ProgrammeReturns,
    unit=("programme",),
    is_eager=True,
    uses=("assumptions",),
    adds_up=(
        AddsUp("flow_count", "flows", nw.len()),
        AddsUp("spent_amount", "flows", sum_where(-AMOUNT, AMOUNT < 0)),
        AddsUp("earned_amount", "flows", sum_where(AMOUNT, AMOUNT > 0)),
    ),
    flows=by_column(ProgrammeCashFlows, "programme"),
)
def programme_returns(flows: Eager, parameters: Parameters) -> Eager:
    """Value the flows of each programme."""
    rows = [_returns(programme, part, parameters) for (programme,), part in flows.group_by("programme")]
    schema = {column.name: column.dtype for column in columns(ProgrammeReturns)}
    return nw.from_native(pl.DataFrame(rows, schema=schema, orient="row"), eager_only=True)


def _returns(programme: object, booked: Eager, parameters: Parameters) -> dict[str, Any]:
    rate = parameters.assumption("discount_rate")
    by_day = booked.group_by("flowed_on").agg(AMOUNT.sum()).sort("flowed_on")
    flows: Flows = [(day, float(net)) for day, net in by_day.iter_rows()]
    worth = [present_value(flows, end) for end in (rate.low, rate.value, rate.high)]
    flows_basis = weakest(*booked["basis"].to_list())
    return {
        "programme": programme,
        "first_flow_on": flows[0][0],
        "last_flow_on": flows[-1][0],
        "flow_count": len(booked),
        "spent_amount": -booked.filter(AMOUNT < 0)["cash_flow_amount"].sum(),
        "earned_amount": booked.filter(AMOUNT > 0)["cash_flow_amount"].sum(),
        "npv": worth[1],
        "npv_low": min(worth),
        "npv_high": max(worth),
        **_internal(flows),
        "mirr": modified_rate(flows, rate.value),
        "payback_years": payback_years(flows),
        "discounted_payback_years": payback_years(flows, rate.value),
        "flows_basis": flows_basis,
        "basis": weakest(flows_basis, rate.basis),
        "status": "ok" if any(net for _, net in flows) else "no_data",
    }


def _internal(flows: Flows) -> dict[str, object]:
    """The internal rate where there can be but one; else why not, and every rate that does."""
    rates, turns = internal_rates(flows), sign_changes(flows)
    is_single = turns == 1 and len(rates) == 1
    return {
        "irr": rates[0] if is_single else None,
        "irr_reason": None if is_single else "multiple_irr" if turns > 1 else "no_irr",
        "irr_roots": ", ".join(f"{rate:.6f}" for rate in rates) or None,
    }
