"""Cash flows, benchmarks and targets: what people plan and compare with."""

import datetime as dt
from decimal import Decimal
from typing import Any

from tests.raw.conftest import Take

FLOWS: dict[str, Any] = {
    "currency": "EUR",
    "columns": {name: name for name in ("source_record_id", "programme", "flowed_on", "cash_flow_amount", "basis", "evidence")},
}
FLOWS_HEADER = "source_record_id,programme,flowed_on,cash_flow_amount,basis,evidence\n"
BENCHMARKS: dict[str, Any] = {
    "columns": {
        name: name
        for name in (
            *("source_record_id", "kpi", "figure", "segment", "definition", "value", "lower_quartile", "upper_quartile", "n"),
            *("period_from_on", "period_to_on", "evidence"),
        )
    },
}
BENCHMARKS_HEADER = ",".join(BENCHMARKS["columns"]) + "\n"
TARGETS: dict[str, Any] = {
    "columns": {
        name: name
        for name in (
            *("source_record_id", "kpi", "figure", "channel", "team", "value", "direction", "minimum_acceptable"),
            *("valid_from_on", "valid_to_on"),
        )
    },
    "values": {"direction": {">=": "at_least", "<=": "at_most"}},
}
TARGETS_HEADER = ",".join(TARGETS["columns"]) + "\n"


def test_cash_flows_are_signed_and_say_what_they_rest_on(take: Take) -> None:
    lines = "1,training,2026-01-01,-50000,measured,ledger\n2,training,2027-01-01,62000.50,assumed,\n"
    taken = take("programme_cash_flows_csv", (FLOWS_HEADER + lines).encode(), **FLOWS)

    assert taken.rows("programme", "flowed_on", "cash_flow_amount", "currency", "basis", "evidence") == [
        ("training", dt.date(2026, 1, 1), Decimal(-50000), "EUR", "measured", "ledger"),
        ("training", dt.date(2027, 1, 1), Decimal("62000.5"), "EUR", "assumed", None),
    ]


def test_a_flow_that_says_nothing_of_its_basis_or_cannot_be_read_is_refused(take: Take) -> None:
    lines = (
        "1,training,2026-01-01,-5,,\n2,training,2026-01-01,1.23456,measured,\n3,,2026-01-01,5,measured,\n4,training,2026-01-01,5,hoped,\n"
    )
    taken = take("programme_cash_flows_csv", (FLOWS_HEADER + lines).encode(), **FLOWS)

    assert sorted(taken.refusals) == [
        (1, "basis", "missing"),
        (2, "cash_flow_amount", "out_of_range"),
        (3, "programme", "missing"),
        (4, "basis", "unknown_word"),
    ]


def test_a_benchmark_keeps_its_definition_its_period_and_its_publisher(take: Take) -> None:
    line = "1,satisfaction_daily,csat,retail,csat_top2,0.78,0.71,0.85,1200,2025-01-01,2025-12-31,an industry study\n"
    taken = take("benchmarks_csv", (BENCHMARKS_HEADER + line).encode(), **BENCHMARKS)

    assert taken.rows("kpi", "figure", "segment", "definition", "value", "lower_quartile", "upper_quartile", "n", "basis") == [
        ("satisfaction_daily", "csat", "retail", "csat_top2", 0.78, 0.71, 0.85, 1200, "benchmark")
    ]
    assert taken.rows("period_from_on", "period_to_on", "evidence") == [(dt.date(2025, 1, 1), dt.date(2025, 12, 31), "an industry study")]


def test_a_benchmark_in_per_cent_without_a_definition_or_with_a_period_turned_round_is_refused(take: Take) -> None:
    lines = (
        "1,satisfaction_daily,csat,,csat_top2,78 %,,,,2025-01-01,2025-12-31,x\n2,satisfaction_daily,csat,,,0.78,,,,2025-01-01,2025-12-31,x\n"
        "3,satisfaction_daily,csat,,csat_top2,0.78,,,,2025-01-01,2024-12-31,x\n"
    )
    taken = take("benchmarks_csv", (BENCHMARKS_HEADER + lines).encode(), **BENCHMARKS)

    assert sorted(taken.refusals, key=str) == [(1, "value", "not_a_number"), (2, "definition", "missing"), (3, None, "time_reversed")]


def test_a_target_names_its_part_of_the_company_or_none(take: Take) -> None:
    lines = "1,satisfaction_daily,csat,phone,north,0.8,>=,0.7,2026-01-01,2026-12-31\n2,ticket_times_daily,first_reply_seconds_p90,,,3600,<=,7200,2026-01-01,\n"
    taken = take("targets_csv", (TARGETS_HEADER + lines).encode(), **TARGETS)

    assert taken.rows("kpi", "figure", "channel", "team", "value", "direction", "minimum_acceptable", "valid_to_on") == [
        ("satisfaction_daily", "csat", "phone", "north", 0.8, "at_least", 0.7, dt.date(2026, 12, 31)),
        ("ticket_times_daily", "first_reply_seconds_p90", None, None, 3600.0, "at_most", 7200.0, None),
    ]


def test_a_target_that_contradicts_itself_or_is_open_to_guesses_is_refused(take: Take) -> None:
    lines = (
        "1,k,f,phone,,0.8,>=,0.9,2026-01-01,\n2,k,f,phone,,3600,<=,60,2026-01-01,\n3,k,f,phone,,0.8,better,,2026-01-01,\n"
        "4,k,f,phone,,0.8,>=,,2026-01-01,2025-01-01\n5,k,f,pigeon,,0.8,>=,,2026-01-01,\n6,k,f,phone,,0.8,>=,,,\n"
    )
    taken = take("targets_csv", (TARGETS_HEADER + lines).encode(), **TARGETS)

    assert sorted(taken.refusals, key=str) == [
        (1, None, "out_of_range"),
        (2, None, "out_of_range"),
        (3, "direction", "unknown_word"),
        (4, None, "time_reversed"),
        (5, "channel", "unknown_word"),
        (6, "valid_from_on", "missing"),
    ]
