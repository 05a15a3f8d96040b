"""Twilio's messages, day by day: the day a message was sent is the only thing its interface filters by.

Status and price of a message change for days after, so a window of days is read again by every run. A day that has not changed gives
the same bytes again, which are not landed twice.
"""

import datetime as dt
from collections.abc import Iterator

from pipelines.connectors.paging import Walk
from pipelines.connectors.protocol import Clock, Piece, Position, Step
from pipelines.connectors.session import Session
from pipelines.connectors.settings import TwilioConnector

_DAY = dt.timedelta(days=1)


class TwilioMessages:
    """Fetches pages of messages. The position is the newest day that was read whole or as far as it had come."""

    def __init__(self, name: str, declared: TwilioConnector, session: Session, clock: Clock) -> None:
        self._declared = declared
        self._session = session
        self._clock = clock
        self._walk = Walk(name, declared.most_pages)
        self.identity = f"twilio {declared.address} {declared.account}"

    def steps(self, position: Position) -> Iterator[Step]:
        """Read every day from the window before the position up to today, in UTC."""
        day = self._declared.start_day
        if reached := position.get("sent_on"):
            day = max(day, dt.date.fromisoformat(reached) - self._declared.window_days * _DAY)
        today = self._clock.now().astimezone(dt.UTC).date()
        while day <= today:
            yield from self._pages_of(day)
            yield Step(position={"sent_on": day.isoformat()})
            day += _DAY

    def _pages_of(self, day: dt.date) -> Iterator[Step]:
        path = f"2010-04-01/Accounts/{self._declared.account}/Messages.json"
        query: dict[str, str] | None = {
            "PageSize": str(self._declared.page_size),
            "DateSent>": f"{day}T00:00:00Z",
            "DateSent<": f"{day}T23:59:59Z",
        }
        while path:
            self._walk.go_to((path, day if query else None))
            answer = self._session.page(path, query)
            if answer.document.get("messages"):
                yield Step([Piece([answer.content], ".json", f"messages-{day}")])
            following = answer.document.get("next_page_uri")
            path, query = following if isinstance(following, str) else "", None
