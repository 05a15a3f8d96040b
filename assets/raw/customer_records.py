"""Customer records: one customer may have several ids, addresses and numbers, in several columns or in several rows.

* Further columns are mapped as `email_2`, `phone_2`, `customer_id_2` and so on.
* Where a customer's row is repeated for each identity, no column names a record; a row is then known by its identifiers.
"""

from typing import Final

import polars as pl

from assets.raw.contract import contract_schema
from assets.raw.declared_rows import Form, Rows, declared_rows
from assets.raw.feed import Feed
from assets.raw.identity import IDENTIFIERS
from assets.raw.interpreting import interpreted
from assets.raw.parsing import trimmed
from assets.raw.reading import RECORD_NUMBER, Batch, Extract, Reading

CUSTOMERS: Final = Form("raw.customers", filled_elsewhere=frozenset({"same_as_ref"}))
FURTHER_IDENTIFIERS: Final = frozenset(f"{kind}_{number}" for kind in IDENTIFIERS for number in range(2, 10))
_REFS: Final = ("id_ref", "email_ref", "phone_ref")
_ID: Final = "source_record_id"
_UNNAMED: Final = "-"


def interpret_customers(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read customers, a row for each further identity; one that cannot be read refuses the record."""
    cells = extract.cells[CUSTOMERS.table].with_columns(trimmed(pl.col(pl.String)))
    read = declared_rows(CUSTOMERS, _identities(cells), feed, reading)
    refusals = read.refusals.unique(maintain_order=True)
    rows = read.rows.join(refusals, on=RECORD_NUMBER, how="anti", maintain_order="left") if refusals.height else read.rows
    own = pl.coalesce(_REFS).first().over(RECORD_NUMBER)
    is_further = pl.int_range(pl.len()).over(RECORD_NUMBER) > 0
    rows = rows.with_columns(pl.when(is_further).then(own).alias("same_as_ref"))
    if _ID not in cells.columns:
        known_by = pl.concat_str(_REFS, separator=" ", ignore_nulls=True).first().over(RECORD_NUMBER)
        rows = rows.with_columns(known_by.alias(_ID))
    ordered = rows.select(RECORD_NUMBER, *contract_schema(CUSTOMERS.table))
    return interpreted(extract, {CUSTOMERS.table: Rows(ordered, refusals)})


def _identities(cells: pl.DataFrame) -> pl.DataFrame:
    """Give each record a row with its first id, address and number, then rows with its second ones, its third ones."""
    numbered = {
        kind: [key for key in (kind, *(f"{kind}_{number}" for number in range(2, 10))) if key in cells.columns] for kind in IDENTIFIERS
    }
    mapped = {kind: keys for kind, keys in numbered.items() if keys}
    texts = cells.select(RECORD_NUMBER, *(pl.concat_list(keys).list.drop_nulls().alias(kind) for kind, keys in mapped.items()))
    others = cells.drop(key for keys in mapped.values() for key in keys)
    if _ID not in cells.columns:
        others = others.with_columns(pl.lit(_UNNAMED).alias(_ID))
    parts = []
    for place in range(max(map(len, mapped.values()), default=1)):
        part = others.hstack(texts.select(pl.col(kind).list.get(place, null_on_oob=True) for kind in mapped))
        parts.append(part.filter(pl.any_horizontal(pl.col(list(mapped)).is_not_null())) if place else part)
    return pl.concat(parts)
