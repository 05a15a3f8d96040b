"""What each customer is worth, as margin."""

import narwhals as nw

from assets.derivation import Reference, Whole, derive, with_as_of
from assets.frames import Lazy
from assets.parameters import Parameters, weakest
from assets.statistics.lifetime_value import (
    activity,
    last_known_day,
    lifetime_values,
    of_segments,
    retained,
    unknown_value,
    value_status,
    yearly,
)
from schemas.core.calendar import Calendar
from schemas.core.orders import Orders
from schemas.kpi.customer_lifetime_value import CustomerLifetimeValue
from schemas.projection import columns

APPLIED = ("applied_retention", "applied_retention_ci_low", "applied_retention_ci_high", "is_pooled", "pool_n")


@derive(
    CustomerLifetimeValue,
    uses=("small_sample", "value_window_days", "assumptions"),
    matures_after=with_as_of,
    orders=Whole(Orders),
    calendar=Reference(Calendar),
)
def customer_lifetime_value(orders: Lazy, calendar: Lazy, parameters: Parameters) -> Lazy:
    """Carry each customer's margin of the last window on, by the retention of the segment."""
    window, rate = parameters.value_window_days, parameters.assumption("discount_rate")
    ends = last_known_day(orders, calendar, parameters.as_of).rename({"known_on": "valued_on"})
    active = activity(orders, ends, window)
    by_segment = retained(of_segments(active), parameters.small_sample, window).select("segment", *APPLIED)
    return (
        active.join(by_segment, on="segment", how="left")
        .with_columns(reason=unknown_value("sale_count", rate))
        .with_columns(
            yearly_margin=nw.when(nw.col("margin_unknown_count") < nw.col("sale_count")).then(yearly(nw.col("margin_amount"), window))
        )
        .with_columns(
            **lifetime_values(rate),
            basis=nw.lit(weakest("measured", rate.basis)),
            status=value_status(parameters.small_sample),
        )
        .rename({name: name.removeprefix("applied_") for name in APPLIED[:3]})
        .select(*(column.name for column in columns(CustomerLifetimeValue)))
    )
