"""Answers of employees."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import EMPLOYEE_TOPICS


class EmployeeAnswers(Table):
    """One answer of an employee survey, without its respondent.

    A KPI on this table shows no group of fewer than five answers: a small team's answers name who gave them.
    """

    source: str = pa.Field(description="Survey the answer comes from.")
    source_record_id: str = pa.Field(description="The answer; a keyed hash that leads to nobody.")
    answered_on: dt.date = pa.Field(description="Day of the answer.")
    topic: str = pa.Field(isin=EMPLOYEE_TOPICS, description="What the answer is about.")
    item: str = pa.Field(description="The obstacle named or the statement rated.")
    score_points: int = pa.Field(
        nullable=True,
        ge=0,
        le=10_000,
        description="Place on the scale from worst (0) to best (10,000); null when not rated.",
        metadata={"unit": "1/10,000"},
    )
    team: str = pa.Field(description="The respondent's team; `unknown` where the survey does not say.")

    class Config:
        name = "core.employee_answers"
        unique = ["source", "source_record_id"]
