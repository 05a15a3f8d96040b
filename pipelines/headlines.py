"""The few figures that say how things stand, with their uncertainty, for the last complete month and its weeks."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import narwhals as nw
import polars as pl

from assets.expressions import net_promoters, share_with_interval
from pipelines.published import kpi_table, period_column, query, rows

PERCENT, POINTS, MONEY = "%", "points", "money"


@dataclass(frozen=True)
class Headline:
    """One figure of one month; a share is given from 0 to 1."""

    label: str
    unit: str
    month: dt.date | None
    value: float | None
    low: float | None
    high: float | None
    n: int
    trend: tuple[float | None, ...]
    note: str = ""


@dataclass(frozen=True)
class _Figure:
    """Where a headline is read: a published column, and for a share the counts its interval rests on."""

    label: str
    unit: str
    table: str
    column: str
    n: str
    successes: Callable[[], nw.Expr] | str | None = None


_FIGURES = (
    _Figure("CSAT, satisfied customers", PERCENT, "satisfaction_daily", "csat_top2", "csat_n", "csat_satisfied"),
    _Figure("NPS", POINTS, "satisfaction_daily", "nps", "nps_n"),
    _Figure("CES, easy", PERCENT, "satisfaction_daily", "ces_top", "ces_n", "ces_easy"),
    _Figure("FCR gross", PERCENT, "first_contact_resolution_daily", "fcr_gross", "judged_count", "resolved_count"),
    _Figure("FCR net", PERCENT, "first_contact_resolution_daily", "fcr_net", "resolvable_count", "resolvable_resolved_count"),
    _Figure(
        "FCR by repeat window",
        PERCENT,
        "first_contact_resolution_daily",
        "fcr_repeat",
        "anchor_count",
        lambda: nw.col("anchor_count") - nw.col("anchor_repeated_same_channel_count"),
    ),
    _Figure("FCR by survey", PERCENT, "first_contact_resolution_daily", "fcr_survey", "survey_n", "survey_yes_count"),
    _Figure("Cost per sale, service only", MONEY, "cost_per_sale_monthly", "cost_per_sale_service_only", "sale_count"),
    _Figure("Cost per sale, service and selling", MONEY, "cost_per_sale_monthly", "cost_per_sale_service_plus_selling", "sale_count"),
    _Figure("Service ROI", PERCENT, "service_roi_monthly", "roi", "customer_count"),
)


def headlines(published: Path) -> list[Headline]:
    """The headline figures of the newest month of each table, with their course over the last weeks or months."""
    return [_headline(published, figure) for figure in _FIGURES]


def _headline(published: Path, figure: _Figure) -> Headline:
    table = kpi_table(figure.table)
    period = period_column(table) or ""
    is_daily = figure.table.endswith("_daily")
    months = rows(published, table, per="month")
    course = rows(published, table, per="week")[figure.column].to_list()[-16:] if is_daily else months[figure.column].to_list()
    known = months.filter(pl.col(figure.column).is_not_null())
    if known.is_empty():
        return Headline(figure.label, figure.unit, None, None, None, None, 0, tuple(course))
    latest = known.tail(1)
    low, high = _ends(latest, figure)
    row = latest.row(0, named=True)
    return Headline(
        label=figure.label,
        unit=figure.unit,
        month=row[period],
        value=row[figure.column],
        low=low,
        high=high,
        n=int(row[figure.n]),
        trend=tuple(course),
        note=_note(published, figure, row),
    )


def _ends(latest: pl.DataFrame, figure: _Figure) -> tuple[float | None, float | None]:
    """Ends of the 95 % interval, where the figure has one."""
    frame = nw.from_native(latest, eager_only=True)
    if figure.column == "nps":
        ends = frame.select(**{name: end for name, end in net_promoters().items() if name != "nps"})
        return ends["nps_ci_low"].item(), ends["nps_ci_high"].item()
    if figure.successes is None:
        return None, None
    successes = nw.col(figure.successes) if isinstance(figure.successes, str) else figure.successes()
    counts = frame.select(successes=successes.cast(nw.Int64), n=nw.col(figure.n).cast(nw.Int64))
    share = counts.select(**share_with_interval("share", "successes", "n"))
    return share["share_ci_low"].item(), share["share_ci_high"].item()


def _note(published: Path, figure: _Figure, row: dict[str, object]) -> str:
    if figure.table == "first_contact_resolution_daily" and figure.column != "fcr_survey":
        left_out = {"n_immature": "not yet mature"}
        if figure.column in {"fcr_gross", "fcr_net"}:
            left_out["n_without_history"] = "without a history"
        return ", ".join(f"{row[name]:,} contacts {why}" for name, why in left_out.items() if row[name])
    if figure.column == "roi":
        # The words of the vocabulary sort from the weakest basis to the strongest.
        basis = query(published, "SELECT min(roi_basis) FROM kpi.service_roi_monthly WHERE month_on = ?", [row["month_on"]]).item()
        return f"rests on {basis} inputs"
    return ""
