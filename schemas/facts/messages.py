"""Mails and text messages."""

import datetime as dt

from schemas.core import messages as core
from schemas.facts.copied import as_in, key
from schemas.table import Table


class FactMessages(Table):
    """One e-mail or SMS, without what it says.

    Behind `kpi.identity_match_monthly` stand the inbound ones; `facts.texts` says what they are about.
    """

    message_key: str = key("Names the message.", "source", "source_record_id")
    sent_on: dt.date = as_in(core.Messages, "sent_on")
    sent_at: dt.datetime = as_in(core.Messages, "sent_at")
    source: str = as_in(core.Messages, "source")
    channel: str = as_in(core.Messages, "channel")
    direction: str = as_in(core.Messages, "direction")
    exclusion: str = as_in(core.Messages, "exclusion")
    is_feedback: bool = as_in(core.Messages, "is_feedback")
    has_text: bool = as_in(core.Messages, "has_text")
    asks: str = as_in(core.Messages, "asks")
    segment_count: int = as_in(core.Messages, "segment_count")
    cost: float = as_in(core.Messages, "cost")
    is_matched: bool = as_in(core.Messages, "is_matched")
    segment: str = as_in(core.Messages, "segment")
    customer_key: str = as_in(core.Messages, "customer_key")

    class Config:
        name = "facts.messages"
        unique = ["message_key"]
        metadata = {"of": "core.messages", "day": "sent_on"}
