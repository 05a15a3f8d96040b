"""The files of a Superset export: a database, the datasets, charts and dashboards made of the contracts."""

import io
import json
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipelines.superset.board import Board
from pipelines.superset.boards import BOARDS
from pipelines.superset.charts import Chart, is_money, number_format
from pipelines.superset.database import Database
from pipelines.superset.layout import FILTERED, filters, position
from pipelines.superset.metrics import Metric, metrics
from schemas.projection import columns, explanation, grain, period_column, summary, table_name
from schemas.table import Table

VERSION: Final = "1.0.0"
"""Of the layout of such files."""

_NAMESPACE: Final = uuid.UUID("6f1c61a5-6f0a-5a29-9d0e-7d1f6e4f3b1c")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_ACRONYMS: Final = {"csat", "nps", "ces", "fcr", "ocr", "roi"}


@dataclass(frozen=True)
class Bundle:
    """What a set of dashboards is told apart by, where it reads, and in which currency."""

    name: str
    """The name of the database in Superset; all ids follow from it, so that the same name replaces what was imported under it."""
    database: Database
    currency: str

    def files(self) -> dict[str, str]:
        """The text of each file by its path."""
        charts = [(board, chart) for board in BOARDS for row in board.rows for chart in row]
        tables = [*dict.fromkeys([*(chart.table for _, chart in charts), *FILTERED.values()])]
        found: dict[str, Any] = {
            "metadata.yaml": {"version": VERSION, "type": "Dashboard"},
            "databases/kpis.yaml": self.database.described(self.name, self.id_of("database"), VERSION),
        }
        found |= {f"datasets/kpis/{table_name(table).replace('.', '_')}.yaml": self._dataset(table) for table in tables}
        for board, chart in charts:
            found[f"charts/{board.name}_{_as_name(chart.title)}.yaml"] = self._chart(board, chart)
        found |= {f"dashboards/{board.name}.yaml": self._dashboard(board) for board in BOARDS}
        # Superset reads YAML, of which JSON is a part; a YAML library takes seconds to write this much.
        return {path: json.dumps(said, indent=1) + "\n" for path, said in found.items()}

    def zipped(self) -> bytes:
        """The files as one archive, the same bytes for the same content."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, text in self.files().items():
                entry = zipfile.ZipInfo(f"kpis/{path}", _EPOCH)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
        return target.getvalue()

    def id_of(self, *what: str) -> str:
        """The id of a thing, the same whenever it is made again."""
        return str(uuid.uuid5(_NAMESPACE, "/".join((self.name, *what))))

    def _dataset(self, table: type[Table]) -> dict[str, Any]:
        schema, name = self.database.place(table)
        return {
            "table_name": name,
            "main_dttm_col": period_column(table),
            "description": explanation(table),
            "default_endpoint": None,
            "offset": 0,
            "cache_timeout": None,
            "schema": schema,
            "sql": None,
            "params": None,
            "template_params": None,
            "filter_select_enabled": True,
            "fetch_values_predicate": None,
            "extra": None,
            "uuid": self.id_of("dataset", table_name(table)),
            "metrics": [self._metric(metric) for metric in metrics(table).values()],
            "columns": [
                {
                    "column_name": column.name,
                    "verbose_name": _label(column.name),
                    "is_dttm": column.sql_type in {"DATE", "TIMESTAMP"},
                    "is_active": True,
                    "type": column.sql_type,
                    "groupby": True,
                    "filterable": True,
                    "expression": None,
                    "description": column.description,
                    "python_date_format": None,
                    "extra": {},
                }
                for column in columns(table)
            ],
            "version": VERSION,
            "database_uuid": self.id_of("database"),
        }

    def _metric(self, metric: Metric) -> dict[str, Any]:
        return {
            "metric_name": metric.name,
            "verbose_name": _label(metric.name),
            "metric_type": None,
            "expression": metric.expression,
            "description": metric.description,
            "d3format": number_format(metric),
            "currency": self._currency() if is_money(metric) else None,
            "extra": {},
            "warning_text": None,
        }

    def _chart(self, board: Board, chart: Chart) -> dict[str, Any]:
        money = {"currency_format": self._currency()} if chart.is_money else {}
        return {
            "slice_name": chart.title,
            "description": chart.description,
            "certified_by": None,
            "certification_details": None,
            "viz_type": chart.kind,
            "params": {**chart.params, **money},
            "query_context": None,  # Superset makes it; not every way of importing puts its own ids into a given one
            "cache_timeout": None,
            "uuid": self._chart_id(board, chart),
            "version": VERSION,
            "dataset_uuid": self.id_of("dataset", table_name(chart.table)),
        }

    def _dashboard(self, board: Board) -> dict[str, Any]:
        charts = [chart for row in board.rows for chart in row]
        return {
            "dashboard_title": board.title,
            "description": board.about,
            "css": "",
            "slug": f"{_as_name(self.name)}-{board.name}",
            "uuid": self.id_of("dashboard", board.name),
            "position": position(board, [self._chart_id(board, chart) for chart in charts]),
            "metadata": {
                "color_scheme": "supersetColors",
                "label_colors": {label: colour for chart in reversed(charts) for label, colour in chart.colours.items()},
                "refresh_frequency": 0,
                "cross_filters_enabled": True,
                "native_filter_configuration": filters(
                    [(period_column(chart.table), grain(chart.table)) for chart in charts],
                    {column: self.id_of("dataset", table_name(table)) for column, table in FILTERED.items()},
                    {column: summary(table) for column, table in FILTERED.items()},
                ),
            },
            "published": True,
            "version": VERSION,
        }

    def _chart_id(self, board: Board, chart: Chart) -> str:
        return self.id_of("chart", board.name, chart.title)

    def _currency(self) -> Mapping[str, str]:
        return {"symbol": self.currency, "symbolPosition": "suffix"}


def _label(name: str) -> str:
    """A column's name as people write it."""
    words = name.replace("_ci_low", "_(low)").replace("_ci_high", "_(high)").split("_")
    written: Sequence[str] = [word.upper() if word in _ACRONYMS else word for word in words]
    return " ".join(written)


def _as_name(title: str) -> str:
    """A title as part of a path."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in title.lower()).split())
