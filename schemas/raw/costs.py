"""Cost postings as delivered."""

import datetime as dt

import pandera.polars as pa

from schemas.raw.record import RawTable
from schemas.table import Money
from schemas.vocabulary import CHANNELS, COST_CATEGORIES, TOUCHPOINTS


class RawCosts(RawTable):
    """One posting of the ledger, mapped to what the money was spent on."""

    costed_on: dt.date = pa.Field(description="Posting date; a ledger has dates, not times.")
    account: str = pa.Field(nullable=True, description="Account code or name in the ledger.")
    cost_category: str = pa.Field(isin=COST_CATEGORIES, description="What the money was spent on.")
    channel: str = pa.Field(nullable=True, isin=CHANNELS, description="Channel it was spent on, where booked so.")
    touchpoint: str = pa.Field(nullable=True, isin=TOUCHPOINTS, description="Touchpoint it was spent on, where booked so.")
    cost_amount: Money = pa.Field(description="Positive for a cost, negative for its reversal.")
    currency: str = pa.Field(description="ISO 4217 code of cost_amount.")

    class Config:
        name = "raw.costs"
