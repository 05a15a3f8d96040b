"""Where Dagster keeps what happened in its runs, when no other storage is declared: SQLite beside the settings.

Dagster's own SQLite event log opens a database anew for every event, compiles its statements anew, and folds the
write-ahead log back at every close. That is most of what a run without news would cost. Here the databases of the last
runs stay open; files and tables are Dagster's own, so that either class reads what the other wrote.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, Self

import sqlalchemy as sa
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData

KEPT_OPEN: Final = 4
"""Databases that stay open: the index of all runs, and the runs in use."""


class OpenSqliteEventLog(SqliteEventLogStorage):
    """Dagster's SQLite event log with its databases kept open; in ``dagster.yaml`` it takes no settings.

    A transaction survives a killed process. The last ones before a power cut may be missing from the run history, which
    is never torn by it; the warehouse does not rest on them.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Keep the databases in a folder, made when it is not there."""
        self._engines: OrderedDict[str, sa.Engine] = OrderedDict()
        self._engines_lock = threading.Lock()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """There is nothing to configure: the databases lie where Dagster's own do."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Self:  # noqa: ARG003  its signature is Dagster's
        """Open the event log of the instance in ``DAGSTER_HOME``."""
        return cls(str(Path(os.environ["DAGSTER_HOME"]) / "history" / "runs"), inst_data)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[sa.Connection]:
        """Begin a transaction in the database of a run."""
        return self._begin(run_id or INDEX_SHARD_NAME)

    def index_connection(self) -> AbstractContextManager[sa.Connection]:
        """Begin a transaction in the database over all runs."""
        return self._begin(INDEX_SHARD_NAME)

    def wipe(self) -> None:
        """Delete everything."""
        self._close()
        super().wipe()

    def dispose(self) -> None:
        """Close the databases."""
        super().dispose()
        self._close()

    @contextmanager
    def _begin(self, shard: str) -> Iterator[sa.Connection]:
        with self._engine(shard).begin() as connection:
            yield connection

    def _engine(self, shard: str) -> sa.Engine:
        with self._engines_lock:
            engine = self._engines.get(shard)
            if engine is None:
                with self._connect(shard):
                    """Make the database when it is not there."""
                engine = sa.create_engine(self.conn_string_for_shard(shard), connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
                sa.event.listen(engine, "connect", _trust_the_write_ahead_log)
                self._engines[shard] = engine
            self._engines.move_to_end(shard)
            if len(self._engines) > KEPT_OPEN:
                self._engines.popitem(last=False)[1].dispose()
            return engine

    def _close(self) -> None:
        with self._engines_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()


def _trust_the_write_ahead_log(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")
