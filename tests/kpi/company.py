"""A random little company: core rows that fit together, drawn from a seed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from schemas.vocabulary import CALL_OUTCOMES, EXPERIENCES
from tests.kpi.rows import (
    Row,
    answer,
    call,
    cash_flow,
    cost,
    employee,
    employee_answer,
    experience,
    interaction,
    invite,
    label,
    message,
    order,
    session,
    ticket,
    visit,
)

START = dt.datetime(2026, 1, 28, 9)
CHANNELS = ("web", "phone")
SEGMENTS = ("gold", "silver")
TOUCHPOINTS = ("service_center", "field", "unknown")
CUSTOMERS = ("a", "b", "c", "d", None)


@dataclass
class Company:
    """Core rows by table."""

    answers: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)
    interactions: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    costs: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    labels: list[Row] = field(default_factory=list)
    flows: list[Row] = field(default_factory=list)
    purchases: list[Row] = field(default_factory=list)
    """Orders of known customers, over more than a year."""
    invites: list[Row] = field(default_factory=list)
    visits: list[Row] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)
    sessions: list[Row] = field(default_factory=list)
    experiences: list[Row] = field(default_factory=list)
    employees: list[Row] = field(default_factory=list)
    employee_answers: list[Row] = field(default_factory=list)


def company(seed: int, size: int = 30) -> Company:
    draw = Random(seed)
    made = Company()
    for number in range(size):
        ref = f"s:{number}"
        made.answers.append(_answer(draw, str(number)))
        made.tickets.append(_ticket(draw, ref))
        made.interactions.append(_interaction(draw, ref))
        made.orders.append(_order(draw, str(number)))
        made.costs.append(_cost(draw, str(number)))
    named = Random(seed)
    for number in range(size):
        made.messages.append(_message(named, str(number)))
        made.labels.append(_label(named, str(number)))
    planned = Random(seed)
    made.flows.extend(_flow(planned, str(number)) for number in range(size))
    made.purchases.extend(_purchase(planned, str(number)) for number in range(3 * size))
    asked = Random(seed)
    for number in range(size):
        made.invites.append(_invite(asked, str(number)))
    moved = Random(seed)
    for number in range(size):
        made.visits.append(_visit(moved, f"s:{number}"))
    reached = Random(seed)
    for number in range(size):
        made.calls.append(_call(reached, str(number)))
        made.sessions.append(_session(reached, str(number)))
        made.answers.append({**_answer(reached, f"access {number}"), "metric": "access"})
    asked = Random(seed)
    made.experiences.extend(_experience(asked, str(number)) for number in range(3 * size))
    opinions = Random(seed)
    for number in range(2 * size):
        made.answers.extend(_opinions(opinions, f"r{number}"))
        made.employees.append(_employee(opinions, str(number)))
        day = _instant(opinions).date()
        made.employee_answers.append(
            employee_answer(source_record_id=str(number), item=opinions.choice(["tools", "rules", "staff"]), answered_on=day)
        )
    return made


def collapsed(rows: Sequence[Row], **same: object) -> list[Row]:
    """The rows as if all had these values in common."""
    return [{**row, **same} for row in rows]


def _instant(draw: Random) -> dt.datetime:
    return START + dt.timedelta(hours=6 * draw.randrange(32))


def _money(draw: Random, low: int = 0, high: int = 2_000_000) -> Decimal:
    return Decimal(draw.randrange(low, high)) / 10_000


def _answer(draw: Random, number: str) -> Row:
    at, score = _instant(draw), draw.choice([None, 0, 1_667, 5_000, 7_500, 10_000])
    return answer(
        source_record_id=number,
        answered_at=at,
        answered_on=at.date(),
        metric=draw.choice(["csat", "csat", "nps", "ces", "fcr"]),
        value=None if score is None else score / 1_000,
        score_points=score,
        is_top_box=None if score is None else score >= 7_500,
        is_bottom_box=None if score is None else score <= 1_667,
        is_superseded=draw.random() < 0.2,
        channel=draw.choice(CHANNELS),
        touchpoint=draw.choice(TOUCHPOINTS),
        segment=draw.choice(SEGMENTS),
    )


def _opinions(draw: Random, number: str) -> list[Row]:
    """A response that rates everything and says why."""
    at, customer, segment = _instant(draw), draw.choice(CUSTOMERS), draw.choice(SEGMENTS)
    response: Row = {
        "source_record_id": number,
        "answered_at": at,
        "answered_on": at.date(),
        "customer_key": customer,
        "segment": segment,
    } | {"is_matched": customer is not None}
    asked = (("csat", "overall"), ("driver", "speed"), ("driver", "tone"), ("confidence", "trust"), ("confidence", "value"))
    scores = [draw.randrange(0, 10_001, 2_500) for _ in asked]
    ratings = [
        answer(
            **response, metric=metric, question=key, value=1.0, score_points=score, is_top_box=score > 5_000, is_bottom_box=score < 5_000
        )
        for (metric, key), score in zip(asked, scores, strict=True)
    ]
    nothing = {"metric": "reason", "question": "why", "value": None, "score_points": None, "is_top_box": None, "is_bottom_box": None}
    return ratings + [
        answer(**response, **nothing, choice=word) for word in draw.sample(["price", "service", "quality"], draw.randint(1, 2))
    ]


def _employee(draw: Random, number: str) -> Row:
    """Somebody hired some time before spring, who may leave in March."""
    left_on = draw.choice([None, dt.date(2026, 3, draw.randrange(2, 28))])
    reason = draw.choice(["voluntary", "other"]) if left_on else None
    hired_on = dt.date(2026, draw.randrange(1, 4), 1)
    return employee(hired_on, source_record_id=number, team=draw.choice(["north", "south"]), left_on=left_on, leaving_reason=reason)


def _ticket(draw: Random, ref: str) -> Row:
    at, has_events = _instant(draw), draw.random() < 0.7
    waits = [dt.timedelta(seconds=draw.randrange(200_000)) for _ in range(3)]
    first, last = at + waits[1], at + waits[1] + draw.choice([0, 1]) * waits[2]
    is_solved = draw.random() < 0.7
    return ticket(
        at,
        ticket_ref=ref,
        channel=draw.choice(CHANNELS),
        priority=draw.choice(["low", "urgent", "unknown"]),
        is_contact=draw.random() < 0.9,
        has_events=has_events,
        first_replied_at=at + waits[0] if draw.random() < 0.7 else None,
        first_acknowledged_at=at + waits[0] / 2 if waits[0].seconds % 3 else None,
        first_solved_at=first if is_solved else None,
        last_solved_at=last if is_solved else None,
        reopen_count=draw.randrange(3) if has_events else None,
        agent_reply_count=draw.randrange(4) if has_events else None,
    )


def _interaction(draw: Random, ref: str) -> Row:
    at, repeated, same = _instant(draw), draw.random() < 0.3, draw.random() < 0.5
    rated, sliding = draw.randrange(3), draw.random() < 0.7
    satisfied = draw.randint(0, rated)
    return interaction(
        at,
        ticket_ref=ref,
        customer_key=draw.choice(CUSTOMERS),
        segment=draw.choice(SEGMENTS),
        channel=draw.choice(CHANNELS),
        category=draw.choice("xy"),
        touchpoint=draw.choice(TOUCHPOINTS),
        is_anchor=sliding or draw.random() < 0.2,
        is_repeated=repeated,
        is_repeated_same_channel=repeated and same,
        is_sliding_anchor=sliding,
        is_sliding_repeated=sliding and repeated,
        is_sliding_repeated_same_channel=sliding and repeated and same,
        is_reopened=draw.random() < 0.1,
        is_marked_resolved=draw.random() < 0.8,
        is_resolution_known=draw.random() < 0.9,
        has_events=draw.random() < 0.9,
        is_solved=draw.random() < 0.8,
        csat_n=rated,
        csat_satisfied=satisfied,
        csat_dissatisfied=draw.randint(0, rated - satisfied),
        is_resolved_by_survey=draw.choice([None, True, False]),
    )


def _order(draw: Random, number: str) -> Row:
    at, is_sale = _instant(draw), draw.random() < 0.9
    return order(
        source_record_id=number,
        ordered_at=at,
        ordered_on=at.date(),
        channel=draw.choice(CHANNELS),
        status="completed" if is_sale else "cancelled",
        is_sale=is_sale,
        is_returned=is_sale and draw.random() < 0.2,
        revenue_amount=_money(draw),
        margin_amount=draw.choice([None, _money(draw, -500_000)]),
        service_role=draw.choice(["none", "recovered", "attributed"]),
        touchpoint=draw.choice(TOUCHPOINTS),
        segment=draw.choice(SEGMENTS),
    )


def _cost(draw: Random, number: str) -> Row:
    return cost(
        _money(draw, 1),
        source_record_id=number,
        costed_on=_instant(draw).date(),
        cost_category=draw.choice(["service", "service", "selling", "remediation", "marketing"]),
        channel=draw.choice([*CHANNELS, "chat", "unallocated"]),
        touchpoint=draw.choice([*TOUCHPOINTS[:2], "unallocated"]),
    )


def _message(draw: Random, number: str) -> Row:
    at, customer = _instant(draw), draw.choice(CUSTOMERS)
    return message(
        source_record_id=number,
        sent_at=at,
        sent_on=at.date(),
        direction=draw.choice(["inbound", "outbound"]),
        customer_key=customer,
        is_matched=customer in {"a", "b"},
    )


def _label(draw: Random, number: str) -> Row:
    at = _instant(draw)
    return label(
        source_record_id=number,
        written_at=at,
        written_on=at.date(),
        kind=draw.choice(["answer", "message", "ticket"]),
        channel=draw.choice(CHANNELS),
        language=draw.choice([None, "en", "de"]),
        method=draw.choice(["rule", "model", "none"]),
    )


def _flow(draw: Random, number: str) -> Row:
    return cash_flow(
        _money(draw, -2_000_000),
        source_record_id=number,
        programme=draw.choice(["training", "chat", "portal"]),
        flowed_on=START.date() + dt.timedelta(days=30 * draw.randrange(40)),
        basis=draw.choice(["measured", "benchmark", "assumed"]),
    )


def _purchase(draw: Random, number: str) -> Row:
    segment = draw.choice(SEGMENTS)
    return order(
        source_record_id=number,
        ordered_on=START.date() + dt.timedelta(days=60 - draw.randrange(400)),
        is_sale=draw.random() < 0.9,
        margin_amount=draw.choice([None, _money(draw, -500_000)]),
        segment=segment,
        customer_key=f"{segment}{draw.randrange(8)}",
    )


def _invite(draw: Random, number: str) -> Row:
    at, answered = _instant(draw) + dt.timedelta(days=5), dt.timedelta(hours=draw.randrange(24 * 30))
    is_answered = draw.random() < 0.5
    return invite(
        at,
        source_record_id=number,
        channel=draw.choice(["email", "sms"]),
        is_delivered=draw.choice([True, True, False, None]),
        ticket_ref=draw.choice([None, "s:1", "s:2", "s:3"]),
        answered_at=at + answered if is_answered else None,
        answered_on=(at + answered).date() if is_answered else None,
        completed_at=at + answered if is_answered and draw.random() < 0.7 else None,
    )


def _visit(draw: Random, ref: str) -> Row:
    at = _instant(draw)
    return visit(
        at,
        at + dt.timedelta(hours=draw.randrange(1, 24 * 40)) if draw.random() < 0.7 else None,
        ticket_ref=ref,
        status=draw.choice(["new", "open", "pending", "unknown"]),
        is_rework=draw.random() < 0.3,
        opened_at=at - dt.timedelta(hours=draw.randrange(100)),
        channel=draw.choice(CHANNELS),
    )


def _call(draw: Random, number: str) -> Row:
    return call(
        draw.choice(["answered", "answered", "abandoned", *CALL_OUTCOMES]),
        None if draw.random() < 0.2 else draw.randrange(90),
        _instant(draw),
        source_record_id=number,
        direction=draw.choice(["inbound", "inbound", "outbound"]),
        customer_key=draw.choice(CUSTOMERS),
    )


def _session(draw: Random, number: str) -> Row:
    return session(
        _instant(draw),
        source_record_id=number,
        is_completed=draw.choice([None, True, False]),
        is_escalated=draw.choice([None, True, False]),
    )


def _experience(draw: Random, number: str) -> Row:
    at, customer = _instant(draw), draw.choice(CUSTOMERS)
    became = draw.choice([None, *EXPERIENCES])
    wants, fair = draw.choice([None, True, False]), draw.choice([None, True, False])
    rated = became in {"satisfied", "mollified", "dissatisfied"}
    return experience(
        at,
        source_record_id=number,
        respondent=customer or f"response:s:{number}",
        customer_key=customer,
        segment=draw.choice(SEGMENTS),
        touchpoint=draw.choice(TOUCHPOINTS) if rated else "unknown",
        is_counted=draw.random() < 0.9,
        problem_type="no_problem" if became == "no_problem" else draw.choice(["late", "wrong"]),
        problem_count=0 if became == "no_problem" else 1,
        experience=became,
        is_handling_top_box=became == "satisfied" if rated else None,
        is_handling_bottom_box=became == "dissatisfied" if rated else None,
        would_repurchase=wants,
        is_promoter=draw.choice([None, True, False]),
        told_count=draw.choice([None, 0, 2, 9]),
        finds_price_fair=fair,
        finds_price_unfair=None if fair is None else not fair and draw.random() < 0.5,
        price_rise=draw.choice([None, 0.0, 0.05, 0.1]),
        first_reordered_at=None if customer is None else draw.choice([None, at + dt.timedelta(days=draw.randrange(1, 200))]),
    )
