"""Costs in the reporting currency."""

import narwhals as nw

from assets.derivation import RECORD, Reference, by_record, derive
from assets.frames import Lazy
from schemas.core.costs import Costs
from schemas.core.exchange_rates import ExchangeRates
from schemas.projection import columns
from schemas.raw.costs import RawCosts
from schemas.vocabulary import UNALLOCATED


@derive(Costs, unit=RECORD, costs=by_record(RawCosts), rates=Reference(ExchangeRates))
def costs(costs: Lazy, rates: Lazy) -> Lazy:
    """Convert every posting; one booked to no channel or touchpoint says so."""
    return (
        costs.join(rates, on="currency", how="left")
        .with_columns(
            cost_amount=nw.col("cost_amount").cast(nw.Float64) * nw.col("rate"),
            channel=nw.coalesce(nw.col("channel"), nw.lit(UNALLOCATED)),
            touchpoint=nw.coalesce(nw.col("touchpoint"), nw.lit(UNALLOCATED)),
        )
        .select(*(column.name for column in columns(Costs)))
    )
