"""Values inside JSON records as the texts that the mapping reads: found by path, written as a CSV would write them."""

from collections.abc import Mapping

import orjson
import polars as pl

from assets.raw.reading import RECORD_NUMBER

CUSTOM_FIELD = "custom:"
"""Begins the path of a value in `custom_fields: [{id, value}]`, followed by the field's id."""


def text_of(value: object) -> str | None:
    """Write a value as text; what is empty is None."""
    match value:
        case None:
            return None
        case str():
            return value.replace("\0", "")
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return f"{value:E}" if value.is_integer() and abs(value) >= 2**63 else repr(value)
    return orjson.dumps(value).decode()


def value_at(record: Mapping[str, object], path: str) -> object:
    """Find a value by its path: `status`, `via.channel`, `custom:27642`; None where there is nothing."""
    if path.startswith(CUSTOM_FIELD):
        fields = record.get("custom_fields")
        for field in fields if isinstance(fields, list) else []:
            if isinstance(field, dict) and text_of(field.get("id")) == path.removeprefix(CUSTOM_FIELD):
                return field.get("value")
        return None
    found: object = record
    for name in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found


def column_texts(records: Mapping[int, Mapping[str, object]], paths: Mapping[str, str]) -> pl.DataFrame:
    """Give a column of text for each path, behind the records' numbers."""
    return pl.DataFrame(
        [
            pl.Series(RECORD_NUMBER, list(records), dtype=pl.Int64),
            *(
                pl.Series(key, [text_of(value_at(record, path)) for record in records.values()], dtype=pl.String)
                for key, path in paths.items()
            ),
        ]
    )
