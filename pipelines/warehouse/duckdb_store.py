"""The DuckDB file: opening it safely, its tables under contract, transactions. Loading deliveries stands in `duckdb_intake`."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
from filelock import FileLock, Timeout

from assets.derivation import Derivation
from assets.frames import Frame, Lazy
from pipelines.errors import PipelineError
from pipelines.warehouse.duckdb_intake import DuckDBIntake
from pipelines.warehouse.duckdb_notes import DuckDBNotes
from pipelines.warehouse.protocol import Refreshed, Replaced
from schemas.projection import Column, all_equal, columns, comments, ddl, grain, layer, quoted, stored_columns, table_name
from schemas.soundness import faults
from schemas.table import Table

STORAGE_VERSION = "v1.5.0"
"""What DuckDB 1.5 and 2.0 both read and write."""

DIGITS = 12
"""Significant digits of a stored double, three or four fewer than it has: the last ones tell of the engine and of the order of sums."""

PROVED_ROWS = 200_000
"""Computed rows held against their contract at a time."""

FRESH, GONE, NEW = "temp.main.fresh", "temp.main.gone", "temp.main.new"


class DuckDBWarehouse:
    """A warehouse in one DuckDB file, one process at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, contracts: Sequence[type[Table]], derived: Sequence[Derivation]) -> None:
        self._connection = connection
        self._held = 0
        self._notes = DuckDBNotes(connection, derived)
        self._generation = 0
        self._knows_superseded = False
        self._prepare(contracts)
        self._notes.look_up()

    def transaction(self) -> Any:
        """See `Warehouse.transaction`."""
        return self._transaction()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.begin()
        self._generation = self._notes.next_generation()
        try:
            yield
            self._drop_held()
            self._connection.commit()
        except BaseException:
            with suppress(duckdb.TransactionException):  # a commit that fails has rolled back already
                self._connection.rollback()
            self._held = 0
            self._knows_superseded = False
            self._notes.look_up()
            raise

    @contextmanager
    def intake(self) -> Iterator[DuckDBIntake]:
        """See `Warehouse.intake`."""
        with self._transaction():
            self._notes.forget()
            yield DuckDBIntake(self._connection, self.note_records)

    def table(self, contract: type[Table]) -> Lazy:
        """See `Warehouse.table`."""
        return self._lazy(self._select(contract, [column.name for column in columns(contract)]))

    def read(self, contract: type[Table], names: Sequence[str]) -> pl.DataFrame:
        """See `Warehouse.read`."""
        return self.query(self._select(contract, names))

    def _select(self, contract: type[Table], names: Sequence[str]) -> str:
        """These columns of the rows of a table, as SQL."""
        name = table_name(contract)
        wanted = ", ".join(f"rows.{quoted(column)}" for column in names)
        if layer(contract) != "raw":
            return f"SELECT {wanted} FROM {quoted(name)} AS rows"
        # Few versions are not current, so to leave those out costs a fraction of joining the others.
        if not self._knows_superseded:
            rows = "SELECT version_id FROM ledger.versions WHERE NOT is_current"
            self._connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE superseded AS {rows}")
            self._knows_superseded = True
        return f"SELECT {wanted} FROM {quoted(name)} AS rows ANTI JOIN temp.main.superseded USING (version_id)"

    def hold(self, frame: Frame | pl.DataFrame) -> Lazy:
        """See `Warehouse.hold`."""
        self._held += 1
        name = f"held_{self._held}"
        self._relation(frame).query("computed", f"CREATE TEMPORARY TABLE {name} AS SELECT * FROM computed")
        return self._lazy(f"SELECT * FROM temp.main.{name}")

    def noted(self, contract: type[Table], since: int, seen: Sequence[str] | None = None) -> Lazy:
        """See `Warehouse.noted`."""
        return self._lazy(self._notes.select(contract, since, seen))

    def has_noted(self, contract: type[Table], since: int, seen: Sequence[str] | None = None) -> bool:
        """See `Warehouse.has_noted`."""
        return self._notes.has(contract, since, seen)

    def replace(self, contract: type[Table], rows: Iterable[Frame], unit: Sequence[str], units: Lazy | None) -> Replaced:
        """See `Warehouse.replace`."""
        self._connection.execute(f"DROP TABLE IF EXISTS {FRESH}")
        self._connection.execute(ddl(contract, name="fresh", temporary=True))
        for frame in rows:
            self._insert_fresh(contract, frame)
        self._prove(contract)
        return self._exchange(contract, unit, units)

    def computed(self) -> Lazy:
        """See `Warehouse.computed`."""
        return self._lazy(f"SELECT * FROM {FRESH}")

    def refreshed(self, contract: type[Table]) -> Refreshed | None:
        """See `Warehouse.refreshed`."""
        return self._notes.refreshed(table_name(contract))

    def mark_refreshed(self, contract: type[Table], version: str, as_of: dt.datetime | None) -> None:
        """See `Warehouse.mark_refreshed`."""
        self._notes.mark_refreshed(table_name(contract), self._generation, version, as_of)

    def note_records(self, kinds: Iterable[str], changed: str) -> None:
        """Note for these raw tables that the records in the temporary table ``changed`` have another current version."""
        self._knows_superseded = False
        for name in kinds:
            self._notes.note(name, changed, self._generation)

    def last_arrival(self) -> dt.date | None:
        """See `Warehouse.last_arrival`."""
        day: dt.date | None = self._scalar("SELECT max(arrived_on) FROM ledger.deliveries WHERE status = 'loaded'")
        return day

    def row_counts(self, contracts: Sequence[type[Table]]) -> Mapping[str, int]:
        """See `Warehouse.row_counts`."""
        return {name: self._scalar(f"SELECT count(*) FROM {quoted(name)}") for name in map(table_name, contracts)}

    def pin(self, name: str, fingerprint: str) -> None:
        """See `Warehouse.pin`."""
        rows = self._connection.execute("SELECT fingerprint FROM ledger.pins WHERE name = ?", [name]).fetchall()
        if not rows:
            self._connection.execute("INSERT INTO ledger.pins VALUES (?, ?)", [name, fingerprint])
        elif rows[0][0] != fingerprint:
            raise PipelineError(
                f"{name} is not what it was when the warehouse was made; restore it, "
                "or move the warehouse file away and run `kpis backfill` over all arrival days."
            )

    def query(self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> pl.DataFrame:
        """Rows of a query of the ledger, for people."""
        found: pl.DataFrame = self._connection.sql(sql, params=parameters).pl()
        return found

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The open connection, for the publisher, which copies tables out of it."""
        return self._connection

    def _prepare(self, contracts: Sequence[type[Table]]) -> None:
        stored = self._stored_columns()
        for contract in contracts:
            _refuse_other_columns(contract, stored.get(table_name(contract)))
        self._connection.begin()
        for schema in sorted({layer(contract) for contract in contracts} | {"noted"}):
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        for contract in contracts:
            if table_name(contract) not in stored:
                for statement in (ddl(contract), *comments(contract)):
                    self._connection.execute(statement)
        self._notes.prepare(contracts, stored)
        self._connection.commit()

    def _stored_columns(self) -> dict[str, list[tuple[str, str]]]:
        rows = self._connection.execute(
            "SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE NOT internal AND database_name = current_database() ORDER BY table_oid, column_index"
        ).fetchall()
        stored: dict[str, list[tuple[str, str]]] = {}
        for name, column, data_type in rows:
            stored.setdefault(name, []).append((column, data_type))
        return stored

    def _insert_fresh(self, contract: type[Table], frame: Frame) -> None:
        casts = ", ".join(_stored(column) for column in columns(contract))
        try:
            self._relation(frame).query("computed", f"INSERT INTO {FRESH} SELECT {casts} FROM computed")
        except duckdb.Error as fault:
            if (refused := _refused_row(fault)) is None:
                raise
            raise PipelineError(
                f"{table_name(contract)}: a computed row breaks the contract ({_first_line(refused)}); nothing was written."
            ) from None

    def _prove(self, contract: type[Table]) -> None:
        """What a row-by-row contract promises, shown for the computed rows before they are written."""
        key = ", ".join(quoted(column) for column in grain(contract))
        twice = self._scalar(f"SELECT count(*) FROM (SELECT 1 FROM {FRESH} GROUP BY {key} HAVING count(*) > 1)")
        if twice:
            raise PipelineError(f"{table_name(contract)}: {twice} keys ({key}) were computed more than once; nothing was written.")
        if layer(contract) not in {"kpi", "ops"}:
            return
        # A contract promises nothing across rows but that keys are unique, so that what breaks it shows in some of them too.
        told = (faults(contract, rows) for rows in self._fresh())
        found = [cases.select(pl.col("column", "check").cast(pl.String)) for cases in told if cases is not None]
        if found:
            broken = pl.concat(found).group_by("column", "check").len().sort("column", "check")
            said = ", ".join(f"{column}: {check} ({count} rows)" for column, check, count in broken.iter_rows())
            raise PipelineError(f"{table_name(contract)}: computed rows break the contract ({said}); nothing was written.")

    def _fresh(self) -> Iterator[pl.DataFrame]:
        """The computed rows, so many at a time that memory need not hold all of them."""
        for batch in self._connection.sql(f"SELECT * FROM {FRESH}").to_arrow_reader(PROVED_ROWS):
            yield pl.DataFrame(batch)

    def _exchange(self, contract: type[Table], unit: Sequence[str], units: Lazy | None) -> Replaced:
        """Delete the rows that are no longer so, insert those that are new, note both; equal rows stay untouched."""
        name = quoted(table_name(contract))
        if units is None and not self._scalar(f"SELECT count(*) FROM (SELECT 1 FROM {name} LIMIT 1)"):
            self._connection.execute(f"INSERT INTO {name} SELECT * FROM {FRESH}")
            self._notes.note(table_name(contract), FRESH, self._generation)
            return Replaced(deleted=0, inserted=self._scalar(f"SELECT count(*) FROM {FRESH}"))
        scope = name if units is None else self._scope(name, unit, units)
        same_row = f"{all_equal(grain(contract), 'one', 'other')} AND {_hash(contract, 'one')} = {_hash(contract, 'other')}"
        for difference, kept, lacking in ((GONE, scope, FRESH), (NEW, FRESH, scope)):
            rows = f"SELECT one.* FROM {kept} AS one ANTI JOIN {lacking} AS other ON {same_row}"
            self._connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE {difference} AS {rows}")
        deleted, inserted = self._connection.execute(f"SELECT (SELECT count(*) FROM {GONE}), (SELECT count(*) FROM {NEW})").fetchall()[0]
        if deleted:
            same_key = all_equal(grain(contract), "stored", "gone")
            self._connection.execute(f"DELETE FROM {name} AS stored USING {GONE} AS gone WHERE {same_key}")
        if inserted:
            self._connection.execute(f"INSERT INTO {name} SELECT * FROM {NEW}")
        if deleted or inserted:
            self._notes.note_differences(contract, GONE, NEW, self._generation)
        return Replaced(deleted=deleted, inserted=inserted)

    def _scope(self, name: str, unit: Sequence[str], units: Lazy) -> str:
        """The stored rows of these units, in a table of their own: finding them is most of the work, and they are needed twice."""
        self._relation(units).query("computed", "CREATE OR REPLACE TEMPORARY TABLE units AS SELECT * FROM computed")
        found = f"SELECT stored.* FROM {name} AS stored SEMI JOIN temp.main.units AS units ON {all_equal(unit, 'stored', 'units')}"
        self._connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE scope AS {found}")
        return "temp.main.scope"

    def _lazy(self, sql: str) -> Lazy:
        return nw.from_native(self._connection.sql(sql))

    def _relation(self, frame: Frame | pl.DataFrame) -> duckdb.DuckDBPyRelation:
        native = frame if isinstance(frame, pl.DataFrame) else nw.to_native(frame)
        if isinstance(native, pl.LazyFrame):
            native = native.collect()
        if isinstance(native, pl.DataFrame):
            return self._connection.from_arrow(native.to_arrow())
        relation: duckdb.DuckDBPyRelation = native
        return relation

    def _drop_held(self) -> None:
        for number in range(1, self._held + 1):
            self._connection.execute(f"DROP TABLE IF EXISTS temp.main.held_{number}")
        self._held = 0

    def _scalar(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        return self._connection.execute(sql, list(parameters)).fetchall()[0][0]


def _hash(contract: type[Table], alias: str) -> str:
    """Stands for all cells of a row beside its key; comparing it needs neither the memory nor the time of comparing them."""
    return f"hash({', '.join(f'{alias}.{quoted(column.name)}' for column in columns(contract))})"


@contextmanager
def open_warehouse(
    path: Path,
    contracts: Sequence[type[Table]],
    derived: Sequence[Derivation],
    *,
    also_allowed: Sequence[Path] = (),
    memory_limit: str = "4GB",
    wait_seconds: float = 60,
) -> Iterator[DuckDBWarehouse]:
    """The warehouse in this file, which is made when it is not there; one process at a time.

    Raises PipelineError when another process has it, or when a stored table breaks its contract.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # DuckDB's own lock on the file is lost as soon as this process opens and closes the file in any other way.
    lock = FileLock(path.with_suffix(".lock"))
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout:
        raise PipelineError(f"The warehouse {path} is in use by another run; wait until it has ended, or stop it.") from None
    try:
        connection = duckdb.connect()
        try:
            _attach(connection, path)
            _harden(connection, [path.parent, *also_allowed], memory_limit)
            yield DuckDBWarehouse(connection, contracts, derived)
        finally:
            connection.close()
    finally:
        lock.release()


def _attach(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    target = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{target}' AS warehouse (STORAGE_VERSION '{STORAGE_VERSION}')")
    connection.execute("USE warehouse")


def _harden(connection: duckdb.DuckDBPyConnection, allowed: Sequence[Path], memory_limit: str) -> None:
    """Take from the connection what the pipeline does not need; the order matters, the last one locks the rest."""
    folders = ", ".join("'" + str(folder.resolve()).replace("'", "''") + "/'" for folder in allowed)
    spill = str((allowed[0] / "spill").resolve()).replace("'", "''")
    for setting in (
        "TimeZone = 'UTC'",
        f"memory_limit = '{memory_limit}'",
        f"temp_directory = '{spill}'",
        f"allowed_directories = [{folders}]",
        "enable_external_access = false",
        "autoload_known_extensions = false",
        "autoinstall_known_extensions = false",
        "python_enable_replacements = false",
        "enable_progress_bar = false",
        "enable_progress_bar_print = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")


def _refuse_other_columns(contract: type[Table], stored: Sequence[tuple[str, str]] | None) -> None:
    wanted: Sequence[Column] = stored_columns(contract)
    if stored is None or [(column.name, column.sql_type) for column in wanted] == list(stored):
        return
    have, want = dict(stored), {column.name: column.sql_type for column in wanted}
    faults = [
        *(f"lacks {name}" for name in want if name not in have),
        *(f"has {name}, which the contract does not know" for name in have if name not in want),
        *(f"{name} is {have[name]} instead of {want[name]}" for name in want if name in have and have[name] != want[name]),
    ]
    raise PipelineError(
        f"The stored table {table_name(contract)} does not fit its contract ({'; '.join(faults) or 'its columns are in another order'}); "
        "nothing was written. Move the warehouse file away and run `kpis backfill` over all arrival days."
    )


def _stored(column: Column) -> str:
    """A computed column as it is stored: a double to as many digits as do not depend on engine and order of rows."""
    value = f"CAST({quoted(column.name)} AS {column.sql_type})"
    if column.sql_type != "DOUBLE":
        return value
    magnitude = f"CAST(floor(log10(abs({value}))) AS INTEGER)"
    return f"CASE WHEN {value} = 0 OR NOT isfinite({value}) THEN {value} ELSE round({value}, {DIGITS - 1} - {magnitude}) END"


def _refused_row(fault: BaseException | None) -> BaseException | None:
    """What the database has against a row: it may stand behind a complaint about the transaction that this has ended."""
    while fault is not None and not isinstance(fault, duckdb.ConstraintException | duckdb.ConversionException):
        fault = fault.__context__
    return fault


def _first_line(fault: BaseException) -> str:
    return str(fault).splitlines()[0]
