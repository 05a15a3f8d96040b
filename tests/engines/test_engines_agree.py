"""The same raw rows through every derivation, on DuckDB and on Polars alone."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest

from assets.business_time import channel_schedules_rows, opening_hours_rows
from assets.catalogue import DERIVED
from assets.core.business_day import calendar_rows
from assets.derivation import Derivation
from assets.frames import Frame
from assets.parameters import Asked, Parameters
from assets.schedules import Schedule
from schemas.catalogue import RAW
from schemas.core.calendar import Calendar
from schemas.core.channel_schedules import ChannelSchedules
from schemas.core.exchange_rates import ExchangeRates
from schemas.core.opening_hours import OpeningHours
from schemas.projection import columns, grain, quoted, table_name
from schemas.raw.answers import RawAnswers
from schemas.raw.benchmarks import RawBenchmarks
from schemas.raw.calls import RawCalls
from schemas.raw.costs import RawCosts
from schemas.raw.customers import RawCustomers
from schemas.raw.employee_answers import RawEmployeeAnswers
from schemas.raw.employees import RawEmployees
from schemas.raw.invites import RawInvites
from schemas.raw.message_parts import RawMessageParts
from schemas.raw.messages import RawMessages
from schemas.raw.orders import RawOrders
from schemas.raw.programme_cash_flows import RawProgrammeCashFlows
from schemas.raw.self_service_sessions import RawSelfServiceSessions
from schemas.raw.targets import RawTargets
from schemas.raw.ticket_events import RawTicketEvents
from schemas.raw.ticket_people import RawTicketPeople
from schemas.raw.tickets import RawTickets
from schemas.table import Table
from schemas.vocabulary import CLOCK_EVENTS, HISTORIES, TICKET_STATUSES
from tests.core.rows import (
    Row,
    answer,
    benchmark,
    call,
    cash_flow,
    cost,
    customer,
    employee,
    employee_answer,
    event,
    invite,
    message,
    order,
    part,
    person,
    polars,
    session,
    table,
    target,
    ticket,
)
from tests.kpi.stored import connection, selected

pytestmark = pytest.mark.slow

ZONE = "Europe/Berlin"
START = dt.datetime(2026, 3, 20, 21)
ASKED = {
    "nps": Asked(channel="email", question="nps", metric="nps", scale=(0, 10), window_hours=72, matches="(?i)recommend"),
    "csat": Asked(channel="sms", question="csat", metric="csat", scale=(1, 5), window_hours=240, sender="Shop", touchpoint="field"),
}
PARAMETERS = Parameters(
    small_sample=3, not_resolvable_categories=("y",), asked=ASKED, churn_horizon_days=5, as_of=dt.datetime(2026, 4, 8, 22)
)
Tables = dict[str, pl.DataFrame]


def surveyed(draw: Random, number: str) -> list[Row]:
    """A response about a problem: some of what can be asked of it, some of that skipped."""
    at = START + dt.timedelta(minutes=30 * draw.randrange(24 * 2 * 20))
    same = {
        "source_record_id": number,
        "answered_at": at,
        "customer_ref": draw.choice(["id1", "id2", "mail1", "mail3", "phone2", "nobody", None]),
        "invite_id": draw.choice([None, None, "i9"]),
    }

    def asked(metric: str, low: float | None, high: float | None, **given: Any) -> Row:
        return answer(**same, question=metric, metric=metric, scale_low=low, scale_high=high, **{"value": None, **given})

    rows = [
        asked("problem", None, None, choice=draw.choice(["late", "wrong", "no_problem"])),
        asked("complained", None, None, choice=draw.choice(["yes", "yes", "no", "tried", None])),
        asked("handling", 1, 5, value=draw.choice([None, *range(1, 6)]), touchpoint=draw.choice([None, "field"])),
        asked("repurchase", 1, 5, value=draw.choice([None, *range(1, 6)])),
        asked("price", 1, 5, value=draw.choice([None, *range(1, 6)])),
        asked("told", 0, 50, value=draw.choice([None, 0, 3, 12])),
        asked("price_rise", 0, 100, value=draw.choice([None, 0, 5, 12.5])),
    ]
    return [row for row in rows if row["metric"] == "problem" or draw.random() < 0.8]


def raw_tables(seed: int, size: int = 60) -> Tables:  # noqa: C901, PLR0915 - a small builder for each raw table
    """A company in raw rows: few customers and tickets, so that much of it belongs together."""
    draw = Random(seed)

    def moment() -> dt.datetime:
        return START + dt.timedelta(minutes=30 * draw.randrange(24 * 2 * 20))

    def perhaps(*values: Any) -> Any:
        return draw.choice([None, *values])

    def money(low: int = 0) -> Decimal:
        return Decimal(draw.randrange(low, 1_000_000)) / 10_000

    def someone() -> Any:
        return perhaps("id1", "id2", "mail1", "mail3", "phone2", "nobody")

    def answered(number: str) -> Row:
        metric, low, high = draw.choice(
            [
                ("csat", 1, 5),
                ("csat", 0, 10),
                ("csat", 1, 7),
                ("nps", 0, 10),
                ("ces", 1, 7),
                ("fcr", 0, 1),
                ("access", 1, 5),
                ("choice", 0, 1),
            ]
        )
        is_choice = metric == "choice"
        return answer(
            source_record_id=number,
            metric=metric,
            value=None if is_choice else perhaps(*range(low, high + 1), *([(low + high) / 2] if metric == "csat" else [])),
            choice=perhaps("price", "speed") if is_choice else None,
            scale_low=None if is_choice else low,
            scale_high=None if is_choice else high,
            is_reversed=draw.random() < 0.2,
            answered_at=moment(),
            invite_id=perhaps("1", "2", "3"),
            ticket_ref=perhaps("s:1", "s:2", "s:3"),
            touchpoint=perhaps("field", "service_center"),
            customer_ref=someone(),
        )

    def opened(number: str) -> Row:
        at = moment()
        return ticket(
            source_record_id=number,
            opened_at=at,
            opened_by=draw.choice(["customer"] * 4 + ["agent"]),
            channel=draw.choice(["web", "phone"]),
            category=perhaps("x", "y"),
            touchpoint=perhaps("field", "service_center"),
            priority=perhaps("low", "urgent"),
            status=draw.choice(TICKET_STATUSES),
            first_replied_at=perhaps(at + dt.timedelta(hours=draw.randrange(30))),
            first_solved_at=perhaps(at + dt.timedelta(hours=3)),
            last_solved_at=perhaps(at + dt.timedelta(hours=30)),
            is_abandoned=draw.random() < 0.1,
            is_merged=draw.random() < 0.1,
            is_resolved_at_first_contact=perhaps(True, False),
            history=draw.choice(["events", "events", *HISTORIES]),
            reopen_count=perhaps(0, 2),
            message_id=perhaps("1@x", " "),
            customer_ref=someone(),
        )

    def rated(number: str) -> list[Row]:
        at, who = moment(), someone()
        asked_for = [("csat", "overall"), ("driver", "speed"), ("driver", "tone"), ("confidence", "trust"), ("confidence", "value")]
        response: Row = {"source_record_id": f"r{number}", "answered_at": at, "customer_ref": who}
        ratings = [answer(**response, metric=metric, question=key, value=float(draw.randint(1, 5))) for metric, key in asked_for]
        reasons = {"metric": "reason", "question": "why", "value": None, "scale_low": None, "scale_high": None}
        chosen = draw.sample(["price", "service", "quality"], draw.randint(1, 2))
        return ratings + [answer(**response, **reasons, choice=word) for word in chosen]

    tickets = [opened(str(number)) for number in range(size)]

    def happened(number: str) -> Row:
        about = draw.choice(tickets)
        return event(
            about["opened_at"] + dt.timedelta(hours=draw.randrange(24 * 9)),
            draw.choice(["status", "status", "public_reply", "customer_reply", "private_note", *CLOCK_EVENTS]),
            draw.choice(["agent", "agent", "bot", "customer"]),
            source_record_id=number,
            ticket_ref=f"s:{about['source_record_id']}",
            status_from=perhaps("open", "solved"),
            status_to=perhaps("open", "solved", "closed", "pending"),
            message_id=perhaps("<2@x>"),
        )

    def commented(number: str) -> Row:
        about = draw.choice(tickets)
        return event(
            about["opened_at"] + dt.timedelta(hours=draw.randrange(24 * 9)),
            draw.choice(["public_comment", "public_comment", "created", "status"]),
            perhaps("system"),
            source_record_id=f"c{number}",
            ticket_ref=f"s:{about['source_record_id']}",
            author_ref=perhaps(*(f"p{one}" for one in range(6))),
            requester_ref=perhaps("p1", "p4", "p5"),
        )

    def sold(number: str) -> Row:
        if draw.random() < 0.2:
            about = str(draw.randrange(3 * size))
            return order(
                source_record_id=number,
                ordered_at=moment(),
                status="refund",
                revenue_amount=Decimal(0),
                margin_amount=None,
                refunded_amount=money(),
                refund_of=about,
                currency=draw.choice(["EUR", "USD"]),
            )
        return order(
            source_record_id=number,
            ordered_at=moment(),
            channel=draw.choice(["web", "phone"]),
            status=draw.choice(["completed", "completed", "cancelled"]),
            revenue_amount=money(),
            margin_amount=perhaps(money(-500_000)),
            refunded_amount=draw.choice([Decimal(0), money()]),
            currency=draw.choice(["EUR", "USD"]),
            service_role=draw.choice(["none", "recovered", "attributed"]),
            touchpoint=perhaps("field", "service_center"),
            customer_ref=someone(),
        )

    def posted(number: str) -> Row:
        return cost(
            source_record_id=number,
            costed_on=moment().date(),
            cost_category=draw.choice(["service", "service", "selling", "remediation", "marketing"]),
            channel=perhaps("web", "phone", "chat"),
            touchpoint=perhaps("field", "service_center"),
            cost_amount=money(-100_000),
            currency=draw.choice(["EUR", "USD"]),
        )

    def recorded(number: str) -> Row:
        return customer(
            source_record_id=number,
            updated_at=perhaps(START, START + dt.timedelta(days=1), START + dt.timedelta(days=2)),
            id_ref=f"id{draw.randrange(5)}",
            email_ref=perhaps("mail1", "mail2", "mail3"),
            phone_ref=perhaps("phone1", "phone2"),
            segment=perhaps("gold", "silver"),
            region=perhaps("north", "south"),
            customer_since_on=perhaps(START.date(), dt.date(2024, 8, 1), dt.date(2022, 1, 1)),
        )

    def written(number: str) -> Row:
        return message(
            source_record_id=number,
            sent_at=moment(),
            direction=draw.choice(["inbound", "outbound"]),
            exclusion=perhaps("bounce"),
            message_id=perhaps("<1@x>", "<2@x>"),
            channel=draw.choice(["email", "sms"]),
            subject=perhaps("Would you RECOMMEND us?", "Bill"),
            body=perhaps("text", "Do you recommend us?"),
            bare_number=perhaps(3.0, 4.5, 9.0),
            bare_number_of=perhaps(5.0, 10.0),
            own_address=perhaps("SHOP"),
            cost_amount=perhaps(money()),
            currency=perhaps("EUR", "USD"),
            customer_ref=someone(),
        )

    def torn(number: str) -> Row:
        billed = perhaps(Decimal(draw.randrange(1000)) / 10_000)
        return part(
            f"m{draw.randrange(size)}",
            int(number),
            sent_at=moment(),
            segment_count=draw.randrange(1, 4),
            cost_amount=billed,
            currency="USD" if billed else None,
            customer_ref=someone(),
        )

    def asked(number: str) -> Row:
        return invite(
            source_record_id=number,
            sent_at=moment(),
            is_delivered=perhaps(True, False),
            ticket_ref=perhaps("s:1", "s:2"),
            customer_ref=someone(),
        )

    def called(number: str) -> Row:
        at = moment()
        return call(
            source_record_id=number,
            started_at=at,
            answered_at=perhaps(at + dt.timedelta(seconds=draw.randrange(300))),
            ended_at=perhaps(at + dt.timedelta(seconds=300 + draw.randrange(900))),
            outcome=draw.choice(["answered", "answered", "abandoned", "blocked"]),
            wait_seconds=perhaps(draw.randrange(300)),
            team=perhaps("north", "south"),
            ticket_ref=perhaps("s:1", "s:2", "s:3"),
            customer_ref=someone(),
        )

    def visited(number: str) -> Row:
        at = moment()
        ended = perhaps(at + dt.timedelta(seconds=draw.randrange(900)))
        return session(source_record_id=number, started_at=at, ended_at=ended, is_completed=perhaps(True, False), customer_ref=someone())

    def employed(number: str) -> Row:
        hired_on = moment().date()
        left_on = perhaps(hired_on + dt.timedelta(days=draw.randrange(20)))
        return employee(source_record_id=number, team=perhaps("north", "south"), hired_on=hired_on, left_on=left_on)

    def told(number: str) -> Row:
        topic, item = draw.choice([("confidence", "q"), ("obstacle", "tools"), ("obstacle", "rules")])
        value = perhaps(1.0, 2.5, 5.0)
        return employee_answer(source_record_id=number, topic=topic, item=item, value=value, is_reversed=draw.random() < 0.2)

    def flowed(number: str) -> Row:
        return cash_flow(
            source_record_id=number, flowed_on=moment().date(), cash_flow_amount=money(-500_000), currency=draw.choice(["EUR", "USD"])
        )

    def published(number: str) -> Row:
        kpi, figure = draw.choice(
            [("satisfaction_daily", "csat_top2"), ("satisfaction_daily", "nps"), ("cost_per_sale_monthly", "cost_per_contact")]
        )
        definition = draw.choice([f"{kpi}.{figure}", "another"])
        segment = perhaps("retail", "gold")
        return benchmark(source_record_id=number, kpi=kpi, figure=figure, definition=definition, segment=segment, n=perhaps(100))

    def aimed(number: str) -> Row:
        figure, value = draw.choice([("csat_top2", 0.5), ("nps", 10.0), ("ces_top", 0.5)])
        return target(source_record_id=number, figure=figure, value=value, channel=perhaps("web", "phone"), team=perhaps("north"))

    made = {
        RawAnswers: answered,
        RawCalls: called,
        RawSelfServiceSessions: visited,
        RawEmployees: employed,
        RawEmployeeAnswers: told,
        RawProgrammeCashFlows: flowed,
        RawBenchmarks: published,
        RawTargets: aimed,
        RawTicketEvents: happened,
        RawOrders: sold,
        RawCosts: posted,
        RawMessages: written,
        RawMessageParts: torn,
        RawInvites: asked,
    }
    people = [person(f"p{number}", actor) for number, actor in enumerate(("customer", "agent", "bot"))]
    few = {RawCustomers: [recorded(str(number)) for number in range(6)], RawTickets: tickets, RawTicketPeople: people}
    rows = {contract: [build(str(number)) for number in range(2 * size)] for contract, build in made.items()} | few
    about_problems = Random(seed)
    rows[RawAnswers] += [row for number in range(size) for row in surveyed(about_problems, f"p{number}")]
    rows[RawAnswers] += [row for number in range(2 * size) for row in rated(str(number))]
    rows[RawTicketEvents] += [commented(str(number)) for number in range(size)]
    assert set(rows) == set(RAW)
    return {table_name(contract): table(contract, *given) for contract, given in rows.items()}


@cache
def references() -> Mapping[str, pl.DataFrame]:
    worth = ({"currency": "EUR", "rate": 1.0}, {"currency": "USD", "rate": 0.85})
    schedules = {
        "day": Schedule.model_validate({"hours": {"monday": ["09:00-17:00"], "friday": ["20:00-04:00"]}}),
        "night": Schedule.model_validate({"hours": {"monday": ["20:00-04:00"]}, "valid_from": "2026-03-29"}),
    }
    opening = {
        table_name(OpeningHours): opening_hours_rows(schedules, ZONE),
        table_name(ChannelSchedules): channel_schedules_rows(schedules, ZONE),
    }
    return {**opening, table_name(Calendar): calendar_rows(ZONE), table_name(ExchangeRates): table(ExchangeRates, *worth)}


def cast(contract: type[Table], rows: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """The rows under their contract's types, as the warehouse casts them."""
    casts = ", ".join(f"CAST({quoted(column.name)} AS {column.sql_type}) AS {quoted(column.name)}" for column in columns(contract))
    frame: pl.DataFrame = selected(rows, casts).pl()
    return frame


def derived(given: Tables, *, on_duckdb: bool) -> Tables:
    """Every derived table, computed in order on one engine."""
    tables: Tables = {**given, **references()}
    for derivation in DERIVED:
        tables[derivation.name] = _computed(derivation, tables, on_duckdb=on_duckdb)
    return tables


def _computed(derivation: Derivation, tables: Tables, *, on_duckdb: bool) -> pl.DataFrame:
    frames: dict[str, Frame] = {}
    for name, given in derivation.inputs.items():
        rows = tables[table_name(given.contract)]
        if derivation.is_eager:
            frames[name] = nw.from_native(rows, eager_only=True)
        else:
            frames[name] = nw.from_native(connection().from_arrow(rows.to_arrow()) if on_duckdb else rows.lazy())
    result = derivation.compute(frames, PARAMETERS)
    native = nw.to_native(result)
    relation = native if isinstance(native, duckdb.DuckDBPyRelation) else connection().from_arrow(polars(result).to_arrow())
    return cast(derivation.contract, relation)


def same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return one == other


def differing(one: pl.DataFrame, other: pl.DataFrame, key: Sequence[str]) -> list[tuple[Any, ...]]:
    """Key, column and both values wherever the frames differ."""
    if one.select(key).sort(key).rows() != other.select(key).sort(key).rows():
        return [("keys", one.height, other.height)]
    return [
        (*left[: len(key)], name, mine, theirs)
        for left, right in zip(
            one.select(*key, pl.exclude(key)).sort(key).rows(), other.select(*key, pl.exclude(key)).sort(key).rows(), strict=True
        )
        for name, mine, theirs in zip([*key, *(name for name in one.columns if name not in key)], left, right, strict=True)
        if not same(mine, theirs)
    ]


@pytest.mark.parametrize("seed", [0, 1])
def test_every_derived_table_is_the_same_on_duckdb_and_on_polars(seed: int) -> None:
    given = raw_tables(seed)

    on_duckdb, on_polars = derived(given, on_duckdb=True), derived(given, on_duckdb=False)

    for derivation in DERIVED:
        key = grain(derivation.contract)
        assert on_duckdb[derivation.name].height > 0, derivation.name
        assert differing(on_duckdb[derivation.name], on_polars[derivation.name], key) == [], derivation.name


def test_every_derived_table_is_the_same_to_the_bit_in_whatever_order_its_inputs_come() -> None:
    tables = {**derived(raw_tables(0), on_duckdb=True), **references()}
    disordered = {name: rows.sample(fraction=1, shuffle=True, seed=1) for name, rows in tables.items()}

    for derivation in DERIVED:
        key = grain(derivation.contract)
        again = _computed(derivation, disordered, on_duckdb=True)
        assert again.sort(key).equals(tables[derivation.name].sort(key)), derivation.name


def test_without_any_rows_every_derived_table_is_empty_on_both_engines() -> None:
    nothing = {table_name(contract): table(contract) for contract in RAW}

    for on_duckdb in (True, False):
        heights = {name: rows.height for name, rows in derived(nothing, on_duckdb=on_duckdb).items() if rows.height}
        assert set(heights) == {
            "core.calendar",
            "core.exchange_rates",
            "core.opening_hours",
            "core.channel_schedules",
            "kpi.metric_catalogue",
        }
