"""Where Superset reads: the published DuckDB file, or the PostgreSQL schema with the same tables. Always without the right to write."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from pipelines.errors import PipelineError
from schemas.projection import table_name
from schemas.table import Table

_READ_ONLY: Final[Mapping[str, Mapping[str, Any]]] = {
    "duckdb": {"read_only": True},
    "postgresql": {"options": "-c default_transaction_read_only=on"},
}


@dataclass(frozen=True)
class Database:
    """The address of the published tables, as SQLAlchemy writes it."""

    address: sa.URL
    postgresql_schema: str = "kpis"

    @property
    def _kind(self) -> str:
        return self.address.get_backend_name()

    def place(self, table: type[Table]) -> tuple[str, str]:
        """Schema and name of a table there."""
        layer, name = table_name(table).split(".")
        return (layer, name) if self._kind == "duckdb" else (self.postgresql_schema, name)

    def described(self, name: str, own_id: str, version: str) -> dict[str, Any]:
        """The database as Superset imports it."""
        return {
            "database_name": name,
            "sqlalchemy_uri": self.address.render_as_string(),
            "cache_timeout": None,
            "expose_in_sqllab": True,
            "allow_run_async": False,
            "allow_ctas": False,
            "allow_cvas": False,
            "allow_dml": False,
            "allow_csv_upload": False,
            "extra": {
                "metadata_params": {},
                "engine_params": {"connect_args": dict(_READ_ONLY[self._kind])},
                "metadata_cache_timeout": {},
                "schemas_allowed_for_csv_upload": [],
            },
            "uuid": own_id,
            "version": version,
        }


def published_file(file: Path) -> Database:
    """The published DuckDB file."""
    return Database(sa.URL.create("duckdb", database=str(file.resolve())))


def at(address: str, postgresql_schema: str) -> Database:
    """What an address names; PipelineError when it names neither DuckDB nor PostgreSQL, or holds a password."""
    try:
        url = sa.make_url(address)
        kind = url.get_backend_name()
    except sa.exc.ArgumentError:
        kind, url = "", sa.URL.create("none")
    if kind not in _READ_ONLY:
        raise PipelineError(
            "--database-uri is no address of DuckDB or PostgreSQL; write duckdb:////full/path/kpis.duckdb or postgresql://user@host/database."
        )
    if url.password is not None:
        raise PipelineError(
            "--database-uri holds a password, which would stand in the file; leave it out and give it to Superset after the import."
        )
    return Database(url, postgresql_schema)
