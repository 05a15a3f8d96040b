"""Ratings that were asked for in a message and answered with a bare number, by declared question and time alone."""

import narwhals as nw

from assets.derivation import by_column, derive
from assets.frames import Lazy
from assets.parameters import Asked, Parameters
from schemas.core.messages import Messages
from schemas.core.replied_answers import RepliedAnswers
from schemas.projection import columns

NOBODY_ASKED = {"": Asked(channel="sms", question="", metric="csat", scale=(1, 5), window_hours=1, sender="-")}
"""Stands for the questions while none is declared; no message asks it."""

HAS_A_TIME = nw.col("sent_at_basis") != "arrival_day"


@derive(RepliedAnswers, unit=("customer_key",), uses=("asked",), messages=by_column(Messages, "customer_key"))
def replied_answers(messages: Lazy, parameters: Parameters) -> Lazy:
    """Give each bare number to the last question that was asked of its customer and still open; one off its scale answers nothing.

    A message without a time of its own can neither ask nor answer. A reply that a ticket system holds as well is an answer.
    """
    asked = nw.concat([_asked(messages, name, asked) for name, asked in (parameters.asked or NOBODY_ASKED).items()], how="vertical")
    replies = messages.filter(
        (nw.col("direction") == "inbound")
        & ~nw.col("bare_number").is_null()
        & (nw.col("exclusion").is_null() | (nw.col("exclusion") == "in_ticket_system"))
        & HAS_A_TIME
    )
    is_open = (nw.col("asked_at") <= nw.col("sent_at")) & (nw.col("sent_at") <= nw.col("open_until"))
    is_of_scale = nw.col("bare_number_of").is_null() | (nw.col("bare_number_of") == nw.col("scale_high"))
    return (
        replies.join(asked, on=["customer_key", "channel"], how="inner")
        .filter(is_open)
        .with_columns(later=nw.col("ballot").shift(-1).over("source", "source_record_id", order_by=["asked_at", "ballot"]))
        .filter(
            nw.col("later").is_null()
            & is_of_scale
            & (nw.col("scale_low") <= nw.col("bare_number"))
            & (nw.col("bare_number") <= nw.col("scale_high"))
        )
        .with_columns(value=nw.col("bare_number"), answered_at=nw.col("sent_at"))
        .select(*(column.name for column in columns(RepliedAnswers)))
    )


def _asked(messages: Lazy, name: str, asked: Asked) -> Lazy:
    """Give the messages that asked one question, with what it is and until when an answer is one."""
    return messages.filter((nw.col("asks") == name) & HAS_A_TIME).select(
        "customer_key",
        "channel",
        ballot=nw.concat_str([nw.lit("asked:"), nw.col("source"), nw.lit(":"), nw.col("source_record_id")]),
        asked_at=nw.col("sent_at"),
        open_until=nw.col("sent_at").dt.offset_by(f"{asked.window_hours}h"),
        question=nw.lit(asked.question),
        metric=nw.lit(asked.metric),
        scale_low=nw.lit(float(asked.scale[0])),
        scale_high=nw.lit(float(asked.scale[1])),
        is_reversed=nw.lit(value=asked.reversed),
        touchpoint=nw.lit(asked.touchpoint, dtype=nw.String),
    )
