from itertools import permutations

import narwhals as nw
import polars as pl

from assets.expressions import cost_per, return_on, steady_sum
from tests.core.rows import values


def summed(numbers: tuple[float, ...]) -> object:
    (total,) = values(nw.from_native(pl.LazyFrame({"x": list(numbers)})).select(total=steady_sum(nw.col("x"))), "total")
    return total


def test_a_sum_of_doubles_does_not_depend_on_their_order() -> None:
    numbers = (0.1, 0.2, 0.3, 1_000_000.7, -0.6)

    assert {summed(order) for order in permutations(numbers)} == {1_000_000.7}
    assert len({sum(order) for order in permutations(numbers)}) > 1


def test_a_return_needs_a_cost_and_a_cost_per_thing_needs_a_booking_and_things() -> None:
    frame = nw.from_native(pl.LazyFrame({"gain": [30.0, 30.0, 30.0, None], "cost": [20.0, 0.0, -5.0, 20.0], "things": [4, 4, 0, 4]}))

    found = frame.select(roi=return_on(nw.col("gain"), nw.col("cost")), each=cost_per(nw.col("things"), nw.col("cost")))

    assert values(found, "roi", "each") == [(None, None), (None, None), (None, 5.0), (0.5, 5.0)]
