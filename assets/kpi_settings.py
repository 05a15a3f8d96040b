"""Windows and thresholds of the KPIs, as the user sets them. What else their meaning rests on stands in `parameters`."""

import datetime as dt

from pydantic import Field, field_validator

from assets.raw.feed import Declared


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
