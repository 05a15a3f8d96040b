"""What we rely on in Narwhals."""

import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb
import narwhals as nw
import polars as pl


def test_a_sum_of_whole_numbers_comes_back_wider_from_duckdb_so_every_output_is_cast_to_its_contract() -> None:
    with duckdb.connect() as connection:
        frame = nw.from_native(connection.sql("SELECT 1::BIGINT AS a")).select(nw.col("a").sum())

        assert str(frame.to_native().types[0]) in {"HUGEINT", "DECIMAL(38,0)"}
        assert frame.to_native().fetchall() in ([(1,)], [(Decimal(1),)])


def test_shifting_over_an_order_puts_nulls_first_on_both_engines() -> None:
    rows = pl.DataFrame({"g": [1, 1, 1], "at": [2, None, 1], "v": ["late", "never", "early"]})

    def following(frame: nw.LazyFrame[Any]) -> list[tuple[object, ...]]:
        shifted = frame.with_columns(next=nw.col("v").shift(-1).over("g", order_by="at")).select("v", "next")
        return sorted(shifted.collect("polars").rows())

    expected = [("early", "late"), ("late", None), ("never", "early")]
    with duckdb.connect() as connection:
        assert following(nw.from_native(connection.from_arrow(rows.to_arrow()))) == expected
    assert following(nw.from_native(rows.lazy())) == expected


def test_a_month_is_truncated_alike_on_both_engines() -> None:
    rows = pl.DataFrame({"on": [dt.date(2026, 2, 28), dt.date(2026, 3, 1)]})
    expected = [(dt.date(2026, 2, 1),), (dt.date(2026, 3, 1),)]

    with duckdb.connect() as connection:
        for frame in (nw.from_native(rows.lazy()), nw.from_native(connection.from_arrow(rows.to_arrow()))):
            month = frame.select(nw.col("on").dt.truncate("1mo").cast(nw.Date))
            assert sorted(month.collect("polars").rows()) == expected
