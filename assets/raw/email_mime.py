"""E-mail as it was delivered: `.eml` files and mboxes. Rules for what is no feedback stand in `mail_exclusion`."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from email.utils import parsedate_tz
from typing import Final

import polars as pl

from assets.raw.bare_number import with_bare_numbers
from assets.raw.contract import contract_schema
from assets.raw.declared_rows import Rows, reason_column, taken
from assets.raw.feed import Feed
from assets.raw.identity import PhoneNotation, reference
from assets.raw.interpreting import interpreted
from assets.raw.mail_exclusion import exclusion_of, is_own
from assets.raw.mail_framing import RawMessage, mail_messages
from assets.raw.mail_message import MailMessage, NotAMailError, read_message
from assets.raw.mail_parsing import TooComplexError
from assets.raw.parsing import FIRST_YEAR, LAST_YEAR, trimmed
from assets.raw.reading import RECORD_NUMBER, RECORDS, Batch, Extract, File, Reading, Records
from assets.raw.refusing import Refusal, refusal_frame

TABLE: Final = "raw.messages"

_ADDRESS: Final = "email"
"""The customer's address as it is written, which leaves this module as a reference."""

_EXTRACTED: Final = {
    RECORD_NUMBER: pl.Int64(),
    **{name: dtype for name, dtype in contract_schema(TABLE).items() if name != "customer_ref"},
    _ADDRESS: pl.String(),
}
_MESSAGE_ID: Final = re.compile(r"<[^<>\s]+>")
_WIDEST_CHARACTER: Final = 4
_BATCH_MESSAGES: Final = 2_000
"""Messages handed on at a time, fewer than rows of a table: each carries its text."""


def extract_email(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
    """Read messages; the record's id is the SHA-256 of its bytes, as many have no Message-ID and some share one."""
    originals: list[tuple[int, str]] = []
    rows: list[dict[str, object]] = []
    refusals: list[Refusal] = []
    size = min(_BATCH_MESSAGES, reading.limits.batch_records)
    for number, raw in enumerate(mail_messages(file.stream, reading.limits), 1):
        kept = reading.limits.original_chars
        originals.append((number, raw.content[: kept * _WIDEST_CHARACTER].decode("utf-8", "replace")[:kept].replace("\0", "")))
        row = _row(raw, file, feed, reading)
        if isinstance(row, tuple):
            refusals.append((number, *row))
        else:
            rows.append({RECORD_NUMBER: number, **row})
        if len(originals) == size:
            yield _extract(originals, rows, refusals)
            originals, rows, refusals = [], [], []
    if originals:
        yield _extract(originals, rows, refusals)


def interpret_email(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read customers, and numbers out of replies, for many mails at once; all else was read one by one.

    What is no feedback anyway may come from anybody: its sender need not be an address.
    """
    mails = extract.cells[TABLE].with_columns(trimmed(pl.col(_ADDRESS)))
    customer = reference("email", pl.col(_ADDRESS), reading, PhoneNotation(feed.phone_region))
    reason = pl.when(pl.col("exclusion").is_null()).then(customer.reason)
    read = taken(mails.with_columns(reason_column(_ADDRESS, reason), customer_ref=customer.value).drop(_ADDRESS))
    rows = with_bare_numbers(read.rows).select(RECORD_NUMBER, *contract_schema(TABLE))
    return interpreted(extract, {TABLE: Rows(rows, read.refusals)})


def _extract(originals: list[tuple[int, str]], rows: list[dict[str, object]], refusals: list[Refusal]) -> Extract:
    return Extract(
        records=Records.of(pl.DataFrame(originals, schema=RECORDS, orient="row")),
        cells={TABLE: pl.DataFrame(rows, schema=_EXTRACTED)},
        refusals=refusal_frame(refusals),
    )


def _row(raw: RawMessage, file: File, feed: Feed, reading: Reading) -> dict[str, object] | tuple[str | None, str]:
    """Give the message's row, or the column and reason of its refusal."""
    if not raw.is_whole:
        return None, "too_long"
    try:
        message = read_message(raw.content, reading.limits)
    except TooComplexError:
        return None, "too_complex"
    except NotAMailError:
        return None, "not_a_mail"
    except Exception:  # noqa: BLE001  # the standard library's parser has no closed list of what hostile bytes make it raise
        return None, "not_a_mail"
    sender = message.address("from") or message.address("sender")
    is_outbound = is_own(sender, feed.own_addresses)
    exclusion = exclusion_of(message, sender) or ("own_staff" if is_outbound else None)
    sent_at, basis = _sent_at(message, file.arrived_on)
    written = message.header("message-id") or ""
    answered = _MESSAGE_ID.findall(message.header("in-reply-to") or "") or _MESSAGE_ID.findall(message.header("references") or "")[::-1]
    return {
        "source": feed.source,
        "source_record_id": hashlib.sha256(raw.content).hexdigest(),
        "message_id": named[0] if (named := _MESSAGE_ID.findall(written)) else written.strip() or None,
        "in_reply_to": answered[0] if answered else None,
        "sent_at": sent_at,
        "sent_at_basis": basis,
        "channel": "email",
        "direction": "outbound" if is_outbound else "inbound",
        "exclusion": exclusion,
        "subject": message.words("subject") or None,
        "body": message.body,
        "reply_text": message.reply.text,
        "reply_method": message.reply.method,
        "attachment_count": message.attachment_count,
        "defect_count": message.defect_count,
        "segment_count": 0,
        "own_address": sender if is_outbound else None,
        _ADDRESS: _customer(message, sender, is_outbound=is_outbound),
    }


def _customer(message: MailMessage, sender: str, *, is_outbound: bool) -> str:
    """Give the other side's address, or what stands in its place; empty when nothing does."""
    if is_outbound:
        return message.address("to")
    return sender or message.header("from") or ""


def _sent_at(message: MailMessage, arrived_on: dt.date) -> tuple[dt.datetime, str]:
    """Take the sender's date, else our server's, else the day the file arrived; never a made-up time."""
    if sent := _moment(message.header("date")):
        return sent, "header"
    if received := _moment((message.header("received") or "").rpartition(";")[2]):
        return received, "received"
    return dt.datetime.combine(arrived_on, dt.time()), "arrival_day"


def _moment(text: str | None) -> dt.datetime | None:
    """Read an RFC 5322 date into naive UTC; one without an offset is UTC already."""
    try:
        read = parsedate_tz(text) if text else None
        if read is None:
            return None
        moment = dt.datetime(*read[:6]) - dt.timedelta(seconds=read[9] or 0)  # noqa: DTZ001  # naive UTC is what contracts hold
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None
