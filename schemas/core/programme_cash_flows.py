"""Cash flows of service programmes in the reporting currency."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Money, Table
from schemas.vocabulary import BASES


class ProgrammeCashFlows(Table):
    """One amount that a service programme costs or brings; in the reporting currency at the declared rate."""

    source: str = pa.Field(description="Plan or ledger the flow comes from.")
    source_record_id: str = pa.Field(description="The flow.")
    programme: str = pa.Field(description="The programme.")
    flowed_on: dt.date = pa.Field(description="Day of the flow, past or planned.")
    cash_flow_amount: Money = pa.Field(
        description="Negative for money spent, positive for money earned or saved.", metadata={"unit": "money"}
    )
    basis: str = pa.Field(isin=BASES, description="What the amount rests on.")
    evidence: str = pa.Field(nullable=True, description="Where the amount comes from.")

    class Config:
        name = "core.programme_cash_flows"
        unique = ["source", "source_record_id"]
