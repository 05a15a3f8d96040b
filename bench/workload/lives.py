"""What becomes of tickets: drawn for all tickets of a day at once when they are opened, a row for each step."""

import polars as pl

from bench.workload.drawing import DAY, Draws, Whole

WINDOW = 7 * DAY
STATUS_AFTER = {
    "create": "new",
    "reply": "pending",
    "ask": "open",
    "solve": "solved",
    "reopen": "open",
    "resolve": "solved",
    "close": "closed",
    "merge": "closed",
    "delete": "deleted",
}
"""Every step a ticket can take, with the status it leads to."""
STEP = pl.Enum(list(STATUS_AFTER))
STATUS = pl.Enum(["new", "pending", "open", "solved", "closed", "deleted"])


def lives(draws: Draws, opened: Whole) -> pl.DataFrame:
    """The steps of tickets opened at these seconds: ``place`` of the ticket, ``at``, ``step``, and the status ``before`` and ``after``."""
    count = len(opened)
    fate, back = draws.random.random(count), draws.random.random(count)
    replied = opened + 300 + draws.waits(9_000, count)
    asked = replied + 600 + draws.waits(20_000, count)
    writes_back, gets_reply = (fate >= 0.05) & (fate < 0.25), (fate >= 0.035) & (fate < 0.45)
    solved = opened + 300 + draws.waits(9_000, count)
    solved[gets_reply] = replied[gets_reply] + 600 + draws.waits(20_000, count)[gets_reply]
    solved[writes_back] = asked[writes_back] + 300 + draws.waits(15_000, count)[writes_back]
    is_solved = fate >= 0.05
    returns = is_solved & (back < 0.06)
    reopened = solved + 3_600 + draws.within(0, 9 * DAY, count)
    at_edge = returns & (back < 0.003) & (solved < opened + WINDOW)
    reopened[at_edge] = opened[at_edge] + WINDOW + (back[at_edge] < 0.0015)
    solved_again = reopened + 900 + draws.waits(20_000, count)
    closed = solved + 4 * DAY
    everybody = fate >= 0
    steps = (
        ("create", everybody, opened),
        ("delete", fate < 0.015, replied),
        ("merge", (fate >= 0.015) & (fate < 0.035), replied),
        ("reply", gets_reply, replied),
        ("ask", writes_back, asked),
        ("solve", is_solved, solved),
        ("reopen", returns, reopened),
        ("resolve", returns, solved_again),
        ("close", is_solved & ~returns & (back > 0.85), closed),
    )
    places = pl.int_range(count, eager=True)
    rows = [
        pl.DataFrame({"place": places.filter(pl.Series(takes)), "at": at[takes]}).with_columns(step=pl.lit(step, dtype=STEP))
        for step, takes, at in steps
    ]
    after = pl.col("step").replace_strict(STATUS_AFTER, return_dtype=STATUS)
    return pl.concat(rows).sort("place", "at", "step").with_columns(after=after).with_columns(before=pl.col("after").shift(1).over("place"))
