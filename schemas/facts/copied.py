"""How the columns of facts are declared: mostly as core declares them. Used by the contracts of this room alone."""

from typing import Any

import pandera.polars as pa

from schemas.table import Table

MADE_OF, REFERS_TO = "made_of", "refers_to"
"""What a field says of a column that is not copied: the columns that a key is made of; the table that a reference must be found in."""

_RULES = {"allowed_values": "isin", "min_value": "ge", "max_value": "le"}


def as_in(contract: type[Table], name: str) -> Any:
    """A column that is copied from a core table: its description, vocabulary, bounds and unit are those of that contract."""
    column = contract.to_schema().columns[name]
    rules = {_RULES[said]: value for check in column.checks for said, value in (check.statistics or {}).items()}
    return pa.Field(nullable=column.nullable, description=column.description, metadata=column.metadata, **rules)


def key(description: str, *made_of: str) -> Any:
    """A key by which tables are joined: a hash of these columns of core, the same as long as the source keeps its ids."""
    return pa.Field(description=description, metadata={MADE_OF: made_of})


def of_ticket() -> Any:
    """The ticket that a row belongs to, where it is one of `facts.tickets`."""
    said = "The ticket it belongs to; null without one, and where no such ticket was delivered."
    return pa.Field(nullable=True, description=said, metadata={REFERS_TO: "core.tickets"})
