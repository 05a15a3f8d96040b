"""The few figures that say how things stand: their course by month and week, each point with its uncertainty, and their target."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Final

import narwhals as nw
import polars as pl

from assets.expressions import net_promoters, share_with_interval
from assets.monthly_figures import next_month
from pipelines.published import Ask, kpi_table, query, summing
from schemas.projection import period_column
from schemas.vocabulary import ALL

PERCENT, POINTS, MONEY = "%", "points", "money"
_RESERVED: Final[Mapping[str, str]] = {"n_immature": "not yet mature", "n_without_history": "without a history"}
_COMPANY: Final = ("channel", "touchpoint", "segment", "category", "team")


Ends = tuple[list[float | None], list[float | None]]


@dataclass(frozen=True)
class Figure:
    """Where a headline is read: a published column, and the additive columns whose quotient it is."""

    label: str
    unit: str
    table: str
    column: str
    numerator: pl.Expr
    denominator: str
    is_share: bool = False
    scale: float = 1.0
    """What the quotient is multiplied with."""
    grows_better: bool = True
    left_out: tuple[str, ...] = ()
    """Columns that count what is not in it."""
    by: tuple[str, ...] = ()
    """Columns of the grain that a change may be taken apart by."""
    n: str | None = None
    """Column that counts what it rests on, where that is not the denominator."""
    basis: str | None = None
    """Column that says what it rests on, where not everything is measured."""
    bounds: tuple[str, str] | None = None
    """Columns with the figure at the worst and best ends of its assumptions, where that stands in for an interval."""

    @property
    def step(self) -> str:
        """The shortest period that its course is told by: a table of months has no weeks."""
        return "week" if self.table.endswith("_daily") else "month"


@dataclass(frozen=True)
class Point:
    """A headline in one period; a share is given from 0 to 1."""

    on: dt.date
    """First day of the period."""
    value: float | None
    low: float | None
    high: float | None
    n: int
    is_over: bool
    """Whether the period had ended by the end of the data."""
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_mature(self) -> bool:
        """Whether the period is over and nothing of it may still change with time."""
        return self.is_over and not self.left_out.get("n_immature")


@dataclass(frozen=True)
class Target:
    """What the figure shall be, for the whole company."""

    value: float
    is_floor: bool

    def is_met_by(self, value: float) -> bool:
        """Tell whether the value is on the good side."""
        return value >= self.value if self.is_floor else value <= self.value


@dataclass(frozen=True)
class Headline:
    """A figure's course and where it stands."""

    figure: Figure
    months: Sequence[Point]
    weeks: Sequence[Point]
    """The months again, where the figure is told by month alone."""
    target: Target | None
    basis: str | None

    @property
    def now(self) -> Point | None:
        """The newest month that is over and has a value; else the newest that has one."""
        known = [point for point in self.months if point.value is not None]
        return next((point for point in reversed(known) if point.is_over), known[-1] if known else None)

    @property
    def before(self) -> Point | None:
        """The month before it, where that has a value."""
        now = self.now
        known = [point for point in self.months if now is not None and point.value is not None and point.on < now.on]
        return known[-1] if known and now and next_month(known[-1].on) == now.on else None

    @property
    def note(self) -> str:
        """What to know before reading it."""
        left_out = [f"{count:,} contacts {_RESERVED[name]}" for name, count in self.now.left_out.items() if count] if self.now else []
        return ", ".join([*left_out, *([f"rests on {self.basis} inputs"] if self.basis else [])])


_OF_ANSWERS: Final = ("channel", "touchpoint", "segment")
_OF_CONTACTS: Final = ("channel", "category", "touchpoint")
FIGURES: Final = (
    Figure(
        "CSAT, satisfied customers",
        PERCENT,
        "satisfaction_daily",
        "csat_top2",
        pl.col("csat_satisfied"),
        denominator="csat_n",
        is_share=True,
        by=_OF_ANSWERS,
    ),
    Figure(
        "NPS",
        POINTS,
        "satisfaction_daily",
        "nps",
        pl.col("nps_promoters") - pl.col("nps_detractors"),
        denominator="nps_n",
        scale=100.0,
        by=_OF_ANSWERS,
    ),
    Figure(
        "CES, easy",
        PERCENT,
        "satisfaction_daily",
        "ces_top",
        pl.col("ces_easy"),
        denominator="ces_n",
        is_share=True,
        by=_OF_ANSWERS,
    ),
    Figure(
        "FCR gross",
        PERCENT,
        "first_contact_resolution_daily",
        "fcr_gross",
        pl.col("resolved_count"),
        denominator="judged_count",
        is_share=True,
        left_out=("n_immature", "n_without_history"),
        by=_OF_CONTACTS,
    ),
    Figure(
        "FCR net",
        PERCENT,
        "first_contact_resolution_daily",
        "fcr_net",
        pl.col("resolvable_resolved_count"),
        denominator="resolvable_count",
        is_share=True,
        left_out=("n_immature", "n_without_history"),
        by=_OF_CONTACTS,
    ),
    Figure(
        "FCR by repeat window",
        PERCENT,
        "first_contact_resolution_daily",
        "fcr_repeat",
        pl.col("anchor_count") - pl.col("anchor_repeated_same_channel_count"),
        denominator="anchor_count",
        is_share=True,
        left_out=("n_immature",),
        by=_OF_CONTACTS,
    ),
    Figure(
        "FCR by survey",
        PERCENT,
        "first_contact_resolution_daily",
        "fcr_survey",
        pl.col("survey_yes_count"),
        denominator="survey_n",
        is_share=True,
        by=_OF_CONTACTS,
    ),
    Figure(
        "Cost per sale, service only",
        MONEY,
        "cost_per_sale_monthly",
        "cost_per_sale_service_only",
        pl.col("service_cost_amount"),
        denominator="sale_count",
        grows_better=False,
        by=("channel", "segment"),
    ),
    Figure(
        "Cost per sale, service and selling",
        MONEY,
        "cost_per_sale_monthly",
        "cost_per_sale_service_plus_selling",
        pl.col("service_cost_amount") + pl.col("selling_cost_amount"),
        denominator="sale_count",
        grows_better=False,
        by=("channel", "segment"),
    ),
    Figure(
        "Service ROI",
        PERCENT,
        "service_roi_monthly",
        "roi",
        pl.col("prevented_damage_amount") + pl.col("recovered_margin_amount") + pl.col("new_margin_amount") - pl.col("service_cost_amount"),
        denominator="service_cost_amount",
        n="customer_count",
        by=("touchpoint",),
        basis="roi_basis",
        bounds=("roi_low", "roi_high"),
    ),
)


def written(value: float | None, unit: str, currency: str) -> str:
    """A value as people read it."""
    if value is None:
        return "-"
    if unit == PERCENT:
        return f"{value * 100:.1f} %"
    return f"{value:,.2f} {currency}" if unit == MONEY else f"{value:+.1f}"


def headlines(published: Path) -> list[Headline]:
    """The headline figures of the published tables."""
    return headlines_of(partial(query, published))


def headlines_of(ask: Ask) -> list[Headline]:
    """The headline figures of whatever answers the queries."""
    as_of = _end_of_data(ask)
    targets = ask(
        "SELECT kpi, figure, target_value, direction FROM kpi.target_calibration WHERE "
        + " AND ".join(f"{column} = ?" for column in _COMPANY),
        [ALL] * len(_COMPANY),
    )

    @cache
    def summed(table: str, per: str) -> pl.DataFrame:
        return ask(*summing(kpi_table(table), per=per))

    return [_headline(ask, figure, as_of, targets, summed) for figure in FIGURES]


def _headline(
    ask: Ask, figure: Figure, as_of: dt.date | None, targets: pl.DataFrame, summed_by: Callable[[str, str], pl.DataFrame]
) -> Headline:
    table = kpi_table(figure.table)
    period = period_column(table) or ""

    def course(per: str, end_of: Callable[[dt.date], dt.date]) -> list[Point]:
        summed = summed_by(figure.table, per)
        ends = _bounds(ask, figure, period, summed) if figure.bounds else _ends(summed, figure)
        return _points(summed, ends, figure, period, lambda on: as_of is None or end_of(on) <= as_of)

    months = course("month", next_month)
    weeks = course("week", lambda on: on + dt.timedelta(days=7)) if figure.step == "week" else months
    found = targets.filter(kpi=figure.table, figure=figure.column)
    target = Target(found["target_value"][0], found["direction"][0] == "at_least") if found.height == 1 else None
    headline = Headline(figure, months, weeks, target, None)
    now = headline.now
    if figure.basis is None or now is None:
        return headline
    # The words of the vocabulary sort from the weakest basis to the strongest.
    basis = ask(f"SELECT min({figure.basis}) FROM kpi.{figure.table} WHERE {period} = ?", [now.on]).item()
    return replace(headline, basis=basis)


def _points(summed: pl.DataFrame, ends: Ends, figure: Figure, period: str, is_over: Callable[[dt.date], bool]) -> list[Point]:
    return [
        Point(
            on=row[period],
            value=row[figure.column],
            low=low,
            high=high,
            n=int(row[figure.n or figure.denominator]),
            is_over=is_over(row[period]),
            left_out={name: int(row[name]) for name in figure.left_out},
        )
        for row, low, high in zip(summed.iter_rows(named=True), *ends, strict=True)
    ]


def _bounds(ask: Ask, figure: Figure, period: str, summed: pl.DataFrame) -> Ends:
    """The bounds of the whole: those of its parts, which lie at the same end at once, by their weight."""
    low, high = (f"sum({end} * {figure.denominator}) / nullif(sum({figure.denominator}), 0)" for end in figure.bounds or ())
    found = ask(f"SELECT {period}, {low} AS low, {high} AS high FROM kpi.{figure.table} GROUP BY {period}", [])
    beside = summed.select(period).join(found, on=period, how="left", maintain_order="left")
    return beside["low"].to_list(), beside["high"].to_list()


def _ends(summed: pl.DataFrame, figure: Figure) -> Ends:
    """The ends of the 95 % interval, where the figure has one."""
    if figure.column == "nps":
        ends = nw.from_native(summed, eager_only=True).select(**{name: end for name, end in net_promoters().items() if name != "nps"})
        return ends["nps_ci_low"].to_list(), ends["nps_ci_high"].to_list()
    if not figure.is_share:
        return [None] * summed.height, [None] * summed.height
    counted = summed.select(successes=figure.numerator.cast(pl.Int64), n=pl.col(figure.denominator).cast(pl.Int64))
    share = nw.from_native(counted, eager_only=True).select(**share_with_interval("share", "successes", "n"))
    return share["share_ci_low"].to_list(), share["share_ci_high"].to_list()


def _end_of_data(ask: Ask) -> dt.date | None:
    """The first business day that is not wholly known."""
    newest = ask("SELECT newest_arrived_on FROM ops.publication", [])
    return newest.item() + dt.timedelta(days=1) if newest.height and newest.item() else None
