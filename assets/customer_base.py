"""How many customers there were, for tables that bring what a survey says to all of them."""

import narwhals as nw

from assets.frames import Lazy


def customers_by(customers: Lazy, rows: Lazy, period: str, began: nw.Expr, *by: str) -> Lazy:
    """Customers by the end of each period of some rows (`customer_n`); who left is not known.

    ``began`` is the period in which a customer became one, null where nobody knows, which is taken for long ago.
    """
    since = customers.with_columns(since_on=began).group_by(*by, "since_on").agg(count=nw.len())
    return (
        rows.select(period)
        .unique()
        .join(since, how="cross")
        .filter(nw.col("since_on").is_null() | (nw.col("since_on") <= nw.col(period)))
        .group_by(period, *by)
        .agg(customer_n=nw.col("count").sum().cast(nw.Float64))
    )
