"""How fresh each feed is."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table


class Freshness(Table):
    """One row per configured feed: when it last brought anything, and all that it ever brought.

    Records read = accepted + refused + duplicate, as in every delivery.
    """

    feed: str = pa.Field(description="The feed, by its name in the settings.")
    is_expected: bool = pa.Field(description="Whether the settings expect it every day.")
    newest_arrived_on: dt.date = pa.Field(nullable=True, description="Newest arrival day with a file that could be read; null without one.")
    days_behind: int = pa.Field(
        ge=0,
        nullable=True,
        description="Days from its newest arrival day to the newest of all feeds; null where no file came.",
        metadata={"unit": "days"},
    )
    file_count: int = pa.Field(ge=0, description="Files that arrived.", metadata={"unit": "files"})
    unreadable_count: int = pa.Field(ge=0, description="Of these, that could not be read at all.", metadata={"unit": "files"})
    read_count: int = pa.Field(ge=0, description="Records in the files.", metadata={"unit": "records"})
    accepted_count: int = pa.Field(ge=0, description="Records first seen in them.", metadata={"unit": "records"})
    refused_count: int = pa.Field(ge=0, description="Records refused and kept in quarantine.", metadata={"unit": "records"})
    duplicate_count: int = pa.Field(ge=0, description="Records that repeat what had arrived before.", metadata={"unit": "records"})

    class Config:
        name = "ops.freshness"
        unique = ["feed"]
