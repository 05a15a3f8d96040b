"""What the exports of all carriers share of text messages: what is no feedback, whose number it is, which times are meant."""

from typing import Final

import polars as pl

from assets.raw.parsing import ISO_IN_UTC, trimmed

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
_TIMES: Final = ("%a, %d %b %Y %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f %#z")
_TIMES_IN_UTC: Final = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S UTC")
_TEXT: Final = pl.col("text")
_MOMENT: Final = pl.col("moment")
_NOTATIONS: Final = (
    *(
        _TEXT.str.to_datetime(written, time_unit="us", time_zone="UTC", strict=False, cache=False).dt.replace_time_zone(None)
        for written in _TIMES
    ),
    *(_TEXT.str.to_datetime(written, time_unit="us", strict=False, cache=False) for written in _TIMES_IN_UTC),
)
_AS_ISO: Final = pl.coalesce(_MOMENT.dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ"), _TEXT)

REPLY: Final = (
    _BODY.alias("reply_text"),
    pl.when(trimmed(_BODY).is_not_null()).then(pl.lit("whole")).alias("reply_method"),
)
"""A text message quotes nothing: all of it is the reply."""


def opt_out(is_inbound: pl.Expr) -> pl.Expr:
    """Say of a customer's message that is one of the carriers' commands that it is no feedback."""
    return pl.when(is_inbound & _BODY.str.contains(_OPT_OUT)).then(pl.lit("opt_out")).alias("exclusion")


def international(number: pl.Expr) -> pl.Expr:
    """Put the `+` before a number of a source that writes country codes without one."""
    digits = trimmed(number)
    return pl.when(digits.str.contains(r"^\d{7,15}$")).then(pl.lit("+") + digits).otherwise(digits)


def iso_times(cells: pl.Series) -> pl.Series:
    """Write times as ISO 8601 with their offset; a text in no known notation stays as it is, to be refused.

    Notations are tried until every text is read: a file is written in one.
    """
    if cells.str.contains(ISO_IN_UTC).all():
        return cells
    times = cells.to_frame("text").select(trimmed(_TEXT)).with_columns(_NOTATIONS[0].alias("moment"))
    for notation in _NOTATIONS[1:]:
        if times["moment"].null_count() == times["text"].null_count():
            break
        times = times.with_columns(pl.coalesce(_MOMENT, notation).alias("moment"))
    return times.select(_AS_ISO).to_series()
