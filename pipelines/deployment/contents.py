"""What the files of a deployment say. Pure: writing them, and what may be overwritten, stand in `folder`."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from pydantic import ValidationError

from assets.raw.feed import Feed
from pipelines.deployment import INSTANCE, TEMPLATES
from pipelines.errors import PipelineError
from pipelines.settings import SETTINGS_NAME, Settings

SECRETS_NAME: Final = "kpis.env"
NOTE_FOLDER: Final = "inbox"
UNIT_FOLDER: Final = "systemd"
UNITS: Final = ("feedback-kpis-daemon.service", "feedback-kpis-webserver.service")


@dataclass(frozen=True)
class Place:
    """Where a deployment is and who runs it; all of it ends up in the systemd units."""

    folder: Path
    programs: Path
    """Folder of the programs that were installed with the package."""
    user: str


def settings_text(time_zone: str, currency: str) -> str:
    """The settings file to start with. Raises PipelineError where a value is none that the settings take."""
    text = _filled("kpis.toml", time_zone=json.dumps(time_zone), currency=json.dumps(currency))
    try:
        Settings.model_validate(tomllib.loads(text))
    except ValidationError as faults:
        first = faults.errors(include_url=False, include_context=False)[0]
        where = "--" + str(first["loc"][0]).replace("_", "-")
        raise PipelineError(f"{where}: {first['msg'].removeprefix('Value error, ')}.") from None
    return text


def secrets_text(key: str) -> str:
    """The environment file, with a pseudonym key."""
    return _filled(SECRETS_NAME, key=key)


def ignored_text() -> str:
    """What a repository of this folder leaves out."""
    return _filled("gitignore")


def upgraded_texts(place: Place, feeds: Mapping[str, Feed]) -> Mapping[str, str]:
    """The files that follow the package, the place and the settings, by their paths in the folder."""
    where = {"folder": _in_unit(place.folder), "programs": _in_unit(place.programs), "user": place.user}
    return {
        f"{INSTANCE}/dagster.yaml": (TEMPLATES / "dagster.yaml").read_text(encoding="utf-8"),
        "workspace.yaml": _filled("workspace.yaml"),
        **{f"{UNIT_FOLDER}/{unit}": _filled(unit, **where) for unit in UNITS},
        **{f"{NOTE_FOLDER}/{name}/README.md": _note(name, feed) for name, feed in feeds.items()},
    }


def _note(name: str, feed: Feed) -> str:
    mapped = [f"* `{theirs}`: {ours}" for ours, theirs in feed.columns.items()]
    asked = [f"* `{feed.columns.get(key, key)}`: a question of the metric {question.metric}" for key, question in feed.questions.items()]
    said = (
        [f"What {SETTINGS_NAME} says of their columns:", "", *mapped, *asked] if mapped or asked else [f"{SETTINGS_NAME} maps no columns."]
    )
    return _filled("feed.md", feed=name, adapter=feed.adapter, columns="\n".join(said))


def _in_unit(path: Path) -> str:
    """A path as a systemd unit takes it: `%` begins a specifier there. Raises PipelineError for what cannot be written in every place."""
    text = str(path)
    if wrong := sorted({sign for sign in text if sign in "\"'\\$" or not sign.isprintable()}):
        raise PipelineError(f"{path}: a systemd unit cannot name a path with {wrong[0]!r}; choose another folder.")
    return text.replace("%", "%%")


def _filled(template: str, **values: str) -> str:
    return Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(values)
