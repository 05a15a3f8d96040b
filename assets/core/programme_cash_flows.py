"""Cash flows of service programmes in the reporting currency."""

import narwhals as nw

from assets.derivation import RECORD, Reference, by_record, derive
from assets.frames import Lazy
from schemas.core.exchange_rates import ExchangeRates
from schemas.core.programme_cash_flows import ProgrammeCashFlows
from schemas.projection import columns
from schemas.raw.programme_cash_flows import RawProgrammeCashFlows


@derive(ProgrammeCashFlows, unit=RECORD, flows=by_record(RawProgrammeCashFlows), rates=Reference(ExchangeRates))
def programme_cash_flows(flows: Lazy, rates: Lazy) -> Lazy:
    """Convert every flow."""
    return (
        flows.join(rates, on="currency", how="left")
        .with_columns(cash_flow_amount=nw.col("cash_flow_amount").cast(nw.Float64) * nw.col("rate"))
        .select(*(column.name for column in columns(ProgrammeCashFlows)))
    )
