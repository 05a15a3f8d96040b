"""What customers wrote, wherever it stands: one shape for the texts of answers, messages and tickets. Never stored past raw."""

from typing import Final

import narwhals as nw

from assets.core.tickets import TICKET_REF
from assets.derivation import RECORD, By
from assets.frames import Lazy
from schemas.raw.answers import RawAnswers
from schemas.raw.messages import RawMessages
from schemas.raw.record import RawTable
from schemas.raw.tickets import RawTickets

UNIT: Final = ("kind", *RECORD)
COLUMNS: Final = (*UNIT, "ticket_ref", "written_at", "channel", "text")


def texts_of(kind: str, contract: type[RawTable]) -> By:
    """A raw input whose records hold texts of a kind."""
    return By(contract, noted=RECORD, unit={"kind": nw.lit(kind), **{column: nw.col(column) for column in RECORD}}, is_told_by_record=True)


ANSWERS: Final = texts_of("answer", RawAnswers)
MESSAGES: Final = texts_of("message", RawMessages)
TICKETS: Final = texts_of("ticket", RawTickets)


def texts(answers: Lazy, messages: Lazy, tickets: Lazy) -> Lazy:
    """Stack the texts. A response's comment stands on each of its answers and counts once.

    Neither what we wrote nor a mere number is a text of a customer.
    """
    nothing = nw.lit(None, dtype=nw.String)
    of_answers = answers.select(*RECORD, "ticket_ref", "channel", written_at=nw.col("answered_at"), text=nw.col("comment")).unique()
    is_text = (nw.col("direction") == "inbound") & nw.col("exclusion").is_null() & nw.col("bare_number").is_null()
    of_messages = messages.filter(is_text).select(
        *RECORD, "channel", ticket_ref=nothing, written_at=nw.col("sent_at"), text=_joined("subject", "reply_text")
    )
    of_tickets = tickets.select(
        *RECORD,
        "channel",
        ticket_ref=TICKET_REF,
        written_at=nw.col("opened_at"),
        text=nw.col("subject"),
    )
    parts = {"answer": of_answers, "message": of_messages, "ticket": of_tickets}
    stacked = nw.concat([part.with_columns(kind=nw.lit(kind)).select(*COLUMNS) for kind, part in parts.items()], how="vertical")
    return stacked.filter(~nw.col("text").is_null())


def _joined(first: str, second: str) -> nw.Expr:
    both = nw.concat_str([nw.col(first), nw.lit("\n"), nw.col(second)])
    return nw.coalesce(both, nw.col(first), nw.col(second))
