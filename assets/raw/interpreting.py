"""From extracts to rows: the interpreters that several formats share."""

from collections.abc import Mapping

from assets.raw.declared_rows import Form, Rows, declared_rows
from assets.raw.feed import Feed
from assets.raw.reading import Batch, Extract, Interpreter, Reading
from assets.raw.refusing import all_refusals


def interpreted(extract: Extract, read: Mapping[str, Rows]) -> Batch:
    """Put together what the extraction refused and what the interpretation refused or took."""
    return Batch(
        records=extract.records,
        rows={table: rows.rows for table, rows in read.items()},
        refusals=all_refusals([extract.refusals, *(rows.refusals for rows in read.values())]),
    )


def as_declared(form: Form) -> Interpreter:
    """Make the interpreter of cells that stand under contract-side keys."""

    def interpret(extract: Extract, feed: Feed, reading: Reading) -> Batch:
        return interpreted(extract, {form.table: declared_rows(form, extract.cells[form.table], feed, reading)})

    return interpret


def as_extracted(extract: Extract, feed: Feed, reading: Reading) -> Batch:  # noqa: ARG001  # as every interpreter is called
    """Interpret cells that are rows already."""
    return Batch(extract.records, extract.cells, extract.refusals)
