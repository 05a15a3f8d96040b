"""Loading deliveries into a DuckDB warehouse: which records are new versions, which repeat, which are gone.

Everything follows from the sightings, the set of (delivery, record, version): a version belongs to the
delivery that sighted it first in the order of arrival, and the current version of a record is the one its
source changed last, then the one sighted last. So the outcome depends on what lies in the inbox, not on the
order or the number of loadings. The work depends on the records in the files that changed.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import duckdb
import polars as pl

from assets.raw.contract import CONTRACTS
from assets.raw.gathering import Gathering
from assets.raw.reading import RECORD_NUMBER, Batch, Extract
from assets.raw.registry import FORMATS
from pipelines.warehouse.protocol import Delivery, Interpret, Loaded
from schemas.projection import columns, quoted

FLUSH_RECORDS = 100_000
"""Records gathered before they are understood, checked and staged together; as many again are being cut out of files meanwhile."""

ROW_END, CELL_END, NOTHING = "chr(30)", "chr(31)", "chr(29)"
"""Control characters that keep cells, rows and nulls apart in the text that is hashed."""

READ = "(SELECT * FROM staged_deliveries WHERE records_read > 0)"

_NO_ROWS = (
    "SELECT NULL::BIGINT AS number, NULL::INTEGER AS position, NULL::VARCHAR AS name, NULL::VARCHAR AS source, "
    "NULL::VARCHAR AS source_record_id, NULL::TIMESTAMP AS updated_at, NULL::VARCHAR AS row_text WHERE FALSE"
)

RAW_COLUMNS = {name: tuple(column.name for column in columns(table)) for name, table in CONTRACTS.items()}


@dataclass(frozen=True)
class _Open:
    """The delivery being taken."""

    delivery: Delivery
    delivery_id: int
    offset: int
    """Added to its record numbers, so that the records of one loading are numbered through."""
    records: int = 0


class DuckDBIntake:
    """See `Intake`. Lives within one transaction of the warehouse."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, note_records: Callable[[Iterable[str], str], None]) -> None:
        self._connection = connection
        self._note_records = note_records
        self._known = {
            (arrived_on, feed, file): (delivery_id, sha256, reader, status)
            for delivery_id, feed, arrived_on, file, sha256, reader, status in connection.execute(
                "SELECT delivery_id, feed, arrived_on, file, sha256, reader, status FROM ledger.deliveries"
            ).fetchall()
        }
        self._next_id = 1 + max((known[0] for known in self._known.values()), default=0)
        self._seen: set[tuple[dt.date, str, str]] = set()
        self._reread: list[int] = []
        self._finished: list[tuple[object, ...]] = []
        self._offset = 0
        self._gathering = Gathering(FLUSH_RECORDS)
        self._open: _Open | None = None
        self._loaded = Loaded()
        self._filled: set[str] = set()
        """Raw tables for which rows have been staged; the others cost nothing."""
        self._make_room()

    def unchanged(self, delivery: Delivery) -> bool:
        """See `Intake.unchanged`."""
        known = self._known.get(delivery.place)
        same = known is not None and known[1:] == (delivery.sha256, delivery.reader, "loaded")
        if same:
            self._seen.add(delivery.place)
            self._loaded += Loaded(unchanged=1)
        return same

    def begin(self, delivery: Delivery) -> None:
        """See `Intake.begin`."""
        known = self._known.get(delivery.place)
        if known is None:
            delivery_id, self._next_id = self._next_id, self._next_id + 1
        else:
            delivery_id = known[0]
            self._reread.append(delivery_id)
        self._seen.add(delivery.place)
        self._open = _Open(delivery, delivery_id, self._offset)

    def add(self, extract: Extract, interpret: Interpret) -> None:
        """See `Intake.add`."""
        current = self._current()
        batch = self._gathering.add(extract.numbered_from(current.offset), interpret)
        self._open = replace(current, records=current.records + extract.records.height)
        self._stage(batch)

    def end(self, sha256: str, size_bytes: int) -> None:
        """See `Intake.end`."""
        current = self._current()
        self._finish(current, sha256, size_bytes, "loaded", None, current.records)

    def unreadable(self, error: str) -> None:
        """See `Intake.unreadable`."""
        current = self._current()
        for batch in self._gathering.finished():
            self._stage(batch)
        self._gathering.forget(current.offset)
        for table in (*map(_staged, self._filled), "staged_refusals"):
            self._connection.execute(f"DELETE FROM {table} WHERE {RECORD_NUMBER} > ?", [current.offset])
        self._loaded += Loaded(unreadable=1)
        self._finish(current, current.delivery.sha256, current.delivery.size_bytes, "unreadable", error, 0)

    def settle(self, arrived_on: Iterable[dt.date]) -> Loaded:
        """See `Intake.settle`."""
        for batch in self._gathering.rest():
            self._stage(batch)
        days = set(arrived_on)
        gone = [known[0] for place, known in self._known.items() if place[0] in days and place not in self._seen]
        if gone or self._finished:
            self._settle(gone)
        self._loaded += Loaded(deliveries=len(self._finished), withdrawn=len(gone))
        return self._loaded

    def _make_room(self) -> None:
        for ddl in (
            f'staged_refusals ({RECORD_NUMBER} BIGINT, "column" VARCHAR, reason VARCHAR, original VARCHAR)',
            "staged_deliveries (delivery_id BIGINT, feed VARCHAR, arrived_on DATE, file VARCHAR, sha256 VARCHAR, size_bytes BIGINT, "
            'reader VARCHAR, status VARCHAR, error VARCHAR, records_read BIGINT, "offset" BIGINT)',
        ):
            self._connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE {ddl}")

    def _finish(self, current: _Open, sha256: str, size_bytes: int, status: str, error: str | None, records: int) -> None:
        delivery = current.delivery
        named = (delivery.feed, delivery.arrived_on, delivery.file)
        read = (sha256, size_bytes, delivery.reader, status, error, records, current.offset)
        self._finished.append((current.delivery_id, *named, *read))
        self._offset = current.offset + records
        self._open = None

    def _stage(self, batch: Batch | None) -> None:
        if batch is None:
            return
        for name, frame in batch.rows.items():
            if frame.height and name not in self._filled:
                self._connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE {_staged(name)} ({RECORD_NUMBER} BIGINT, {_body(name)})")
                self._filled.add(name)
            self._insert(_staged(name), frame.select(RECORD_NUMBER, *RAW_COLUMNS[name]))
        if batch.refusals.height:
            refused = batch.refusals.unique().join(batch.records.table(), on=RECORD_NUMBER, how="left")
            self._insert(
                "staged_refusals",
                refused.select(RECORD_NUMBER, pl.col("column").fill_null("record"), "reason", pl.col("original").fill_null("")),
            )

    def _settle(self, gone: Sequence[int]) -> None:
        """Bring the ledger and the raw tables up to date with what is staged."""
        schema = [row[0] for row in self._connection.execute("DESCRIBE staged_deliveries").fetchall()]
        self._insert("staged_deliveries", pl.DataFrame(self._finished, schema=schema, orient="row", infer_schema_length=None))
        for name, sql in _steps([*gone, *self._reread], self._filled):
            self._connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE {name} AS {sql}" if name else sql)
        for kind, filled in self._tables_of_kinds():
            self._connection.execute("CREATE OR REPLACE TEMPORARY TABLE moved_kind AS SELECT * FROM moved WHERE kind = ?", [kind])
            self._note_records(filled, "moved_kind")
        for name in self._filled:
            cells = ", ".join(f"rows.{quoted(column)}" for column in RAW_COLUMNS[name])
            self._connection.execute(
                f"INSERT INTO {quoted(name)} SELECT version_id, {cells} FROM {_staged(name)} AS rows "
                f"JOIN fresh_versions ON rows.{RECORD_NUMBER} = fresh_versions.first_number"
            )
        if self._connection.execute("SELECT count(*) FROM orphans").fetchall()[0][0]:
            for name in RAW_COLUMNS:
                self._connection.execute(f"DELETE FROM {quoted(name)} WHERE version_id IN (SELECT version_id FROM orphans)")
        read, accepted, quarantined, duplicate = self._connection.execute(
            "SELECT coalesce(sum(d.records_read), 0), coalesce(sum(d.records_accepted), 0), coalesce(sum(d.records_quarantined), 0), "
            "coalesce(sum(d.records_duplicate), 0) FROM ledger.deliveries AS d SEMI JOIN staged_deliveries USING (delivery_id)"
        ).fetchall()[0]
        self._loaded += Loaded(
            records_read=int(read),
            records_accepted=int(accepted),
            records_quarantined=int(quarantined),
            records_duplicate=int(duplicate),
        )

    def _tables_of_kinds(self) -> list[tuple[str, tuple[str, ...]]]:
        """The kinds of the records that moved, and the raw tables that records of each kind fill."""
        kinds = [row[0] for row in self._connection.execute("SELECT DISTINCT kind FROM moved").fetchall()]
        return [
            (kind, tuple({name for format_ in FORMATS.values() if kind in format_.tables for name in format_.tables})) for kind in kinds
        ]

    def _current(self) -> _Open:
        if self._open is None:
            raise RuntimeError("No delivery has been begun.")
        return self._open

    def _insert(self, table: str, frame: pl.DataFrame) -> None:
        if frame.height:
            self._connection.from_arrow(frame.to_arrow()).query("computed", f"INSERT INTO {table} SELECT * FROM computed")


def _staged(name: str) -> str:
    return quoted("staged_" + name.split(".")[1])


def _body(name: str) -> str:
    return ", ".join(f"{quoted(column.name)} {column.sql_type}" for column in columns(CONTRACTS[name]))


def _steps(replaced: Sequence[int], filled: Collection[str]) -> list[tuple[str, str]]:
    """The statements of a settlement in order; a named one fills a temporary table.

    ``replaced`` are the deliveries that were loaded before and are now read anew or gone; ``filled`` the raw tables
    for which rows are staged.
    """
    replaced_ids = f"[{', '.join(str(int(number)) for number in replaced)}]::BIGINT[]"
    record = "kind, source, source_record_id"
    return [
        # 1. What was sighted now: each staged record with the hash of all its rows.
        ("contents", _contents_sql(filled)),
        # 2. What is known of these records and of those that the replaced deliveries had sighted. The versions of all others, which
        #    are the whole history, are looked through here and nowhere else.
        ("replaced", f"SELECT unnest({replaced_ids}) AS delivery_id"),
        (
            "sighted_before",
            "SELECT DISTINCT delivery_id, unnest(range(first_version, first_version + run_length)) AS version_id "
            "FROM ledger.sightings SEMI JOIN replaced USING (delivery_id)",
        ),
        (
            "known",
            f"SELECT * FROM ledger.versions SEMI JOIN (SELECT DISTINCT {record} FROM contents UNION "
            f"SELECT {record} FROM ledger.versions SEMI JOIN sighted_before USING (version_id)) USING ({record})",
        ),
        (
            "fresh_versions",
            f"SELECT {record}, content, any_value(updated_at) AS updated_at, min(number) AS first_number, "
            "(SELECT coalesce(max(version_id), 0) FROM ledger.versions) + row_number() OVER (ORDER BY min(number)) AS version_id "
            f"FROM contents ANTI JOIN known USING (content) GROUP BY {record}, content",
        ),
        (
            "sighted",
            "SELECT contents.delivery_id, contents.record_number, known.version_id, FALSE AS is_fresh "
            "FROM contents JOIN known USING (content) UNION ALL "
            "SELECT contents.delivery_id, contents.record_number, fresh_versions.version_id, TRUE "
            "FROM contents JOIN fresh_versions USING (content)",
        ),
        ("unsighted", "FROM sighted_before EXCEPT SELECT DISTINCT delivery_id, version_id FROM sighted"),
        # 3. The ledger of deliveries, quarantine and sightings.
        *(
            ("", f"DELETE FROM ledger.{name} WHERE delivery_id IN (SELECT delivery_id FROM replaced)")
            for name in ("sightings", "quarantine", "deliveries")
        ),
        (
            "",
            "INSERT INTO ledger.deliveries SELECT delivery_id, feed, arrived_on, file, sha256, size_bytes, reader, status, error, "
            "records_read, 0, 0, 0 FROM staged_deliveries",
        ),
        (
            "",
            f'INSERT INTO ledger.quarantine SELECT d.delivery_id, r.{RECORD_NUMBER} - d."offset", r."column", r.reason, r.original '
            f'FROM staged_refusals AS r ASOF JOIN {READ} AS d ON r.{RECORD_NUMBER} > d."offset"',
        ),
        (
            "",
            "INSERT INTO ledger.sightings SELECT delivery_id, min(record_number), min(version_id), count(*) FROM ("
            "SELECT *, record_number - row_number() "
            "OVER (PARTITION BY delivery_id, version_id - record_number ORDER BY record_number) AS run "
            "FROM sighted) GROUP BY delivery_id, version_id - record_number, run",
        ),
        # 4. Owners: the first delivery, in the order of arrival, that sighted a version.
        (
            "places",
            "SELECT delivery_id, row_number() OVER (ORDER BY arrived_on, feed, file) AS place FROM ledger.deliveries",
        ),
        (
            "born",
            "SELECT version_id, kind, source, source_record_id, updated_at, content, owner_id, FALSE AS is_current "
            "FROM fresh_versions JOIN (SELECT version_id, arg_min(delivery_id, place) AS owner_id FROM sighted "
            "JOIN places USING (delivery_id) WHERE is_fresh GROUP BY version_id) USING (version_id)",
        ),
        *(("", f"INSERT INTO {name} FROM born") for name in ("ledger.versions", "known")),
        (
            "disowned",
            "SELECT DISTINCT version_id FROM unsighted JOIN known USING (version_id) WHERE owner_id = delivery_id",
        ),
        (
            "owners",
            "SELECT version_id, arg_min(delivery_id, place) AS owner_id FROM ("
            "SELECT disowned.version_id, s.delivery_id FROM disowned JOIN ledger.sightings AS s "
            "ON disowned.version_id >= s.first_version AND disowned.version_id < s.first_version + s.run_length "
            "UNION ALL SELECT sighted.version_id, sighted.delivery_id FROM sighted JOIN known AS v USING (version_id) "
            "JOIN places AS mine ON mine.delivery_id = sighted.delivery_id JOIN places AS theirs ON theirs.delivery_id = v.owner_id "
            "WHERE NOT is_fresh AND mine.place < theirs.place) JOIN places USING (delivery_id) GROUP BY version_id",
        ),
        ("orphans", "SELECT version_id FROM disowned ANTI JOIN owners USING (version_id)"),
        (
            "recounted",
            "SELECT delivery_id FROM staged_deliveries UNION SELECT owner_id FROM owners "
            "UNION SELECT v.owner_id FROM owners JOIN known AS v USING (version_id)",
        ),
        # 5. Winners: looked at again only where one may have changed.
        (
            "suspects",
            f"SELECT DISTINCT {record} FROM known SEMI JOIN ("
            "SELECT version_id FROM unsighted UNION SELECT version_id FROM fresh_versions UNION "
            "SELECT version_id FROM sighted JOIN known USING (version_id) "
            "WHERE NOT is_current OR sighted.delivery_id IN (SELECT delivery_id FROM replaced)) USING (version_id)",
        ),
        (
            "candidates",
            "SELECT v.version_id, v.kind, v.source, v.source_record_id, v.updated_at, v.is_current, o.version_id IS NOT NULL AS is_orphan "
            f"FROM known AS v SEMI JOIN suspects USING ({record}) LEFT JOIN orphans AS o USING (version_id)",
        ),
        (
            "latest",
            "SELECT * FROM candidates WHERE NOT is_orphan QUALIFY "
            "rank() OVER (PARTITION BY kind, source, source_record_id ORDER BY updated_at DESC NULLS LAST) = 1",
        ),
        (
            "tied",
            "SELECT * FROM latest QUALIFY count(*) OVER (PARTITION BY kind, source, source_record_id) > 1",
        ),
        (
            "winners",
            "SELECT version_id FROM latest ANTI JOIN tied USING (version_id) UNION ALL "
            "SELECT arg_max(version_id, seen) FROM (SELECT tied.*, (place, s.first_record + tied.version_id - s.first_version) AS seen "
            "FROM tied JOIN ledger.sightings AS s ON tied.version_id >= s.first_version "
            "AND tied.version_id < s.first_version + s.run_length JOIN places USING (delivery_id)) GROUP BY kind, source, source_record_id",
        ),
        (
            "flipped",
            "SELECT c.*, w.version_id IS NOT NULL AS wins FROM candidates AS c LEFT JOIN winners AS w USING (version_id) "
            "WHERE c.is_current <> (w.version_id IS NOT NULL)",
        ),
        ("moved", "SELECT DISTINCT kind, source, source_record_id FROM flipped"),
        ("", "UPDATE ledger.versions AS v SET is_current = flipped.wins FROM flipped WHERE v.version_id = flipped.version_id"),
        ("", "UPDATE ledger.versions AS v SET owner_id = owners.owner_id FROM owners WHERE v.version_id = owners.version_id"),
        ("", "DELETE FROM ledger.versions WHERE version_id IN (SELECT version_id FROM orphans)"),
        # 6. Counts of every delivery whose versions changed hands.
        (
            "counts",
            "SELECT d.delivery_id, d.records_read, "
            "(SELECT count(*) FROM ledger.versions AS v WHERE v.owner_id = d.delivery_id) AS accepted, "
            "(SELECT count(DISTINCT q.record_number) FROM ledger.quarantine AS q WHERE q.delivery_id = d.delivery_id) AS quarantined "
            "FROM ledger.deliveries AS d SEMI JOIN recounted USING (delivery_id)",
        ),
        (
            "",
            "UPDATE ledger.deliveries AS d SET records_accepted = accepted, records_quarantined = quarantined, "
            "records_duplicate = counts.records_read - accepted - quarantined FROM counts WHERE d.delivery_id = counts.delivery_id",
        ),
    ]


def _contents_sql(filled: Collection[str]) -> str:
    """Each staged record with its delivery, key and the hash of its rows, whichever order they are in."""
    parts = [_NO_ROWS]
    for position, (name, wanted) in enumerate(RAW_COLUMNS.items()):
        if name not in filled:
            continue
        cells = ", ".join(f"coalesce(CAST({quoted(column)} AS VARCHAR), {NOTHING})" for column in wanted)
        parts.append(
            f"SELECT {RECORD_NUMBER} AS number, {position} AS position, '{name}' AS name, source, source_record_id, updated_at, "
            f"concat_ws({CELL_END}, '{name}', {cells}) AS row_text FROM {_staged(name)}"
        )
    rows = " UNION ALL ".join(parts)
    return (
        f'SELECT number, d.delivery_id, number - d."offset" AS record_number, arg_min(name, position) AS kind, '
        "any_value(source) AS source, any_value(source_record_id) AS source_record_id, max(updated_at) AS updated_at, "
        f"md5(array_to_string(list_sort(list(row_text)), {ROW_END})) AS content "
        f'FROM ({rows}) AS r ASOF JOIN {READ} AS d ON r.number > d."offset" GROUP BY number, d.delivery_id, d."offset"'
    )
