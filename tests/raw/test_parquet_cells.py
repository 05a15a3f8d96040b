import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from assets.raw.reading import Limits, UnreadableFileError
from tests.raw.conftest import Take
from tests.raw.containers import parquet_file

ORDERS: dict[str, Any] = {
    "time_zone": "Europe/Berlin",
    "currency": "EUR",
    "columns": {"source_record_id": "No", "ordered_at": "Placed", "revenue_amount": "Net"},
    "constants": {"channel": "web"},
}
TEN = dt.datetime.fromisoformat("2024-05-01T10:00:00")
GOOD: dict[str, Any] = {
    "No": ["1"],
    "Placed": pa.array([TEN], pa.timestamp("us")),
    "Net": pa.array([Decimal("49.90")], pa.decimal128(18, 2)),
}


def test_columns_are_the_texts_that_a_csv_would_hold(take: Take) -> None:
    taken = take("orders_parquet", parquet_file(GOOD), **ORDERS)

    assert taken.rows("source_record_id", "ordered_at", "revenue_amount") == [
        ("1", dt.datetime.fromisoformat("2024-05-01T08:00"), Decimal("49.9")),
    ]
    assert taken.records == [(1, '{"No":"1","Placed":"2024-05-01 10:00:00","Net":"49.90"}')]


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (pa.array([1001]), "1001"),
        (pa.array([2**63], pa.uint64()), "9223372036854775808"),
        (pa.array([1001.0]), "1001"),
        (pa.array([0.1]), "0.1"),
        (pa.array([0.1], pa.float32()), "0.1"),
        (pa.array([5.70306e17]), "5.70306000000000E+17"),
        (pa.array([float("nan")]), None),
        (pa.array([True]), "true"),
        (pa.array([Decimal("1.10")], pa.decimal256(40, 2)), "1.10"),
        (pa.array([dt.date(2024, 5, 1)]), "2024-05-01"),
        (pa.array([dt.date(2024, 5, 1)], pa.date64()), "2024-05-01"),
        (pa.array([TEN.replace(microsecond=250_000)], pa.timestamp("ns")), "2024-05-01 10:00:00.250"),
        (pa.array([TEN], pa.timestamp("s", "Europe/Berlin")), "2024-05-01T10:00:00+00:00"),
        (pa.array([TEN], pa.timestamp("us", "Nowhere/Land")), "2024-05-01T10:00:00+00:00"),
        (pa.array([2**62], pa.timestamp("us")), str(2**62)),
        (pa.array([2**31 - 1], pa.date32()), str((2**31 - 1) * 86_400)),
        (pa.array(["a,b"]).dictionary_encode(), "a,b"),
        (pa.array([b"raw"], pa.binary()), "raw"),
        (pa.array([None]), None),
        (pa.array([None], pa.string()), None),
    ],
)
def test_every_plain_type_is_written_exactly(take: Take, array: pa.Array, text: str | None) -> None:
    columns = {"source_record_id": "id", "email": "id2", "segment": "value"}
    taken = take("customers_parquet", parquet_file({"id": ["1"], "id2": ["a@x.org"], "value": array}), columns=columns)

    assert (taken.rows("segment"), taken.refusals) == ([text], [])


def test_numbers_are_in_the_feeds_own_notation_like_those_that_are_texts(take: Take) -> None:
    texts = parquet_file(GOOD | {"Net": ["1.049,90"]})

    assert take("orders_parquet", parquet_file(GOOD), **ORDERS, decimal=",").rows("revenue_amount") == [Decimal("49.9")]
    assert take("orders_parquet", texts, **ORDERS, decimal=",").rows("revenue_amount") == [Decimal("1049.9")]


def test_an_instant_with_an_offset_needs_no_zone(take: Take) -> None:
    columns = GOOD | {"Placed": pa.array([TEN], pa.timestamp("us", "UTC"))}
    taken = take("orders_parquet", parquet_file(columns), **(ORDERS | {"time_zone": None, "time_format": "%Y-%m-%dT%H:%M:%S%z"}))

    assert taken.rows("ordered_at") == [TEN]


def test_bytes_that_are_no_text_refuse_their_record_alone(take: Take) -> None:
    texts = pa.array([b"ok", b"\xff\xfe", b"a\0b"], pa.binary())
    columns = {name: pa.concat_arrays([pa.array(column) if isinstance(column, list) else column] * 3) for name, column in GOOD.items()}
    taken = take("orders_parquet", parquet_file(columns | {"No": texts}), **ORDERS)

    assert (taken.rows("source_record_id"), taken.refusals) == (["ok"], [(2, None, "not_text"), (3, None, "not_text")])


def test_what_calls_itself_a_text_and_is_none_refuses_its_record(take: Take) -> None:
    lie = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\x02\0\0\0"), pa.py_buffer(b"\xff\xfe"))

    assert take("orders_parquet", parquet_file(GOOD | {"No": lie}), **ORDERS).refusals == [(1, None, "not_text")]


def test_a_long_text_that_thousands_of_rows_share_is_refused_before_it_is_written_out(take: Take) -> None:
    shared = pa.array(["x" * 100_000, "1"])
    indices = pa.array([0] * 9_999 + [1])
    columns = {
        "No": pa.DictionaryArray.from_arrays(indices, shared),
        "Placed": pa.array([TEN] * 10_000, pa.timestamp("us")),
        "Net": pa.array([1] * 10_000),
    }
    taken = take("orders_parquet", parquet_file(columns), Limits(record_bytes=50_000), **ORDERS)

    assert (taken.rows("source_record_id"), len(taken.refusals)) == (["1"], 9_999)
    assert set(taken.reasons()) == {"too_long"}


@pytest.mark.slow
def test_texts_beyond_what_memory_should_hold_are_read_in_parts(take: Take) -> None:
    columns = {"id": [str(row) for row in range(100)], "who": ["a@x.org"] * 100, "long": ["y" * 2**20] * 100}
    taken = take("customers_parquet", parquet_file(columns), columns={"source_record_id": "id", "email": "who", "segment": "long"})

    assert taken.rows("source_record_id") == [str(row) for row in range(100)]
    assert [number for number, _ in taken.records] == list(range(1, 101))
    assert {len(original) for _, original in taken.records} == {Limits().original_chars}


def test_more_text_than_a_file_may_hold_is_unreadable(take: Take) -> None:
    columns = {"id": ["1"] * 1_000, "who": ["a@x.org"] * 1_000}

    with pytest.raises(UnreadableFileError, match="more than the allowed 1000 bytes"):
        take("customers_parquet", parquet_file(columns), Limits(file_bytes=1_000), columns={"source_record_id": "id", "email": "who"})


def test_postings_without_ids_are_known_by_what_is_mapped(take: Take) -> None:
    columns = {"day": ["2024-05-01"] * 2, "sum": ["1.5"] * 2}
    declared = {"costed_on": "day", "cost_amount": "sum"}
    taken = take("costs_parquet", parquet_file(columns), currency="EUR", columns=declared, constants={"cost_category": "other"})

    assert [name.partition("-")[2] for name in taken.rows("source_record_id")] == ["1", "2"]


def test_a_nested_column_is_unreadable_only_where_it_is_mapped(take: Take) -> None:
    nested = pa.array([{"a": 1}])

    assert take("orders_parquet", parquet_file(GOOD | {"More": nested}), **ORDERS).rows("source_record_id") == ["1"]
    with pytest.raises(UnreadableFileError, match="'Net' holds struct<a: int64>"):
        take("orders_parquet", parquet_file(GOOD | {"Net": nested}), **ORDERS)


def test_an_empty_table_has_no_records_and_a_renamed_column_makes_the_file_unreadable(take: Take) -> None:
    empty = {name: pa.array([], pa.string()) for name in GOOD}

    assert take("orders_parquet", parquet_file(empty), **ORDERS).records == []
    with pytest.raises(UnreadableFileError, match=r"no column 'Net'.*It has: No, Placed"):
        take("orders_parquet", parquet_file({"No": ["1"], "Placed": ["x"]}), **ORDERS)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"No,Placed\n", parquet_file(GOOD)[:-20], parquet_file(GOOD)[20:]])
def test_what_is_no_whole_parquet_file_is_unreadable(take: Take, content: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="no whole Parquet"):
        take("orders_parquet", content, **ORDERS)
