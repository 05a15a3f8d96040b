"""Every day there is."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import WEEKDAYS


class FactDates(Table):
    """One business day. Without a gap from the first day of the year of the first event to the last day of the newest year.

    Any date of another published table that names an event day, a month or a quarter is found here, so a period in which nothing
    happened is a row with nothing beside it. `is_open` and `is_holiday` are what the settings declare in their schedules.
    """

    day_on: dt.date = pa.Field(description="The day; what columns ending in `_on` refer to.")
    weekday: str = pa.Field(isin=WEEKDAYS, description="Day of the week.")
    weekday_number: int = pa.Field(ge=1, le=7, description="Likewise; Monday is 1.", metadata={"unit": "position"})
    week_on: dt.date = pa.Field(description="Monday of its week.")
    week_number: int = pa.Field(ge=1, le=53, description="Number of its week, ISO 8601.", metadata={"unit": "position"})
    week_year: int = pa.Field(
        description="Year that the week is numbered in; near New Year not that of the day.", metadata={"unit": "years"}
    )
    month_on: dt.date = pa.Field(description="First day of its month; months of KPI tables refer to it.")
    month_number: int = pa.Field(ge=1, le=12, description="Month of the year.", metadata={"unit": "position"})
    quarter_on: dt.date = pa.Field(description="First day of its quarter; quarters of KPI tables refer to it.")
    quarter_number: int = pa.Field(ge=1, le=4, description="Quarter of the year.", metadata={"unit": "position"})
    year: int = pa.Field(description="Year.", metadata={"unit": "years"})
    is_open: bool = pa.Field(
        nullable=True, description="Whether any schedule in force is open at some time of the day; null where none is declared for it."
    )
    is_holiday: bool = pa.Field(description="Whether a schedule declares the day a holiday.")
    is_known: bool = pa.Field(description="Whether the data reaches this far: the day is not after the newest arrival day.")

    class Config:
        name = "facts.dates"
        unique = ["day_on"]
