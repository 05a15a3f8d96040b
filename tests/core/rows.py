"""Frames of literal rows under contract: a builder per raw table, with defaults for what a test does not speak of."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import narwhals as nw
import polars as pl

from assets.business_time import channel_schedules_rows, opening_hours_rows
from assets.core.business_day import calendar_rows
from assets.frames import Eager, Frame, Lazy
from assets.schedules import Schedule
from schemas.core.exchange_rates import ExchangeRates
from schemas.core.identities import Identities
from schemas.projection import columns
from schemas.table import Table

Row = Mapping[str, Any]
NOON = dt.datetime(2026, 3, 2, 12)
"""A Monday, in winter time."""


def at(text: str) -> dt.datetime:
    """An instant of March 2026, UTC, written `day hour:minute`."""
    return dt.datetime.fromisoformat(f"2026-03-{text}")


def table(contract: type[Table], *rows: Row) -> pl.DataFrame:
    schema = {column.name: column.dtype for column in columns(contract)}
    return pl.DataFrame([dict(row) for row in rows], schema=schema, orient="row")


def lazy(contract: type[Table], *rows: Row) -> Lazy:
    return nw.from_native(table(contract, *rows).lazy())


def eager(contract: type[Table], *rows: Row) -> Eager:
    return nw.from_native(table(contract, *rows), eager_only=True)


def polars(frame: Frame) -> pl.DataFrame:
    native = nw.to_native(frame)
    collected: pl.DataFrame = native.collect() if isinstance(native, pl.LazyFrame) else native
    return collected


def values(frame: Frame, *names: str) -> list[Any]:
    """Some columns of a result, sorted: tuples, or plain values of a single column. Nulls come first."""
    rows = sorted(polars(frame).select(names).rows(), key=lambda row: [(value is not None, value) for value in row])
    return [row[0] for row in rows] if len(names) == 1 else rows


def only(frame: Frame) -> dict[str, Any]:
    """The only row of a result."""
    (row,) = polars(frame).rows(named=True)
    return row


@cache
def calendar(time_zone: str = "Europe/Berlin") -> Lazy:
    return nw.from_native(calendar_rows(time_zone).lazy())


def opening_hours(schedules: Mapping[str, Schedule], time_zone: str = "Europe/Berlin") -> tuple[Lazy, Lazy]:
    """The schedules of the channels and their opening hours; without any, both are empty."""
    made = channel_schedules_rows(schedules, time_zone), opening_hours_rows(schedules, time_zone)
    return nw.from_native(made[0].lazy()), nw.from_native(made[1].lazy())


def identities(*rows: tuple[str, str, str]) -> Lazy:
    return lazy(Identities, *(dict(zip(("customer_ref", "customer_key", "segment"), row, strict=True)) for row in rows))


def rates(**worth: float) -> Lazy:
    return lazy(ExchangeRates, *({"currency": currency, "rate": rate} for currency, rate in {"EUR": 1.0, **worth}.items()))


def _record(given: Row, defaults: Row) -> Row:
    return {"source": "s", "source_record_id": "1", "updated_at": None, **defaults, **given}


def answer(**given: Any) -> Row:
    return _record(
        given,
        {
            "question": "q",
            "metric": "csat",
            "value": 5.0,
            "choice": None,
            "scale_low": 1.0,
            "scale_high": 5.0,
            "is_reversed": False,
            "answered_at": NOON,
            "is_complete": True,
            "channel": "web",
            "touchpoint": None,
            "invite_id": None,
            "ticket_ref": None,
            "customer_ref": None,
            "comment": None,
        },
    )


def invite(**given: Any) -> Row:
    return _record(
        given,
        {"sent_at": NOON, "channel": "email", "touchpoint": None, "is_delivered": None, "ticket_ref": None, "customer_ref": None},
    )


def ticket(**given: Any) -> Row:
    return _record(
        given,
        {
            "opened_at": NOON,
            "opened_by": "customer",
            "channel": "web",
            "subject": None,
            "category": "x",
            "touchpoint": None,
            "priority": None,
            "status": "open",
            "first_replied_at": None,
            "first_solved_at": None,
            "last_solved_at": None,
            "closed_at": None,
            "is_abandoned": False,
            "is_merged": False,
            "is_resolved_at_first_contact": None,
            "history": "events",
            "reopen_count": None,
            "customer_ref": None,
            "message_id": None,
        },
    )


def event(happened_at: dt.datetime = NOON, event: str = "status", actor: str | None = "agent", **given: Any) -> Row:
    defaults = {"position": 0, "ticket_ref": "s:1", "happened_at": happened_at, "event": event, "actor": actor}
    nothing = dict.fromkeys(("author_ref", "requester_ref", "status_from", "status_to", "message_id"))
    return _record(given, {**defaults, "source_record_id": f"{happened_at}", **nothing})


def person(author_ref: str, actor: str) -> Row:
    return _record({}, {"source_record_id": author_ref, "actor": actor})


def order(**given: Any) -> Row:
    return _record(
        given,
        {
            "ordered_at": NOON,
            "channel": "web",
            "status": "completed",
            "revenue_amount": Decimal(10),
            "margin_amount": Decimal(4),
            "refunded_amount": Decimal(0),
            "currency": "EUR",
            "refund_of": None,
            "service_role": "none",
            "touchpoint": None,
            "customer_ref": None,
        },
    )


def cost(**given: Any) -> Row:
    return _record(
        given,
        {
            "costed_on": NOON.date(),
            "account": None,
            "cost_category": "service",
            "channel": None,
            "touchpoint": None,
            "cost_amount": Decimal(1),
            "currency": "EUR",
        },
    )


def customer(**given: Any) -> Row:
    return _record(
        given,
        {
            "id_ref": None,
            "email_ref": None,
            "phone_ref": None,
            "same_as_ref": None,
            "segment": None,
            "region": None,
            "customer_since_on": None,
        },
    )


def message(**given: Any) -> Row:
    return _record(
        given,
        {
            "message_id": None,
            "in_reply_to": None,
            "sent_at": NOON,
            "sent_at_basis": "header",
            "channel": "email",
            "direction": "inbound",
            "exclusion": None,
            "subject": None,
            "body": "text",
            "reply_text": "text",
            "reply_method": "whole",
            "bare_number": None,
            "bare_number_of": None,
            "attachment_count": 0,
            "defect_count": 0,
            "segment_count": 0,
            "part_count": None,
            "delivery_status": None,
            "cost_amount": None,
            "currency": None,
            "own_address": None,
            "customer_ref": None,
        },
    )


def part(part_of: str, number: int, **given: Any) -> Row:
    return _record(
        given,
        {
            "source_record_id": f"{part_of}:{number}",
            "part_of": part_of,
            "part": number,
            "sent_at": NOON,
            "channel": "sms",
            "direction": "outbound",
            "segment_count": 1,
            "delivery_status": None,
            "cost_amount": None,
            "currency": None,
            "customer_ref": None,
        },
    )


def call(**given: Any) -> Row:
    return _record(
        given,
        {
            "started_at": NOON,
            "answered_at": None,
            "ended_at": None,
            "direction": "inbound",
            "outcome": "answered",
            "channel": "phone",
            "wait_seconds": None,
            "talk_seconds": None,
            "handled_seconds": None,
            "queue": None,
            "team": None,
            "ticket_ref": None,
            "customer_ref": None,
        },
    )


def session(**given: Any) -> Row:
    return _record(
        given,
        {
            "started_at": NOON,
            "ended_at": None,
            "channel": "web",
            "topic": None,
            "is_completed": None,
            "is_escalated": None,
            "ticket_ref": None,
            "customer_ref": None,
        },
    )


def employee(**given: Any) -> Row:
    return _record(
        given,
        {"employee_ref": "e", "team": None, "role": None, "hired_on": NOON.date(), "left_on": None, "leaving_reason": None},
    )


def employee_answer(**given: Any) -> Row:
    return _record(
        given,
        {
            "answered_on": NOON.date(),
            "topic": "confidence",
            "item": "q",
            "value": None,
            "scale_low": 1.0,
            "scale_high": 5.0,
            "is_reversed": False,
            "team": None,
            "employee_ref": "e",
        },
    )


def cash_flow(**given: Any) -> Row:
    return _record(
        given,
        {
            "programme": "p",
            "flowed_on": NOON.date(),
            "cash_flow_amount": Decimal(-1),
            "currency": "EUR",
            "basis": "measured",
            "evidence": None,
        },
    )


def benchmark(**given: Any) -> Row:
    return _record(
        given,
        {
            "kpi": "satisfaction_daily",
            "figure": "csat",
            "segment": None,
            "definition": "csat_top2",
            "value": 0.8,
            "lower_quartile": None,
            "upper_quartile": None,
            "n": None,
            "period_from_on": NOON.date(),
            "period_to_on": NOON.date(),
            "basis": "benchmark",
            "evidence": "a study",
        },
    )


def target(**given: Any) -> Row:
    return _record(
        given,
        {
            "kpi": "satisfaction_daily",
            "figure": "csat",
            "channel": None,
            "touchpoint": None,
            "segment": None,
            "category": None,
            "team": None,
            "value": 0.8,
            "direction": "at_least",
            "minimum_acceptable": None,
            "valid_from_on": NOON.date(),
            "valid_to_on": None,
        },
    )
