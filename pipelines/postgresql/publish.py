"""The published file copied into a new schema, which takes the old one's place in one transaction."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.errors import PipelineError
from pipelines.postgresql.grants import refuse_policies, schema_grants, table_grants
from pipelines.postgresql.session import PostgresqlError, Session, connected
from pipelines.postgresql.settings import PostgresqlSettings
from pipelines.postgresql.statements import finish, name_in, selection, short_name, table_of
from pipelines.publishing.database import opened
from pipelines.publishing.publish import DATABASE_NAME
from schemas.projection import literal, quoted, table_name
from schemas.table import Table

MARK = "Published by feedback-kpis: made anew with every publication, so nothing else belongs into it. Its tables: "
"""How the description of each schema of ours begins; the names of its tables follow."""

BATCH_ROWS = 65_536
DROP_PATIENCE = "2s"
"""How long readers of an old publication may keep it from being dropped; the next publication tries again."""

_DESCRIBED = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $1"
_BEFORE = """
    SELECT nspname::text FROM pg_namespace
    WHERE starts_with(nspname::text, $1) AND starts_with(coalesce(obj_description(oid, 'pg_namespace'), ''), $2)
"""
_HELD = """
    SELECT relname::text FROM pg_class JOIN pg_namespace AS schemas ON schemas.oid = relnamespace
    WHERE schemas.nspname = $1 AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') ORDER BY relname
"""


@dataclass(frozen=True)
class Copied:
    """What was copied, and which publications before could not be dropped, with the reason."""

    rows: int
    kept: Sequence[str]


def copy_publication(folder: Path, contracts: Sequence[type[Table]], declared: PostgresqlSettings) -> Copied:
    """Make the schema hold the publication in this folder.

    A reader sees the old tables or the new ones. Everything happens in one transaction, so a fault or a kill leaves what was there.
    Raises PostgresqlError when the server is at fault, PipelineError when settings are.
    """
    schema = declared.schema_name
    with connected(declared.uri_variable) as session:
        _refuse_two_at_once(session, schema)
        _clear(session, schema)
        has_before = _refuse_foreign(session, schema)
        rows = _build(session, folder / DATABASE_NAME, contracts, schema, has_before=has_before)
        session.commit()
        return Copied(rows, _clear(session, schema))


def _refuse_two_at_once(session: Session, schema: str) -> None:
    session.doing("begin")
    if session.rows("SELECT pg_try_advisory_lock(hashtext($1))", f"feedback-kpis {schema}") != [(True,)]:
        raise PostgresqlError(f"another run is publishing into the schema {schema}", "wait until it has ended")
    session.commit()


def _refuse_foreign(session: Session, schema: str) -> bool:
    """Whether there is a publication before, or an empty schema; PipelineError when the schema holds what is not ours."""
    session.doing(f"look at the schema {schema}")
    found = session.rows(_DESCRIBED, schema)
    if not found:
        return False
    said = found[0][0] or ""
    ours = said.removeprefix(MARK).split() if said.startswith(MARK) else []
    if foreign := [name for (name,) in session.rows(_HELD, schema) if name not in ours]:
        raise PipelineError(
            f"publish.postgresql.schema_name: the schema {schema} holds {foreign[0]}, which is not this pipeline's; "
            "move it into another schema, or name another schema here."
        )
    refuse_policies(session, schema)
    return True


def _build(session: Session, database: Path, contracts: Sequence[type[Table]], schema: str, *, has_before: bool) -> int:
    new, rows = f"{schema}__new", 0
    session.doing(f"make the schema {new}")
    session.run(f"CREATE SCHEMA {quoted(new)}")
    names = [short_name(contract) for contract in contracts]
    session.run(f"COMMENT ON SCHEMA {quoted(new)} IS {literal(MARK + ' '.join(names))}")
    if has_before:
        _run_all(session, list(schema_grants(session, schema, new)))
    with opened(database) as published:
        for contract in contracts:
            session.doing(f"load {table_name(contract)}")
            session.run(table_of(new, contract))
            found = published.sql(selection(contract))
            session.append(new, short_name(contract), found.to_arrow_reader(BATCH_ROWS))
            _run_all(session, list(finish(new, contract)))
            rows += _proven(session, published, new, contract)
    session.doing(f"put {schema} in its place")
    if has_before:
        _run_all(session, list(table_grants(session, schema, new, frozenset(names))))
        session.run(f"ALTER SCHEMA {quoted(schema)} RENAME TO {quoted(_next(session, schema))}")
    session.run(f"ALTER SCHEMA {quoted(new)} RENAME TO {quoted(schema)}")
    return rows


def _proven(session: Session, published: duckdb.DuckDBPyConnection, schema: str, contract: type[Table]) -> int:
    """The rows there, which must be as many as in the file."""
    there: int = session.rows(f"SELECT count(*) FROM {name_in(schema, contract)}")[0][0]
    here: int = published.execute(f"SELECT count(*) FROM {quoted(table_name(contract))}").fetchall()[0][0]
    if there != here:
        raise PostgresqlError(f"{table_name(contract)}: {there} rows of {here} arrived")
    return there


def _next(session: Session, schema: str) -> str:
    """A name for the publication that makes way."""
    numbers = [int(name.rpartition("_")[2]) for name in _before(session, schema)]
    return f"{schema}__before_{max(numbers, default=0) + 1}"


def _before(session: Session, schema: str) -> list[str]:
    """The publications that made way and are still there, by their schemas."""
    names = [name for (name,) in session.rows(_BEFORE, f"{schema}__before_", MARK)]
    return [name for name in names if name.rpartition("_")[2].isdigit()]


def _clear(session: Session, schema: str) -> list[str]:
    """Drop what made way; what somebody still reads, or has built views on, stays, and the sentence says why."""
    kept = []
    session.doing(f"look for old publications of {schema}")
    for name in _before(session, schema):
        session.doing(f"drop the old publication {name}")
        try:
            session.run(f"SET LOCAL lock_timeout = '{DROP_PATIENCE}'")
            tables = [f"{quoted(name)}.{quoted(table)}" for (table,) in session.rows(_HELD, name)]
            if tables:
                session.run(f"DROP TABLE {', '.join(tables)}")
            session.run(f"DROP SCHEMA {quoted(name)}")
            session.commit()
        except PostgresqlError as fault:
            with suppress(PostgresqlError):
                session.rollback()
            kept.append(fault.fact)
    session.commit()
    return kept


def _run_all(session: Session, statements: Sequence[str]) -> None:
    for statement in statements:
        session.run(statement)
