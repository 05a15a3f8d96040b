"""The data dictionary: every published table and column, read off the contracts. Pure: contracts in, Markdown out."""

from collections.abc import Iterator, Sequence
from typing import Final

from schemas.projection import columns, explanation, facts, grain, layer, table_name
from schemas.table import Table

TYPES: Final = {
    "BIGINT": "whole number",
    "DOUBLE": "number",
    "VARCHAR": "text",
    "BOOLEAN": "true or false",
    "DATE": "date",
    "TIMESTAMP": "instant, UTC",
}


def dictionary_page(tables: Sequence[type[Table]]) -> str:
    """A section for each table, with all of its columns."""
    head = (
        "# Data dictionary",
        "",
        f"All {len(tables)} tables of the publication, made from their contracts. `kpi.metric_catalogue` holds the same, to be queried.",
        "",
    )
    return "\n".join([*head, *(line for table in tables for line in _section(table))])


def _section(table: type[Table]) -> Iterator[str]:
    name = table_name(table)
    yield from (f"## {name}", "", explanation(table), "")
    yield f"* One row per {', '.join(f'`{column}`' for column in grain(table)) or 'publication'}."
    yield from (f"* {title.capitalize()}: {said}." for title, said in facts(table).items() if isinstance(said, str))
    if layer(table) == "kpi":
        yield f"* How each figure is computed: [{name.removeprefix('kpi.')}](kpis/{name.removeprefix('kpi.')}.md)."
    yield from ("", "| column | type | may be null | unit | meaning |", "|---|---|---|---|---|")
    for column in columns(table):
        said = TYPES.get(column.sql_type, column.sql_type.replace("DECIMAL", "decimal "))
        cells = (f"`{column.name}`", said, "yes" if column.is_nullable else "no", column.unit or "", column.description)
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
    yield ""
