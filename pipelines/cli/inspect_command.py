"""The command `inspect`: how a file would be read, and the settings that read it so."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import polars as pl
import typer
from rich.text import Text

from assets.raw.acceptance import accept
from assets.raw.feed import Feed
from assets.raw.inspecting.drafting import Draft, as_toml, draft
from assets.raw.inspecting.recognising import Recognised, recognise
from assets.raw.inspecting.sampling import HEAD_BYTES, Sample, sample, with_rows
from assets.raw.reading import RECORD_NUMBER, Batch, File, Reading, UnreadableFileError
from assets.raw.registry import FORMATS
from pipelines.cli.console import FAILED, console
from pipelines.cli.tables import as_table
from pipelines.errors import PipelineError
from pipelines.settings import Settings, load_settings
from schemas.vocabulary import REFUSALS

LOOKED_AT = 10_000
"""Records read; a large file is not read to its end."""

SHOWN_REFUSALS = 10
SHOWN_TEXT = 100
_CURRENCY = re.compile(rb"\b[A-Z]{3}\b")


@dataclass
class Look:
    """What reading the beginning of a file gave."""

    records: int = 0
    rows: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    refused: list[tuple[int, str | None, str, str]] = field(default_factory=list)
    """Record, column, reason, original text."""
    fault: str | None = None


def inspect(path: Path, settings_file: Path | None, adapter: str | None, feed_name: str | None, shown: int, *, as_json: bool) -> None:
    """See `app.inspect`."""
    if not path.is_file():
        raise PipelineError(f"There is no file {path}.")
    settings = _settings(settings_file, is_needed=feed_name is not None)
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        seen = _sample(path, stream, head, settings)
    known = _configured(settings, feed_name) if feed_name else None
    found = [Recognised(known.adapter, f"the feed {feed_name} says so")] if known else _candidates(seen, adapter)
    if not found:
        raise PipelineError(
            f"{path.name}: {_nothing(seen)} Name the adapter with --adapter if you know it; there are {', '.join(sorted(FORMATS))}."
        )
    made = draft(seen, found[0], settings.time_zone, settings.currency)
    name = feed_name or _feed_name(path)
    feed = known or Feed.model_validate({"adapter": made.adapter, "source": name, **made.settings})
    look = _look(path, feed, settings, head)
    if as_json:
        typer.echo(json.dumps(_as_data(found, made, look), default=str, indent=2, ensure_ascii=False))
    else:
        _print(path, seen, found, made if known is None else None, name, look, shown)
    if look.fault is not None:
        raise typer.Exit(FAILED)


def _sample(path: Path, stream: BinaryIO, head: bytes, settings: Settings) -> Sample:
    try:
        return with_rows(sample(head), File(stream, settings.today()))
    except UnreadableFileError as fault:
        raise PipelineError(f"{path.name}: {fault}") from None


def _settings(settings_file: Path | None, *, is_needed: bool) -> Settings:
    """The settings where there are any: inspecting comes before the first of them is written."""
    try:
        return load_settings(settings_file)
    except PipelineError:
        if settings_file is not None or is_needed:
            raise
        return Settings()


def _configured(settings: Settings, name: str) -> Feed:
    if name not in settings.feeds:
        raise PipelineError(f"The settings have no feed {name!r}; there are {', '.join(sorted(settings.feeds)) or 'none yet'}.")
    return settings.feeds[name].named(name)


def _candidates(seen: Sample, adapter: str | None) -> list[Recognised]:
    if adapter is None:
        return recognise(seen)
    if adapter not in FORMATS:
        raise PipelineError(f"{adapter!r} is no adapter; there are {', '.join(sorted(FORMATS))}.")
    return [Recognised(adapter, "you named it")]


def _nothing(seen: Sample) -> str:
    match seen.shape:
        case "empty":
            return "it is empty."
        case "csv" | "xlsx" | "parquet" if seen.rows:
            return f"its columns ({', '.join(filter(None, seen.rows[0][:12]))}) are those of no format that is known."
        case _:
            return "nothing gives its format away."


def _feed_name(path: Path) -> str:
    name = re.sub(r"[\W\d_]+", "_", path.name.split(".")[0]).strip("_").lower()
    return name if name.isidentifier() else "feed"


def _look(path: Path, feed: Feed, settings: Settings, head: bytes) -> Look:
    """Read the beginning of the file as a run would; identifiers are shown as they are, to be checked."""
    currencies = frozenset(settings.rates) | {code.decode() for code in _CURRENCY.findall(head)}
    reading = Reading(lambda identifier: identifier, currencies, ignores_plus_tags=settings.ignore_plus_tags)
    look = Look()
    try:
        with path.open("rb") as stream:
            for batch in FORMATS[feed.adapter].read(File(stream, settings.today()), feed, reading):
                _add(look, accept(batch))
                if look.records >= LOOKED_AT:
                    break
    except UnreadableFileError as fault:
        look.fault = str(fault)
    return look


def _add(look: Look, batch: Batch) -> None:
    look.records += batch.records.height
    for table, rows in batch.rows.items():
        look.rows.setdefault(table, []).append(rows)
    texts = dict(batch.records.table().rows())
    look.refused.extend((number, column, reason, texts.get(number, "")) for number, column, reason in batch.refusals.rows())


def _as_data(found: list[Recognised], made: Draft, look: Look) -> dict[str, object]:
    return {
        "adapters": [{"adapter": each.adapter, "why": each.why} for each in found],
        "settings": {"adapter": made.adapter, **made.settings},
        "checks": made.checks,
        "records": look.records,
        "rows": {table: sum(frame.height for frame in frames) for table, frames in look.rows.items()},
        "refused": [
            {"record": number, "column": column, "reason": reason, "original": text[:SHOWN_TEXT]}
            for number, column, reason, text in look.refused
        ],
        "fault": look.fault,
    }


def _print(path: Path, seen: Sample, found: list[Recognised], made: Draft | None, name: str, look: Look, shown: int) -> None:
    screen = console()
    for line in chain(_header(path, seen, found), _outcome(look)):
        screen.print(line, soft_wrap=True, markup=False)
    for table, frames in look.rows.items():
        rows = pl.concat(frames)
        if rows.height:
            filled = [column for column in rows.columns if column != RECORD_NUMBER and rows[column].null_count() < rows.height]
            screen.print(as_table(f"\n{table}, as it would be read", _upright(rows.head(shown).select(RECORD_NUMBER, *filled))))
    if look.refused:
        screen.print(as_table("\nRefused", _refusals(look)))
    if made is not None:
        screen.print(Text("\nTo paste into kpis.toml:\n", style="bold"))
        screen.print(as_toml(name, made), soft_wrap=True, markup=False)


def _header(path: Path, seen: Sample, found: list[Recognised]) -> Iterator[str]:
    details: list[str] = ["json lines" if seen.shape == "lines" else seen.shape]
    if seen.is_gzip:
        details.append("gzip")
    if seen.shape == "csv":
        details += [f"{len(seen.rows[0])} columns", f"delimiter {seen.delimiter!r}", seen.encoding]
    yield f"{path.name}: {', '.join(details)}"
    yield f"Adapter: {found[0].adapter}, because {found[0].why}."
    if others := [each.adapter for each in found[1:]]:
        yield f"It could also be {', '.join(others)}: name one with --adapter."


def _outcome(look: Look) -> Iterator[str]:
    if look.fault is not None:
        yield f"Cannot be read so: {look.fault}"
    refused = {number for number, *_ in look.refused}
    upper = " first" if look.records >= LOOKED_AT else ""
    yield f"{look.records:,}{upper} records: {look.records - len(refused):,} accepted, {len(refused):,} refused."


def _upright(rows: pl.DataFrame) -> pl.DataFrame:
    """A column a record, as records are wider than a terminal."""
    texts = rows.drop(RECORD_NUMBER).select(pl.all().cast(pl.String).str.slice(0, SHOWN_TEXT))
    return texts.transpose(include_header=True, header_name="column", column_names=[f"record {number}" for number in _unique(rows)])


def _unique(rows: pl.DataFrame) -> list[str]:
    """Record numbers as column names; several rows of one record are told apart by a letter."""
    seen: Counter[int] = Counter()
    names = []
    for number in rows[RECORD_NUMBER].to_list():
        names.append(f"{number}{'' if not seen[number] else chr(ord('a') + seen[number])}")
        seen[number] += 1
    return names


def _refusals(look: Look) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (number, column or "record", REFUSALS.get(reason, reason), text[:SHOWN_TEXT].replace("\n", "⏎"))
            for number, column, reason, text in look.refused[:SHOWN_REFUSALS]
        ],
        schema={"record": pl.Int64, "column": pl.String, "why": pl.String, "original": pl.String},
        orient="row",
    )
