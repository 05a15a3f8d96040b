"""The blocks `[connectors.<name>]`: which source is fetched, for which feed, and within which bounds."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator, model_validator

from assets.raw.feed import Declared

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts to which nothing leaves this machine."""


def _variable(name: str) -> str:
    if not name.isidentifier() or name != name.upper():
        raise ValueError("name the environment variable that holds the secret, such as TWILIO_SECRET; never the secret itself")
    return name


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("give an address that starts with https://")
    if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("give scheme and host alone; secrets and queries do not belong into an address")
    return url.rstrip("/") + "/"


Variable = Annotated[str, AfterValidator(_variable)]
Address = Annotated[str, AfterValidator(_address)]
PathPart = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]


class Fetching(Declared):
    """What every connector may set."""

    feed: str = Field(description="Feed that the files are landed for.")
    largest_bytes: int = Field(default=64_000_000, ge=1, description="Largest answer or file that is taken.")
    minutes: float = Field(default=20, gt=0, description="How long one run may take.")


class Paging(Fetching):
    """What every connector that reads pages may set."""

    most_pages: int = Field(default=10_000, ge=1, description="Most pages of one run.")


class ImapConnector(Fetching):
    """Mail of a folder or several, read only."""

    kind: Literal["imap"] = Field(description="Mail over IMAP.")
    host: str = Field(description="Mail server.")
    port: int | None = Field(default=None, ge=1, le=65535, description="Its port; 993, or 143 without `tls`.")
    security: Literal["tls", "starttls", "none"] = Field(default="tls", description="How it is secured; `none` for loopback alone.")
    user: Annotated[str, Field(pattern=r"^[ -~]+$")] = Field(description="Name of the mailbox's user.")
    login: Literal["password", "xoauth2", "oauthbearer"] = Field(
        default="password", description="What the secret is: a password, or an OAuth secret, sent in either way."
    )
    secret_variable: Variable | None = Field(default=None, description="Environment variable with the secret.")
    secret_command: tuple[str, ...] = Field(
        default=(), description="Program and arguments that print the secret, run for every connection; instead of `secret_variable`."
    )
    folders: tuple[str, ...] = Field(default=("INBOX",), min_length=1, description="Folders, by the names people see.")
    most_messages: int = Field(default=100_000, ge=1, description="Most messages of one run; the next one goes on.")

    @field_validator("security")
    @classmethod
    def _secured(cls, security: str, info: object) -> str:
        data: Mapping[str, object] = getattr(info, "data", {})
        if security == "none" and data.get("host") not in LOOPBACK:
            raise ValueError("a password is sent unsecured to this machine alone; use `tls` or `starttls`")
        return security

    @model_validator(mode="after")
    def _with_one_secret(self) -> "ImapConnector":
        if (self.secret_variable is None) == (not self.secret_command):
            raise ValueError("give either `secret_variable` or `secret_command`, which say where the secret is found")
        return self


class ZendeskConnector(Paging):
    """Zendesk's incremental exports."""

    kind: Literal["zendesk"] = Field(description="Zendesk's incremental exports.")
    address: Address = Field(description="Such as https://company.zendesk.com.")
    export: Literal["tickets", "ticket_audits", "ticket_metric_events", "ticket_events", "satisfaction_ratings"] = Field(
        default="tickets", description="What is fetched; one connector each."
    )
    user: str = Field(default="", description="Address of the user whose API key the secret is; empty for an OAuth secret.")
    secret_variable: Variable = Field(description="Environment variable with the API key or OAuth secret.")
    include: tuple[str, ...] = Field(default=(), description="What each page brings along, such as users.")
    start_day: dt.date = Field(description="First day that is fetched, in UTC.")
    overlap_seconds: int = Field(default=600, ge=0, description="How far exports without a cursor of their own are read again.")
    requests_per_minute: float = Field(default=10, gt=0, description="Most requests a minute.")


class TwilioConnector(Paging):
    """Twilio's messages."""

    kind: Literal["twilio"] = Field(description="Twilio's messages.")
    address: Address = Field(default="https://api.twilio.com/", description="Where the interface is.")
    account: PathPart = Field(description="Id of the account, `AC…`.")
    user: str = Field(default="", description="Id of an API key, `SK…`; empty when the secret is the account's own.")
    secret_variable: Variable = Field(description="Environment variable with the key's or the account's secret.")
    start_day: dt.date = Field(description="First day that is fetched, in UTC.")
    window_days: int = Field(default=3, ge=1, description="How many days are read again: status and price change later.")
    page_size: int = Field(default=1000, ge=1, le=1000, description="Messages a page.")
    requests_per_minute: float = Field(default=120, gt=0, description="Most requests a minute.")


class TypeformConnector(Paging):
    """Typeform's responses."""

    kind: Literal["typeform"] = Field(description="Typeform's responses.")
    address: Address = Field(default="https://api.typeform.com/", description="Where the interface is; another one in the EU.")
    form: PathPart = Field(description="Id of the form.")
    secret_variable: Variable = Field(description="Environment variable with the personal access secret.")
    start_day: dt.date = Field(description="First day that is fetched, in UTC.")
    overlap_hours: float = Field(default=24, ge=0, description="How far is read again: the newest responses show up late.")
    page_size: int = Field(default=1000, ge=1, le=1000, description="Responses a page.")
    requests_per_minute: float = Field(default=100, gt=0, description="Most requests a minute.")


class QualtricsConnector(Fetching):
    """Qualtrics' response exports."""

    kind: Literal["qualtrics"] = Field(description="Qualtrics' response exports.")
    address: Address = Field(description="Such as https://fra1.qualtrics.com.")
    survey: PathPart = Field(description="Id of the survey, `SV_…`.")
    secret_variable: Variable = Field(description="Environment variable with the API secret.")
    start_day: dt.date = Field(description="First day that is fetched, in UTC.")
    format: Literal["csv", "json"] = Field(default="csv", description="Format of the export.")
    overlap_hours: float = Field(default=24, ge=0, description="How far is read again.")
    poll_seconds: float = Field(default=5, ge=0.1, description="How long to wait before asking whether the export is ready.")
    requests_per_minute: float = Field(default=60, gt=0, description="Most requests a minute.")


class FolderConnector(Fetching):
    """A folder somewhere else, whose new and changed files are copied."""

    kind: Literal["folder"] = Field(description="A folder, S3, GCS or a listing over HTTP.")
    url: str = Field(description="The folder, as a path or fsspec URL.")
    pattern: str = Field(default="*", description="Which file names are taken, with `*` and `?`.")
    options: Mapping[str, str | int | bool] = Field(default_factory=dict, description="Options of the fsspec package, without secrets.")
    secret_options: Mapping[str, Variable] = Field(
        default_factory=dict, description="Options that are secrets, each with its environment variable."
    )
    rest_seconds: float = Field(default=60, ge=0, description="How long a file must have stood still, where its time is known.")
    most_files: int = Field(default=10_000, ge=1, description="Most files copied in one run; the next one goes on.")

    @field_validator("url")
    @classmethod
    def _without_secrets(cls, url: str) -> str:
        parts = urlsplit(url)
        if "@" in parts.netloc or parts.query:
            raise ValueError("secrets and queries do not belong into a URL; use `secret_options`")
        return url


ConnectorSettings = Annotated[
    ImapConnector | ZendeskConnector | TwilioConnector | TypeformConnector | QualtricsConnector | FolderConnector,
    Field(discriminator="kind"),
]
