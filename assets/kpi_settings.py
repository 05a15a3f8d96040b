"""Windows and thresholds of the KPIs, as the user sets them. What else their meaning rests on stands in `parameters`."""

import datetime as dt
import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from assets.raw.feed import Declared
from schemas.catalogue import KPI
from schemas.projection import columns, table_name


class KpiSettings(Declared):
    """The block `[kpi]` of the settings: how long things are waited for, and where lines are drawn."""

    repeat_window_days: int = Field(default=7, ge=1, le=30, description="How many days after a contact a repeat counts.")
    not_resolvable_categories: tuple[str, ...] = Field(default=(), description="Categories that level one cannot resolve.")
    small_sample: int = Field(default=30, ge=1, description="Below this n a figure is flagged.")
    value_window_days: int = Field(
        default=365, ge=30, le=730, description="Days of orders that a customer's yearly margin and retention rest on."
    )
    response_window_days: int = Field(default=14, ge=1, le=90, description="How many days after an invitation an answer counts.")
    neglect_after_days: int = Field(default=7, ge=1, le=90, description="How many days old a ticket must be for its neglect to be judged.")
    follow_up_days: int = Field(default=7, ge=1, le=90, description="How many days after an unhappy answer a contact is its follow-up.")
    short_abandon_seconds: int = Field(default=10, ge=0, description="A caller who hangs up before that was not offered.")
    service_level_seconds: int = Field(default=20, ge=1, description="Within that a call should be answered.")
    problem_recall_months: int = Field(default=12, ge=1, le=60, description="Over how many months the survey asks for problems.")
    loyalty_horizon_days: int = Field(default=90, ge=1, le=730, description="How many days after an answer an order shows loyalty.")
    churn_horizon_days: int = Field(default=90, ge=1, le=730, description="How many days after a quarter without an order are churn.")
    confidence_base_month: dt.date | None = Field(
        default=None, description="First day of the month in which the confidence index is 100; the first with enough answers, unless set."
    )
    benchmark_stale_days: int = Field(default=730, ge=1, description="How many days after its period a benchmark is too old to compare.")
    calibration_months: int = Field(default=24, ge=6, description="How many months back a target is held against what we reached.")
    target_met_often: float = Field(default=0.8, ge=0, le=1, description="From this share of months on a target is met nearly always.")
    target_met_rarely: float = Field(default=0.2, ge=0, le=1, description="Up to this share of months a target is hardly ever met.")
    price_rises: tuple[Annotated[float, Field(gt=0, le=1)], ...] = Field(
        default=(0.05, 0.1, 0.2), min_length=1, description="Rises of the price at which is counted who would stay; 0.05 is five percent."
    )

    @field_validator("price_rises")
    @classmethod
    def _each_once(cls, rises: tuple[float, ...]) -> tuple[float, ...]:
        if len(set(rises)) < len(rises):
            raise ValueError("a rise is given twice")
        return rises

    recurring_cases: int = Field(default=5, ge=1, description="From this many cases on a month counts towards a recurring problem.")
    recurring_months: int = Field(default=2, ge=1, description="In how many such months a problem recurs.")
    recurring_of_months: int = Field(default=3, ge=1, description="Over how many months, the last one included, they are counted.")

    @model_validator(mode="after")
    def _can_recur(self) -> "KpiSettings":
        if self.recurring_months > self.recurring_of_months:
            raise ValueError("recurring_months must not exceed recurring_of_months, or no problem would ever recur")
        return self

    reply_bands_hours: tuple[float, ...] = Field(
        default=(1, 4, 8, 24),
        min_length=1,
        description="Hours of waiting for a reply at which CSAT is told apart, to see what customers notice.",
    )
    score_weights: Mapping[str, float] = Field(
        default_factory=dict, description="Weight of a figure in the balanced score, by <table>.<figure>; 1 unless given."
    )

    @field_validator("reply_bands_hours")
    @classmethod
    def _rising(cls, bands: tuple[float, ...]) -> tuple[float, ...]:
        if bands[0] <= 0 or any(one >= other for one, other in pairwise(bands)):
            raise ValueError("hours must rise and lie above 0")
        return bands

    @field_validator("score_weights")
    @classmethod
    def _of_figures(cls, weights: Mapping[str, float]) -> Mapping[str, float]:
        for key, weight in weights.items():
            table, _, figure = key.partition(".")
            if figure not in {column.name for contract in KPI if table_name(contract) == f"kpi.{table}" for column in columns(contract)}:
                raise ValueError(f"{key} is no figure; write the table and the column, such as satisfaction_daily.csat_top2")
            if not 0 <= weight < math.inf:
                raise ValueError(f"{key}: a weight is 0 or more, not {weight:g}")
        return weights

    @field_validator("confidence_base_month")
    @classmethod
    def _first_of_month(cls, day: dt.date | None) -> dt.date | None:
        if day and day.day != 1:
            raise ValueError(f"{day} is not the first day of a month")
        return day

    @property
    def repeat_window(self) -> dt.timedelta:
        """W as a duration."""
        return dt.timedelta(days=self.repeat_window_days)

    @property
    def response_window(self) -> dt.timedelta:
        """How long after an invitation an answer counts."""
        return dt.timedelta(days=self.response_window_days)

    @property
    def neglect_after(self) -> dt.timedelta:
        """How old a ticket must be for its neglect to be judged."""
        return dt.timedelta(days=self.neglect_after_days)

    @property
    def follow_up_window(self) -> dt.timedelta:
        """How long after an unhappy answer a contact counts as its follow-up."""
        return dt.timedelta(days=self.follow_up_days)

    @property
    def loyalty_horizon(self) -> dt.timedelta:
        """For how long after an answer an order shows loyalty."""
        return dt.timedelta(days=self.loyalty_horizon_days)
