"""The command `land`: fetch from the network into the inbox."""

import sys
from pathlib import Path

import typer

from pipelines.cli.console import FAILED, MISUSED, console
from pipelines.connectors.protocol import ConnectorError
from pipelines.connectors.registry import land_connector
from pipelines.errors import PipelineError
from pipelines.settings import Settings, load_settings


def land(settings_file: Path | None, name: str | None) -> None:
    """See `app.land`."""
    settings = load_settings(settings_file)
    faults = [_landed(settings, chosen) for chosen in _chosen(settings, name)]
    if any(faults):
        raise typer.Exit(max(faults))


def _chosen(settings: Settings, name: str | None) -> list[str]:
    known = ", ".join(settings.connectors) or "none"
    if not settings.connectors:
        raise PipelineError("The settings declare no connector; write a block [connectors.<name>].")
    if name is not None and name not in settings.connectors:
        raise PipelineError(f"There is no connector {name!r} in the settings; there are {known}.")
    return list(settings.connectors) if name is None else [name]


def _landed(settings: Settings, name: str) -> int:
    """Land one connector and say what came; gives the exit code, so that the others still have their turn."""
    screen = console()
    try:
        with screen.status(f"Fetching {name}"):
            done = land_connector(settings, name)
    except ConnectorError as fault:
        sys.stderr.write(f"kpis: {fault}\n")
        return FAILED
    except PipelineError as fault:
        sys.stderr.write(f"kpis: {fault}\n")
        return MISUSED
    feed = settings.connectors[name].feed
    screen.print(
        f"{name}: {done.files:,} files landed for {feed}, {done.bytes:,} bytes; {done.repeated:,} were there already.", markup=False
    )
    return 0
