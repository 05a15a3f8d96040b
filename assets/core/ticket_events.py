"""What happened to tickets, and who did it."""

import narwhals as nw

from assets.derivation import RECORD, By, Lookup, derive
from assets.frames import Lazy
from schemas.core.ticket_events import TicketEvents
from schemas.projection import columns
from schemas.raw.ticket_events import RawTicketEvents
from schemas.raw.ticket_people import RawTicketPeople


@derive(
    TicketEvents,
    unit=("ticket_ref",),
    events=By(RawTicketEvents, noted=RECORD, unit={"ticket_ref": nw.col("ticket_ref")}),
    people=Lookup(RawTicketPeople, key="source_record_id", carrier="events", carrier_key="author_ref"),
)
def ticket_events(events: Lazy, people: Lazy) -> Lazy:
    """The events of the current version of every record, with who did it: as the record says, else as any page lists its author.

    An author whom no page lists and who is the ticket's own requester is its customer. Of any other nobody says who it is.
    """
    listed = people.select(author_ref=nw.col("source_record_id"), role=nw.col("actor"))
    requesters = events.filter(~nw.col("requester_ref").is_null()).select("ticket_ref", author_ref=nw.col("requester_ref")).unique()
    actor = nw.coalesce("actor", "role", nw.when(~nw.col("requested").is_null()).then(nw.lit("customer")))
    is_comment = nw.col("event") == "public_comment"
    return (
        events.join(listed, on="author_ref", how="left")
        .join(requesters.with_columns(requested=nw.lit(value=True)), on=["ticket_ref", "author_ref"], how="left")
        .with_columns(actor=actor)
        .with_columns(
            event=nw.when(is_comment & (nw.col("actor") == "customer"))
            .then(nw.lit("customer_reply"))
            .when(is_comment & ~nw.col("actor").is_null())
            .then(nw.lit("public_reply"))
            .otherwise(nw.col("event"))
        )
        .select(*(column.name for column in columns(TicketEvents)))
    )
