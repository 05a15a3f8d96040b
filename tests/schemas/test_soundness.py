"""The one-pass look at rows never passes what pandera refuses, and spares pandera where the rows are sound."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pandera.errors
import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.catalogue import KPI, TABLES
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.projection import table_name
from schemas.raw.answers import RawAnswers
from schemas.soundness import is_sound
from schemas.table import Table

BY_TYPE: dict[Any, list[Any]] = {
    pl.String: ["a", "", None],
    pl.Int64: [0, 1, -1, None],
    pl.Float64: [0.0, 0.5, 2.0, -1.0, float("nan"), None],
    pl.Boolean: [True, False, None],
    pl.Date: [dt.date(2026, 1, 1), dt.date(2026, 2, 1), None],
    pl.Datetime: [dt.datetime(2026, 1, 1), None],
    pl.Decimal: [Decimal(0), Decimal("-1.5"), Decimal(3), None],
}


def is_valid(contract: type[Table], rows: pl.DataFrame) -> bool:
    try:
        contract.validate(rows, lazy=True)
    except pandera.errors.SchemaErrors:
        return False
    return True


def cells(contract: type[Table], name: str) -> list[Any]:
    """Values that a column may be given: its words, and what may break it."""
    column = contract.to_schema().columns[name]
    words = [list(check.statistics["allowed_values"])[:2] for check in column.checks if check.name == "isin"]
    return [*(word for some in words for word in some), *BY_TYPE[column.dtype.type.base_type()]]


def keeps(value: Any, check: str, given: dict[str, Any]) -> bool:
    """What the named check says of a value, in plain Python."""
    match check:
        case "isin":
            return value in given["allowed_values"]
        case "str_length":
            return value is not None and given["min_value"] <= len(value)
        case "greater_than":
            return value is not None and value > given["min_value"]
        case "greater_than_or_equal_to":
            return value is not None and value >= given["min_value"]
        case "less_than_or_equal_to":
            return value is not None and value <= given["max_value"]
    raise ValueError(f"This test does not know the check {check}.")


def sound(contract: type[Table]) -> pl.DataFrame:
    """Two rows that keep the contract, but for their key when nothing in it can differ."""
    rows: dict[str, list[Any]] = {}
    for name, column in contract.to_schema().columns.items():
        kept = [value for value in cells(contract, name) if all(keeps(value, check.name, check.statistics) for check in column.checks)]
        kept = [value for value in kept if value is not None and value == value]  # noqa: PLR0124  # not a number
        rows[name] = [kept[0], kept[min(1, len(kept) - 1)]]
    return pl.DataFrame(rows, schema={name: column.dtype.type for name, column in contract.to_schema().columns.items()})


class Sized(Table):
    """Words of every kind of length."""

    least: str = pa.Field(str_length={"min_value": 2}, description="At least two letters.")
    most: str = pa.Field(str_length={"max_value": 2}, nullable=True, description="At most two letters.")
    exact: str = pa.Field(str_length=2, nullable=True, description="Two letters.")

    class Config:
        name = "tests.sized"


@pytest.mark.slow
@settings(max_examples=30)
@given(st.lists(st.tuples(*[st.sampled_from(["", "a", "ab", "abc", "äö", None])] * 3), max_size=2))
def test_lengths_are_told_as_pandera_tells_them(words: list[tuple[str | None, ...]]) -> None:
    rows = pl.DataFrame(words, schema=dict.fromkeys(("least", "most", "exact"), pl.String), orient="row")
    assert is_sound(Sized, rows) == is_valid(Sized, rows)


@pytest.mark.slow
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_rows_pass_the_look_only_if_pandera_finds_nothing_against_them(data: st.DataObject) -> None:
    contract = data.draw(st.sampled_from(list(TABLES.values())))
    rows = sound(contract)
    name = data.draw(st.sampled_from(rows.columns))
    value = data.draw(st.sampled_from(cells(contract, name)))
    place = data.draw(st.integers(0, 1))
    broken = rows.with_columns(
        pl.Series(name, [value if number == place else was for number, was in enumerate(rows[name])], rows.schema[name])
    )
    valid = is_valid(contract, broken)
    if contract in KPI:
        assert is_sound(contract, broken) == valid
    else:
        assert valid or not is_sound(contract, broken)


@pytest.mark.parametrize("contract", KPI, ids=table_name)
def test_every_kpi_is_told_at_once(contract: type[Table]) -> None:
    assert is_sound(contract, sound(contract).head(1))


def test_other_columns_another_order_or_another_type_is_not_sound() -> None:
    rows = sound(SatisfactionDaily).head(1)
    assert not is_sound(SatisfactionDaily, rows.drop("channel"))
    assert not is_sound(SatisfactionDaily, rows.with_columns(more=1))
    assert not is_sound(SatisfactionDaily, rows.select(sorted(rows.columns)))
    assert not is_sound(SatisfactionDaily, rows.with_columns(pl.col("csat_n").cast(pl.Int32)))


def test_what_a_contract_promises_of_whole_rows_is_asked_too() -> None:
    rows = sound(RawAnswers).with_columns(value=pl.lit(3.0), scale_low=pl.lit(1.0), scale_high=pl.lit(5.0))

    empty = pl.lit(None, dtype=pl.Float64)
    changes = {"value": pl.lit(6.0)}, {"value": empty}, {"scale_low": empty}, {"value": pl.lit(6.0), "scale_low": empty}
    changed = [rows, *(rows.with_columns(**change) for change in changes)]

    assert [is_sound(RawAnswers, each) for each in changed] == [True, False, True, True, False]
    assert [is_valid(RawAnswers, each) for each in changed] == [True, False, True, True, False]
