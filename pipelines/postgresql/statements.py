"""The statements that make a published table in PostgreSQL, read off its contract."""

from collections.abc import Iterator

from schemas.projection import Column, columns, grain, literal, quoted, summary, table_name
from schemas.table import Table

_TYPES = {
    "VARCHAR": "text",
    "DOUBLE": "double precision",
    "TIMESTAMP": "timestamp",
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
}


def name_in(schema: str, contract: type[Table]) -> str:
    """The table, quoted. All published tables stand in one schema, by their own names."""
    return f"{quoted(schema)}.{quoted(short_name(contract))}"


def short_name(contract: type[Table]) -> str:
    """The table's name without its layer."""
    return table_name(contract).partition(".")[2]


def table_of(schema: str, contract: type[Table]) -> str:
    """``CREATE TABLE`` with the contract's columns."""
    body = ", ".join(f"{quoted(column.name)} {sql_type(column)}{'' if column.is_nullable else ' NOT NULL'}" for column in columns(contract))
    return f"CREATE TABLE {name_in(schema, contract)} ({body})"


def finish(schema: str, contract: type[Table]) -> Iterator[str]:
    """What follows once the rows are there: key, statistics, descriptions."""
    name = name_in(schema, contract)
    yield f"ALTER TABLE {name} ADD PRIMARY KEY ({', '.join(map(quoted, grain(contract)))})"
    yield f"ANALYZE {name}"
    yield f"COMMENT ON TABLE {name} IS {literal(summary(contract))}"
    for column in columns(contract):
        yield f"COMMENT ON COLUMN {name}.{quoted(column.name)} IS {literal(column.description)}"


def selection(contract: type[Table]) -> str:
    """The rows in the published DuckDB file, in types that PostgreSQL has; its text cannot hold the character 0."""
    chosen = (
        f"replace({quoted(column.name)}, chr(0), '') AS {quoted(column.name)}" if column.sql_type == "VARCHAR" else quoted(column.name)
        for column in columns(contract)
    )
    return f"SELECT {', '.join(chosen)} FROM {quoted(table_name(contract))}"


def sql_type(column: Column) -> str:
    """The column's type in PostgreSQL."""
    return column.sql_type.replace("DECIMAL", "numeric") if column.sql_type.startswith("DECIMAL") else _TYPES[column.sql_type]
