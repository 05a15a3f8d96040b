import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.raw.acceptance import accept
from assets.raw.contract import CONTRACTS, contract_columns, contract_schema
from assets.raw.reading import RECORD_NUMBER, RECORDS, REFUSALS, Batch, Records

SAMPLES: dict[type[pl.DataType], object] = {
    pl.String: "x",
    pl.Int64: 1,
    pl.Float64: 1.0,
    pl.Boolean: False,
    pl.Date: dt.date(2024, 5, 1),
    pl.Datetime: dt.datetime.fromisoformat("2024-05-01T10:00"),
    pl.Decimal: Decimal(1),
}


def row(table: str, number: int = 1, **changes: object) -> dict[str, object]:
    """Give a row that holds: the first word of each vocabulary, else a sample of the type."""
    sound = {column.name: column.words[0] if column.words else SAMPLES[column.dtype.base_type()] for column in contract_columns(table)}
    return {RECORD_NUMBER: number, **sound, **changes}


def batch(**tables: list[dict[str, object]]) -> Batch:
    rows = {
        f"raw.{name}": pl.DataFrame(rows, schema={RECORD_NUMBER: pl.Int64, **contract_schema(f"raw.{name}")}, orient="row")
        for name, rows in tables.items()
    }
    numbers = sorted({number for frame in rows.values() for number in frame[RECORD_NUMBER]})
    records = pl.DataFrame({RECORD_NUMBER: numbers, "original": "…"}, schema=RECORDS)
    return Batch(Records.of(records), rows, REFUSALS.to_frame())


@pytest.mark.parametrize("table", CONTRACTS)
def test_validation_is_alive_for_every_contract(table: str) -> None:
    name = table.removeprefix("raw.")
    accepted = accept(batch(**{name: [row(table, 1), row(table, 2, source="")]}))

    assert accepted.rows[table][RECORD_NUMBER].to_list() == [1]
    assert accepted.refusals.rows() == [(2, "source", "missing")]


@pytest.mark.parametrize("table", CONTRACTS)
def test_every_column_that_may_not_be_empty_is_held_to_it(table: str) -> None:
    needed = [column.name for column in contract_columns(table) if not column.is_nullable]
    rows = [row(table, number, **{name: None}) for number, name in enumerate(needed)]
    accepted = accept(batch(**{table.removeprefix("raw."): rows}))

    assert {(number, column) for number, column, reason in accepted.refusals.rows() if reason == "missing"} >= set(enumerate(needed))
    assert accepted.rows[table].height == 0


@pytest.mark.parametrize(
    ("name", "changes", "column", "reason"),
    [
        ("orders", {"channel": "pigeon"}, "channel", "unknown_word"),
        ("orders", {"revenue_amount": Decimal(-1)}, "revenue_amount", "out_of_range"),
        ("messages", {"segment_count": -1}, "segment_count", "out_of_range"),
        ("answers", {"value": 6.0, "scale_low": 1.0, "scale_high": 5.0}, None, "out_of_scale"),
        ("tickets", {"closed_at": dt.datetime.fromisoformat("2024-05-01T09:59")}, None, "time_reversed"),
        ("customers", {"id_ref": None, "email_ref": None, "phone_ref": None}, None, "missing"),
    ],
)
def test_a_broken_rule_has_its_reason(name: str, changes: dict[str, object], column: str | None, reason: str) -> None:
    accepted = accept(batch(**{name: [row(f"raw.{name}", 7, **changes), row(f"raw.{name}", 8)]}))

    assert accepted.refusals.rows() == [(7, column, reason)]
    assert accepted.rows[f"raw.{name}"][RECORD_NUMBER].to_list() == [8]


def test_a_record_is_refused_whole_from_every_table_once_a_reason() -> None:
    events = [
        row("raw.ticket_events", 1),
        row("raw.ticket_events", 1, actor="?"),
        row("raw.ticket_events", 1, actor="!"),
        row("raw.ticket_events", 2),
    ]
    accepted = accept(batch(ticket_events=events, tickets=[row("raw.tickets", 1), row("raw.tickets", 3)]))

    assert accepted.refusals.rows() == [(1, "actor", "unknown_word")]
    assert {table: rows[RECORD_NUMBER].to_list() for table, rows in accepted.rows.items()} == {"raw.ticket_events": [2], "raw.tickets": [3]}
    assert accepted.records.numbers.to_list() == [1, 2, 3]


@pytest.mark.parametrize("fault", ["dropped", "added", "retyped", "reordered", "unnumbered"])
def test_a_frame_of_the_wrong_shape_is_a_fault_of_the_program_and_shows_no_values(fault: str) -> None:
    sound = batch(customers=[row("raw.customers", segment="secret")])
    frame = sound.rows["raw.customers"]
    frames: dict[str, Any] = {
        "dropped": frame.drop("region"),
        "added": frame.with_columns(extra=pl.lit("secret")),
        "retyped": frame.with_columns(pl.col("segment").cast(pl.Categorical)),
        "reordered": frame.select(RECORD_NUMBER, *reversed(frame.columns[1:])),
        "unnumbered": frame.drop(RECORD_NUMBER),
    }

    with pytest.raises(TypeError, match=r"raw\.customers") as error:
        accept(Batch(sound.records, {"raw.customers": frames[fault]}, sound.refusals))
    assert "secret" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None


def test_nothing_to_accept_is_accepted() -> None:
    assert accept(batch(customers=[])).rows["raw.customers"].height == 0
