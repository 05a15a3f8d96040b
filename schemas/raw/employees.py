"""Employments as delivered."""

import datetime as dt

import pandera.polars as pa
import polars as pl

from schemas.raw.record import RawTable
from schemas.vocabulary import LEAVING_REASONS


class RawEmployees(RawTable):
    """One employment of one person in one team; `source_record_id` is a keyed hash as well, as personnel numbers name people.

    A person who moves to another team is two records, so that each month's headcount stays with the team it was in.
    """

    employee_ref: str = pa.Field(nullable=True, description="Keyed hash of the employee's id, in a namespace that no customer shares.")
    team: str = pa.Field(nullable=True, description="Team, in the company's own words.")
    role: str = pa.Field(nullable=True, description="Role, in the company's own words.")
    hired_on: dt.date = pa.Field(description="First day in the team.")
    left_on: dt.date = pa.Field(nullable=True, description="Last day in the team; null while it goes on.")
    leaving_reason: str = pa.Field(
        nullable=True, isin=LEAVING_REASONS, description="Why it ended; null while it goes on, or where unknown."
    )

    class Config:
        name = "raw.employees"

    @pa.dataframe_check(name="time_reversed")
    def in_order(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Nobody leaves before the first day."""
        return data.lazyframe.select(pl.col("left_on").is_null() | (pl.col("hired_on") <= pl.col("left_on")))
