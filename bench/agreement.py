"""Whether two ways of computing the four tables give the same rows; a difference is told by the first row that differs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb
import polars as pl
import polars.selectors as cs

from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.kpi.service_roi_monthly import ServiceRoiMonthly
from schemas.projection import columns

_FCR: Final = (
    *("contacted_on", "channel", "category", "touchpoint", "contact_count", "n_excluded", "n_immature", "n_eligible", "resolved_count"),
    *("judged_count", "n_without_history", "fcr_gross", "fcr_gross_ci_low", "fcr_gross_ci_high", "anchor_count", "anchor_immature_count"),
    *("anchor_repeated_same_channel_count", "fcr_repeat", "fcr_repeat_ci_low", "fcr_repeat_ci_high", "anchor_repeated_count"),
    *(
        "ocr",
        "ocr_ci_low",
        "ocr_ci_high",
        "survey_n",
        "survey_yes_count",
        "fcr_survey",
        "fcr_survey_ci_low",
        "fcr_survey_ci_high",
        "status",
    ),
)
"""Without the sliding rule, the net figure and the agreement of survey and window."""
_OF_THE_SETTINGS_ALONE: Final = ("loyalty_basis", "customer_value_basis", "service_share_basis", "roi_basis")

COMPARED: Final[Mapping[str, tuple[int, tuple[str, ...]]]] = {
    "satisfaction_daily": (4, tuple(column.name for column in columns(SatisfactionDaily))),
    "first_contact_resolution_daily": (4, _FCR),
    "cost_per_sale_monthly": (3, tuple(column.name for column in columns(CostPerSaleMonthly))),
    "service_roi_monthly": (2, tuple(column.name for column in columns(ServiceRoiMonthly) if column.name not in _OF_THE_SETTINGS_ALONE)),
}
"""How many columns make the grain of each table, and its columns, the grain first."""

TOLERANCE: Final = 1e-6
"""Relative; the engines add doubles in different orders."""
CENT: Final = 0.0001
"""Amounts are stored at ten-thousandths, so that a sum at an edge may round either way."""


def published(path: Path) -> dict[str, pl.DataFrame]:
    """The four tables as the pipeline published them."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return {name: _plain(connection.sql(f"FROM kpi.{name}").pl(), name) for name in COMPARED}


def computed(folder: Path) -> dict[str, pl.DataFrame]:
    """The four tables as somebody else wrote them, a Parquet file each."""
    return {name: _plain(pl.read_parquet(folder / f"{name}.parquet"), name) for name in COMPARED}


def _plain(table: pl.DataFrame, name: str) -> pl.DataFrame:
    grain, names = COMPARED[name]
    missing = [column for column in names if column not in table.columns]
    if missing:
        raise SystemExit(f"{name} lacks the columns {', '.join(missing)}")
    rows = table.select(names).with_columns(pl.col(names[0]).cast(pl.Date), (cs.numeric() | cs.by_dtype(pl.Null)).cast(pl.Float64))
    return rows.sort(names[:grain])


def first_difference(ours: Mapping[str, pl.DataFrame], theirs: Mapping[str, pl.DataFrame]) -> str | None:
    """A sentence that names the first row that differs, or nothing where all agree."""
    for name, (grain, names) in COMPARED.items():
        keys = list(names[:grain])
        one, other = ours[name], theirs[name]
        for left, right, word in ((one, other, "lacks"), (other, one, "has")):
            if (alone := left.join(right, on=keys, how="anti").sort(keys)).height:
                return f"{name}: the other {word} the row {_named(alone, keys)} ({alone.height} of {left.height} rows stand alone)."
        both = one.join(other, on=keys, suffix=" of the other").sort(keys)
        for column in names[grain:]:
            differs = both.filter(~_alike(column, f"{column} of the other", one.schema[column]))
            if differs.height:
                values = differs.row(0, named=True)
                return (
                    f"{name}: {column} of the row {_named(differs, keys)} is {values[column]} for us and "
                    f"{values[f'{column} of the other']} for the other ({differs.height} of {both.height} rows differ)."
                )
    return None


def _alike(left: str, right: str, dtype: pl.DataType) -> pl.Expr:
    one, other = pl.col(left), pl.col(right)
    if dtype != pl.Float64:
        return one.eq_missing(other)
    slack = CENT if left.endswith("_amount") else 0.0
    close = (one - other).abs() <= pl.max_horizontal(one.abs(), other.abs()) * TOLERANCE + 1e-9 + slack * 1.01
    return close.fill_null(one.is_null() & other.is_null())


def _named(rows: pl.DataFrame, keys: list[str]) -> str:
    return ", ".join(f"{key} {rows[key][0]}" for key in keys)
