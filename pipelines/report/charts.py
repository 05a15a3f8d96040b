"""The charts of the report as SVG: what is drawn, and from which numbers. Where they stand on the page is the template's matter.

Written in Vega-Lite and drawn here, so that the page carries pictures and no program. Colours are the page's own variables: the
pictures follow it into the dark and onto paper.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import vl_convert
from markupsafe import Markup

from pipelines.headlines import MONEY, PERCENT, Figure, Headline
from pipelines.report.changes import Change
from pipelines.report.problems import Problems

SHOWN_WEEKS: Final = 26
SHOWN_PARTS: Final = 5
_INK, _QUIET, _LINE, _BAND, _GOOD, _BAD = (f"var(--{name})" for name in ("ink", "quiet", "line", "band", "good", "bad"))
_CONFIG: Final[Mapping[str, Any]] = {
    "font": "Liberation Sans, Arial, Helvetica, sans-serif",
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": _QUIET,
        "titleColor": _QUIET,
        "titleFontWeight": "normal",
        "domainColor": _LINE,
        "tickColor": _LINE,
        "gridColor": _LINE,
        "labelFontSize": 11,
        "titleFontSize": 11,
    },
    "text": {"color": _INK, "fontSize": 11},
}
_WIDTH: Final = 300


def course(headline: Headline, currency: str) -> Markup:
    """A headline's weeks (or months): line, interval as a band, target as a rule; hollow where the period is not over."""
    figure = headline.figure
    points = [
        {"on": point.on.isoformat(), "value": point.value, "low": point.low, "high": point.high, "over": point.is_over}
        for point in headline.weeks[-SHOWN_WEEKS:]
        if point.value is not None
    ]
    x = {"field": "on", "type": "temporal", "axis": {"title": None, "format": "%b %y", "tickCount": 4, "grid": False, "labelOverlap": True}}
    y = {"field": "value", "type": "quantitative", "scale": {"zero": False, "nice": True}, "axis": _amounts(figure, currency)}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "area", "color": _BAND}, "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
        {"mark": {"type": "line", "color": _INK, "strokeWidth": 1.5}, "encoding": {"x": x, "y": y}},
        {
            "mark": {"type": "point", "size": 22, "stroke": _INK, "strokeWidth": 1.2},
            "encoding": {"x": x, "y": y, "fill": {"condition": {"test": "datum.over", "value": _INK}, "value": "var(--paper)"}},
        },
    ]
    if headline.target is not None:
        rule = {"mark": {"type": "rule", "color": _GOOD, "strokeDash": [4, 3]}, "encoding": {"y": {"datum": headline.target.value}}}
        layers.append(rule)
    return _svg({"data": {"values": points}, "layer": layers, "width": _WIDTH, "height": 90})


def parts(change: Change, currency: str) -> Markup:
    """The weightiest groups of a change as bars from nothing; the colour says whether it is for the better."""
    figure = change.figure
    bars = [
        {
            "group": part.group.replace("_", " "),
            "by": part.contribution.total * (100 if figure.unit == PERCENT else 1),
            "good": (part.contribution.total >= 0) == figure.grows_better,
        }
        for part in change.parts[:SHOWN_PARTS]
    ]
    y = _names("group", 130)
    x = {"field": "by", "type": "quantitative", "axis": _differences(figure, currency)}
    colour = {"condition": {"test": "datum.good", "value": _GOOD}, "value": _BAD}
    return _svg(
        {
            "data": {"values": bars},
            "mark": {"type": "bar", "height": 12},
            "encoding": {"x": x, "y": y, "fill": colour},
            "width": _WIDTH - 100,
            "height": {"step": 20},
        }
    )


def costs(problems: Problems, currency: str) -> Markup:
    """What each problem costs as bars: spent on contacts, and expected damage with the range of its inputs."""
    rows = [
        {
            "category": problem.category.replace("_", " "),
            "nothing": 0.0,
            "spent": problem.contact_cost or 0.0,
            "all": (problem.contact_cost or 0.0) + (problem.damage or 0.0),
            "low": None if problem.damage_low is None else (problem.contact_cost or 0.0) + problem.damage_low,
            "high": None if problem.damage_high is None else (problem.contact_cost or 0.0) + problem.damage_high,
        }
        for problem in problems.shown
    ]
    y = _names("category", 150)
    axis = {"title": currency, "format": "~s", "tickCount": 5}
    return _svg(
        {
            "data": {"values": rows},
            "layer": [
                {
                    "mark": {"type": "bar", "height": 12, "color": _INK},
                    "encoding": {"y": y, "x": {"field": "nothing", "type": "quantitative", "axis": axis}, "x2": {"field": "spent"}},
                },
                {
                    "mark": {"type": "bar", "height": 12, "color": _BAND},
                    "encoding": {"y": y, "x": {"field": "spent", "type": "quantitative"}, "x2": {"field": "all"}},
                },
                {
                    "mark": {"type": "rule", "color": _BAD, "strokeWidth": 1.5},
                    "encoding": {"y": y, "x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
                },
            ],
            "width": 420,
            "height": {"step": 24},
        }
    )


def _names(field: str, limit: int) -> dict[str, Any]:
    """An axis of names in the order of the rows."""
    return {"field": field, "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": limit, "ticks": False, "domain": False}}


def _amounts(figure: Figure, currency: str) -> dict[str, Any]:
    """The axis of a figure, with its unit."""
    if figure.unit == PERCENT:
        return {"title": None, "format": ".0%", "tickCount": 3}
    title, shown = (currency, ".2f") if figure.unit == MONEY else ("points", ".0f")
    return {"title": title, "format": shown, "tickCount": 3}


def _differences(figure: Figure, currency: str) -> dict[str, Any]:
    """The axis of changes of a figure; those of a share are points of a hundred."""
    return {"title": currency if figure.unit == MONEY else "points", "format": "+.2~f", "tickCount": 4, "labelOverlap": True}


def _svg(spec: Mapping[str, Any]) -> Markup:
    drawn: str = vl_convert.vegalite_to_svg({"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "config": _CONFIG, **spec})
    return Markup(_LABELS.sub("", drawn))  # noqa: S704  # drawn here, with all text escaped


_LABELS: Final = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
"""Said once by the figure around the picture, in words, instead of mark by mark."""
