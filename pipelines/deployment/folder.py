"""Writing a deployment's folder: once what belongs to the user, and anew, after an upgrade, what they have not changed."""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipelines.deployment.contents import SECRETS_NAME, Place, ignored_text, secrets_text, settings_text, upgraded_texts
from pipelines.errors import PipelineError
from pipelines.settings import SETTINGS_NAME, load_settings

MARKER: Final = ".kpis-init.json"
MADE_BY: Final = "kpis init"
KEY_BYTES: Final = 32


@dataclass
class Initialised:
    """What `initialise` did, file by file; paths are relative to the folder."""

    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Files that follow the package but were changed by the user, and would be different now."""
    feeds: tuple[str, ...] = ()
    has_secrets: bool = True
    """Whether the file of secrets is where it was written."""


def initialise(place: Place, time_zone: str, currency: str) -> Initialised:
    """Make the folder a deployment, or bring one that it made up to date.

    Settings, secrets and `.gitignore` are written once and are the user's from then on. The others are written anew as long as
    they are what this function wrote. Raises PipelineError when the folder holds anything and was not made by this function.
    """
    folder = place.folder
    before = _marker(folder)
    done = Initialised()
    declared = settings_text(time_zone, currency)
    upgraded_texts(place, {})
    folder.mkdir(parents=True, exist_ok=True)
    if before is None:
        _remember(folder, {})
    _once(folder, SETTINGS_NAME, declared, done)
    _once(folder, ".gitignore", ignored_text(), done)
    _write_secrets(folder, is_new=before is None or not before.get("finished"), done=done)
    settings = load_settings(folder / SETTINGS_NAME)
    done.feeds = tuple(settings.feeds)
    digests = dict(before["digests"]) if before else {}
    for path, text in upgraded_texts(place, settings.feeds).items():
        _follow(folder, path, text, digests, done)
    _remember(folder, digests, finished=True)
    return done


def _marker(folder: Path) -> dict[str, Any] | None:
    """What an earlier call wrote down; nothing for a folder that is empty or not there."""
    if folder.exists() and not folder.is_dir():
        raise PipelineError(f"{folder} is no folder; name one that is empty or not there yet.")
    path = folder / MARKER
    if path.is_file():
        try:
            marker = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            marker = None
        if isinstance(marker, dict) and marker.get("made_by") == MADE_BY and isinstance(marker.get("digests"), dict):
            return marker
        raise PipelineError(f"{path} is not what `kpis init` wrote; restore it, or choose another folder.")
    found = sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []
    if found:
        raise PipelineError(f"{folder} holds {found[0]}, which `kpis init` did not write; choose a folder that is empty or not there yet.")
    return None


def _once(folder: Path, name: str, text: str, done: Initialised) -> None:
    if not (folder / name).exists():
        _write(folder / name, text)
        done.written.append(name)


def _write_secrets(folder: Path, *, is_new: bool, done: Initialised) -> None:
    """A key is made once: a file that is gone was moved elsewhere, or has to come back from its backup."""
    path = folder / SECRETS_NAME
    if path.exists():
        return
    if not is_new:
        done.has_secrets = False
        return
    beside = path.with_name(f"{SECRETS_NAME}.tmp")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(secrets_text(secrets.token_hex(KEY_BYTES)))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    done.written.append(SECRETS_NAME)


def _follow(folder: Path, name: str, text: str, digests: dict[str, str], done: Initialised) -> None:
    path = folder / name
    present = _digest(path.read_bytes()) if path.is_file() else None
    wanted = _digest(text.encode())
    if present == wanted:
        digests[name] = wanted
    elif present is None or present == digests.get(name):
        _write(path, text)
        digests[name] = wanted
        done.written.append(name)
    else:
        done.kept.append(name)


def _remember(folder: Path, digests: Mapping[str, str], *, finished: bool = False) -> None:
    said = {"made_by": MADE_BY, "finished": finished, "digests": dict(sorted(digests.items()))}
    _write(folder / MARKER, json.dumps(said, indent=1) + "\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.tmp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
