from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from assets.raw.distinct import Once, has_unread, once_each
from assets.raw.parsing import trimmed

LENGTH = pl.col("x").str.len_chars()


@pytest.mark.parametrize("texts", [["b", None, "ab", " b", "b", "", "ab"], [None, None], [], ["only"]])
def test_a_column_computed_once_for_each_text_is_the_column_computed_row_by_row(texts: list[str | None]) -> None:
    written = pl.Series("x", texts, dtype=pl.String)

    assert once_each(written, LENGTH).equals(written.to_frame().select(trimmed(pl.col("x"))).select(LENGTH).to_series(), check_names=True)


def test_what_no_text_means_is_computed_too() -> None:
    assert once_each(pl.Series("x", ["b", None, " "]), pl.col("x").fill_null("nothing")).to_list() == ["b", "nothing", "nothing"]


def test_each_text_is_computed_once() -> None:
    seen: list[str] = []

    def looked_at(batch: pl.Series) -> pl.Series:
        seen.extend(batch.to_list())
        return batch

    once_each(pl.Series("x", ["b", "a", "b", None, "a"]), pl.col("x").map_batches(looked_at, return_dtype=pl.String))

    assert sorted(text for text in seen if text is not None) == ["a", "b"]


def test_a_blank_text_without_a_value_is_read_and_any_other_is_not() -> None:
    texts = pl.Series("x", ["1", " ", None, ""])
    number = trimmed(pl.col("x")).cast(pl.Int64, strict=False)

    assert not has_unread(texts, once_each(texts, number))
    assert has_unread(texts.append(pl.Series(["one"])), once_each(texts, number))


def counted() -> tuple[list[str], pl.Expr]:
    """Give a value that writes down the texts it is computed of."""
    seen: list[str] = []

    def looked_at(batch: pl.Series) -> pl.Series:
        seen.extend(text for text in batch.to_list() if text is not None)
        return batch + "!"

    return seen, pl.col("x").map_batches(looked_at, return_dtype=pl.String)


def test_a_text_that_comes_again_in_a_later_column_is_remembered_whatever_the_columns_name() -> None:
    seen, value = counted()
    once = Once("x", value)

    assert once.of(pl.Series("first", ["b", None, "a"])).to_list() == ["b!", None, "a!"]
    assert once.of(pl.Series("second", ["c", "a", " b ", None])).equals(pl.Series("second", ["c!", "a!", "b!", None]), check_names=True)
    assert sorted(seen) == ["a", "b", "b", "c"]


def test_a_memory_that_is_full_begins_anew_and_gives_the_same() -> None:
    seen, value = counted()
    once = Once("x", value, most=200)

    columns = [once.of(pl.Series(texts)).to_list() for texts in (["a", "b"], ["b", "c"], ["a", "c"])]

    assert columns == [["a!", "b!"], ["b!", "c!"], ["a!", "c!"]]
    assert len(seen) > len(set(seen))


def test_a_few_long_texts_fill_a_memory_too() -> None:
    seen, value = counted()
    once = Once("x", value, most=10_000)

    for text in ("a" * 20_000, "b", "a" * 20_000):
        assert once.of(pl.Series([text])).to_list() == [f"{text}!"]
    assert len(seen) == 3


def test_threads_may_share_a_memory() -> None:
    columns = [pl.Series([f"{(number * step) % 997}" for number in range(5_000)]) for step in range(1, 33)]
    once = Once("x", pl.col("x") + "!", most=50_000)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(once.of, columns))

    assert all(values.equals(texts + "!") for texts, values in zip(columns, found, strict=True))
