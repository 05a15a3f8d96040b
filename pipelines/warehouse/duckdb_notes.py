"""Which rows of a table changed when, and what each table derived from it has taken in."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import duckdb

from assets.derivation import RECORD, Derivation, Lookup, Reference, Whole
from pipelines.warehouse.protocol import Refreshed
from schemas.projection import all_equal, columns, grain, layer, quoted, table_name
from schemas.table import Table

GENERATION = "generation"
CHANGED = "changed"
"""The column of a log that says which columns of the row changed, a bit for each; every bit where the row came or went."""

ALL, BITS = -1, 62


class DuckDBNotes:
    """A log for each table that others are derived from, and the ledger of their refreshes.

    Nobody else changes either while the warehouse is open, and each table asks several times: what they say is kept here too.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, derived: Sequence[Derivation]) -> None:
        self._connection = connection
        self._columns = _noted_columns(derived)
        self._consumers = _consumers(derived)
        self._newest: dict[str, int] = {}
        self._refreshed: dict[str, Refreshed] = {}

    def prepare(self, contracts: Sequence[type[Table]], stored: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """Make every log that is not there; ``stored`` are the columns of every table that is."""
        self._connection.execute("CREATE SEQUENCE IF NOT EXISTS noted.generations")
        by_name = {table_name(contract): contract for contract in contracts}
        for name in self._columns:
            self._prepare_log(by_name[name], stored.get(f"noted.{name}"))

    def look_up(self) -> None:
        """Forget what is kept here, and ask the warehouse."""
        if not self._columns:
            return
        rows = self._connection.execute("SELECT table_name, generation, version, as_of FROM ledger.refreshes").fetchall()
        self._refreshed = {name: Refreshed(*known) for name, *known in rows}
        newest = " UNION ALL ".join(f"SELECT '{name}', coalesce(max({GENERATION}), 0) FROM {_log(name)}" for name in self._columns)
        self._newest = dict(self._connection.execute(newest).fetchall())

    def next_generation(self) -> int:
        """The number of a transaction, under which it notes what it changes."""
        number: int = self._connection.execute("SELECT nextval('noted.generations')").fetchall()[0][0]
        return number

    def select(self, contract: type[Table], since: int, seen: Sequence[str] | None) -> str:
        """The noted columns of the rows of which anything that is seen changed after a generation, as SQL."""
        name = table_name(contract)
        is_seen = "" if seen is None else f" AND {CHANGED} & {_bits(contract, seen)} <> 0"
        return f"SELECT DISTINCT {self._noted(name)} FROM {_log(name)} WHERE {GENERATION} > {int(since)}{is_seen}"

    def has(self, contract: type[Table], since: int, seen: Sequence[str] | None) -> bool:
        """Whether there is any such row."""
        if self._newest[table_name(contract)] <= since:
            return False
        return seen is None or bool(self._connection.execute(f"{self.select(contract, since, seen)} LIMIT 1").fetchall())

    def note(self, name: str, rows: str, generation: int) -> None:
        """Note that the rows of a table came or went which this other table holds."""
        if self._is_awaited(name):
            self._note(name, f"SELECT {self._noted(name)}, {ALL} FROM {rows}", generation)

    def note_differences(self, contract: type[Table], gone: str, new: str, generation: int) -> None:
        """Note what these two tables, which have the columns of the one that changed, say of it: a row in both is another now."""
        name = table_name(contract)
        if not self._is_awaited(name):
            return
        differs = " | ".join(
            f"CASE WHEN one.{cell} IS DISTINCT FROM other.{cell} THEN {_bits(contract, [column.name])} ELSE 0 END"
            for column in columns(contract)
            for cell in [quoted(column.name)]
        )
        same_key = all_equal(grain(contract), "one", "other")
        noted = ", ".join(f"one.{quoted(column)}" for column in self._columns[name])
        bits = f"CASE WHEN other.{quoted(grain(contract)[0])} IS NULL THEN {ALL} ELSE {differs} END"
        rows = " UNION ALL ".join(
            f"SELECT {noted}, {bits} FROM {these} AS one LEFT JOIN {those} AS other ON {same_key}"
            for these, those in ((gone, new), (new, gone))
        )
        self._note(name, rows, generation)

    def _note(self, name: str, rows: str, generation: int) -> None:
        self._connection.execute(f"INSERT INTO {_log(name)} SELECT DISTINCT *, {generation} FROM ({rows})")
        self._newest[name] = generation

    def refreshed(self, name: str) -> Refreshed | None:
        """The last refresh of a derived table."""
        return self._refreshed.get(name)

    def mark_refreshed(self, name: str, generation: int, version: str, as_of: dt.datetime | None) -> None:
        """Record that a derived table holds every change noted so far."""
        self._connection.execute("DELETE FROM ledger.refreshes WHERE table_name = ?", [name])
        self._connection.execute("INSERT INTO ledger.refreshes VALUES (?, ?, ?, ?)", [name, generation, version, as_of])
        self._refreshed[name] = Refreshed(generation, version, as_of)

    def forget(self) -> None:
        """Drop from every log what each reader of its table has taken in."""
        for source, consumers in self._consumers.items():
            if self._newest[source] and consumers <= self._refreshed.keys():
                oldest = min(self._refreshed[consumer].generation for consumer in consumers)
                self._connection.execute(f"DELETE FROM {_log(source)} WHERE {GENERATION} <= ?", [oldest])

    def _is_awaited(self, name: str) -> bool:
        """Whether any reader of the table has been computed yet; until then there is nobody to tell."""
        return not self._consumers.get(name, frozenset()).isdisjoint(self._refreshed)

    def _noted(self, name: str) -> str:
        return ", ".join(quoted(column) for column in self._columns[name])

    def _prepare_log(self, contract: type[Table], stored: Sequence[tuple[str, str]] | None) -> None:
        """The log of a table; when its readers now need other columns, it starts anew and they are rebuilt."""
        name = table_name(contract)
        types = {column.name: column.sql_type for column in columns(contract)}
        wanted = [*((column, types[column]) for column in self._columns[name]), (CHANGED, "BIGINT"), (GENERATION, "BIGINT")]
        if stored == wanted:
            return
        self._connection.execute(f"DROP TABLE IF EXISTS {_log(name)}")
        self._connection.execute(f"CREATE TABLE {_log(name)} ({', '.join(f'{quoted(column)} {kind}' for column, kind in wanted)})")
        for consumer in self._consumers[name]:
            self._connection.execute("DELETE FROM ledger.refreshes WHERE table_name = ?", [consumer])


def _bits(contract: type[Table], names: Collection[str]) -> int:
    """A bit for each of these columns; columns that share one, in a wide table, only touch more than they need to."""
    return sum({1 << (place % BITS) for place, column in enumerate(columns(contract)) if column.name in names})


def _log(name: str) -> str:
    """The log of a table, a table of the same full name in the schema ``noted``."""
    return f'noted."{name}"'


def _noted_columns(derived: Sequence[Derivation]) -> dict[str, tuple[str, ...]]:
    """For each table that others are derived from: the columns they need of a changed row."""
    noted: dict[str, dict[str, None]] = {}
    for derivation in derived:
        for given in derivation.inputs.values():
            if isinstance(given, Reference):
                continue
            wanted = grain(given.contract) if isinstance(given, Whole) else given.noted
            if isinstance(given, Lookup | Whole) and layer(given.contract) == "raw":
                wanted = RECORD
            noted.setdefault(table_name(given.contract), {}).update(dict.fromkeys(wanted))
    return {name: tuple(wanted) for name, wanted in noted.items()}


def _consumers(derived: Sequence[Derivation]) -> dict[str, frozenset[str]]:
    consumers: dict[str, set[str]] = {}
    for derivation in derived:
        for given in derivation.inputs.values():
            if not isinstance(given, Reference):
                consumers.setdefault(table_name(given.contract), set()).add(derivation.name)
    return {name: frozenset(readers) for name, readers in consumers.items()}
