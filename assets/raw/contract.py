"""The contracts of the raw layer as adapters need them: each column's type, whether it may be empty, its vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, cast

import polars as pl

from schemas.catalogue import RAW
from schemas.projection import table_name
from schemas.raw.record import RawTable

CONTRACTS: Final[Mapping[str, type[RawTable]]] = {table_name(contract): contract for contract in RAW}
"""Every raw table by its name."""


@dataclass(frozen=True)
class ContractColumn:
    """One column of a contract."""

    name: str
    dtype: pl.DataType
    is_nullable: bool
    words: tuple[str, ...] | None
    """The closed vocabulary, where the column has one."""


@cache
def contract_columns(table: str) -> tuple[ContractColumn, ...]:
    """List a raw table's columns in their order."""
    return tuple(
        ContractColumn(
            name=name,
            dtype=cast("pl.DataType", column.dtype.type),
            is_nullable=column.nullable,
            words=next((tuple(check.statistics["allowed_values"]) for check in column.checks if check.name == "isin"), None),
        )
        for name, column in CONTRACTS[table].to_schema().columns.items()
    )


@cache
def contract_schema(table: str) -> pl.Schema:
    """Give a raw table's columns as a Polars schema."""
    return pl.Schema({column.name: column.dtype for column in contract_columns(table)})
