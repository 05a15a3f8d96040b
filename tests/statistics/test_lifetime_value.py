import datetime as dt
from decimal import Decimal
from typing import Any

import narwhals as nw
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.frames import Lazy
from assets.statistics.lifetime_value import activity, activity_of_segments, of_segments
from schemas.core.orders import Orders
from tests.core.rows import lazy
from tests.kpi.rows import order

FIRST = dt.date(2026, 1, 1)
SEGMENTS = ("gold", "silver")


def collected(frame: Lazy) -> list[Any]:
    """The rows, in the order of their columns' names."""
    rows: pl.DataFrame = frame.collect("polars").to_native()
    return sorted(rows.select(sorted(rows.columns)).rows(), key=repr)


sales = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 40), st.none() | st.integers(-5, 9)).map(
        lambda told: order(
            customer_key=None if told[0] == 4 else f"c{told[0]}",
            segment=SEGMENTS[told[0] % 2],
            ordered_on=FIRST + dt.timedelta(days=told[1]),
            margin_amount=None if told[2] is None else Decimal(told[2]),
            is_sale=told[2] != 9,
        )
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(orders=sales, ends=st.sets(st.integers(0, 60), min_size=1, max_size=4), window=st.integers(1, 30))
def test_segments_are_as_active_as_their_customers_are_whoever_is_followed(
    orders: list[dict[str, Any]], ends: set[int], window: int
) -> None:
    numbered = lazy(Orders, *(dict(row, source_record_id=str(place)) for place, row in enumerate(orders)))
    valued_on = pl.LazyFrame({"valued_on": [FIRST + dt.timedelta(days=end) for end in sorted(ends)]}, schema={"valued_on": pl.Date})
    asked = nw.from_native(valued_on)

    assert collected(activity_of_segments(numbered, asked, window)) == collected(of_segments(activity(numbered, asked, window)))
