"""Which mails a ticket system holds."""

import pandera.polars as pa

from schemas.table import Table


class TicketMessages(Table):
    """One mail that a ticket or one of its events names; the same mail may be named by several records."""

    source: str = pa.Field(description="System the ticket or event comes from.")
    source_record_id: str = pa.Field(description="The ticket or audit record that names the mail.")
    ticket_ref: str = pa.Field(description="The ticket, as `source:ticket id`.")
    message_id: str = pa.Field(description="The mail's Message-ID, in angle brackets.")

    class Config:
        name = "core.ticket_messages"
        unique = ["source", "source_record_id", "ticket_ref", "message_id"]
