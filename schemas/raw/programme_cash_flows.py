"""Cash flows of service programmes as delivered."""

import datetime as dt

import pandera.polars as pa

from schemas.raw.record import RawTable
from schemas.table import Money
from schemas.vocabulary import BASES


class RawProgrammeCashFlows(RawTable):
    """One amount that a service programme costs or brings, booked or expected."""

    programme: str = pa.Field(description="The programme, in the company's own words.")
    flowed_on: dt.date = pa.Field(description="Day of the flow; for an expected one, the day it is planned for.")
    cash_flow_amount: Money = pa.Field(description="Negative for money spent, positive for money earned or saved.")
    currency: str = pa.Field(description="ISO 4217 code of cash_flow_amount.")
    basis: str = pa.Field(isin=BASES, description="What the amount rests on.")
    evidence: str = pa.Field(nullable=True, description="Where the amount comes from: a booking, a study, a person.")

    class Config:
        name = "raw.programme_cash_flows"
