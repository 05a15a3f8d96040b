"""Writes the list of published columns that `test_contracts` compares with: `python -m tests.schemas.published`."""

from pathlib import Path

from schemas.catalogue import PUBLISHED as CONTRACTS
from schemas.projection import columns, table_name

PUBLISHED = Path(__file__).parent / "published_columns.txt"


def published_columns() -> list[str]:
    """Every published column with its type, in order."""
    return [f"{table_name(contract)}.{column.name} {column.sql_type}" for contract in CONTRACTS for column in columns(contract)]


if __name__ == "__main__":
    PUBLISHED.write_text("\n".join([*published_columns(), ""]), encoding="utf-8")
