"""The blocks `[alerts]` and `[mail]`: what is watched, within which bounds, and how people are told."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from assets.raw.feed import Declared
from pipelines.connectors.settings import LOOPBACK, Variable
from pipelines.headlines import FIGURES

WATCHED: Final = tuple(f"{figure.table}.{figure.column}" for figure in FIGURES)
"""The figures that can be watched: the headlines."""


def _check_figures(names: Iterable[str]) -> None:
    for name in names:
        if name not in WATCHED:
            raise ValueError(f"{name!r} is no headline figure; there are {', '.join(WATCHED)}")


def _person(address: str) -> str:
    name, _, host = address.partition("@")
    if not (name and host and address.isascii() and address.isprintable()) or any(sign in address for sign in ' ,;<>"'):
        raise ValueError("give a bare address such as ann@example.com, in ASCII")
    return address


MailAddress = Annotated[str, AfterValidator(_person)]


class WebhookSettings(Declared):
    """An address that alerts are posted to as JSON."""

    url_variable: Variable = Field(description="Environment variable with the URL, which often is a secret itself.")
    secret_variable: Variable | None = Field(default=None, description="Environment variable with the secret that signs messages.")


class AlertSettings(Declared):
    """What is watched, within which bounds, and who is told."""

    figures: tuple[str, ...] = Field(default=(), description="Figures that are watched, as <table>.<figure>; every headline unless given.")
    silenced: tuple[str, ...] = Field(default=(), description="Figures and feeds that no alert speaks of.")
    current_days: int = Field(default=14, ge=1, description="How many days old the newest arrival day may be for anything to be judged.")
    fewest_periods: int = Field(default=12, ge=2, description="From how many weeks or months on there are control limits.")
    baseline_periods: int = Field(default=26, ge=2, description="Over how many weeks or months before they are computed.")
    baseline_from: Mapping[str, dt.date] = Field(
        default_factory=dict, description="Day from which on a figure's control limits are computed, by <table>.<figure>."
    )
    late_days: int = Field(default=0, ge=0, description="How many arrival days an expected feed may miss.")
    quarantine_growth: float = Field(
        default=0.05, gt=0, le=1, description="By how much the refused share of a feed may exceed that of the days before."
    )
    channels: tuple[Literal["mail", "webhook"], ...] = Field(
        default=("mail", "webhook"), description="Who is told, where it is set up: `mail`, `webhook`."
    )
    minutes: float = Field(default=2, gt=0, description="How long a run tries to reach one channel; the next run goes on.")
    webhook: WebhookSettings | None = Field(default=None, description="Address that alerts are posted to.")

    @model_validator(mode="after")
    def _possible(self) -> "AlertSettings":
        _check_figures(self.figures)
        _check_figures(self.baseline_from)
        if self.baseline_periods < self.fewest_periods:
            raise ValueError(f"baseline_periods must be at least fewest_periods, {self.fewest_periods}")
        return self

    @property
    def watched(self) -> frozenset[str]:
        """The figures that are judged."""
        return frozenset(self.figures or WATCHED) - frozenset(self.silenced)


class MailSettings(Declared):
    """The server that takes our mail, and who gets it."""

    host: str = Field(min_length=1, description="Mail server.")
    port: int | None = Field(default=None, ge=1, le=65535, description="Its port; 465 with `tls`, 587 with `starttls`, 25 with `none`.")
    security: Literal["tls", "starttls", "none"] = Field(default="starttls", description="How it is secured; `none` for loopback alone.")
    sender: MailAddress = Field(description="Address that it comes from.")
    to: tuple[MailAddress, ...] = Field(min_length=1, description="Addresses that it goes to.")
    user: str | None = Field(default=None, pattern=r"^[ -~]+$", description="Name that the server knows us by, where it asks for one.")
    secret_variable: Variable | None = Field(default=None, description="Environment variable with the password of that name.")

    @model_validator(mode="after")
    def _secured(self) -> "MailSettings":
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError("mail is sent unsecured to this machine alone; use `tls` or `starttls`")
        if (self.user is None) != (self.secret_variable is None):
            raise ValueError("give `user` and `secret_variable`, or neither")
        return self

    @property
    def port_used(self) -> int:
        """The port given, else the usual one."""
        return self.port or {"tls": 465, "starttls": 587, "none": 25}[self.security]
