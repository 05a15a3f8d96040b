"""The command `init`: a folder in which the program runs for a company."""

import getpass
import shlex
import sys
from pathlib import Path

from pipelines.cli.console import console
from pipelines.deployment import INSTANCE
from pipelines.deployment.contents import NOTE_FOLDER, SECRETS_NAME, UNIT_FOLDER, Place
from pipelines.deployment.folder import Initialised, initialise
from pipelines.settings import SETTINGS_NAME


def init(folder: Path, time_zone: str, currency: str) -> None:
    """See `app.init`."""
    place = Place(folder.resolve(), Path(sys.executable).parent, getpass.getuser())
    done = initialise(place, time_zone, currency)
    screen = console()
    for line in (*_told(place.folder, done), "", *_next_steps(place.folder, done)):
        screen.print(line, markup=False, soft_wrap=True)


def _told(folder: Path, done: Initialised) -> list[str]:
    written = f"{folder}: {len(done.written)} files written" if done.written else f"{folder}: everything is there"
    told = [f"{written}{': ' + ', '.join(done.written) if done.written else ''}."]
    told += [
        f"! {name} was changed here and stays; move it away and run `kpis init` again to see what it would be now." for name in done.kept
    ]
    if not done.has_secrets:
        told.append(
            f"! {SECRETS_NAME} is not here and is not made again, because another key would match no customer: "
            "restore it, or name its place in the systemd units."
        )
    return told


def _next_steps(folder: Path, done: Initialised) -> list[str]:
    feed = done.feeds[0] if done.feeds else "<feed>"
    steps = (
        (f"cd {shlex.quote(str(folder))}", "all of the following happens here"),
        (f"set -a; . ./{SECRETS_NAME}; set +a", "the pseudonym key, for this shell; keep a copy of it elsewhere"),
        (f"kpis inspect FILE --feed {feed}", f"how an export file would be read; then fit {SETTINGS_NAME} to it"),
        (f"cp FILE {NOTE_FOLDER}/{feed}/", "a file is a delivery of today, unless a folder names its arrival day"),
        ("kpis run --day $(date +%F)", "load today's arrival day, compute, publish"),
        ("kpis status", "what is loaded, and what was refused"),
        (f"DAGSTER_HOME=$PWD/{INSTANCE} dagster definitions validate -w workspace.yaml", "whether the daemon can load it"),
        (f"sudo cp {UNIT_FOLDER}/*.service /etc/systemd/system/", "to let it run by itself; see docs/operations.md"),
    )
    width = max(len(command) for command, _ in steps)
    return ["Next:", *(f"  {command:<{width}}  # {why}" for command, why in steps)]
