"""What every raw row says of where it comes from."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table

DAMAGED_ID = r"^\d(\.|,)\d+E\+\d+$"
"""What a spreadsheet makes of a long number."""


class RawTable(Table):
    """One row of a source record in normal form; a record may give several rows (one an answered question)."""

    source: str = pa.Field(str_length={"min_value": 1}, description="System the record comes from, as the settings name it.")
    source_record_id: str = pa.Field(
        str_length={"min_value": 1}, description="The record's id in its source; with source and record kind the natural key."
    )
    updated_at: dt.datetime = pa.Field(
        nullable=True, description="When the source last changed the record, UTC; null where the source does not say."
    )
