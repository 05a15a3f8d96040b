"""Typeform's responses, from the newest back. The position moves after the last page alone: pages run backwards."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from pipelines.connectors.paging import Walk
from pipelines.connectors.protocol import Clock, ConnectorError, Piece, Position, Step
from pipelines.connectors.session import Session
from pipelines.connectors.settings import TypeformConnector


class TypeformResponses:
    """Fetches pages of responses. The position is the latest time of submission that a whole walk has seen."""

    def __init__(self, name: str, declared: TypeformConnector, session: Session, clock: Clock) -> None:
        self._name = name
        self._declared = declared
        self._session = session
        self._clock = clock
        self._walk = Walk(name, declared.most_pages)
        self.identity = f"typeform {declared.address} {declared.form}"

    def steps(self, position: Position) -> Iterator[Step]:
        """Read every response since the position, less the overlap."""
        since = dt.datetime.combine(self._declared.start_day, dt.time(), dt.UTC)
        newest = dt.datetime.fromisoformat(position["submitted_at"]) if position.get("submitted_at") else None
        if newest:
            since = max(since, newest - dt.timedelta(hours=self._declared.overlap_hours))
        query = {"page_size": str(self._declared.page_size), "since": f"{since:%Y-%m-%dT%H:%M:%S}"}
        while True:
            self._walk.go_to(query.get("before"))
            answer = self._session.page(f"forms/{self._declared.form}/responses", query)
            items = answer.document.get("items")
            if not isinstance(items, list):
                raise self._odd("answers without a list of responses")
            if not items:
                break
            yield Step([Piece([answer.content], ".json", "responses")])
            newest = max((moment for moment in (newest, *map(_submitted_at, items)) if moment), default=None)
            last = items[-1].get("token") if isinstance(items[-1], dict) else None
            if not isinstance(last, str) or not last:
                raise self._odd("gives a response without its id")
            query = {**query, "before": last}
        if newest:
            reached = min(newest, self._clock.now()).astimezone(dt.UTC)
            yield Step(position={"submitted_at": reached.isoformat(timespec="seconds")})

    def _odd(self, what: str) -> ConnectorError:
        return ConnectorError(f"connectors.{self._name}: Typeform {what}; check `address` and `form`.")


def _submitted_at(item: Any) -> dt.datetime | None:
    """When a response was submitted, or begun where it was not."""
    text = (item.get("submitted_at") or item.get("landed_at")) if isinstance(item, dict) else None
    try:
        moment = dt.datetime.fromisoformat(text) if isinstance(text, str) else None
        return moment.astimezone(dt.UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
