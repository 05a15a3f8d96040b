"""Survey responses: after tickets, and at random."""

import polars as pl

from bench.workload.drawing import DAY, Draws, Waiting, Whole, local
from bench.workload.files import Inbox
from bench.workload.people import People, address

_CHANNELS: dict[str | None, int] = {"web": 5, "email": 3, "app": 2}
_TOUCHPOINTS: dict[str | None, int] = {"service_center": 6, "self_service": 3, "field": 2, "account_management": 1, None: 1}
_COMMENTS: dict[str | None, int] = {None: 12, "fine": 3, "slow, but friendly": 2, 'they said "soon"': 1, "never again\nnever": 1}
_FLAWED = (
    "RX{},2026-06-30 10:00:00,2026-06-30 10:00:00,,,,web,field,6,,,,",
    "RX{},2026-02-30 10:00:00,2026-06-30 10:00:00,,,,web,field,5,9,,,",
    "RX{},2026-03-29 02:30:00,2026-06-30 10:00:00,,,,web,field,5,9,,,",
    "RX{},2026-06-30 10:00:00,2026-06-30 10:00:00,,,,web,field,good,,,,",
    "RX{},2026-06-30 10:00:00,2026-06-30 10:00:00,,,,web,porter,5,,,,",
    "RX{},,2026-06-30 10:00:00,,,,web,field,5,,,,",
    "RX{},2026-06-30 10:00:00,2026-06-30 10:00:00,keine Angabe,,,web,field,5,,,,",
)
_SCORES = ((38, 31, 14, 9, 8), (10, 14, 22, 26, 28))
"""How often 5, 4, 3, 2 and 1 are given by the content and by the others."""


class Survey:
    """Lets customers answer."""

    def __init__(self, draws: Draws, inbox: Inbox, people: People, days: int) -> None:
        self._draws, self._inbox, self._people = draws, inbox, people
        self._late, self._corrected, self._again = Waiting(days), Waiting(days), Waiting(days)
        self._next = 1
        self.after_tickets = Waiting(days)
        """Columns ``ticket``, ``person``, ``touchpoint``, ``at`` and ``is_content``, by the day of the answer."""

    def export(self, day: int, target: int) -> None:
        """Write the day's responses: about as many as asked for, what is late, and what was put right."""
        asked = pl.concat([_NOTHING, *self.after_tickets.due(day)])
        again = pl.concat([_AGAIN, *self._again.due(day)])
        fresh = self._responses(day, asked, again, max(target - asked.height - again.height, 0))
        is_late = self._draws.chance(0.015, fresh.height)
        self._late.put(fresh.filter(is_late), day + self._draws.within(1, 6, int(is_late.sum())))
        rows = pl.concat([_EMPTY, fresh.filter(~is_late), *self._late.due(day), *self._corrected.due(day)])
        self._put_right(day, fresh.filter(self._draws.chance(0.008, fresh.height)))
        flawed = [
            _FLAWED[(day + place) % len(_FLAWED)].format(day * 100_000 + place) for place in range(rows.height // 500 + (day % 3 == 0))
        ]
        self._inbox.csv("survey", day, _written(rows), flawed=flawed)
        if day % 31 == 5:
            self._inbox.again("survey", day, 3)

    def _responses(self, day: int, asked: pl.DataFrame, again: pl.DataFrame, others: int) -> pl.DataFrame:
        draws, people = self._draws, self._people
        by_chance = pl.DataFrame(
            {
                "ticket": pl.Series([None] * others, dtype=pl.Int64),
                "person": people.some(others),
                "touchpoint": draws.words(_TOUCHPOINTS, others),
                "at": draws.moments(day, others),
                "is_content": draws.chance(0.8, others),
                "invite": pl.int_range(self._next, self._next + others, eager=True),
            }
        ).with_columns(invite=pl.when(pl.Series(draws.chance(0.5, others))).then("invite"))
        rows = pl.concat([asked.with_columns(invite=pl.lit(None, dtype=pl.Int64)).select(by_chance.columns), by_chance, again])
        count = rows.height
        good, bad = (5 - draws.places(weights, count) for weights in _SCORES)
        fill = draws.random.random(count)
        rows = rows.with_columns(
            response=pl.int_range(self._next, self._next + count, eager=True),
            csat=pl.when("is_content").then(pl.Series(good)).otherwise(pl.Series(bad)),
            wobble=pl.Series(draws.within(0, 3, count)),
            fill=pl.Series(fill),
            mood=pl.Series(draws.random.random(count)),
            channel=draws.words(_CHANNELS, count),
            comment=draws.words(_COMMENTS, count),
        ).with_columns(
            changed="at",
            nps=pl.when(pl.col("fill") > 0.06).then((pl.col("csat") * 2 - 1 + pl.col("wobble")).clip(0, 10)),
            ces=pl.when(pl.col("fill") > 0.1).then((pl.col("csat") + pl.col("wobble")).clip(1, 7)),
            solved=pl.when(pl.col("ticket").is_not_null() & (pl.col("fill") > 0.04)).then(
                pl.when(pl.col("mood") < pl.when("is_content").then(0.88).otherwise(0.35)).then(pl.lit("yes")).otherwise(pl.lit("no"))
            ),
            csat=pl.when(pl.col("fill") < 0.98).then("csat"),
            email=pl.when(pl.col("mood") < 0.05)
            .then(None)
            .when(pl.col("mood") > 0.96)
            .then(pl.format("gast{}@example.net", "person"))
            .otherwise(address(pl.col("person"))),
        )
        self._next += count
        second = rows.filter(pl.col("invite").is_not_null() & (pl.col("fill") > 0.97)).select(by_chance.columns)
        later = self._draws.within(1, 4, second.height)
        self._again.put(second.with_columns(at=pl.col("at") // DAY * DAY + pl.Series(later) * DAY + 8 * 3600), day + later)
        return rows.select(_EMPTY.columns)

    def _put_right(self, day: int, rows: pl.DataFrame) -> None:
        later = self._draws.within(1, 6, rows.height)
        changed: Whole = self._draws.start_of(day) + later * DAY + 12 * 3600
        self._corrected.put(
            rows.with_columns(csat=pl.Series(self._draws.within(1, 6, rows.height)), changed=pl.Series(changed)), day + later
        )


_NOTHING = pl.DataFrame(schema={"ticket": pl.Int64, "person": pl.Int64, "touchpoint": pl.String, "at": pl.Int64, "is_content": pl.Boolean})
_AGAIN = _NOTHING.with_columns(invite=pl.lit(None, dtype=pl.Int64))
_EMPTY = pl.DataFrame(
    schema={
        "response": pl.Int64,
        "at": pl.Int64,
        "changed": pl.Int64,
        "email": pl.String,
        "invite": pl.Int64,
        "ticket": pl.Int64,
        "channel": pl.String,
        "touchpoint": pl.String,
        "csat": pl.Int64,
        "nps": pl.Int64,
        "ces": pl.Int64,
        "solved": pl.String,
        "comment": pl.String,
    }
)


def _written(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        pl.format("R{}", "response").alias("response_id"),
        local("at").dt.replace_time_zone(None).alias("answered_at"),
        local("changed").dt.replace_time_zone(None).alias("changed_at"),
        "email",
        pl.format("I{}", "invite").alias("invite"),
        "ticket",
        "channel",
        "touchpoint",
        pl.col("csat").alias("satisfied"),
        pl.col("nps").alias("recommend"),
        pl.col("ces").alias("easy"),
        "solved",
        "comment",
    )
