"""The versions: every distinct content a record ever had."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table


class Versions(Table):
    """One content of one record, tied to its rows in raw by `version_id`.

    The current version of a record is the one changed last in its source, then the one sighted last.
    """

    version_id: int = pa.Field(description="Surrogate, in order of first loading; carries no meaning.")
    kind: str = pa.Field(description="Raw table that the record fills, its first one if several; ids of different kinds never meet.")
    source: str = pa.Field(description="System the record comes from.")
    source_record_id: str = pa.Field(description="The record's id in its source.")
    updated_at: dt.datetime = pa.Field(nullable=True, description="When the source made this version, UTC.")
    content: str = pa.Field(description="MD5 of the record's rows; equal content is one version.")
    owner_id: int = pa.Field(description="Delivery that held this version first.")
    is_current: bool = pa.Field(description="Whether core is computed from this version.")

    class Config:
        name = "ledger.versions"
        unique = ["version_id"]
