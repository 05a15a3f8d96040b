"""Who the people in a ticket system are, as delivered."""

import pandera.polars as pa

from schemas.raw.record import RawTable
from schemas.vocabulary import ACTORS


class RawTicketPeople(RawTable):
    """One person whom a page of the ticket system lists; the record's id is a pseudonym, which the person's events name too."""

    actor: str = pa.Field(isin=ACTORS, description="What the person is there.")

    class Config:
        name = "raw.ticket_people"
