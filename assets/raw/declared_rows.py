"""Columns of text to rows of a contract, as the feed declares: one way for every table and every format.

A format brings its records as text columns under contract-side keys: the contract's own column names, and
`customer_id`, `email`, `phone` for a customer, `employee_id` for an employee, `ticket_id` for a ticket, `debit` and
`credit` for a cost.
How a single text is read stands in `parsing`, identifiers in `identity`.
"""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

import polars as pl

from assets.raw import parsing
from assets.raw.contract import ContractColumn, contract_columns
from assets.raw.distinct import Once, has_unread, once_each
from assets.raw.feed import Feed
from assets.raw.identity import EMPLOYEE, IDENTIFIERS, PhoneNotation, reference, references
from assets.raw.parsing import Notation, Parsed
from assets.raw.reading import RECORD_NUMBER, Reading, UnreadableFileError
from assets.raw.refusing import NONE_REFUSED

_IDS: Final = frozenset({"source_record_id", "invite_id", "refund_of"})
_COLUMN_OF_IDENTIFIER: Final = {"id_ref": "customer_id", "email_ref": "email", "phone_ref": "phone"}
_REASON: Final = "why "
_READ: Final = "read "
_PLANS_KEPT: Final = 256


@dataclass(frozen=True, eq=False)
class Form:
    """What a format says of a table before the feed says anything. Made once per format, compared by identity."""

    table: str
    notation: Notation | None = None
    """How the format writes numbers and times; None where the feed declares it."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """What an empty or absent column means."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The format's own words; the feed's ``values`` come before them."""
    same: Mapping[str, str] = field(default_factory=dict)
    """Contract columns that hold what another one holds as text."""
    filled_elsewhere: frozenset[str] = frozenset()
    """Contract columns that the format fills after the mapping."""
    phones_lack_plus: bool = False
    """Whether the format writes country codes without the `+` before them."""
    has_employees_ids: bool = False
    """Whether a record's id tells of an employee and is hashed like theirs; the employee's own id where none is mapped."""

    def keys(self) -> frozenset[str]:
        """Give the keys that a feed of this table may map."""
        names = {column.name for column in contract_columns(self.table)} - self.filled_elsewhere - set(self.same) - {"source"}
        keys = {name for name in names if not name.endswith("_ref")}
        if names & {"customer_ref", *_COLUMN_OF_IDENTIFIER}:
            keys |= set(IDENTIFIERS)
        if "employee_ref" in names:
            keys.add(EMPLOYEE)
        if "ticket_ref" in names:
            keys.add("ticket_id")
        if "cost_amount" in names and self.table == "raw.costs":
            keys |= {"debit", "credit", "posting_type"}
        return frozenset(keys)


class Rows(NamedTuple):
    """Records taken over, and the reasons why others were not."""

    rows: pl.DataFrame
    refusals: pl.DataFrame


def declared_rows(form: Form, cells: pl.DataFrame, feed: Feed, reading: Reading) -> Rows:
    """Read text columns under contract-side keys into the contract's columns behind ``record_number``."""
    keys = frozenset(cells.columns) - {RECORD_NUMBER}
    plan = _plan(form, feed.model_dump_json(), keys, reading)
    cells = _trimmed(cells, keys - plan.trimmed_later)
    with ThreadPoolExecutor(max(len(plan.identifiers), 1)) as beside:
        hashing = [beside.submit(known.references.of, cells[known.key]) for known in plan.identifiers]
        few = {_READ + key: once_each(cells[key], value) for key, value in plan.of_few_texts.items()}
        rows = cells.with_columns(**few).select(plan.values)
        hashed = pl.DataFrame([hashes.result() for hashes in hashing])
    unknown = [cells.select(known.reason) for known in plan.identifiers if has_unread(cells[known.key], hashed[known.key])]
    rows = rows.hstack(hashed.select(plan.people)).select(plan.columns)
    again = [watched for watched in plan.watched if watched.has_plain and not _is_read(rows[watched.column], cells, watched)]
    if again:
        cells = _trimmed(cells, {watched.key for watched in again} & keys)
        rows = rows.with_columns(cells.select(watched.value for watched in again))
    unread = [watched.reason for watched in plan.watched if not _is_read(rows[watched.column], cells, watched)]
    if not unread and not unknown:
        return Rows(rows, NONE_REFUSED)
    return taken(pl.concat([rows, cells.select(unread), *unknown], how="horizontal"))


def _trimmed(cells: pl.DataFrame, keys: Collection[str]) -> pl.DataFrame:
    return cells.with_columns(parsing.trimmed(pl.col(key)) for key in keys if cells.schema[key] == pl.String)


def _is_read(values: pl.Series, cells: pl.DataFrame, watched: "_Watched") -> bool:
    """Tell whether a column has no refusal, by counting: a text that is there and cannot be read has no value."""
    if values.null_count() == 0:
        return True
    return watched.empty_is_null and watched.key in cells.columns and not has_unread(cells[watched.key], values)


def taken(read: pl.DataFrame) -> Rows:
    """Split what was read: records without a reason, and the reasons of the others."""
    reasons = [name for name in read.columns if name.startswith(_REASON)]
    is_refused = read.select(pl.any_horizontal(pl.col(reasons).is_not_null())).to_series() if reasons else pl.Series([False])
    if not is_refused.any():
        return Rows(read.drop(reasons), NONE_REFUSED)
    refusals = (
        read.filter(is_refused)
        .unpivot(reasons, index=RECORD_NUMBER, variable_name="column", value_name="reason")
        .drop_nulls("reason")
        .with_columns(pl.col("column").str.strip_prefix(_REASON))
    )
    return Rows(read.filter(~is_refused).drop(reasons), refusals)


def reason_column(key: str, reason: pl.Expr) -> pl.Expr:
    """Name the reason of a key as ``taken`` looks for it."""
    return reason.alias(_REASON + key)


class _Read(NamedTuple):
    value: pl.Expr
    reason: pl.Expr | None = None
    plain: pl.Expr | None = None


class _Watched(NamedTuple):
    """A column that may be refused."""

    column: str
    key: str
    """Where its text is."""
    empty_is_null: bool
    """Whether an empty text, and no other that can be read, gives a null that may stand."""
    has_plain: bool
    """Whether it was first read as if every text were written in the plainest way, or once for each text."""
    value: pl.Expr
    reason: pl.Expr


class _Identifier(NamedTuple):
    """A column whose texts are hashed before anything else is read."""

    key: str
    references: Once
    reason: pl.Expr


class _Plan(NamedTuple):
    columns: list[str]
    """What is read, in the contract's order."""
    values: list[pl.Expr]
    """What is made of texts."""
    people: list[pl.Expr]
    """What is made of identifiers' hashes, which take as long as all else and are computed beside it."""
    watched: list[_Watched]
    identifiers: list[_Identifier]
    trimmed_later: frozenset[str]
    """Keys whose blanks at both ends are taken off only where it matters: once for each text, or when the plainest way has not read all."""
    of_few_texts: dict[str, pl.Expr]
    """Values of the keys under which the same few texts come again and again."""


@lru_cache(maxsize=_PLANS_KEPT)
def _plan(form: Form, declared: str, keys: frozenset[str], reading: Reading) -> _Plan:
    """Build the expressions once per feed: thousands of small files share them."""
    feed = Feed.model_validate_json(declared)
    planning = _Planning(form, feed, keys, reading.currencies)
    kinds = {kind: kind for kind in (*IDENTIFIERS, EMPLOYEE)}
    if form.has_employees_ids:
        kinds["source_record_id"] = EMPLOYEE
    identified = keys & set(kinds)
    read_columns = [RECORD_NUMBER]
    values = [pl.col(RECORD_NUMBER)]
    people: list[pl.Expr] = []
    watched: list[_Watched] = []
    of_few_texts: dict[str, pl.Expr] = {}
    for column in contract_columns(form.table):
        if column.name in form.filled_elsewhere:
            continue
        read = planning.column(column)
        value = read.value.cast(column.dtype).alias(column.name)
        is_of_few_texts = read.plain is None and planning.is_of_few_texts(column)
        plain = pl.col(_READ + column.name) if is_of_few_texts else read.plain
        if is_of_few_texts:
            of_few_texts[column.name] = value
        read_columns.append(column.name)
        (people if identified & set(value.meta.root_names()) else values).append(value if plain is None else plain.alias(column.name))
        if read.reason is None:
            continue
        reason = read.reason if column.is_nullable else pl.coalesce(read.reason, pl.when(read.value.is_null()).then(pl.lit("missing")))
        watched.append(
            _Watched(
                column.name,
                key="ticket_id" if column.name == "ticket_ref" else column.name,
                empty_is_null=column.is_nullable and not planning.has_stand_in(column),
                has_plain=plain is not None,
                value=value,
                reason=reason_column(column.name, reason),
            )
        )
    phones = PhoneNotation(feed.phone_region, lacks_plus=form.phones_lack_plus)
    identifiers = [
        _Identifier(
            key,
            references(kind, reading, phones),
            reason_column(key, reference(kind, parsing.trimmed(pl.col(key)), reading, phones).reason),
        )
        for key, kind in kinds.items()
        if key in keys
    ]
    trimmed_later = identified | {column.key for column in watched if column.has_plain}
    return _Plan(read_columns, values, people, watched, identifiers, trimmed_later, of_few_texts)


@dataclass(frozen=True)
class _Planning:
    form: Form
    feed: Feed
    keys: Collection[str]
    currencies: frozenset[str]

    def column(self, column: ContractColumn) -> _Read:
        """Say how one column of the contract is read."""
        if column.name in self.form.same:
            return _Read(pl.col(self.form.same[column.name]))
        derived = self._derived(column.name)
        if derived is not None:
            return derived
        if not self._is_filled(column):
            self._must_be_nullable(column)
            return _Read(_nothing())
        return _Read(*self._by_type(column))

    def _derived(self, name: str) -> _Read | None:
        """Read the columns that are not the text of one cell."""
        match name:
            case "source":
                return _Read(pl.lit(self.feed.source))
            case "customer_ref":
                return _Read(pl.coalesce([pl.col(kind) for kind in IDENTIFIERS if kind in self.keys] or [_nothing()]))
            case "id_ref" | "email_ref" | "phone_ref":
                kind = _COLUMN_OF_IDENTIFIER[name]
                return _Read(pl.col(kind) if kind in self.keys else _nothing())
            case "employee_ref":
                return _Read(pl.col(EMPLOYEE) if EMPLOYEE in self.keys else _nothing())
            case "source_record_id" if self.form.has_employees_ids:
                return self._employees_record()
            case "ticket_ref":
                return self._ticket()
            case "cost_amount" if {"debit", "credit"} & set(self.keys):
                return self._debit_less_credit()
        return None

    def _by_type(self, column: ContractColumn) -> Parsed:
        text = self._text(column)
        words = self._words(column.name)
        notation = self.form.notation or Notation.of(self.feed)
        if column.name == "currency":
            return parsing.currency(text, self.currencies)
        if column.words is not None:
            return parsing.word_of(text, column.words, words)
        if column.dtype == pl.String:
            return parsing.identifier(text) if column.name in _IDS else parsing.free_word(text, words)
        readers: Mapping[pl.DataType, Callable[[], Parsed]] = {
            parsing.INSTANT: lambda: parsing.instant(text, notation),
            parsing.MONEY: lambda: parsing.money(text, notation.decimal),
            parsing.UNIT_PRICE: lambda: parsing.money(text, notation.decimal, parsing.UNIT_PRICE),
            pl.Date(): lambda: parsing.date(text, notation.date_format),
            pl.Int64(): lambda: parsing.seconds(text) if column.name.endswith("_seconds") else parsing.count(text),
            pl.Float64(): lambda: parsing.number(text, notation.decimal),
            pl.Boolean(): lambda: parsing.yes_or_no(text, words),
        }
        return readers[column.dtype]()

    def _employees_record(self) -> _Read:
        for key in ("source_record_id", EMPLOYEE):
            if key in self.keys:
                return _Read(pl.col(key))
        raise UnreadableFileError(
            f"Nothing says whose record a row is; set `columns.{EMPLOYEE}` to the header that holds the employee's id,"
            " in the feed's settings."
        )

    def _ticket(self) -> _Read:
        if "ticket_id" not in self.keys:
            return _Read(_nothing())
        if not self.feed.ticket_source:
            raise UnreadableFileError(
                "The feed maps `columns.ticket_id` but not whose tickets they are; set `ticket_source` in the feed's settings."
            )
        ticket = parsing.identifier(pl.col("ticket_id"))
        return _Read(pl.lit(f"{self.feed.ticket_source}:") + ticket.value, ticket.reason)

    def _debit_less_credit(self) -> _Read:
        decimal = (self.form.notation or Notation.of(self.feed)).decimal
        sides = [parsing.money(pl.col(key) if key in self.keys else _nothing(), decimal) for key in ("debit", "credit")]
        debit, credit = (side.value.fill_null(0).cast(parsing.MONEY) for side in sides)
        has_amount = sides[0].value.is_not_null() | sides[1].value.is_not_null()
        reason = pl.coalesce(side.reason for side in sides)
        return _Read(pl.when(has_amount & reason.is_null()).then((debit - credit).cast(parsing.MONEY)), reason)

    def is_of_few_texts(self, column: ContractColumn) -> bool:
        """Say whether a column is read from a cell of its own that holds a word, a count or a yes or no."""
        is_coded = column.words is not None or column.name == "currency" or column.dtype in (pl.Int64(), pl.Boolean())
        return is_coded and column.name in self.keys and self._derived(column.name) is None

    def has_stand_in(self, column: ContractColumn) -> bool:
        """Say whether an empty text means something."""
        return self._stand_in(column) is not None

    def _is_filled(self, column: ContractColumn) -> bool:
        return column.name in self.keys or self.has_stand_in(column)

    def _stand_in(self, column: ContractColumn) -> str | None:
        """Give the feed's constant for the column, else what its absence means in this format."""
        name = column.name
        stand_in = self.feed.constants.get(name, self.form.defaults.get(name))
        if name == "currency" and stand_in is None:
            return self.feed.currency
        if stand_in is None and column.dtype == pl.Boolean and not column.is_nullable:
            return "false"
        return stand_in

    def _must_be_nullable(self, column: ContractColumn) -> None:
        if not column.is_nullable:
            raise UnreadableFileError(
                f"Nothing says where {column.name} is found; set `columns.{column.name}` to the header that holds it"
                f" or `constants.{column.name}` to the word for all rows, in the feed's settings."
            )

    def _text(self, column: ContractColumn) -> pl.Expr:
        text = pl.col(column.name) if column.name in self.keys else _nothing()
        stand_in = self._stand_in(column)
        return text if stand_in is None else text.fill_null(pl.lit(stand_in))

    def _words(self, name: str) -> Mapping[str, str]:
        def lowered(words: Mapping[str, str]) -> dict[str, str]:
            return {theirs.strip().lower(): ours for theirs, ours in words.items()}

        return lowered(self.form.words.get(name, {})) | lowered(self.feed.values.get(name, {}))


def _nothing() -> pl.Expr:
    return pl.lit(None, dtype=pl.String)
