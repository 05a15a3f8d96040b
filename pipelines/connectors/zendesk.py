"""Zendesk's incremental exports: tickets by the source's own cursor, events by time, audits ticket by ticket."""

import datetime as dt
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from pipelines.connectors.paging import Walk
from pipelines.connectors.protocol import Clock, ConnectorError, Piece, Position, Step
from pipelines.connectors.session import RefusedError, Session
from pipelines.connectors.settings import ZendeskConnector

_TICKETS: Final = "api/v2/incremental/tickets/cursor.json"
_NEWEST: Final = dt.timedelta(minutes=6)
"""Zendesk refuses to export from a time that is younger than five minutes."""


class ZendeskExport:
    """Fetches one incremental export.

    Pages of tickets move the position one by one, by Zendesk's cursor. Audits are fetched for every ticket of such a page, and the
    position moves when all of them are landed. Events move it by the time that Zendesk names as the end of a page.
    """

    def __init__(self, name: str, declared: ZendeskConnector, session: Session, clock: Clock) -> None:
        self._name = name
        self._declared = declared
        self._session = session
        self._clock = clock
        self._walk = Walk(name, declared.most_pages)
        self._included = {"include": ",".join(declared.include)} if declared.include else {}
        self.identity = f"zendesk {declared.address} {declared.export}"

    def steps(self, position: Position) -> Iterator[Step]:
        """Read the export from the position to its end."""
        match self._declared.export:
            case "tickets":
                yield from self._tickets(position, has_audits=False)
            case "ticket_audits":
                yield from self._tickets(position, has_audits=True)
            case "satisfaction_ratings":
                yield from self._ratings(position)
            case events:
                yield from self._events(events, position)

    def _tickets(self, position: Position, *, has_audits: bool) -> Iterator[Step]:
        cursor = position.get("cursor")
        included = {} if has_audits else self._included
        size = "100" if has_audits else "1000"
        while True:
            since = {"cursor": str(cursor)} if cursor else {"start_time": str(self._start())}
            self._walk.go_to(tuple(since.items()))
            answer = self._session.page(_TICKETS, {**since, "per_page": size, **included})
            page = answer.document
            cursor = page.get("after_cursor") or cursor
            if has_audits:
                yield from self._audits(page)
            pieces = [Piece([answer.content], ".json", "tickets")] if page.get("tickets") and not has_audits else []
            yield Step(pieces, {"cursor": cursor} if cursor else None)
            if page.get("end_of_stream"):
                return
            if not page.get("after_cursor"):
                raise self._odd("names neither an end nor a next page")

    def _audits(self, page: dict[str, Any]) -> Iterator[Step]:
        tickets = page.get("tickets")
        for ticket in tickets if isinstance(tickets, list) else ():
            number = ticket.get("id") if isinstance(ticket, dict) else None
            if not isinstance(number, int):
                raise self._odd("gives a ticket without an id")
            if ticket.get("status") != "deleted":
                yield from self._audits_of(number)

    def _audits_of(self, number: int) -> Iterator[Step]:
        """Fetch the audits of one ticket. A ticket that was deleted meanwhile has none."""
        try:
            yield from self._listed(f"api/v2/tickets/{number}/audits.json", self._included, "audits")
        except RefusedError as refused:
            if refused.status not in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
                raise

    def _ratings(self, position: Position) -> Iterator[Step]:
        """Fetch the ratings since the position; it moves after the last page, to the time at which the walk began."""
        began = int(self._clock.now().timestamp())
        yield from self._listed("api/v2/satisfaction_ratings.json", {"start_time": str(self._since(position))}, "satisfaction_ratings")
        yield Step(position={"time": began})

    def _listed(self, path: str, query: dict[str, str], key: str) -> Iterator[Step]:
        """Fetch the pages of a list that goes by cursors, which end with the list."""
        seen = Walk(self._name, self._declared.most_pages)
        after: str | None = None
        while True:
            seen.go_to(after)
            answer = self._session.page(path, {**query, "page[size]": "100", **({"page[after]": after} if after else {})})
            if answer.document.get(key):
                yield Step([Piece([answer.content], ".json", key)])
            meta = answer.document.get("meta")
            if not isinstance(meta, dict) or not meta.get("has_more"):
                return
            after = str(meta.get("after_cursor"))

    def _events(self, export: str, position: Position) -> Iterator[Step]:
        time = min(self._since(position), int((self._clock.now() - _NEWEST).timestamp()))
        included = {"include": "comment_events"} if export == "ticket_events" else {}
        while True:
            self._walk.go_to(time)
            answer = self._session.page(f"api/v2/incremental/{export}.json", {"start_time": str(time), **included})
            page = answer.document
            pieces = [Piece([answer.content], ".json", export)] if page.get(export) else []
            end = page.get("end_time")
            has_end = isinstance(end, int) and not isinstance(end, bool)
            yield Step(pieces, {"time": end} if has_end else None)
            if page.get("end_of_stream") or not page.get("next_page"):
                return
            if not has_end:
                raise self._odd("names a next page but no time at which it begins")
            time = end

    def _since(self, position: Position) -> int:
        reached = position.get("time")
        return self._start() if reached is None else max(self._start(), int(reached) - self._declared.overlap_seconds)

    def _start(self) -> int:
        return int(dt.datetime.combine(self._declared.start_day, dt.time(), dt.UTC).timestamp())

    def _odd(self, what: str) -> ConnectorError:
        return ConnectorError(f"connectors.{self._name}: Zendesk {what}; check `address`, and tell its support if that is right.")
