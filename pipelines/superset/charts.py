"""The kinds of charts: for each, what Superset draws it by, which also says what it asks for. Which charts there are stands elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipelines.superset.metrics import Metric, metrics
from schemas.projection import columns, explanation, period_column
from schemas.table import Table

WEEK, MONTH, QUARTER, DAY = "P1W", "P1M", "P3M", "P1D"
_MOST_ROWS: Final = 10_000
_LINE, _BAR = "echarts_timeseries_line", "echarts_timeseries_bar"
_LOOKS: Final[Mapping[str, Mapping[str, Any]]] = {_LINE: {"markerEnabled": True, "opacity": 0.25}, _BAR: {"stack": "Stack"}}
_BAND: Final = {"low": "__yhat_lower", "high": "__yhat_upper"}
"""How the label of a series must end for Superset to draw it as an end of a band. The band has a name of its own: Superset draws the
line of a figure that shares the name of a band as single points. It is seen only where its width lies within the axis, too."""

_PALETTE: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
"""Colours that differ for whoever cannot tell red from green (Okabe and Ito)."""
_INTERVAL: Final = "95 % interval"


@dataclass(frozen=True)
class Chart:
    """One chart: its place in the grid of twelve columns, and how it is drawn."""

    title: str
    description: str
    table: type[Table]
    kind: str
    params: Mapping[str, Any]
    colours: Mapping[str, str]
    """Of its figures by their label; a band has that of its figure."""
    is_money: bool
    """Whether all that it shows is in the reporting currency."""
    width: int
    height: int


def number(title: str, table: type[Table], figure: str, *, width: int = 3) -> Chart:
    """One figure over all days and all rows of the filters, with its definition below."""
    metric = metrics(table)[figure]
    params = {
        "metric": figure,
        "subtitle": metric.description.partition(";")[0].partition(" = ")[0].rstrip("."),
        "subtitle_font_size": 0.15,
        "header_font_size": 0.4,
        "y_axis_format": number_format(metric),
        "time_format": "smart_date",
    }
    return _chart(title, table, "big_number_total", [metric], params, (width, 22))


def trend(
    title: str, table: type[Table], figures: Mapping[str, str], *, per: str, by: Sequence[str] = (), width: int = 6, height: int = 50
) -> Chart:
    """The course of figures, given by their label; one that has an interval, or bounds, is drawn with it as a band."""
    known = metrics(table)
    series = [series for label, figure in figures.items() for series in _series(table, label, figure)]
    first = [known[figure] for figure in figures.values()]
    return _course(title, table, _LINE, series, first, per, by, (width, height))


def bars(
    title: str, table: type[Table], figures: Mapping[str, str], *, per: str, by: Sequence[str] = (), width: int = 6, height: int = 50
) -> Chart:
    """Counts or amounts of each period, on top of each other."""
    known = [metrics(table)[figure] for figure in figures.values()]
    series = [_adhoc(label, metric) for label, metric in zip(figures, known, strict=True)]
    return _course(title, table, _BAR, series, known, per, by, (width, height))


def summed(
    title: str, table: type[Table], by: Sequence[str], figures: Sequence[str], *, order: str, width: int = 6, height: int = 50
) -> Chart:
    """A table of figures over all days, a row for each value of the columns it is told apart by; the largest of ``order`` first."""
    known = metrics(table)
    shown = [known[figure] for figure in figures]
    params = {
        "query_mode": "aggregate",
        "groupby": list(by),
        "metrics": list(figures),
        "timeseries_limit_metric": order,
        "order_desc": True,
        **_table(shown),
    }
    return _chart(title, table, "table", shown, params, (width, height))


def listed(title: str, table: type[Table], shown: Sequence[str], order: Mapping[str, bool], *, width: int = 12, height: int = 50) -> Chart:
    """Rows as they are published, for figures that no sum gives; ``order`` says of its columns whether they rise."""
    known = {column.name: Metric(column.name, "", column.description, column.unit) for column in columns(table)}
    columns_shown = [known[name] for name in shown]
    params = {
        "query_mode": "raw",
        "all_columns": list(shown),
        "order_by_cols": [f'["{name}", {str(rises).lower()}]' for name, rises in order.items()],
        **_table(columns_shown),
    }
    return _chart(title, table, "table", columns_shown, params, (width, height))


def number_format(metric: Metric) -> str:
    """How a value is written, by its unit."""
    if metric.unit == "ratio":
        return ".1%"
    if metric.unit is not None and metric.unit.startswith(("money", "points", "problems", "-1")):
        return ",.2f"
    return ",d" if metric.expression.startswith("sum(") else ",.0f"


def _bounds(metric: Metric) -> list[float | None]:
    """The ends of the axis: of a score those of its scale, so that a band is seen whole; else 0 and what is needed."""
    return [-100, 100] if metric.unit == "points from -100 to 100" else [None, None]


def is_money(metric: Metric) -> bool:
    """Whether the value is in the reporting currency."""
    return metric.unit is not None and metric.unit.startswith("money")


def _course(
    title: str,
    table: type[Table],
    kind: str,
    series: Sequence[Mapping[str, Any]],
    known: Sequence[Metric],
    per: str,
    by: Sequence[str],
    size: tuple[int, int],
) -> Chart:
    day = period_column(table)
    params = {
        "x_axis": day,
        "time_grain_sqla": per,
        "metrics": list(series),
        "groupby": list(by),
        "x_axis_sort_asc": True,
        "sort_series_type": "name",  # else the ends of a band come in an order in which it is not seen
        "sort_series_ascending": True,
        "y_axis_format": number_format(known[0]),
        "x_axis_time_format": "%b %Y" if per in {MONTH, QUARTER} else "%d %b",
        "truncateYAxis": False,
        "y_axis_bounds": _bounds(known[0]),
        "show_legend": bool(by) or len(set(_colours([one["label"] for one in series]).values())) > 1,
        "legendOrientation": "top",
        "rich_tooltip": True,
        "truncate_metric": True,
        "show_empty_columns": True,
        "color_scheme": "supersetColors",
        **_LOOKS[kind],
    }
    return _chart(title, table, kind, known, params, size)


def _chart(
    title: str,
    table: type[Table],
    kind: str,
    known: Sequence[Metric],
    params: Mapping[str, Any],
    size: tuple[int, int],
) -> Chart:
    day = period_column(table)
    # Superset puts the days of the dashboard's filter in the place of this one.
    any_day = [{"clause": "WHERE", "expressionType": "SIMPLE", "subject": day, "operator": "TEMPORAL_RANGE", "comparator": "No filter"}]
    whole = {"viz_type": kind, **params, "adhoc_filters": any_day if day else [], "row_limit": _MOST_ROWS}
    said = "\n".join([*(f"* `{metric.name}`: {metric.description}" for metric in known), "", explanation(table)])
    labels = [metric["label"] for metric in params.get("metrics", ()) if isinstance(metric, dict)]
    return Chart(title, said, table, kind, whole, _colours(labels), all(map(is_money, known)), *size)


def _series(table: type[Table], label: str, figure: str) -> list[dict[str, Any]]:
    """A figure with the ends of its interval as a band; with bounds, whose width no axis is sure to hold, as lines."""
    known = metrics(table)
    bounds = [
        _adhoc(f"{label}, {end}", known[name]) for end in _BAND if (name := f"{figure.removesuffix('_amount')}_{end}_amount") in known
    ]
    ends = [_adhoc(f"{label}, {_INTERVAL}{_BAND[end]}", known[name]) for end in _BAND if (name := f"{figure}_ci_{end}") in known]
    return [_adhoc(label, known[figure]), *bounds, *ends]


def _colours(labels: Sequence[str]) -> dict[str, str]:
    """A colour for each line, and that of its line for each end of a band."""
    lines = [label for label in labels if not label.endswith(tuple(_BAND.values()))]
    of_lines = {line: _PALETTE[place % len(_PALETTE)] for place, line in enumerate(lines)}
    return {label: of_lines[label if label in of_lines else label.rpartition(", ")[0]] for label in labels}


def _adhoc(label: str, metric: Metric) -> dict[str, Any]:
    return {
        "expressionType": "SQL",
        "sqlExpression": metric.expression,
        "label": label,
        "hasCustomLabel": True,
        "optionName": f"metric_{label}",
    }


def _table(known: Sequence[Metric]) -> dict[str, Any]:
    return {
        "column_config": {metric.name: {"d3NumberFormat": number_format(metric)} for metric in known if metric.unit},
        "table_timestamp_format": "%Y-%m-%d",
        "show_cell_bars": False,
        "server_page_length": 10,
    }
