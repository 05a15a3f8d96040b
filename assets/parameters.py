"""What the user may set about the meaning of the KPIs: windows, thresholds, declared assumptions, questions asked in messages."""

import datetime as dt
import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal

import polars as pl
from pydantic import ConfigDict, Field, SkipValidation, computed_field, model_validator

from assets.classifier import Classifier
from assets.kpi_settings import KpiSettings
from assets.raw.feed import Declared
from assets.taxonomy import Rule
from schemas.vocabulary import BASES, CHOICE_METRICS, HANDLED, MESSAGE_CHANNELS, METRICS, TOUCHPOINTS

FOREVER = dt.datetime(9999, 1, 1)  # noqa: DTZ001  # all instants are naive UTC
"""As of when, where nobody says: everything is mature."""


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


def weakest(*bases: str) -> str:
    """The weakest of some bases: what a figure that rests on all of them rests on."""
    return max(bases, key=BASES.index)


def _assumed(value: float, low: float, high: float, source: str) -> Assumption:
    return Assumption(value=value, low=low, high=high, basis="assumed", source=source)


_EXAMPLE = "worked example of the market damage model; declare your own"
_PER_CUSTOMER = "TARP's numbers of people told are means of all customers, so that all tell; ask in the survey"
_PLACE = "placeholder in the reporting currency for each employee who leaves; declare your own"

DEFAULT_ASSUMPTIONS: Mapping[str, Assumption] = {
    "loyalty_non_complainant": _assumed(0.70, 0.60, 0.80, _EXAMPLE),
    "loyalty_satisfied": _assumed(0.88, 0.80, 0.95, _EXAMPLE),
    "loyalty_mollified": _assumed(0.72, 0.60, 0.80, _EXAMPLE),
    "loyalty_dissatisfied": _assumed(0.40, 0.25, 0.55, _EXAMPLE),
    "satisfied_share": _assumed(0.40, 0.30, 0.50, _EXAMPLE),
    "mollified_share": _assumed(0.30, 0.20, 0.40, _EXAMPLE),
    "dissatisfied_share": _assumed(0.30, 0.20, 0.40, _EXAMPLE),
    "loyalty_no_problem": _assumed(0.90, 0.85, 0.95, _EXAMPLE),
    "complaint_share": _assumed(0.25, 0.05, 0.50, _EXAMPLE),
    "problem_reduction": _assumed(0.10, 0.05, 0.20, "a tenth of the problems prevented; declare your own programme"),
    "prevention_cost": _assumed(0.0, 0.0, 0.0, "no programme declared; declare what yours costs a year"),
    "recovery_shift": _assumed(0.10, 0.05, 0.15, _EXAMPLE),
    "recovery_cost": _assumed(0.0, 0.0, 0.0, "no programme declared; declare what yours costs a year"),
    "solicitation_increase": _assumed(0.10, 0.05, 0.15, _EXAMPLE),
    "cost_per_contact": _assumed(5.0, 2.0, 10.0, "placeholder in the reporting currency; declare your own"),
    "customer_value": _assumed(100.0, 50.0, 150.0, "placeholder in the reporting currency a year; declare your own"),
    "service_share": _assumed(0.5, 0.25, 0.75, "even split between service and marketing; declare your own"),
    "reopened_work": _assumed(0.5, 0.25, 1.0, "half of a contact's work is done again; declare your own"),
    "discount_rate": _assumed(0.10, 0.05, 0.15, "usual hurdle rate a year; declare your own cost of capital"),
    "tell_rate_no_problem": _assumed(0.0, 0.0, 0.5, "nothing published; no good talk is assumed that nobody has asked for"),
    "tell_rate_satisfied": _assumed(1.0, 0.5, 1.0, _PER_CUSTOMER),
    "tell_rate_unhappy": _assumed(1.0, 0.5, 1.0, _PER_CUSTOMER),
    "told_by_happy": _assumed(5.0, 3.0, 8.0, "TARP (ACHR News): who complained and was satisfied tells 5; the range is ours"),
    "told_by_unhappy": _assumed(10.0, 8.0, 15.0, "TARP (ACHR News): the unhappy tell 10, one in five tells 20; CTMA: 8 to 15"),
    "potential_share": _assumed(0.8, 0.5, 1.0, "placeholder; declare your own, such as 1 less your share of the market"),
    "won_by_talk": _assumed(0.01, 0.0, 0.02, "placeholder, one in a hundred; declare your own"),
    "lost_by_talk": _assumed(0.01, 0.0, 0.02, "placeholder, one in a hundred; declare your own"),
    "hiring_cost": _assumed(4_000.0, 2_000.0, 8_000.0, _PLACE),
    "training_cost": _assumed(2_000.0, 1_000.0, 4_000.0, _PLACE),
    "ramp_loss": _assumed(3_000.0, 1_500.0, 6_000.0, _PLACE),
}
"""Used where the settings declare nothing; every figure that rests on one says `assumed`."""

AT_MOST: Mapping[str, float] = {
    **dict.fromkeys(("tell_rate_no_problem", "tell_rate_satisfied", "tell_rate_unhappy"), 1.0),
    **dict.fromkeys(("potential_share", "won_by_talk", "lost_by_talk"), 1.0),
    **dict.fromkeys(("told_by_happy", "told_by_unhappy"), math.inf),
}
"""Assumptions that are never negative, with the most that they can be."""


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


class Parameters(KpiSettings):
    """The settings that the meaning of the KPIs rests on, and the instant up to which the data is known."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assumptions: Mapping[str, Assumption] = Field(default_factory=dict, description="Declared inputs, by name.")
    languages: tuple[str, ...] = Field(default=(), description="Languages that customers write in, ISO 639-1.")
    taxonomy: Mapping[str, Rule] = Field(default_factory=dict, description="What customers write about, by name of the rule.")
    classifier: Annotated[Classifier, SkipValidation] | None = Field(
        default=None, exclude=True, description="The user's own classifier of texts; loaded by the run."
    )
    asked: Mapping[str, Asked] = Field(default_factory=dict, description="Ratings asked for in messages, by name.")
    as_of: dt.datetime | None = Field(default=None, exclude=True, description="Set by the run: end of the last arrival day, UTC.")

    @model_validator(mode="after")
    def _known_assumptions(self) -> "Parameters":
        if unknown := sorted(set(self.assumptions) - set(DEFAULT_ASSUMPTIONS)):
            raise ValueError(f"assumptions.{unknown[0]}: no KPI knows it; the known ones are {', '.join(DEFAULT_ASSUMPTIONS)}")
        if self.assumption("discount_rate").low <= -1:
            raise ValueError("assumptions.discount_rate: a rate must lie above -1; a tenth a year is 0.10")
        for name, most in AT_MOST.items():
            if self.assumption(name).low < 0 or self.assumption(name).high > most:
                raise ValueError(f"assumptions.{name}: must lie from 0 to {most:g}")
        shares = [self.assumption(f"{group}_share").value for group in HANDLED]
        if not math.isclose(sum(shares), 1):
            raise ValueError(f"assumptions: satisfied, mollified and dissatisfied share must add up to 1, not {sum(shares):g}")
        if self.assumption("satisfied_share").high + self.assumption("dissatisfied_share").high > 1:
            raise ValueError("assumptions: satisfied_share.high and dissatisfied_share.high must not add up to more than 1")
        loyalties = [self.assumption(f"loyalty_{group}") for group in HANDLED]
        for better, worse in pairwise(loyalties):
            if better.low < worse.low or better.value < worse.value or better.high < worse.high:
                raise ValueError("assumptions: loyalty must not rise from satisfied over mollified to dissatisfied customers")
        return self

    @computed_field(description="Names the classifier.")  # type: ignore[prop-decorator]  # pydantic's own form
    @property
    def classifier_digest(self) -> str | None:
        """Hash of the classifier: with another one the texts are classified anew."""
        return self.classifier.digest if self.classifier else None

    def mature_until(self, window: dt.timedelta) -> dt.datetime:
        """The last instant after which a window has passed by `as_of`; without an `as_of` everything is mature."""
        return self.known_until - window

    @property
    def known_until(self) -> dt.datetime:
        """The instant up to which the data is known; for ever where nobody says, so that everything is mature."""
        return self.as_of or FOREVER

    def assumption(self, name: str) -> Assumption:
        """The declared assumption, else the default of that name."""
        return self.assumptions.get(name) or DEFAULT_ASSUMPTIONS[name]
