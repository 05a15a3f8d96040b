"""Values inside JSON records as the texts that the mapping reads: found by path, written as a CSV would write them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import orjson
import polars as pl

from assets.raw.reading import RECORD_NUMBER

TOO_DEEP = "…"
"""Stands for a value that is nested too deep to be written."""

CUSTOM_FIELD = "custom:"
"""Begins the path of a value in `custom_fields: [{id, value}]`, followed by the field's id."""


def text_of(value: object) -> str | None:
    """Write a value as text; what is empty is None. A whole number has no point, however it was written."""
    if value is None:
        return None
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:E}" if value.is_integer() and abs(value) >= 2**63 else f"{Decimal(repr(value)):f}".removesuffix(".0")
    return json_text(value) or TOO_DEEP


def json_text(value: object) -> str | None:
    """Write a value as JSON; None where it is nested deeper than anything an export holds, though it could be read."""
    written = json_bytes(value)
    return None if written is None else written.decode()


def json_bytes(value: object) -> bytes | None:
    """Write a value as JSON, in UTF-8; None as for `json_text`."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return None


def moment_text(value: object) -> str | None:
    """Write seconds since 1970 as ISO 8601; anything else as it is, to be read or refused."""
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return dt.datetime.fromtimestamp(value, dt.UTC).isoformat()
        except (ValueError, OverflowError, OSError):
            return str(value)
    return text_of(value)


def column_texts(records: Mapping[int, Mapping[str, object]], paths: Mapping[str, str]) -> pl.DataFrame:
    """Give a column of text for each path (`status`, `via.channel`, `custom:27642`), behind the records' numbers."""
    rows = list(records.values())
    return pl.DataFrame(
        [
            pl.Series(RECORD_NUMBER, list(records), dtype=pl.Int64),
            *(pl.Series(key, list(map(text_of, _values_at(rows, path))), dtype=pl.String) for key, path in paths.items()),
        ]
    )


def _values_at(records: Sequence[Mapping[str, object]], path: str) -> Iterable[object]:
    """Find each record's value; None where there is nothing."""
    if path.startswith(CUSTOM_FIELD):
        wanted = path.removeprefix(CUSTOM_FIELD)
        return [_custom_value(record.get("custom_fields"), wanted) for record in records]
    first, *further = path.split(".")
    values = [record.get(first) for record in records]
    for name in further:
        values = [value.get(name) if isinstance(value, dict) else None for value in values]
    return values


def _custom_value(fields: object, wanted: str) -> object:
    for field in fields if isinstance(fields, list) else []:
        if isinstance(field, dict) and text_of(field.get("id")) == wanted:
            return field.get("value")
    return None
