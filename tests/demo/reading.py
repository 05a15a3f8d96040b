"""Reading the demo's files with the standard library alone."""

import csv
import datetime as dt
import gzip
import io
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

FilesOf = Callable[[str], list[Path]]
BERLIN = ZoneInfo("Europe/Berlin")


def rows(paths: Iterable[Path], delimiter: str = ",") -> Iterator[dict[str, str]]:
    for path in paths:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        reader = csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""), delimiter=delimiter)
        header = next(reader, [])
        yield from (dict(zip(header, row, strict=True)) for row in reader if len(row) == len(header))


def utc(text: str) -> int:
    return round(dt.datetime.fromisoformat(text).timestamp())


def berlin(text: str, written: str) -> int:
    return round(dt.datetime.strptime(text, written).replace(tzinfo=BERLIN).timestamp())


def ours(words: dict[str, str]) -> dict[str, str]:
    return {theirs: word for word, theirs in words.items()}


def cents(text: str) -> int:
    return int(Decimal(text.replace(",", ".") or "0") * 100)


def score(text: str) -> int | None:
    return int(text) if text else None
