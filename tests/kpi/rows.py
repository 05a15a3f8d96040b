"""Builders of core rows: what a KPI function is given."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from schemas.table import Table
from tests.core.rows import NOON, table

Row = Mapping[str, Any]
MONDAY = NOON.date()
MARCH = MONDAY.replace(day=1)


def blank(contract: type[Table], **given: Any) -> Row:
    """A row in which nothing happened: amounts and counts are 0, all else is null, but for what is given."""
    zeros = {pl.Int64: 0, pl.Decimal: Decimal(0)}
    return {**{name: zeros.get(kind.base_type()) for name, kind in table(contract).schema.items()}, **given}


def answer(**given: Any) -> Row:
    """An answered, satisfied CSAT question, unless said otherwise."""
    return {
        "source": "s",
        "source_record_id": "1",
        "question": "q",
        "ballot": "1",
        "metric": "csat",
        "value": 5.0,
        "choice": "none",
        "score_points": 10_000,
        "is_top_box": True,
        "is_bottom_box": False,
        "is_superseded": False,
        "answered_at": NOON,
        "answered_on": MONDAY,
        "channel": "web",
        "touchpoint": "service_center",
        "segment": "gold",
        "customer_key": "c",
        "is_matched": True,
        "ticket_ref": None,
        "is_complete": True,
        **given,
    }


def ticket(opened_at: dt.datetime = NOON, **given: Any) -> Row:
    """A contact with a history in which nothing has happened yet, unless said otherwise."""
    return {
        "ticket_ref": "s:1",
        "source": "s",
        "source_record_id": "1",
        "contact_group": "c",
        "customer_key": "c",
        "is_matched": True,
        "segment": "gold",
        "opened_at": opened_at,
        "opened_on": opened_at.date(),
        "opened_by": "customer",
        "channel": "web",
        "category": "x",
        "touchpoint": "service_center",
        "priority": "normal",
        "status": "open",
        "is_contact": True,
        "history": "events",
        "has_events": True,
        "first_replied_at": None,
        "first_acknowledged_at": None,
        "first_solved_at": None,
        "last_solved_at": None,
        "first_reopened_at": None,
        "reopen_count": 0,
        "agent_reply_count": 0,
        "is_marked_resolved": False,
        "is_resolution_known": True,
        "csat_n": 0,
        "csat_satisfied": 0,
        "csat_dissatisfied": 0,
        "is_resolved_by_survey": None,
        **given,
    }


def interaction(contacted_at: dt.datetime = NOON, **given: Any) -> Row:
    """A contact that is its own case, resolved at once and not repeated, unless said otherwise."""
    return {
        "ticket_ref": "s:1",
        "contact_group": "c",
        "customer_key": "c",
        "segment": "gold",
        "contacted_at": contacted_at,
        "contacted_on": contacted_at.date(),
        "channel": "web",
        "category": "x",
        "touchpoint": "service_center",
        "is_anchor": True,
        "is_repeated": False,
        "is_repeated_same_channel": False,
        "is_sliding_anchor": True,
        "is_sliding_repeated": False,
        "is_sliding_repeated_same_channel": False,
        "is_reopened": False,
        "is_marked_resolved": True,
        "is_resolution_known": True,
        "has_events": True,
        "is_solved": True,
        "csat_n": 0,
        "csat_satisfied": 0,
        "csat_dissatisfied": 0,
        "is_resolved_by_survey": None,
        **given,
    }


def experience(answered_at: dt.datetime = NOON, **given: Any) -> Row:
    """A known customer without a problem who says nothing of loyalty and buys nothing, unless said otherwise."""
    return {
        "source": "s",
        "source_record_id": "1",
        "respondent": "c",
        "customer_key": "c",
        "segment": "gold",
        "channel": "web",
        "touchpoint": "unknown",
        "answered_at": answered_at,
        "answered_on": answered_at.date(),
        "is_counted": True,
        "problem_type": "no_problem",
        "problem_count": 0,
        "experience": "no_problem",
        "is_handling_top_box": None,
        "is_handling_bottom_box": None,
        "would_repurchase": None,
        "is_promoter": None,
        "told_count": None,
        "finds_price_fair": None,
        "finds_price_unfair": None,
        "price_rise": None,
        "first_reordered_at": None,
        **given,
    }


def order(**given: Any) -> Row:
    return {
        "source": "s",
        "source_record_id": "1",
        "ordered_at": NOON,
        "ordered_on": MONDAY,
        "channel": "web",
        "status": "completed",
        "is_sale": True,
        "is_returned": False,
        "revenue_amount": Decimal(10),
        "margin_amount": Decimal(4),
        "service_role": "none",
        "touchpoint": "service_center",
        "segment": "gold",
        "customer_key": "c",
        "is_matched": True,
        **given,
    }


def cost(amount: str | Decimal = "1", **given: Any) -> Row:
    return {
        "source": "s",
        "source_record_id": "1",
        "costed_on": MONDAY,
        "cost_category": "service",
        "channel": "unallocated",
        "touchpoint": "service_center",
        "cost_amount": Decimal(amount),
        **given,
    }


def cash_flow(amount: str | Decimal = "-1", **given: Any) -> Row:
    return {
        "source": "s",
        "source_record_id": "1",
        "programme": "p",
        "flowed_on": MONDAY,
        "cash_flow_amount": Decimal(amount),
        "basis": "measured",
        "evidence": None,
        **given,
    }


def target(kpi: str, figure: str, value: float, **given: Any) -> Row:
    """A target of the whole company, to be reached from below, unless said otherwise."""
    return {
        "source": "s",
        "source_record_id": "1",
        "kpi": kpi,
        "figure": figure,
        **dict.fromkeys(("channel", "touchpoint", "segment", "category", "team"), "all"),
        "value": value,
        "direction": "at_least",
        "minimum_acceptable": None,
        "valid_from_on": dt.date(2026, 1, 1),
        "valid_to_on": None,
        **given,
    }


def message(**given: Any) -> Row:
    """A mail from a known customer, unless said otherwise."""
    return {
        "source": "s",
        "source_record_id": "1",
        "sent_at": NOON,
        "sent_on": MONDAY,
        "sent_at_basis": "header",
        "channel": "email",
        "direction": "inbound",
        "exclusion": None,
        "is_feedback": True,
        "has_text": True,
        "segment_count": 0,
        "cost": None,
        "segment": "gold",
        "customer_key": "c",
        "is_matched": True,
        **given,
    }


def label(**given: Any) -> Row:
    """A mail that no rule hits, unless said otherwise."""
    return {
        "kind": "message",
        "source": "s",
        "source_record_id": "1",
        "ticket_ref": None,
        "written_at": NOON,
        "written_on": MONDAY,
        "channel": "email",
        "language": "en",
        "method": "none",
        "rule": None,
        "category": None,
        "severity": None,
        "touchpoint": None,
        **given,
    }


def invite(sent_at: dt.datetime = NOON, **given: Any) -> Row:
    """An invitation that arrived and was not answered, unless said otherwise."""
    return {
        "source": "s",
        "source_record_id": "1",
        "sent_at": sent_at,
        "sent_on": sent_at.date(),
        "channel": "email",
        "touchpoint": "service_center",
        "is_delivered": True,
        "ticket_ref": None,
        "segment": "gold",
        "customer_key": "c",
        "answered_at": None,
        "answered_on": None,
        "completed_at": None,
        **given,
    }


def visit(entered_at: dt.datetime = NOON, left_at: dt.datetime | None = None, **given: Any) -> Row:
    """The first visit of a ticket that was opened in this status, unless said otherwise."""
    return {
        "ticket_ref": "s:1",
        "visit_number": 1,
        "status": "open",
        "is_rework": False,
        "entered_at": entered_at,
        "entered_on": entered_at.date(),
        "left_at": left_at,
        "left_on": None if left_at is None else left_at.date(),
        "opened_at": entered_at,
        "channel": "web",
        **given,
    }


def call(outcome: str = "answered", wait_seconds: int | None = 15, started_at: dt.datetime = NOON, **given: Any) -> Row:
    """An inbound call, unless said otherwise."""
    return {
        "source": "s",
        "source_record_id": "1",
        "started_at": started_at,
        "started_on": started_at.date(),
        "direction": "inbound",
        "outcome": outcome,
        "is_offered": outcome in ("answered", "abandoned"),
        "channel": "phone",
        "wait_seconds": wait_seconds,
        "talk_seconds": None,
        "handled_seconds": None,
        "queue": "unknown",
        "team": "unknown",
        "ticket_ref": None,
        "segment": "gold",
        "customer_key": "c",
        **given,
    }


def session(started_at: dt.datetime = NOON, **given: Any) -> Row:
    """A session that served its customer, unless said otherwise."""
    return {
        "source": "s",
        "source_record_id": "1",
        "started_at": started_at,
        "started_on": started_at.date(),
        "duration_seconds": None,
        "channel": "web",
        "topic": "unknown",
        "is_completed": True,
        "is_escalated": False,
        "ticket_ref": None,
        "segment": "gold",
        "customer_key": "c",
        **given,
    }


def employee(hired_on: dt.date = MONDAY, **given: Any) -> Row:
    """Somebody still employed, unless said otherwise."""
    return {
        "source": "s",
        "source_record_id": "1",
        "employee_ref": "e",
        "team": "north",
        "role": "agent",
        "hired_on": hired_on,
        "left_on": None,
        "leaving_reason": None,
        **given,
    }


def employee_answer(**given: Any) -> Row:
    """An obstacle that somebody named, unless said otherwise."""
    return {
        "source": "s",
        "source_record_id": "1",
        "answered_on": MONDAY,
        "topic": "obstacle",
        "item": "tools",
        "score_points": None,
        "team": "north",
        **given,
    }
