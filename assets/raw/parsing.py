"""Text to the types of the contracts: for each kind of value one pair of expressions, the value and why it is refused.

An empty text gives a null and no reason; whether a null may stand is the table's matter. A text that is there and cannot be
read has no value and always a reason. Which column is read how stands in `declared_rows`.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from assets.raw.feed import Feed
from assets.raw.reading import UnreadableFileError
from schemas.raw.record import DAMAGED_ID

YES_AND_NO: Final[Mapping[str, str]] = {
    "true": "true",
    "yes": "true",
    "y": "true",
    "1": "true",
    "false": "false",
    "no": "false",
    "n": "false",
    "0": "false",
}

MONEY: Final = pl.Decimal(18, 4)
UNIT_PRICE: Final = pl.Decimal(18, 8)
INSTANT: Final = pl.Datetime("us")
ISO_FORMAT: Final = "%+"
"""ISO 8601 with an offset, and any number of decimals."""
ISO_IN_UTC: Final = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"
"""What most of it looks like."""
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100
"""Years an instant may lie in: an epoch zero or a year typed twice is no time anything happened."""

_FIRST_INSTANT: Final = dt.datetime(FIRST_YEAR, 1, 1)  # noqa: DTZ001  # instants are naive UTC
_END_OF_INSTANTS: Final = dt.datetime(LAST_YEAR + 1, 1, 1)  # noqa: DTZ001  # likewise
_FIRST_YEAR_OF_DATES: Final = 1900
_NUMBER: Final = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_AMOUNT: Final = r"^[+-]?(\d+(\.\d*)?|\.\d+)$"
_FITS: Final = {
    MONEY: r"^[+-]?0*\d{0,14}(\.\d{0,4}0*)?$",
    UNIT_PRICE: r"^[+-]?0*\d{0,10}(\.\d{0,8}0*)?$",
}
_PLAIN: Final = {
    MONEY: r"^-?\d{1,14}(\.\d{1,4})?$",
    UNIT_PRICE: r"^-?\d{1,10}(\.\d{1,8})?$",
}
_NONE: Final = pl.lit(None, dtype=pl.String)
_NO_TEXT: Final = pl.Series([None], dtype=pl.String)


class Parsed(NamedTuple):
    """A column read: what it says, and the refusal code where it cannot be read."""

    value: pl.Expr
    reason: pl.Expr
    plain: pl.Expr | None = None
    """The value where it is written in the plainest way, else null: what most columns hold throughout, read at a third of the cost."""


@dataclass(frozen=True)
class Notation:
    """How a source writes numbers and times."""

    decimal: str
    time_format: str
    time_zone: str | None
    date_format: str
    other_time_formats: tuple[str, ...] = ()
    """In which times are written elsewhere; without an offset they are UTC. A file has one, so what reads its first time is tried first."""

    @classmethod
    def of(cls, feed: Feed) -> "Notation":
        """Take the notation that a feed declares."""
        return cls(feed.decimal, feed.time_format, feed.time_zone, feed.date_format)


ISO: Final = Notation(decimal=".", time_format=ISO_FORMAT, time_zone="UTC", date_format="%Y-%m-%d")
"""ISO 8601 with an offset, as interfaces write it."""


def trimmed(text: pl.Expr) -> pl.Expr:
    """Take the blanks off both ends; nothing left is null."""
    return text.str.strip_chars().replace("", None)


def unless_read(text: pl.Expr, value: pl.Expr, reason: str) -> pl.Expr:
    """Give the reason where a text is there and has no value."""
    return pl.when(text.is_not_null() & value.is_null()).then(pl.lit(reason)).otherwise(_NONE)


def number(text: pl.Expr, decimal: str) -> Parsed:
    """Read a number without grouping marks, in the declared decimal notation."""
    plain = text if decimal == "." else pl.when(text.str.contains(r"^[^.]*$")).then(text.str.replace(",", ".", literal=True))
    read = pl.when(plain.str.contains(_NUMBER)).then(plain).cast(pl.Float64, strict=False)
    value = pl.when(read.is_finite()).then(read)
    return Parsed(value, unless_read(text, value, "not_a_number"), _plain_number(text) if decimal == "." else None)


def _plain_number(text: pl.Expr) -> pl.Expr:
    """Read what Polars reads, which beside numbers takes words for infinity and for none."""
    read = text.cast(pl.Float64, strict=False)
    return pl.when(read.is_finite()).then(read)


def count(text: pl.Expr) -> Parsed:
    """Read a whole number that is not negative."""
    value = pl.when(text.str.contains(r"^\d{1,18}$")).then(text).cast(pl.Int64, strict=False)
    return Parsed(value, unless_read(text, value, "not_a_number"))


def seconds(text: pl.Expr) -> Parsed:
    """Read a duration: whole seconds, or `H:MM:SS`. `3:25` could be minutes or hours and is refused."""
    clock = text.str.extract_groups(r"^(\d{1,6}):([0-5]\d):([0-5]\d)$").struct
    hours, minutes, rest = (clock.field(place).cast(pl.Int64, strict=False) for place in ("1", "2", "3"))
    value = pl.coalesce(hours * 3600 + minutes * 60 + rest, count(text).value)
    return Parsed(value, unless_read(text, value, "not_a_number"))


def money(text: pl.Expr, decimal: str, dtype: pl.Decimal = MONEY) -> Parsed:
    """Read an amount exactly; more decimals than its type holds, or digits before them, are out of range, never rounded.

    Grouping marks are read only where they can be nothing else: blanks and apostrophes; the mark that is not the
    decimal one when it stands more than once or before a decimal mark. A single `1,234` could be either: refused.
    """
    group, point = (",", r"\.") if decimal == "." else (r"\.", ",")
    certain = (
        rf"^[+-]?\d{{1,3}}(?:(?:{group}\d{{3}})+{point}\d+|(?:{group}\d{{3}}){{2,}}"
        rf"|(?:[ \u{{a0}}\u{{202f}}]\d{{3}})+(?:{point}\d+)?|(?:['\u{{2019}}]\d{{3}})+(?:{point}\d+)?)$"
    )
    is_grouped = text.str.contains(certain)
    ungrouped = pl.when(is_grouped).then(text.str.replace_all(rf"[{group} \u{{a0}}\u{{202f}}'\u{{2019}}]", "")).otherwise(text)
    plain = (
        ungrouped
        if decimal == "."
        else pl.when(~ungrouped.str.contains(".", literal=True)).then(ungrouped.str.replace(",", ".", literal=True))
    )
    is_amount = plain.str.contains(_AMOUNT)
    value = pl.when(is_amount & plain.str.contains(_FITS[dtype])).then(plain).cast(dtype, strict=False)
    reason = (
        pl.when(text.is_null() | value.is_not_null())
        .then(_NONE)
        .when(is_amount)
        .then(pl.lit("out_of_range"))
        .otherwise(pl.lit("not_a_number"))
    )
    return Parsed(value, reason, pl.when(text.str.contains(_PLAIN[dtype])).then(text).cast(dtype, strict=False) if decimal == "." else None)


def instant(text: pl.Expr, notation: Notation) -> Parsed:
    """Read a moment into naive UTC. A local time that a clock change repeats is taken as the earlier of the two."""
    if notation.other_time_formats:
        read = _instant(text, notation)
        return Parsed(read.value, read.reason, read.value)
    if notation.time_format == ISO_FORMAT:
        read = _instant(text, notation)
        in_utc = pl.when(text.str.contains(ISO_IN_UTC)).then(text)
        whole_seconds = in_utc.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", strict=False, cache=False)
        return Parsed(read.value, read.reason, _plausible(whole_seconds))
    return _instant(text, notation)


def _plausible(read: pl.Expr) -> pl.Expr:
    """Keep the moments that something can have happened at; Polars would read every text twice, were this an expression of its own."""
    return read.map_batches(_within_instants, return_dtype=INSTANT, is_elementwise=True)


def _within_instants(moments: pl.Series) -> pl.Series:
    is_plausible = moments.is_between(_FIRST_INSTANT, _END_OF_INSTANTS, closed="left")
    return moments if is_plausible.all() else pl.select(pl.when(is_plausible).then(moments)).to_series()


def moments(texts: pl.Series, notation: Notation) -> pl.Series:
    """Read texts by the first of several formats that can, into naive UTC or local time; null where none can."""
    formats = (notation.time_format, *notation.other_time_formats)
    example = texts.filter(texts != "").head(1)
    first = next((written for written in formats if _read_by(written, example).null_count() == 0), formats[0])
    read = _read_by(first, texts)
    for written in formats:
        if read.null_count() == texts.null_count():
            break
        if written != first:
            read = read.zip_with(read.is_not_null(), _read_by(written, texts.zip_with(read.is_null(), _NO_TEXT)))
    return read


def _read_by(time_format: str, texts: pl.Series) -> pl.Series:
    return texts.to_frame("text").select(_read_time(pl.col("text"), time_format)).to_series()


def _read_time(text: pl.Expr, time_format: str) -> pl.Expr:
    read = text.str.to_datetime(_polars_format(time_format), time_unit="us", strict=False, exact=True, cache=False)
    return read.dt.replace_time_zone(None) if _has_offset(time_format) else read


def _instant(text: pl.Expr, notation: Notation) -> Parsed:
    has_offset = _has_offset(notation.time_format)
    if notation.other_time_formats:
        read = text.map_batches(partial(moments, notation=notation), return_dtype=INSTANT, is_elementwise=True)
    else:
        read = _read_time(text, notation.time_format)
    value = plausible = _plausible(read)
    if not has_offset and notation.time_zone != "UTC":
        zone = _zone(notation.time_zone)
        value = (
            value.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
            .dt.convert_time_zone("UTC")
            .dt.replace_time_zone(None)
        )
    reason = (
        pl.when(text.is_null() | value.is_not_null())
        .then(_NONE)
        .when(read.is_null())
        .then(pl.lit("not_an_instant"))
        .when(plausible.is_null())
        .then(pl.lit("out_of_range"))
        .otherwise(pl.lit("no_such_local_time"))
    )
    return Parsed(value, reason)


def date(text: pl.Expr, date_format: str) -> Parsed:
    """Read a date; a birthday may lie before the plausible instants, no date lies centuries away."""
    read = text.str.to_date(date_format, strict=False, exact=True, cache=False)
    is_plausible = read.dt.year().is_between(_FIRST_YEAR_OF_DATES, LAST_YEAR)
    reason = pl.when(read.is_not_null() & ~is_plausible).then(pl.lit("out_of_range")).otherwise(unless_read(text, read, "not_a_date"))
    return Parsed(pl.when(is_plausible).then(read), reason)


def yes_or_no(text: pl.Expr, words: Mapping[str, str]) -> Parsed:
    """Read a declared or usual word for yes or no; a word that the settings map to nothing counts as empty."""
    word = _mapped(text, YES_AND_NO, words)
    meaning = word.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    return Parsed(meaning, unless_read(text, pl.when(word == "").then(pl.lit(value=False)).otherwise(meaning), "not_yes_or_no"))


def word_of(text: pl.Expr, vocabulary: Collection[str], words: Mapping[str, str]) -> Parsed:
    """Read a word of a closed vocabulary, or one that the settings map to it; case does not count."""
    known = {word: word for word in vocabulary}
    word = _mapped(text, known, {theirs: ours for theirs, ours in words.items() if ours in known or not ours})
    return Parsed(word.replace("", None), unless_read(text, word, "unknown_word"))


def free_word(text: pl.Expr, words: Mapping[str, str]) -> Parsed:
    """Read a word of an open set; one that the settings map is replaced."""
    if not words:
        return Parsed(text, _NONE)
    replaced = {theirs.strip().lower(): ours for theirs, ours in words.items()}
    word = text.str.to_lowercase().replace_strict(replaced, default=text, return_dtype=pl.String)
    return Parsed(word.replace("", None), _NONE)


def identifier(text: pl.Expr) -> Parsed:
    """Read an id as text; what a spreadsheet rounded is refused, as several ids have become one."""
    is_damaged = text.str.contains(DAMAGED_ID)
    return Parsed(pl.when(~is_damaged).then(text), pl.when(is_damaged).then(pl.lit("damaged_id")).otherwise(_NONE))


def currency(text: pl.Expr, declared: Collection[str]) -> Parsed:
    """Read a currency code that has a declared rate."""
    code = text.str.to_uppercase()
    value = pl.when(code.is_in(sorted(declared))).then(code)
    return Parsed(value, unless_read(text, value, "undeclared_currency"))


def _mapped(text: pl.Expr, known: Mapping[str, str], words: Mapping[str, str]) -> pl.Expr:
    mapping = {word.lower(): known[word] for word in known} | {
        theirs.strip().lower(): known.get(ours.strip().lower(), ours) for theirs, ours in words.items()
    }
    return text.str.to_lowercase().replace_strict(mapping, default=None, return_dtype=pl.String)


def _polars_format(time_format: str) -> str:
    """Write a strptime format as Polars reads it: a fraction with its point, an offset that may be `Z`."""
    return time_format.replace(".%f", "%.f").replace("%z", "%#z")


def _has_offset(time_format: str) -> bool:
    return "%z" in time_format or "%#z" in time_format or "%:z" in time_format or time_format in (ISO_FORMAT, "%s")


@lru_cache
def _zone(name: str | None) -> str:
    if name is None:
        raise UnreadableFileError("The file's times carry no offset and the feed declares no zone; set `time_zone` in the feed's settings.")
    try:
        ZoneInfo(name)
    except (LookupError, OSError, ValueError) as error:
        raise UnreadableFileError(f"No time zone is called {name!r}; correct `time_zone` in the feed's settings.") from error
    return name
