"""What Superset computes over any rows is what the contracts say of them."""

from decimal import Decimal

import duckdb
import narwhals as nw
import polars as pl
import pytest

from assets.expressions import net_promoters, share_with_interval
from pipelines.published import summing
from pipelines.superset.metrics import aggregated, metrics
from schemas.catalogue import KPI
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.loyalty_by_experience import LoyaltyByExperience
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.kpi.ticket_times_daily import TicketTimesDaily
from schemas.projection import additive, columns, ddl, period_column, quoted, table_name
from schemas.table import Table

A, B = 'CAST(sum("a") AS DOUBLE PRECISION)', 'CAST(sum("b") AS DOUBLE PRECISION)'
FILLER = {"VARCHAR": "x", "BOOLEAN": True, "DATE": "2026-03-02", "DOUBLE": 0.5}


def filled(contract: type[Table], *rows: int) -> duckdb.DuckDBPyConnection:
    """The table with a row for each seed: its additive columns hold numbers that differ from each other, nothing else matters."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA kpi")
    connection.execute(ddl(contract))
    for seed in rows:
        row = [
            FILLER.get(column.sql_type, 0)
            if column.name not in additive(contract)
            else Decimal(seed * (place + 1)) / 4
            if column.sql_type.startswith("DECIMAL")
            else seed * (place + 1)
            for place, column in enumerate(columns(contract))
        ]
        connection.execute(f"INSERT INTO {quoted(table_name(contract))} VALUES ({', '.join('?' * len(row))})", row)
    return connection


def value(connection: duckdb.DuckDBPyConnection, contract: type[Table], name: str) -> float | None:
    found: float | None
    ((found,),) = connection.execute(f"SELECT {metrics(contract)[name].expression} FROM {quoted(table_name(contract))}").fetchall()
    return found


def counted(contract: type[Table], *rows: dict[str, int]) -> duckdb.DuckDBPyConnection:
    """The table with these counts, and 0 everywhere else."""
    connection = filled(contract)
    for counts in rows:
        row = [counts.get(column.name, FILLER.get(column.sql_type, 0)) for column in columns(contract)]
        connection.execute(f"INSERT INTO {quoted(table_name(contract))} VALUES ({', '.join('?' * len(row))})", row)
    return connection


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("a / b", f"{A} / nullif({B}, 0)"),
        ("1 - a / b", f"1 - {A} / nullif({B}, 0)"),
        ("a / 10000.0 / b", f"{A} / 10000.0 / nullif({B}, 0)"),
        ("a / (a + b)", f"{A} / nullif(({A} + {B}), 0)"),
        ("a / b / (a / b)", f"{A} / nullif({B}, 0) / nullif(({A} / nullif({B}, 0)), 0)"),
        ("CASE WHEN a <> 0 THEN a / b END", f"CASE WHEN {A} <> 0 THEN {A} / nullif({B}, 0) END"),
    ],
)
def test_a_formula_is_put_over_sums_and_divides_by_nothing(formula: str, expected: str) -> None:
    assert aggregated(formula, ("a", "b")) == expected


def test_a_parenthesis_that_is_not_closed_is_an_error_and_no_endless_search() -> None:
    with pytest.raises(ValueError, match="not closed"):
        aggregated("a / (a + b", ("a", "b"))


@pytest.mark.parametrize("contract", [*filter(period_column, KPI)], ids=table_name)
def test_every_formula_and_sum_over_rows_is_that_of_the_published_tables(contract: type[Table]) -> None:
    connection = filled(contract, 2, 3, 5)
    sql, values = summing(contract)
    expected = connection.sql(sql, params=values).pl().row(0, named=True)

    for name in (name for name in metrics(contract) if name in expected):
        assert value(connection, contract, name) == pytest.approx(None if expected[name] is None else float(expected[name])), name


@pytest.mark.parametrize("contract", KPI, ids=table_name)
def test_every_metric_of_no_rows_is_nothing_and_no_error(contract: type[Table]) -> None:
    connection = filled(contract)

    assert [value(connection, contract, name) for name in metrics(contract)] == [None] * len(metrics(contract))


@pytest.mark.parametrize(("satisfied", "n"), [(3, 4), (0, 4), (4, 4), (0, 0), (901, 1300)])
def test_the_interval_of_a_share_is_that_of_the_summed_counts(satisfied: int, n: int) -> None:
    counts = nw.from_native(pl.DataFrame({"s": [satisfied], "n": [n]}), eager_only=True)
    expected = counts.select(**share_with_interval("csat_top2", "s", "n")).to_native().row(0, named=True)
    connection = counted(
        SatisfactionDaily,
        {"csat_satisfied": satisfied // 2, "csat_n": n // 2},
        {"csat_satisfied": satisfied - satisfied // 2, "csat_n": n - n // 2},
    )

    for name, end in expected.items():
        assert value(connection, SatisfactionDaily, name) == pytest.approx(end, abs=1e-12), name


def test_the_interval_of_what_did_not_happen_is_turned_around() -> None:
    counts = nw.from_native(pl.DataFrame({"k": [30], "n": [40]}), eager_only=True)
    (_, low, high) = counts.select(**share_with_interval("x", "k", "n")).to_native().row(0)
    connection = counted(FirstContactResolutionDaily, {"anchor_count": 40, "anchor_repeated_same_channel_count": 10})

    assert value(connection, FirstContactResolutionDaily, "fcr_repeat_ci_low") == pytest.approx(low)
    assert value(connection, FirstContactResolutionDaily, "fcr_repeat_ci_high") == pytest.approx(high)


@pytest.mark.parametrize(("promoters", "detractors", "n"), [(6, 1, 10), (10, 0, 10), (0, 1, 1), (0, 0, 0)])
def test_the_interval_of_nps_is_that_of_the_summed_counts(promoters: int, detractors: int, n: int) -> None:
    given = {"nps_promoters": promoters, "nps_detractors": detractors, "nps_n": n}
    asked = nw.from_native(pl.DataFrame({name: [count] for name, count in given.items()}), eager_only=True)
    expected = asked.select(**net_promoters()).to_native().row(0, named=True)

    for name, end in expected.items():
        assert value(counted(SatisfactionDaily, given), SatisfactionDaily, name) == pytest.approx(end), name


def test_what_holds_for_its_own_row_alone_is_no_metric() -> None:
    assert "first_reply_seconds_median" not in metrics(TicketTimesDaily)
    assert "first_reply_seconds_mean" in metrics(TicketTimesDaily)
    assert {"loyalty", "loyalty_low", "loyalty_lost"} & set(metrics(LoyaltyByExperience)) == set()
    for contract in KPI:
        alone = {column.name for column in columns(contract) if column.method and not column.name.startswith("nps_ci")}
        assert alone & set(metrics(contract)) == set()


def test_no_metric_averages() -> None:
    expressions = [metric.expression.lower() for contract in KPI for metric in metrics(contract).values()]

    assert len(expressions) > 400
    assert [text for text in expressions if "avg(" in text or "mean(" in text or "sum(" not in text] == []
