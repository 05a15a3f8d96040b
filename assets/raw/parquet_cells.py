"""Tables in Parquet files: columns as texts, written exactly. A stranger may have made the file, so little is read at a time.

What a text means stands in `parsing`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from assets.raw.csv_cells import CsvBatch, numbered
from assets.raw.feed import Feed
from assets.raw.mapped_csv import places
from assets.raw.reading import RECORD_NUMBER, File, Limits, Records, UnreadableFileError
from assets.raw.refusing import Refusal, refusal_frame
from assets.raw.text_rows import BATCH_CHARS

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

_MOST_ROWS: Final = 4_096
"""Rows decoded at a time; fewer where they are long."""

_TICKS: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_EARLIEST: Final = -2_208_988_800
_LATEST: Final = 7_258_118_400
"""Seconds between which an instant is written as one, the years 1900 to 2200; outside, its number stays and is refused."""

_DAY: Final = 86_400
_NAIVE: Final = "%Y-%m-%d %H:%M:%S%.f"
_IN_UTC: Final = "%Y-%m-%dT%H:%M:%S%.f+00:00"
_EXACT: Final = 2.0**53


def parquet_names(file: File) -> list[str]:
    """Give the names of the columns that can be mapped, as ``columns`` names them."""
    import pyarrow as pa  # noqa: PLC0415  # as below
    from pyarrow import parquet  # noqa: PLC0415  # likewise

    try:
        schema = parquet.ParquetFile(file.stream).schema_arrow
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged() from error
    return [name for name, column in zip(numbered(schema.names), schema, strict=True) if not pa.types.is_nested(column.type)]


def parquet_cells(file: File, feed: Feed, limits: Limits, columns: Mapping[str, str]) -> Iterator[CsvBatch]:
    """Read the columns that are mapped, a few thousand rows at a time."""
    import pyarrow as pa  # noqa: PLC0415  # costs a third of a second, which only feeds of Parquet files should
    from pyarrow import parquet  # noqa: PLC0415  # likewise

    faults = (pa.ArrowException, pl.exceptions.PolarsError, OSError, ValueError, TypeError, LookupError, MemoryError, OverflowError)
    try:
        schema = parquet.ParquetFile(file.stream).schema_arrow
        names = schema.names
    except faults as error:
        raise _damaged() from error
    header = numbered(names)
    wanted = places({name: place for place, name in enumerate(header)}, columns)
    for place in wanted.values():
        _refuse_nested(schema.field(place), header[place])
    try:
        shared = [names[place] for place in wanted.values() if _is_text(schema.field(place).type)]
        source = parquet.ParquetFile(file.stream, read_dictionary=shared)
        rows = min(_rows_at_a_time(source.metadata), limits.batch_records)
        batches = source.iter_batches(batch_size=rows, columns=sorted({names[place] for place in wanted.values()}))
        for batch in _batches(batches, names, header, wanted, limits):
            yield batch if feed.decimal == "." else replace(batch, cells=_in_notation(batch.cells, schema, wanted, feed.decimal))
    except faults as error:
        raise _damaged() from error


def _rows_at_a_time(metadata: "parquet.FileMetaData") -> int:
    """Give how many rows fit into memory by what the file says of itself: well compressed texts are small only in the file."""
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    longest = max((group.total_byte_size / max(group.num_rows, 1) for group in groups), default=1.0)
    return int(min(max(BATCH_CHARS / max(longest, 1.0), 1), _MOST_ROWS))


def _batches(
    batches: Iterator["pa.RecordBatch"], names: Sequence[str], header: Sequence[str], wanted: Mapping[str, int], limits: Limits
) -> Iterator[CsvBatch]:
    done, total = 0, 0
    for batch in batches:
        arrays = {place: batch.column(_place_in(batch, names, place)) for place in sorted(set(wanted.values()))}
        sizes = sum((_sizes(array) for array in arrays.values()), pl.zeros(batch.num_rows, pl.Int64, eager=True))
        fits = sizes <= limits.record_bytes
        total += int(sizes.filter(fits).sum())
        if total > limits.file_bytes:
            raise UnreadableFileError(f"The file holds more than the allowed {limits.file_bytes} bytes; split it or raise the limit.")
        for start, count in _parts(sizes.zip_with(fits, pl.zeros(len(sizes), pl.Int64, eager=True)).to_list()):
            taken = fits.slice(start, count)
            yield _batch({place: array.slice(start, count) for place, array in arrays.items()}, taken, done, header, wanted)
            done += count


def _in_notation(cells: pl.DataFrame, schema: "pa.Schema", wanted: Mapping[str, int], decimal: str) -> pl.DataFrame:
    """Write the numbers with the feed's decimal mark, like those that are texts in the file."""
    import pyarrow as pa  # noqa: PLC0415  # see above

    kinds = {key: schema.field(place).type for key, place in wanted.items()}
    numbers = [key for key, kind in kinds.items() if pa.types.is_floating(kind) or pa.types.is_decimal(kind)]
    return cells.with_columns(pl.col(numbers).str.replace(".", decimal, literal=True)) if numbers else cells


def _batch(arrays: Mapping[int, "pa.Array"], taken: pl.Series, done: int, header: Sequence[str], wanted: Mapping[str, int]) -> CsvBatch:
    numbers = pl.Series(RECORD_NUMBER, range(done + 1, done + 1 + len(taken)), dtype=pl.Int64)
    mask = taken.to_arrow()
    kept = numbers.filter(taken)
    texts: dict[int, pl.Series] = {}
    is_text = pl.repeat(value=True, n=len(kept), eager=True, dtype=pl.Boolean)
    for place, array in arrays.items():
        texts[place], is_read = _texts(array.filter(mask))
        is_text &= is_read
    whole = pl.DataFrame([kept, *(series.alias(header[place]) for place, series in texts.items() if header[place] != RECORD_NUMBER)])
    originals = pl.DataFrame([kept, _as_json(whole.drop(RECORD_NUMBER), len(kept))])
    refusals: list[Refusal] = [(number, None, "too_long") for number in numbers.filter(~taken).to_list()]
    refusals += [(number, None, "not_text") for number in kept.filter(~is_text).to_list()]
    return CsvBatch(
        whole=Records.of(
            numbers.to_frame()
            .join(originals, on=RECORD_NUMBER, how="left", maintain_order="left")
            .with_columns(pl.col("original").fill_null(""))
        ),
        cells=pl.DataFrame([kept, *(texts[place].alias(key) for key, place in wanted.items())]).filter(is_text),
        refusals=refusal_frame(refusals),
    )


def _as_json(cells: pl.DataFrame, height: int) -> pl.Series:
    if not cells.width:
        return pl.Series("original", [""] * height, dtype=pl.String)
    return cells.to_struct("original").struct.json_encode().alias("original")


def _parts(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Cut rows into runs whose texts fit into memory."""
    start, held = 0, 0
    for place, size in enumerate(sizes):
        if held and held + size > BATCH_CHARS:
            yield start, place - start
            start, held = place, 0
        held += size
    if len(sizes) > start:
        yield start, len(sizes) - start


def _place_in(batch: "pa.RecordBatch", names: Sequence[str], place: int) -> int:
    """Find a column of the file in a batch, where a name may repeat."""
    same: list[int] = batch.schema.get_all_field_indices(names[place])
    return same[names[:place].count(names[place])]


def _sizes(array: "pa.Array") -> pl.Series:
    """Give the bytes of each text, without writing out texts that many rows share."""
    import pyarrow as pa  # noqa: PLC0415  # see above
    from pyarrow import compute  # noqa: PLC0415  # likewise

    if pa.types.is_dictionary(array.type):
        sizes: Any = compute.take(compute.binary_length(_as_bytes(array.dictionary)), array.indices)
    elif _is_text(array.type):
        sizes = compute.binary_length(_as_bytes(array))
    else:
        return pl.repeat(8, len(array), dtype=pl.Int64, eager=True)
    return pl.Series(sizes.cast(pa.int64())).fill_null(0) if len(sizes) else pl.Series([], dtype=pl.Int64)


def _texts(array: "pa.Array") -> tuple[pl.Series, pl.Series]:
    """Write a column as texts, and tell which are texts at all."""
    import pyarrow as pa  # noqa: PLC0415  # see above

    if pa.types.is_dictionary(array.type):
        array = _as_bytes(array.dictionary).take(array.indices)
    kind = array.type
    if pa.types.is_null(kind):
        texts = pl.Series([None] * len(array), dtype=pl.String)
    elif _is_text(kind):
        raw = pl.Series(_as_bytes(array).cast(pa.large_binary()), dtype=pl.Binary)
        texts = _decoded(raw)
        return texts, (raw.is_null() | texts.is_not_null()) & ~texts.str.contains("\0", literal=True).fill_null(value=False)
    elif pa.types.is_timestamp(kind):
        ticks = pl.Series(array.cast(pa.int64()), dtype=pl.Int64)
        texts = _instants(ticks, _TICKS[kind.unit], _NAIVE if kind.tz is None else _IN_UTC)
    elif pa.types.is_date(kind):
        is_days = pa.types.is_date32(kind)
        ticks = pl.Series(array.cast(pa.int32() if is_days else pa.int64())).cast(pl.Int64)
        texts = _instants(ticks * _DAY if is_days else ticks, 1 if is_days else _TICKS["ms"], "%Y-%m-%d")
    elif pa.types.is_floating(kind):
        texts = _floats(pl.Series(array.cast(pa.float32() if pa.types.is_float16(kind) else kind)))
    else:
        texts = pl.Series(array.cast(pa.string()), dtype=pl.String)
    return texts, pl.repeat(value=True, n=len(texts), eager=True, dtype=pl.Boolean)


def _decoded(raw: pl.Series) -> pl.Series:
    """Read bytes as UTF-8; those that are none are null."""
    try:
        return raw.cast(pl.String)
    except pl.exceptions.PolarsError:
        return pl.Series([None if text is None else _utf8(text) for text in raw.to_list()], dtype=pl.String)


def _utf8(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _instants(ticks: pl.Series, a_second: int, written: str) -> pl.Series:
    """Write instants; one outside the plausible years stays the number that it is."""
    is_plausible = ticks.is_between(_EARLIEST * a_second, _LATEST * a_second)
    micros = pl.col("ticks") // (a_second // 10**6) if a_second > 10**6 else pl.col("ticks") * (10**6 // a_second)
    return (
        pl.DataFrame({"ticks": ticks, "kept": ticks.zip_with(is_plausible, pl.repeat(None, len(ticks), dtype=pl.Int64, eager=True))})
        .with_columns(pl.col("kept").alias("ticks"), pl.col("ticks").cast(pl.String).alias("number"))
        .select(pl.coalesce(micros.cast(pl.Datetime("us")).dt.to_string(written), pl.col("number")))
        .to_series()
    )


def _floats(values: pl.Series) -> pl.Series:
    """Write floats as short as they can be read back; whole ones without a point, rounded ones in scientific notation."""
    value = pl.col("value")
    is_whole = value == value.floor()
    return (
        values.alias("value")
        .to_frame()
        .select(
            pl.when(value.is_nan())
            .then(pl.lit(None, dtype=pl.String))
            .when(is_whole & (value.abs() < _EXACT))
            .then(pl.when(value.abs() < _EXACT).then(value).cast(pl.Int64, strict=False).cast(pl.String))
            .when(is_whole & value.is_finite())
            .then(value.map_elements(lambda number: f"{number:.14E}", return_dtype=pl.String))
            .otherwise(value.cast(pl.String))
        )
        .to_series()
    )


def _is_text(kind: "pa.DataType") -> bool:
    import pyarrow as pa  # noqa: PLC0415  # see above

    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_binary(kind) or types.is_large_binary(kind))


def _as_bytes(array: "pa.Array") -> "pa.Array":
    """Take texts for bytes: what a stranger calls text may be none."""
    import pyarrow as pa  # noqa: PLC0415  # see above

    if pa.types.is_string(array.type):
        return array.cast(pa.binary())
    return array.cast(pa.large_binary()) if pa.types.is_large_string(array.type) else array


def _refuse_nested(field: "pa.Field", name: str) -> None:
    import pyarrow as pa  # noqa: PLC0415  # see above

    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    is_plain = pa.types.is_primitive(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind) or _is_text(kind)
    if not is_plain or pa.types.is_duration(kind) or pa.types.is_interval(kind):
        raise UnreadableFileError(
            f"The column {name!r} holds {str(kind)[:80]}, which is no single value; export it as text, number or time."
        )


def _damaged() -> UnreadableFileError:
    return UnreadableFileError("The file is no whole Parquet file that can be read; fetch it again, or export it again.")
