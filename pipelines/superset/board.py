"""What a dashboard is. Which there are stands in `boards`, where its charts are placed in `layout`."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.superset.charts import Chart


@dataclass(frozen=True)
class Board:
    """One dashboard: rows of charts, each row twelve columns wide."""

    title: str
    name: str
    about: str
    """What to know before reading it; Markdown."""
    rows: Sequence[Sequence[Chart]]
