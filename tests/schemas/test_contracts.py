import datetime as dt
import re
from decimal import Decimal
from typing import Any

import duckdb
import pandera.errors
import polars as pl
import pytest

from schemas.catalogue import CORE, FACTS, KPI, LEDGER, OPS, RAW, STORED, TABLES
from schemas.projection import additive, catalogue_rows, columns, comments, ddl, grain, layer, stored_columns, summary, table_name
from schemas.table import Table
from schemas.vocabulary import REFUSALS
from tests.schemas.published import PUBLISHED, published_columns

SOUND: dict[str, object] = {
    "BIGINT": 1,
    "DOUBLE": 0.5,
    "VARCHAR": "x",
    "BOOLEAN": True,
    "DATE": dt.date(2026, 3, 2),
    "TIMESTAMP": dt.datetime(2026, 3, 2, 12),
    "DECIMAL(18,4)": Decimal(1),
    "DECIMAL(18,8)": Decimal(1),
}

every_table = pytest.mark.parametrize("contract", TABLES.values(), ids=TABLES)


def sound(contract: type[Table], **changes: object) -> pl.DataFrame:
    """One row that the contract accepts: the first word of every vocabulary, else a sample of the type."""
    checks = {name: column.checks for name, column in contract.to_schema().columns.items()}
    row: dict[str, Any] = {}
    for column in columns(contract):
        words = [check.statistics["allowed_values"] for check in checks[column.name] if "allowed_values" in (check.statistics or {})]
        row[column.name] = next(iter(words[0])) if words else SOUND[column.sql_type]
    schema = {column.name: column.dtype for column in columns(contract)}
    if contract.__name__ == "RawAnswers":
        row |= {"value": 3.0, "scale_low": 1.0, "scale_high": 5.0}
    return pl.DataFrame([row | changes], schema=schema, orient="row")


def faulty_columns(contract: type[Table], rows: pl.DataFrame) -> set[str]:
    try:
        contract.validate(rows, lazy=True)
    except pandera.errors.SchemaErrors as faults:
        return set(faults.failure_cases["column"].to_list())
    return set()


def refused(contract: type[Table], rows: pl.DataFrame) -> bool:
    try:
        contract.validate(rows, lazy=True)
    except (pandera.errors.SchemaError, pandera.errors.SchemaErrors):
        return True
    return False


@every_table
def test_every_table_and_every_column_is_described(contract: type[Table]) -> None:
    assert summary(contract).endswith(".")
    assert contract.__doc__ != Table.__doc__
    for column in stored_columns(contract):
        assert column.description.rstrip().endswith("."), column.name


@pytest.mark.parametrize("contract", [*CORE, *KPI, *OPS, *FACTS, *LEDGER], ids=lambda contract: str(contract.__name__))
def test_derived_published_and_ledger_tables_name_their_grain_and_it_is_never_null(contract: type[Table]) -> None:
    by_name = {column.name: column for column in columns(contract)}

    assert grain(contract)
    assert not [name for name in grain(contract) if by_name[name].is_nullable]


@every_table
def test_a_table_is_named_after_its_layer_and_its_file(contract: type[Table]) -> None:
    assert table_name(contract) == contract.__module__.removeprefix("schemas.")
    assert layer(contract) in {"raw", "core", "kpi", "ops", "facts", "ledger"}


@pytest.mark.slow
@every_table
def test_the_database_makes_the_table_with_the_types_of_the_contract_and_its_comments(contract: type[Table]) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE SCHEMA {layer(contract)}")
        for statement in (ddl(contract), *comments(contract)):
            connection.execute(statement)
        made = connection.execute("SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE NOT internal").fetchall()
        on_table = connection.execute("SELECT comment FROM duckdb_tables()").fetchall()

    assert made == [(column.name, column.sql_type, column.is_nullable, column.description) for column in stored_columns(contract)]
    assert on_table == [(summary(contract),)]


def test_every_type_of_a_column_has_its_type_in_the_database() -> None:
    assert {column.sql_type for contract in TABLES.values() for column in stored_columns(contract)} <= set(SOUND)


@pytest.mark.slow
@every_table
def test_a_contract_accepts_a_sound_row(contract: type[Table]) -> None:
    contract.validate(sound(contract), lazy=True)


@pytest.mark.slow
@every_table
def test_a_contract_refuses_a_null_wherever_one_is_not_allowed(contract: type[Table]) -> None:
    required = {column.name: None for column in columns(contract) if not column.is_nullable}

    assert faulty_columns(contract, sound(contract, **required)) >= required.keys()


@pytest.mark.slow
@every_table
def test_a_contract_refuses_a_word_outside_its_vocabularies_and_a_number_outside_its_range(contract: type[Table]) -> None:
    outside = {"allowed_values": "no such word", "min_value": -1, "max_value": 10**6}
    bad: dict[str, object] = {
        name: outside[statistic]
        for name, column in contract.to_schema().columns.items()
        for check in column.checks
        for statistic in check.statistics or {}
        if statistic in outside and not (check.name or "").startswith("str_length")
    }

    assert faulty_columns(contract, sound(contract, **bad)) >= bad.keys()


@pytest.mark.slow
@pytest.mark.parametrize(
    "contract", [layer_[0] for layer_ in (RAW, CORE, KPI, OPS, FACTS, LEDGER)], ids=lambda contract: str(contract.__name__)
)
def test_a_contract_refuses_another_type_a_missing_a_surplus_and_a_misplaced_column(contract: type[Table]) -> None:
    rows = sound(contract)
    first = rows.columns[0]

    assert refused(contract, rows.with_columns(pl.lit(b"x").alias(first)))
    assert refused(contract, rows.drop(first))
    assert refused(contract, rows.with_columns(surplus=pl.lit(1)))
    assert refused(contract, rows.select(*rows.columns[1:], first))


@pytest.mark.slow
@pytest.mark.parametrize("contract", [*CORE, *KPI, *OPS, *FACTS, *LEDGER], ids=lambda contract: str(contract.__name__))
def test_a_contract_refuses_a_row_twice(contract: type[Table]) -> None:
    assert refused(contract, pl.concat([sound(contract)] * 2))


def test_the_rules_over_several_columns_are_named_by_a_known_refusal_and_hold() -> None:
    opened = dt.datetime(2026, 3, 2, 12)
    breaking: dict[str, dict[str, object]] = {
        "raw.answers": {"value": 6.0},
        "raw.customers": {"id_ref": None, "email_ref": None, "phone_ref": None},
        "raw.tickets": {"closed_at": opened - dt.timedelta(seconds=1)},
        "raw.calls": {"answered_at": opened - dt.timedelta(seconds=1)},
        "raw.self_service_sessions": {"ended_at": opened - dt.timedelta(seconds=1)},
        "raw.employees": {"left_on": opened.date() - dt.timedelta(days=1)},
        "raw.employee_answers": {"value": 6.0},
        "raw.benchmarks": {"period_to_on": opened.date() - dt.timedelta(days=1)},
        "raw.targets": {"valid_to_on": opened.date() - dt.timedelta(days=1)},
    }
    rules = {
        name: [check.name for check in contract.to_schema().checks] for name, contract in TABLES.items() if contract.to_schema().checks
    }

    assert rules.keys() == breaking.keys()
    assert {name for names in rules.values() for name in names} <= set(REFUSALS)
    for name, changes in breaking.items():
        assert refused(TABLES[name], sound(TABLES[name], **changes)), name


def test_every_refusal_is_a_sentence_without_its_capital_and_its_stop() -> None:
    for code, text in REFUSALS.items():
        assert re.fullmatch(r"[a-z_]+", code)
        assert text[0].islower()
        assert not text.endswith(".")


def test_every_layer_is_in_the_catalogue_once() -> None:
    assert len(TABLES) == len(RAW) + len(CORE) + len(KPI) + len(OPS) + len(FACTS) + len(LEDGER)
    assert len(STORED) == len(TABLES) - len(FACTS)


@pytest.mark.parametrize("contract", KPI, ids=lambda contract: str(contract.__name__))
def test_a_formula_speaks_of_the_tables_additive_columns_alone(contract: type[Table]) -> None:
    for column in columns(contract):
        if column.formula:
            assert set(re.findall(r"[a-z_][a-z_0-9]*", column.formula)) <= set(additive(contract)), column.name
            assert column.method is None, column.name


@pytest.mark.parametrize("contract", KPI, ids=lambda contract: str(contract.__name__))
def test_every_figure_of_a_kpi_has_a_unit(contract: type[Table]) -> None:
    figures = [column for column in columns(contract) if column.sql_type in {"DOUBLE", "DECIMAL(18,4)"}]

    assert [column.name for column in figures if not column.unit] == []


def test_the_metric_catalogue_has_a_row_for_every_published_column() -> None:
    rows = [(row["table_name"], row["column_name"], row["position"]) for row in catalogue_rows(KPI)]

    assert rows == [
        (table_name(contract), column.name, place) for contract in KPI for place, column in enumerate(columns(contract), start=1)
    ]


def test_the_published_columns_are_those_that_people_build_on() -> None:
    now = published_columns()

    known = PUBLISHED.read_text(encoding="utf-8").splitlines() if PUBLISHED.exists() else []
    gone, new = [line for line in known if line not in now], [line for line in now if line not in known]
    assert known == now, (
        f"The published columns have changed: gone {gone}, new {new}. Dashboards read them by name and type. If the change is meant, "
        "write the new list with `python -m tests.schemas.published` and say so in the change's description."
    )


@pytest.mark.parametrize("contract", [*KPI, *OPS], ids=table_name)
def test_a_computed_table_promises_nothing_across_rows_but_its_key_so_that_it_can_be_proved_some_rows_at_a_time(
    contract: type[Table],
) -> None:
    schema = contract.to_schema()

    assert schema.checks == []
    assert [name for name, column in schema.columns.items() if column.unique] == []
