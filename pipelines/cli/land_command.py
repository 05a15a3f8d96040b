"""The command `land`: fetch from the network into the inbox."""

import sys
from pathlib import Path

import typer

from pipelines.cli.console import FAILED, MISUSED, console
from pipelines.connectors.landing import Landed
from pipelines.connectors.protocol import ConnectorError
from pipelines.connectors.registry import land_connector
from pipelines.errors import PipelineError
from pipelines.settings import Settings, load_settings


def land(settings_file: Path | None, name: str | None) -> None:
    """See `app.land`."""
    settings = load_settings(settings_file)
    codes = [_landed(settings, chosen) for chosen in _chosen(settings, name)]
    if any(codes):
        raise typer.Exit(max(codes))


def _chosen(settings: Settings, name: str | None) -> list[str]:
    if not settings.connectors:
        raise PipelineError("The settings declare no connector; write a block [connectors.<name>].")
    if name is not None and name not in settings.connectors:
        raise PipelineError(f"There is no connector {name!r} in the settings; there are {', '.join(settings.connectors)}.")
    return list(settings.connectors) if name is None else [name]


def _landed(settings: Settings, name: str) -> int:
    """Land one connector and say what came; gives the exit code, so that the others still have their turn."""
    screen = console()
    so_far = [Landed()]
    code = 0
    try:
        with screen.status(f"Fetching {name}"):
            land_connector(settings, name, progress=so_far.append)
    except PipelineError as fault:
        sys.stderr.write(f"kpis: {fault}\n")
        code = FAILED if isinstance(fault, ConnectorError) else MISUSED
    done = so_far[-1]
    if done.files or not code:
        counts = f"{done.files:,} files landed for {settings.connectors[name].feed}, {done.bytes:,} bytes"
        screen.print(f"{name}: {counts}; {done.repeated:,} were there already.", markup=False)
    return code
