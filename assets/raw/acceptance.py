"""The gate into `raw`: every row is held against its table's contract, and a record that breaks it is refused whole.

Adapters make rows; only here are they validated, eagerly and many files at a time.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from assets.raw.contract import CONTRACTS, contract_columns
from assets.raw.reading import RECORD_NUMBER, REFUSALS, Batch
from schemas.soundness import faults
from schemas.vocabulary import REFUSALS as REASONS

__all__ = ["accept", "contract_columns"]

_REASON_OF_CHECK: Final[Mapping[str, str]] = {
    "not_nullable": "missing",
    "isin": "unknown_word",
    "greater_than": "out_of_range",
    "greater_than_or_equal_to": "out_of_range",
    "less_than": "out_of_range",
    "less_than_or_equal_to": "out_of_range",
    "in_range": "out_of_range",
    "str_length": "missing",
}
_PLACE: Final = "place"


def accept(batch: Batch) -> Batch:
    """Take the records whose rows all hold; refuse the others with the reason and take their rows out of every table."""
    found = [refused for table, rows in batch.rows.items() if (refused := _refusals(table, rows)) is not None]
    if not found:
        return batch
    refusals = pl.concat(found).unique(maintain_order=True)
    numbers = refusals[RECORD_NUMBER].unique().to_list()
    return Batch(
        records=batch.records,
        rows={table: rows.filter(~pl.col(RECORD_NUMBER).is_in(numbers)) for table, rows in batch.rows.items()},
        refusals=pl.concat([batch.refusals, refusals]),
    )


def _refusals(table: str, rows: pl.DataFrame) -> pl.DataFrame | None:
    """Validate one table's rows; a frame of the wrong shape is a fault of the adapter and is raised, without its values."""
    if rows.columns[:1] != [RECORD_NUMBER]:
        raise TypeError(f"rows for {table} lack {RECORD_NUMBER} in front; they have: {', '.join(rows.columns)}")
    told = rows.drop(RECORD_NUMBER)
    found = faults(CONTRACTS[table], told)
    if found is None:
        return None
    cases = found.select("column", "check", pl.col("index").alias(_PLACE).cast(pl.Int64))
    if cases[_PLACE].null_count():
        misshapen = (
            cases.filter(pl.col(_PLACE).is_null()).select(pl.concat_str("column", "check", separator=" ", ignore_nulls=True)).to_series()
        )
        raise TypeError(f"the adapter's rows do not have the shape of {table}: {'; '.join(misshapen.unique().sort().to_list())}")
    check = pl.col("check").str.replace(r"(?s)\(.*$", "")
    known = dict(_REASON_OF_CHECK) | {reason: reason for reason in REASONS}
    return cases.select(
        rows[RECORD_NUMBER].gather(cases[_PLACE]),
        pl.when(pl.col("column") != table).then(pl.col("column")).alias("column"),
        check.replace_strict(known, default="breaks_contract", return_dtype=pl.String).alias("reason"),
    ).cast(REFUSALS)
