"""What happened to tickets."""

from assets.derivation import RECORD, by_record, derive
from assets.frames import Lazy
from schemas.core.ticket_events import TicketEvents
from schemas.projection import columns
from schemas.raw.ticket_events import RawTicketEvents


@derive(TicketEvents, unit=RECORD, events=by_record(RawTicketEvents))
def ticket_events(events: Lazy) -> Lazy:
    """The events of the current version of every audit record."""
    return events.select(*(column.name for column in columns(TicketEvents)))
