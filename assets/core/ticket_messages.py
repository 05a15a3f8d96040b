"""Which mails a ticket system holds, so that no complaint is counted in two channels."""

import narwhals as nw

from assets.core.tickets import TICKET_REF
from assets.derivation import RECORD, by_record, derive
from assets.frames import Lazy
from schemas.core.ticket_messages import TicketMessages
from schemas.projection import columns
from schemas.raw.ticket_events import RawTicketEvents
from schemas.raw.tickets import RawTickets


@derive(TicketMessages, unit=RECORD, tickets=by_record(RawTickets), events=by_record(RawTicketEvents))
def ticket_messages(tickets: Lazy, events: Lazy) -> Lazy:
    """List the Message-IDs that tickets and their events name, written as mails write them."""
    wanted = [column.name for column in columns(TicketMessages)]
    named = nw.concat([tickets.with_columns(ticket_ref=TICKET_REF).select(*wanted), events.select(*wanted)], how="vertical")
    return (
        named.with_columns(message_id=nw.col("message_id").str.strip_chars("<> "))
        .filter(~nw.col("message_id").is_null() & (nw.col("message_id") != ""))
        .with_columns(message_id=nw.concat_str([nw.lit("<"), nw.col("message_id"), nw.lit(">")]))
        .unique()
    )
