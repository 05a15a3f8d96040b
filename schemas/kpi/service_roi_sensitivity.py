"""How far the service ROI hangs on each of its inputs, by month and touchpoint."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import figure
from schemas.table import Table
from schemas.vocabulary import BASES, ROI_INPUTS, ROW_STATUSES, TOUCHPOINTS, UNALLOCATED, UNKNOWN


class ServiceRoiSensitivity(Table):
    """What the service ROI would be with each input a fifth lower and a fifth higher, and from which value on it pays.

    Cohort: contacted_in, the rows of service_roi_monthly, whose formula it is; one input moves, all others stay as they are there.
    A share or a loyalty moves no further than from 0 to 1, and the satisfied and dissatisfied share no further than
    together 1; the mollified share is what they leave, so it has no row of its own.

    The ROI is linear in each input: `break_even` is the value at which it is 0, null where no value that the input can have
    brings that about, or where the ROI does not hang on it. The input to doubt first, `is_weakest`, is the one with the weakest
    basis; among those, the one that moves the ROI most. A row without an ROI (nothing spent) is `no_data`.
    """

    month_on: dt.date = pa.Field(description="First day of the month.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, UNKNOWN, UNALLOCATED), description="Part of the company.")
    assumption: str = pa.Field(isin=ROI_INPUTS, description="The input that moves, by the name of its assumption.")
    basis: str = pa.Field(isin=BASES, description="What the input rests on.")
    value: float = figure("The input as it is in the ROI.", "as the assumption", method="measured, else as declared")
    value_low: float = figure("A fifth less.", "as the assumption", method="0.8 * value, within its bounds")
    value_high: float = figure("A fifth more.", "as the assumption", method="1.2 * value, within its bounds")
    roi: float = figure("Return on the cost of service.", "ratio", method="as service_roi_monthly.roi")
    roi_at_low: float = figure("The same with `value_low`.", "ratio", method="as roi")
    roi_at_high: float = figure("The same with `value_high`.", "ratio", method="as roi")
    swing: float = figure("How far apart these are.", "ratio", method="abs(roi_at_high - roi_at_low)")
    break_even: float = figure(
        "The value at which service returns just what it costs.", "as the assumption", method="roi = 0, solved for it"
    )
    is_weakest: bool = pa.Field(description="Whether this is the input to doubt first.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; as in service_roi_monthly.")

    class Config:
        name = "kpi.service_roi_sensitivity"
        unique = ["month_on", "touchpoint", "assumption"]
        metadata = {"cohort": "contacted_in", "source": "one-way sensitivity; CTMA market damage model", "owner": "team:finance"}
