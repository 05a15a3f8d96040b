"""The settings file `kpis.toml`: what may be set, what holds where nothing is, and errors that name the key."""

import datetime as dt
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, PrivateAttr, ValidationError, field_validator, model_validator

from assets.classifier import Classifier
from assets.core.answers import TOP_BOXES
from assets.kpi_settings import KpiSettings
from assets.parameters import Asked, Assumption, Parameters
from assets.raw.feed import Declared, Feed
from assets.raw.registry import FORMATS
from assets.schedules import Schedule, check_schedules
from assets.taxonomy import Rule
from pipelines.alerting.settings import AlertSettings, MailSettings
from pipelines.connectors.settings import ConnectorSettings
from pipelines.errors import PipelineError
from pipelines.postgresql.settings import PostgresqlSettings

SETTINGS_VARIABLE = "KPIS_SETTINGS"
KEY_VARIABLE = "KPIS_PSEUDONYM_KEY"
SETTINGS_NAME = "kpis.toml"
SHORTEST_KEY = 16


class ScheduleSettings(Declared):
    """When the pipeline runs by itself, in the business time zone."""

    daily_at: dt.time = Field(default=dt.time(4, 0), description="Time of the daily run.")
    late_days: int = Field(default=14, ge=1, description="How many arrival days back the sensor looks for late files.")
    late_check_seconds: int = Field(default=300, ge=30, description="How often it looks.")
    land_at: tuple[dt.time, ...] = Field(
        default=(dt.time(6), dt.time(12), dt.time(18), dt.time(23, 30)), min_length=1, description="Times at which connectors fetch."
    )


class ReportSettings(Declared):
    """The page for whoever looks once a morning."""

    daily: bool = Field(default=True, description="Whether every run writes it beside the published tables; else `kpis report` does.")
    mail: bool = Field(default=False, description="Whether it is mailed, once for each newest arrival day; needs `[mail]` and `daily`.")


class PublishSettings(Declared):
    """Where the published tables go beside the folder."""

    postgresql: PostgresqlSettings | None = Field(default=None, description="A schema of a PostgreSQL server.")


class Settings(Declared):
    """Everything the user may set. Paths are relative to the settings file."""

    time_zone: str = Field(default="UTC", description="Business time zone: what a day is.")
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$", description="Reporting currency.")
    currency_rates: Mapping[str, float] = Field(
        default_factory=dict, description="Worth of one unit of another currency in the reporting currency."
    )
    start_day: dt.date = Field(default=dt.date(2020, 1, 1), description="First arrival day.")
    inbox: str = Field(default="inbox", description="Folder or fsspec URL where the files lie.")
    warehouse: str = Field(default="warehouse/kpis.duckdb", description="The working database; no BI tool opens it.")
    published: str = Field(default="published", description="Folder of the published tables.")
    memory_limit: str = Field(default="4GB", description="Memory the database may use.")
    kpi: KpiSettings = Field(default_factory=KpiSettings, description="Windows and thresholds.")
    schedule: ScheduleSettings = Field(default_factory=ScheduleSettings, description="When it runs.")
    publish: PublishSettings = Field(default_factory=PublishSettings, description="Where else it is published.")
    report: ReportSettings = Field(default_factory=ReportSettings, description="The page for people.")
    schedules: Mapping[str, Schedule] = Field(default_factory=dict, description="When somebody is there, by name of the schedule.")
    assumptions: Mapping[str, Assumption] = Field(default_factory=dict, description="Declared inputs that no data holds.")
    ignore_plus_tags: bool = Field(default=False, description="Whether ann+shop@example.com and ann@example.com are one address.")
    languages: tuple[Annotated[str, Field(pattern="^[a-z]{2}$")], ...] = Field(
        default=(), description="Languages that customers write in, as ISO 639-1 codes; a text is taken for one of these."
    )
    classifier: str | None = Field(default=None, description="Classifier that `kpis train` wrote, for texts that no rule hits.")
    taxonomy: Mapping[str, Rule] = Field(default_factory=dict, description="What customers write about: rules by name.")
    asked: Mapping[str, Asked] = Field(default_factory=dict, description="Ratings asked for in messages and answered with a number.")
    feeds: Mapping[str, Feed] = Field(default_factory=dict, description="The configured sources of files.")
    connectors: Mapping[str, ConnectorSettings] = Field(default_factory=dict, description="What is fetched from the network.")
    alerts: AlertSettings = Field(default_factory=AlertSettings, description="What is watched, and who is told.")
    mail: MailSettings | None = Field(default=None, description="The server that takes our mail, and who gets it.")

    _folder: Path = PrivateAttr(default_factory=Path.cwd)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"{zone!r} is no IANA time zone, such as Europe/Berlin")
        return zone

    @field_validator("currency_rates")
    @classmethod
    def _positive_rates(cls, rates: Mapping[str, float]) -> Mapping[str, float]:
        if worthless := [currency for currency, rate in rates.items() if rate <= 0]:
            raise ValueError(f"{worthless[0]}: a rate must be greater than 0")
        return rates

    @model_validator(mode="after")
    def _readable_feeds(self) -> "Settings":
        for name, feed in self.feeds.items():
            _check_feed(name, feed)
        return self

    @model_validator(mode="after")
    def _one_schedule_at_a_time(self) -> "Settings":
        check_schedules(self.schedules)
        return self

    @model_validator(mode="after")
    def _known_scales(self) -> "Settings":
        for name, asked in self.asked.items():
            _check_scale(f"asked.{name}", asked.metric, asked.scale)
        return self

    @model_validator(mode="after")
    def _landed_feeds(self) -> "Settings":
        for name, connector in self.connectors.items():
            if not name.isidentifier():
                raise ValueError(f"connectors.{name}: a connector's name is a word of letters, digits and underscores")
            if connector.feed not in self.feeds:
                raise ValueError(f"connectors.{name}.feed: there is no feed {connector.feed!r}; declare it, or name one of [feeds.<name>]")
        return self

    @model_validator(mode="after")
    def _mailed_report(self) -> "Settings":
        if self.report.mail and (self.mail is None or not self.report.daily):
            raise ValueError("report.mail: a report is mailed by `[mail]`, and written by `daily`; declare the one and leave the other on")
        return self

    @model_validator(mode="after")
    def _known_parameters(self) -> "Settings":
        self.parameters(None)
        return self

    def at(self, folder: Path) -> "Settings":
        """These settings, with relative paths starting from this folder."""
        placed = self.model_copy()
        placed._folder = folder  # noqa: SLF001  # its own
        return placed

    @property
    def folder(self) -> Path:
        """Where the settings file lies; relative paths start here."""
        return self._folder

    @property
    def inbox_url(self) -> str:
        """The inbox as a full path or URL."""
        return self.inbox if "://" in self.inbox else str(self._folder / self.inbox)

    @property
    def warehouse_path(self) -> Path:
        """The working database."""
        return self._folder / self.warehouse

    @property
    def published_path(self) -> Path:
        """Folder of the published tables."""
        return self._folder / self.published

    @property
    def alert_channels(self) -> Sequence[str]:
        """The channels that are chosen and set up."""
        set_up = {"mail": self.mail is not None, "webhook": self.alerts.webhook is not None}
        return [name for name in dict.fromkeys(self.alerts.channels) if set_up[name]]

    @property
    def rates(self) -> Mapping[str, float]:
        """Worth of one unit of every declared currency, the reporting currency included."""
        return {**self.currency_rates, self.currency: 1.0}

    @property
    def references(self) -> str:
        """The settings that the reference tables are made from, as text; another text means a rebuild."""
        return f"{self.time_zone} {sorted(self.rates.items())} {self.schedules}"

    @property
    def holidays(self) -> frozenset[dt.date]:
        """Dates that any schedule declares a holiday."""
        return frozenset(day for schedule in self.schedules.values() for day in schedule.holidays)

    def parameters(self, as_of: dt.datetime | None, classifier: Classifier | None = None) -> Parameters:
        """The settings that the KPIs' meaning rests on, for data known up to ``as_of`` (UTC); ``classifier`` is the one that they name."""
        declared = {"assumptions": self.assumptions, "languages": self.languages, "taxonomy": self.taxonomy, "asked": self.asked}
        return Parameters(**self.kpi.model_dump(), **declared, classifier=classifier, as_of=as_of)

    def today(self) -> dt.date:
        """The current business date."""
        return dt.datetime.now(ZoneInfo(self.time_zone)).date()


def load_settings(path: Path | None = None) -> Settings:
    """The settings in this file, else in the one that KPIS_SETTINGS names, else in `kpis.toml` here.

    Raises PipelineError that names the file and the key at fault.
    """
    chosen = path or Path(os.environ.get(SETTINGS_VARIABLE) or SETTINGS_NAME)
    if not chosen.is_file():
        raise PipelineError(f"There is no settings file {chosen}; write one, name one with --settings, or run `kpis demo`.")
    try:
        declared = tomllib.loads(chosen.read_text(encoding="utf-8"))
        settings = Settings.model_validate(declared)
    except tomllib.TOMLDecodeError as fault:
        raise PipelineError(f"{chosen}: not valid TOML: {fault}.") from None
    except ValidationError as faults:
        first = faults.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "settings"
        more = f" ({faults.error_count() - 1} more)" if faults.error_count() > 1 else ""
        raise PipelineError(f"{chosen}: {where}: {first['msg'].removeprefix('Value error, ')}{more}.") from None
    return settings.at(chosen.resolve().parent)


def pseudonym_key() -> str:
    """The key under which identifiers are hashed; a secret, so it comes from the environment alone."""
    key = os.environ.get(KEY_VARIABLE, "")
    if len(key) < SHORTEST_KEY:
        raise PipelineError(
            f"The environment variable {KEY_VARIABLE} is not set, or shorter than {SHORTEST_KEY} characters; "
            "set it to a long random text and keep it: "
            "with another key, customers no longer match those already loaded."
        )
    return key


def _check_feed(name: str, feed: Feed) -> None:
    if feed.adapter not in FORMATS:
        raise ValueError(f"feeds.{name}.adapter: {feed.adapter!r} is no adapter; there are {', '.join(sorted(FORMATS))}")
    if feed.time_zone is None and FORMATS[feed.adapter].has_naive_times and "%z" not in feed.time_format:
        raise ValueError(f"feeds.{name}.time_zone: the times of {feed.adapter} carry no offset; declare their zone")
    if feed.time_zone is not None and feed.time_zone not in available_timezones():
        raise ValueError(f"feeds.{name}.time_zone: {feed.time_zone!r} is no IANA time zone")
    if not name.isidentifier():
        raise ValueError(f"feeds.{name}: a feed's name is a word of letters, digits and underscores")
    for key, question in feed.questions.items():
        _check_scale(f"feeds.{name}.questions.{key}", question.metric, question.scale)


def _check_scale(where: str, metric: str, scale: tuple[float, float]) -> None:
    points = scale[1] - scale[0] + 1
    boxes = TOP_BOXES.get(metric)
    if boxes is not None and points not in boxes:
        known = ", ".join(str(number) for number in boxes)
        raise ValueError(f"{where}.scale: a {metric} scale has {known} points, not {points:g}")
