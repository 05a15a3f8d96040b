"""The progress of a run on a terminal: what is being done, how far it is, how fast it goes, and how long it will take."""

import datetime as dt
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pipelines.progress import Progress

if TYPE_CHECKING:
    from rich.console import Console


class Bar(Progress):
    """One line that is drawn anew while days are read and then while tables are refreshed; nothing where nobody is watching."""

    def __init__(self, screen: "Console", days: int, tables: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Line

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._line = Line(*columns, console=screen, transient=True, disable=not screen.is_terminal)
        self._reading = self._line.add_task("Reading", total=days, rate="")
        self._refreshing = self._line.add_task("Refreshing", total=tables, rate="", visible=False, start=False)
        self._started = time.monotonic()
        self._records = 0

    def __enter__(self) -> Self:
        self._line.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, traceback: TracebackType | None) -> None:
        self._line.stop()

    def read(self, day: dt.date, records: int) -> None:
        """See `Progress.read`."""
        self._records += records
        a_second = self._records / max(time.monotonic() - self._started, 1e-3)
        rate = f"{self._records:,} records, {a_second:,.0f} a second"
        self._line.update(self._reading, advance=1, description=f"Reading {day}", rate=rate)

    def refreshed(self, table: str) -> None:
        """See `Progress.refreshed`."""
        self._line.start_task(self._refreshing)
        self._line.update(self._refreshing, advance=1, description=f"Refreshing {table}", visible=True)
