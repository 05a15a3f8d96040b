"""Where charts stand on a dashboard, and its filters."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from pipelines.superset.board import Board
from schemas.facts.categories import FactCategories
from schemas.facts.channels import FactChannels
from schemas.facts.segments import FactSegments
from schemas.facts.touchpoints import FactTouchpoints
from schemas.table import Table

FILTERED: Final[Mapping[str, type[Table]]] = {
    "channel": FactChannels,
    "touchpoint": FactTouchpoints,
    "segment": FactSegments,
    "category": FactCategories,
}
"""The columns that a dashboard may be filtered by, and the table with the words of each."""

_ROOT, _GRID, _HEADER, _ABOUT = "ROOT_ID", "GRID_ID", "HEADER_ID", "ROW-about"
_COLUMNS: Final = 12
_ABOUT_HEIGHT: Final = 12


def position(board: Board, chart_ids: Sequence[str]) -> dict[str, Any]:
    """The tree of a dashboard: what it is about, then its rows of charts, whose ids are given in order."""
    rows = {f"ROW-{number}": row for number, row in enumerate(board.rows, start=1)}
    placed: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        _ROOT: {"type": "ROOT", "id": _ROOT, "children": [_GRID]},
        _GRID: {"type": "GRID", "id": _GRID, "parents": [_ROOT], "children": [_ABOUT, *rows]},
        _HEADER: {"type": "HEADER", "id": _HEADER, "meta": {"text": board.title}},
        _ABOUT: _row(_ABOUT, ["MARKDOWN-about"]),
        "MARKDOWN-about": {
            "type": "MARKDOWN",
            "id": "MARKDOWN-about",
            "parents": [_ROOT, _GRID, _ABOUT],
            "children": [],
            "meta": {"code": board.about, "width": _COLUMNS, "height": _ABOUT_HEIGHT},
        },
    }
    number = 0
    for row_id, row in rows.items():
        names = [f"CHART-{number + place}" for place, _ in enumerate(row, start=1)]
        placed[row_id] = _row(row_id, names)
        for name, chart in zip(names, row, strict=True):
            number += 1
            placed[name] = {
                "type": "CHART",
                "id": name,
                "parents": [_ROOT, _GRID, row_id],
                "children": [],
                "meta": {
                    "chartId": number,
                    "uuid": chart_ids[number - 1],
                    "sliceName": chart.title,
                    "width": chart.width,
                    "height": chart.height,
                },
            }
    return placed


def filters(
    charts: Sequence[tuple[str | None, Collection[str]]], datasets: Mapping[str, str], descriptions: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The filters of a dashboard: by day, and by each column that any of its charts is told apart by.

    ``charts`` gives of each chart the column with its period and the columns of its grain; a chart that lacks a column is left out of
    that filter. ``datasets`` gives the id of the dataset with a column's words.
    """
    days = [day for day, _ in charts]
    said = "Days shown. Months and quarters are named by their first day: choose whole ones."
    found = [_filter("day", "filter_time", {}, [number for number, day in enumerate(days, start=1) if day is None], {}, said)]
    for column, dataset in datasets.items():
        without = [number for number, (_, grain) in enumerate(charts, start=1) if column not in grain]
        if len(without) < len(charts):
            target = {"datasetUuid": dataset, "column": {"name": column}}
            looks = {"multiSelect": True, "searchAllOptions": False, "inverseSelection": False, "defaultToFirstItem": False}
            found.append(_filter(column, "filter_select", target, without, looks, descriptions[column]))
    return found


def _filter(
    name: str, kind: str, target: Mapping[str, Any], without: Sequence[int], looks: Mapping[str, Any], description: str
) -> dict[str, Any]:
    return {
        "id": f"NATIVE_FILTER-{name}",
        "name": name.capitalize(),
        "filterType": kind,
        "type": "NATIVE_FILTER",
        "description": description,
        "targets": [dict(target)],
        "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
        "controlValues": {"enableEmptyFilter": False, **looks},
        "cascadeParentIds": [],
        "scope": {"rootPath": [_ROOT], "excluded": list(without)},
    }


def _row(row_id: str, children: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "ROW",
        "id": row_id,
        "parents": [_ROOT, _GRID],
        "children": list(children),
        "meta": {"background": "BACKGROUND_TRANSPARENT"},
    }
