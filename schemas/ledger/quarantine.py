"""The quarantine: every refused record, why, and what it said."""

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import REFUSALS


class Quarantine(Table):
    """One reason for which a record of a delivery was refused; a record may have several."""

    delivery_id: int = pa.Field(description="The delivery.")
    record_number: int = pa.Field(ge=1, description="Place of the record in its file, from 1.")
    column: str = pa.Field(description="Column that is at fault; the table or `record` where no single one is.")
    reason: str = pa.Field(isin=tuple(REFUSALS), description="Why, as a code.")
    original: str = pa.Field(description="The record's text as delivered; very long ones are cut.")

    class Config:
        name = "ledger.quarantine"
        unique = ["delivery_id", "record_number", "column", "reason"]
