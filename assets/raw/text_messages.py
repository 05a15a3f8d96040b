"""What the exports of all carriers share of text messages: what is no feedback, whose number it is, which times are meant."""

from typing import Final

import polars as pl

from assets.raw.parsing import ISO_FORMAT, Notation

TABLE: Final = "raw.messages"
DEFAULTS: Final = {
    "sent_at_basis": "header",
    "channel": "sms",
    "attachment_count": "0",
    "defect_count": "0",
    "segment_count": "0",
}
"""What a text message is where its export says nothing of it."""

_OPT_OUT: Final = r"(?i)^\W*(stop|stop ?all|unsubscribe|cancel|end|quit|opt-?out|revoke|start|unstop|help|info)\W*$"
_BODY: Final = pl.col("body")
NOTATION: Final = Notation(
    decimal=".",
    time_format="%Y-%m-%dT%H:%M:%SZ",
    time_zone="UTC",
    date_format="%Y-%m-%d",
    other_time_formats=(
        "%Y-%m-%dT%H:%M:%S.%3fZ",
        "%Y-%m-%d %H:%M:%S",
        "%a, %d %b %Y %H:%M:%S %z",
        "%Y-%m-%dT%H:%M:%S%.f%#z",
        "%Y-%m-%d %H:%M:%S%.f %#z",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S UTC",
        ISO_FORMAT,
    ),
)
"""How carriers write numbers and times; Polars reads the first three formats at a sixth of what the others cost."""

SAME: Final = {"message_id": "source_record_id", "reply_text": "body"}
"""A text message is known by its carrier's id, and quotes nothing: all of it is the reply."""

REPLY_METHOD: Final = pl.when(pl.col("reply_text").is_not_null()).then(pl.lit("whole")).alias("reply_method")
"""How the reply was told from the rest."""


def opt_out(is_inbound: pl.Expr) -> pl.Expr:
    """Say of a customer's message that is one of the carriers' commands that it is no feedback."""
    return pl.when(is_inbound & _BODY.str.contains(_OPT_OUT)).then(pl.lit("opt_out")).alias("exclusion")
