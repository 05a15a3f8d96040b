"""A connection to PostgreSQL whose every fault is one sentence that shows nothing of the URI."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pipelines.connectors.secret import Secret
from pipelines.errors import PipelineError

PATIENCE = {"connect_timeout": "10", "keepalives_idle": "30", "tcp_user_timeout": "60000", "application_name": "feedback-kpis"}
"""What holds unless the URI says otherwise: a server that is gone is given up within a minute."""

LOCK_TIMEOUT = "10s"

REASONS = {
    "Connection refused": ("it refuses connections", "start it, or correct host and port"),
    "could not translate host name": ("its host is not known", "correct the host, and write special characters of the password as %-codes"),
    "timeout expired": ("it does not answer", "see whether the host is right and the way to it open"),
    "No route to host": ("there is no way to it", "see whether the host is right"),
    "authentication failed": ("it does not accept user and password", "correct them"),
    "no password supplied": ("it asks for a password", "put one into the URI"),
    "no pg_hba.conf entry": ("its access rules do not let this user in from here", "see pg_hba.conf"),
    "too many": ("it has too many connections", "try again later"),
    "starting up": ("it is starting up", "try again later"),
    "shutting down": ("it is shutting down", "try again later"),
    "role": ("it has no such user", "make one, or correct the user"),
    "database": ("it has no such database, or not for this user", "make one, or correct the name"),
    "SSL": ("no secured connection can be made", "see sslmode and the certificates"),
    "certificate": ("no secured connection can be made", "see sslmode and the certificates"),
}
"""What the driver says when it cannot connect, and what that means. Its own words may hold parts of the URI."""


class PostgresqlError(PipelineError):
    """The server is not there or does not do what it is asked for: another try may succeed.

    ``fact`` is what could not be done and why, without what follows from it.
    """

    def __init__(self, fact: str, consequence: str = "readers keep what was there before; put it right and run `kpis publish`") -> None:
        super().__init__(f"publish.postgresql: {fact}; {consequence}.")
        self.fact = fact


class Session:
    """One transaction after the other on one connection."""

    def __init__(self, connection: Any, errors: type[Exception]) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._errors = errors
        self._doing = "connect"

    def doing(self, what: str) -> None:
        """Say what the next statements do, for the sentence of an error."""
        self._doing = what

    def run(self, statement: str) -> None:
        """One statement without rows."""
        with self._told():
            self._cursor.execute(statement)

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """The rows of a query; its ``$1``, ``$2`` … are these values."""
        with self._told():
            self._cursor.execute(query, list(values) or None)
            found: list[tuple[Any, ...]] = self._cursor.fetchall()
            return found

    def append(self, schema: str, table: str, batches: Any) -> None:
        """Add the rows of Arrow batches to a table."""
        with self._told():
            self._cursor.adbc_ingest(table, batches, mode="append", db_schema_name=schema)

    def commit(self) -> None:
        """End the transaction; all of it holds."""
        with self._told():
            self._connection.commit()

    def rollback(self) -> None:
        """End the transaction; nothing of it holds."""
        with self._told():
            self._connection.rollback()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except self._errors as fault:
            said = _primary(getattr(fault, "details", None) or ()) or "the connection broke"
            raise PostgresqlError(f"could not {self._doing}: {said}") from None


@contextmanager
def connected(variable: str) -> Iterator[Session]:
    """A session with the server whose URI the environment variable holds. Raises PipelineError when there is none, or no driver."""
    uri = _uri(variable)
    try:
        from adbc_driver_manager import Error  # noqa: PLC0415  # an optional package, and needed here alone
        from adbc_driver_postgresql.dbapi import connect  # noqa: PLC0415  # likewise
    except ImportError:
        raise PipelineError("publish.postgresql needs a package that is not installed; install feedback-kpis[postgresql].") from None
    try:
        connection = connect(uri.reveal())
    except Error as fault:
        said = str(fault)
        reason, remedy = next((meaning for words, meaning in REASONS.items() if words in said), ("the URI cannot be used", "correct it"))
        raise PostgresqlError(f"no connection to the server that {variable} names: {reason}", remedy) from None
    try:
        session = Session(connection, Error)
        session.run(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        session.commit()
        yield session
    finally:
        connection.close()


def _uri(variable: str) -> Secret:
    text = os.environ.get(variable, "").strip()
    if not text:
        raise PipelineError(f"publish.postgresql: the environment variable {variable} is not set; put the connection URI there.")
    if not text.startswith(("postgresql://", "postgres://")):
        raise PipelineError(f"publish.postgresql: {variable} holds no URI; write it as postgresql://user:password@host/database.")
    added = "&".join(f"{name}={value}" for name, value in PATIENCE.items() if f"{name}=" not in text)
    return Secret(f"{text}{'&' if '?' in text else '?'}{added}")


def _primary(details: Sequence[tuple[str | bytes, bytes]]) -> str | None:
    """What the server says happened, without the values and statements that it may add."""
    by_name = {name.decode() if isinstance(name, bytes) else name: value for name, value in details}
    said = by_name.get("PG_DIAG_MESSAGE_PRIMARY")
    return said.decode(errors="replace") if said else None
