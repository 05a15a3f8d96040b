"""What a ticket's clocks say where its source gives no audits: shared by the tables that read a ticket's history."""

import narwhals as nw

from assets.frames import Lazy
from schemas.vocabulary import CLOCK_EVENTS


def with_clocks_where_nothing_else_tells(events: Lazy) -> Lazy:
    """Let a ticket's clocks tell when it was worked on and solved, unless audits say the same: nothing counts twice."""
    is_clock = nw.col("event").is_in(CLOCK_EVENTS)
    tells = ~is_clock & (nw.col("event") != "other")
    status = nw.when(nw.col("event") == "work_started").then(nw.lit("open")).when(nw.col("event") == "work_finished").then(nw.lit("solved"))
    return (
        events.with_columns(tells=nw.when(tells).then(nw.lit(1)).otherwise(nw.lit(0)))
        .with_columns(by_clocks=is_clock & (nw.col("tells").sum().over("ticket_ref") == 0))
        .with_columns(status_to=nw.when(nw.col("by_clocks")).then(status).otherwise(nw.col("status_to")))
    )
