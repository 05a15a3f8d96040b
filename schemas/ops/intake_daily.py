"""What arrived, by arrival day."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table


class IntakeDaily(Table):
    """One row per arrival day and feed that brought a file. Records read = accepted + refused + duplicate."""

    arrived_on: dt.date = pa.Field(description="Arrival day: the folder the files lie in.")
    feed: str = pa.Field(description="The feed.")
    file_count: int = pa.Field(ge=0, description="Files that arrived.", metadata={"unit": "files"})
    unreadable_count: int = pa.Field(ge=0, description="Of these, that could not be read at all.", metadata={"unit": "files"})
    read_count: int = pa.Field(ge=0, description="Records in the files.", metadata={"unit": "records"})
    accepted_count: int = pa.Field(ge=0, description="Records first seen in them.", metadata={"unit": "records"})
    refused_count: int = pa.Field(ge=0, description="Records refused and kept in quarantine.", metadata={"unit": "records"})
    duplicate_count: int = pa.Field(ge=0, description="Records that repeat what had arrived before.", metadata={"unit": "records"})

    class Config:
        name = "ops.intake_daily"
        unique = ["arrived_on", "feed"]
