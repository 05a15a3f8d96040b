"""What the user may set about the meaning of the KPIs: windows, thresholds, declared assumptions, questions asked in messages."""

import datetime as dt
import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal

import polars as pl
from pydantic import ConfigDict, Field, SkipValidation, computed_field, field_validator, model_validator

from assets.classifier import Classifier
from assets.raw.feed import Declared
from assets.taxonomy import Rule
from schemas.vocabulary import BASES, CHOICE_METRICS, MESSAGE_CHANNELS, METRICS, TOUCHPOINTS


class Assumption(Declared):
    """An input that the data does not hold: what it is taken to be, how far off it may be, and who says so."""

    value: float = Field(description="The value used.")
    low: float = Field(description="Lowest value thought possible.")
    high: float = Field(description="Highest value thought possible.")
    basis: Literal[BASES] = Field(default="assumed", description="measured, benchmark or assumed.")  # type: ignore[valid-type]  # a vocabulary is a closed tuple
    source: str = Field(min_length=1, description="Where the value comes from.")

    @model_validator(mode="after")
    def _in_order(self) -> "Assumption":
        if not self.low <= self.value <= self.high:
            raise ValueError(f"low ≤ value ≤ high does not hold: {self.low:g}, {self.value:g}, {self.high:g}")
        return self


def _assumed(value: float, low: float, high: float, source: str) -> Assumption:
    return Assumption(value=value, low=low, high=high, basis="assumed", source=source)


_EXAMPLE = "worked example of the market damage model; declare your own"

DEFAULT_ASSUMPTIONS: Mapping[str, Assumption] = {
    "loyalty_non_complainant": _assumed(0.70, 0.60, 0.80, _EXAMPLE),
    "loyalty_satisfied": _assumed(0.88, 0.80, 0.95, _EXAMPLE),
    "loyalty_mollified": _assumed(0.72, 0.60, 0.80, _EXAMPLE),
    "loyalty_dissatisfied": _assumed(0.40, 0.25, 0.55, _EXAMPLE),
    "satisfied_share": _assumed(0.40, 0.30, 0.50, _EXAMPLE),
    "mollified_share": _assumed(0.30, 0.20, 0.40, _EXAMPLE),
    "dissatisfied_share": _assumed(0.30, 0.20, 0.40, _EXAMPLE),
    "customer_value": _assumed(100.0, 50.0, 150.0, "placeholder in the reporting currency a year; declare your own"),
    "service_share": _assumed(0.5, 0.25, 0.75, "even split between service and marketing; declare your own"),
}
"""Used where the settings declare nothing; every figure that rests on one says `assumed`."""


class Asked(Declared):
    """A rating that we ask for in a message, to be answered with a number: how the message is known, and what the number means."""

    channel: Literal[MESSAGE_CHANNELS] = Field(description="Channel of the question and of its answers: email or sms.")  # type: ignore[valid-type]  # a vocabulary is a closed tuple
    question: str = Field(description="The question's key, by which answers of all sources are told apart.")
    metric: Literal[METRICS] = Field(description="Kind of question.")  # type: ignore[valid-type]  # a vocabulary is a closed tuple
    scale: tuple[float, float] = Field(description="Lowest and highest value of the scale.")
    reversed: bool = Field(default=False, description="Whether a low value is the good end.")
    window_hours: int = Field(ge=1, le=24 * 90, description="For how many hours after the question a number is its answer.")
    matches: str | None = Field(default=None, description="Pattern that the asking message's subject or text contains.")
    sender: str | None = Field(default=None, description="Our address or number that sends this question and nothing else.")
    touchpoint: Literal[TOUCHPOINTS] | None = Field(default=None, description="Part of the company that is rated.")  # type: ignore[valid-type]  # a vocabulary is a closed tuple

    @model_validator(mode="after")
    def _can_be_told(self) -> "Asked":
        if not self.matches and not self.sender:
            raise ValueError("the asking message cannot be told from others; declare `matches` or `sender`")
        if self.metric in CHOICE_METRICS:
            raise ValueError(f"metric: a number is no answer to a question of the metric {self.metric}, which offers options")
        if self.scale[0] >= self.scale[1]:
            raise ValueError(f"scale: the lowest value {self.scale[0]:g} must lie below the highest {self.scale[1]:g}")
        if self.metric == "nps" and self.scale != (0, 10):
            raise ValueError("scale: an NPS question is asked on 0 to 10; declare another metric for any other scale")
        if self.matches and (fault := _pattern_fault(self.matches)):
            raise ValueError(f"matches: {fault}")
        return self


def _pattern_fault(pattern: str) -> str | None:
    """Say why a pattern cannot be searched for; look-around and back references are in none of the engines."""
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError:
        return f"{pattern!r} is no regular expression without look-around and back references"
    return None


class Parameters(Declared):
    """The settings that the meaning of the KPIs rests on, and the instant up to which the data is known."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    repeat_window_days: int = Field(default=7, ge=1, le=30, description="W: how long after a contact a repeat counts.")
    not_resolvable_categories: tuple[str, ...] = Field(
        default=(), description="Ticket categories that level one cannot resolve; left out of net FCR."
    )
    small_sample: int = Field(default=30, ge=1, description="Below this n a figure is flagged, and a share is not taken as measured.")
    confidence_base_month: dt.date | None = Field(
        default=None, description="First day of the month in which the confidence index is 100; unless set, the first with enough answers."
    )
    benchmark_stale_days: int = Field(default=730, ge=1, description="How many days after its period a benchmark is too old to compare.")
    calibration_months: int = Field(default=24, ge=6, description="How many months back a target is held against what we reached.")
    target_met_often: float = Field(default=0.8, ge=0, le=1, description="From this share of months on a target is met nearly always.")
    target_met_rarely: float = Field(default=0.2, ge=0, le=1, description="Up to this share of months a target is hardly ever met.")
    assumptions: Mapping[str, Assumption] = Field(default_factory=dict, description="Declared inputs, by name.")
    languages: tuple[str, ...] = Field(default=(), description="Languages that customers write in, ISO 639-1.")
    taxonomy: Mapping[str, Rule] = Field(default_factory=dict, description="What customers write about, by name of the rule.")
    classifier: Annotated[Classifier, SkipValidation] | None = Field(
        default=None, exclude=True, description="The user's own classifier of texts; loaded by the run."
    )
    asked: Mapping[str, Asked] = Field(default_factory=dict, description="Ratings asked for in messages, by name.")
    as_of: dt.datetime | None = Field(default=None, exclude=True, description="Set by the run: end of the last arrival day, UTC.")

    @field_validator("confidence_base_month")
    @classmethod
    def _first_of_month(cls, day: dt.date | None) -> dt.date | None:
        if day and day.day != 1:
            raise ValueError(f"{day} is not the first day of a month")
        return day

    @model_validator(mode="after")
    def _known_assumptions(self) -> "Parameters":
        if unknown := sorted(set(self.assumptions) - set(DEFAULT_ASSUMPTIONS)):
            raise ValueError(f"assumptions.{unknown[0]}: no KPI knows it; the known ones are {', '.join(DEFAULT_ASSUMPTIONS)}")
        shares = [self.assumption(f"{group}_share").value for group in ("satisfied", "mollified", "dissatisfied")]
        if not math.isclose(sum(shares), 1):
            raise ValueError(f"assumptions: satisfied, mollified and dissatisfied share must add up to 1, not {sum(shares):g}")
        if self.assumption("satisfied_share").high + self.assumption("dissatisfied_share").high > 1:
            raise ValueError("assumptions: satisfied_share.high and dissatisfied_share.high must not add up to more than 1")
        loyalties = [self.assumption(f"loyalty_{group}") for group in ("satisfied", "mollified", "dissatisfied")]
        for better, worse in pairwise(loyalties):
            if better.low < worse.low or better.value < worse.value or better.high < worse.high:
                raise ValueError("assumptions: loyalty must not rise from satisfied over mollified to dissatisfied customers")
        return self

    @computed_field(description="Names the classifier.")  # type: ignore[prop-decorator]  # pydantic's own form
    @property
    def classifier_digest(self) -> str | None:
        """Hash of the classifier: with another one the texts are classified anew."""
        return self.classifier.digest if self.classifier else None

    @property
    def repeat_window(self) -> dt.timedelta:
        """W as a duration."""
        return dt.timedelta(days=self.repeat_window_days)

    def assumption(self, name: str) -> Assumption:
        """The declared assumption, else the default of that name."""
        return self.assumptions.get(name) or DEFAULT_ASSUMPTIONS[name]
