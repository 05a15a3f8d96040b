"""Employments."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import LEAVING_REASONS


class Employees(Table):
    """One employment of one person in one team; people are keyed hashes and never appear in a KPI."""

    source: str = pa.Field(description="Personnel system the record comes from.")
    source_record_id: str = pa.Field(description="The record; a keyed hash.")
    employee_ref: str = pa.Field(nullable=True, description="The person: keyed hash of the employee's id.")
    team: str = pa.Field(description="Team; `unknown` where the source does not say.")
    role: str = pa.Field(description="Role; `unknown` where the source does not say.")
    hired_on: dt.date = pa.Field(description="First day in the team.")
    left_on: dt.date = pa.Field(nullable=True, description="Last day in the team; null while it goes on.")
    leaving_reason: str = pa.Field(
        nullable=True, isin=LEAVING_REASONS, description="Why it ended; null while it goes on, or where unknown."
    )

    class Config:
        name = "core.employees"
        unique = ["source", "source_record_id"]
