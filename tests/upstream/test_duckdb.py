"""What we rely on in DuckDB."""

import math
from pathlib import Path

import duckdb
import polars as pl
import pytest


@pytest.mark.parametrize("version", ["v1.0.0", "v1.5.0"])
def test_a_file_of_an_older_storage_version_keeps_its_comments(tmp_path: Path, version: str) -> None:
    path = tmp_path / "old.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{path}' AS old (STORAGE_VERSION '{version}')")
        connection.execute("CREATE TABLE old.t (a BIGINT)")
        connection.execute("COMMENT ON TABLE old.t IS 'table'")
        connection.execute("COMMENT ON COLUMN old.t.a IS 'column'")

    with duckdb.connect(path, read_only=True) as connection:
        assert connection.execute("SELECT comment FROM duckdb_tables()").fetchall() == [("table",)]
        assert connection.execute("SELECT comment FROM duckdb_columns() WHERE NOT internal").fetchall() == [("column",)]


def test_except_all_takes_out_one_row_for_one_row_and_holds_null_equal_to_null() -> None:
    with duckdb.connect() as connection:
        left = connection.execute(
            "SELECT * FROM (VALUES (1), (1), (2), (NULL), (NULL)) EXCEPT ALL SELECT * FROM (VALUES (1), (NULL), (3)) ORDER BY 1"
        ).fetchall()

    assert left == [(1,), (2,), (None,)]


def test_a_relation_can_be_inserted_by_a_query_that_names_it() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (a BIGINT)")
        connection.from_arrow(pl.DataFrame({"a": [1, 2]}).to_arrow()).query("computed", "INSERT INTO t SELECT a FROM computed")

        assert connection.execute("SELECT a FROM t ORDER BY a").fetchall() == [(1,), (2,)]


def test_dividing_by_nought_gives_infinity_or_nan_and_never_an_error_so_a_ratio_asks_first() -> None:
    with duckdb.connect() as connection:
        ((some, none),) = connection.execute("SELECT 1 / 0, 0 / 0").fetchall()
        ((guarded,),) = connection.execute("SELECT 1 / nullif(0, 0)").fetchall()

    assert math.isinf(some)
    assert math.isnan(none)
    assert guarded is None


def test_a_double_cast_to_money_is_rounded_away_from_nought() -> None:
    with duckdb.connect() as connection:
        ((up, down),) = connection.execute(
            "SELECT CAST(0.03125::DOUBLE AS DECIMAL(18,4)), CAST(-0.03125::DOUBLE AS DECIMAL(18,4))"
        ).fetchall()

    assert (str(up), str(down)) == ("0.0313", "-0.0313")
