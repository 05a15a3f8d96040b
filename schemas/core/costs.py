"""Costs in the reporting currency."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Money, Table
from schemas.vocabulary import CHANNELS, COST_CATEGORIES, TOUCHPOINTS, UNALLOCATED


class Costs(Table):
    """One cost posting; the amount is in the reporting currency at the declared rate."""

    source: str = pa.Field(description="Ledger the posting comes from.")
    source_record_id: str = pa.Field(description="The posting.")
    costed_on: dt.date = pa.Field(description="Posting date.")
    cost_category: str = pa.Field(isin=COST_CATEGORIES, description="What the money was spent on.")
    channel: str = pa.Field(isin=(*CHANNELS, UNALLOCATED), description="Channel it was spent on, where booked so.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, UNALLOCATED), description="Touchpoint it was spent on, where booked so.")
    cost_amount: Money = pa.Field(description="Positive for a cost, negative for its reversal.", metadata={"unit": "money"})

    class Config:
        name = "core.costs"
        unique = ["source", "source_record_id"]
