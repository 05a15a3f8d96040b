"""How the command line speaks: one sentence for an error, plain tables, quiet when nobody is watching."""

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

import typer

if TYPE_CHECKING:
    from rich.console import Console

FAILED, MISUSED = 1, 2
"""Exit codes: the run or a check failed; the call or the settings are at fault."""

P = ParamSpec("P")
BLOCKS = "▁▂▃▄▅▆▇█"


def exits_cleanly(command: Callable[P, None]) -> Callable[P, None]:
    """Turn a PipelineError into its sentence on standard error and exit code 2."""

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        from pipelines.errors import PipelineError

        try:
            command(*args, **kwargs)
        except PipelineError as fault:
            sys.stderr.write(f"kpis: {fault}\n")
            raise typer.Exit(MISUSED) from None

    return guarded


def console() -> "Console":
    """Where tables and progress go; wide enough for them when the output is a file."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def sparkline(values: tuple[float | None, ...]) -> str:
    """The course of a figure in one line of blocks; a gap where there is no value."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    steps = len(BLOCKS) - 1
    return "".join(" " if value is None else BLOCKS[round((value - low) / (high - low) * steps) if high > low else 0] for value in values)
