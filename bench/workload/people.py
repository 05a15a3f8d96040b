"""Who the customers are, as the CRM exports them: everybody on the first day, then those who changed."""

import numpy as np
import polars as pl

from bench.workload.drawing import DAY, Draws, Whole, instant
from bench.workload.files import Inbox

FIRST_NUMBER = 100_000_001
SECOND_NUMBERS = 900_000_001
PART_SIZE = 200_000
_SEGMENTS: dict[str | None, int] = {"private": 12, "business": 5, "premium": 2, None: 1}
_REGIONS: dict[str | None, int] = {"north": 3, "south": 4, "west": 5, "east": 2}
_FLAWED = ("{},keine Angabe,,private,north,2024-01-01,2026-01-01 00:00:00", "{},,,private,north,2024-02-31,2026-01-01 00:00:00")


class People:
    """The customers. One in a hundred is recorded a second time, known by the same address."""

    def __init__(self, draws: Draws, inbox: Inbox, count: int) -> None:
        self.count = count
        self._draws = draws
        self._inbox = inbox

    def some(self, count: int) -> Whole:
        """Customers by their place, some coming often."""
        share = self._draws.random.random(count)
        return (share * share * 0.5 * self.count + self._draws.random.random(count) * 0.5 * self.count).astype(np.int64)

    def export(self, day: int) -> None:
        """Write the day's file; those of the first day hold everybody, a part of them a file."""
        if day == 0:
            for start in range(0, self.count, PART_SIZE):
                self._write(
                    day, pl.DataFrame({"person": pl.int_range(start, min(start + PART_SIZE, self.count), eager=True)}), start // PART_SIZE
                )
        else:
            changed = self.some(self.count // 2_000 + 1)
            self._write(day, pl.DataFrame({"person": changed}).unique(maintain_order=True), 0)

    def _write(self, day: int, people: pl.DataFrame, part: int) -> None:
        second = people.filter(pl.col("person") % 100 == 7).with_columns(number=pl.col("person") + SECOND_NUMBERS)
        rows = pl.concat([people.with_columns(number=pl.col("person") + FIRST_NUMBER), second])
        changed = self._draws.start_of(day) + DAY // 4
        is_second = pl.col("number") >= SECOND_NUMBERS
        table = rows.with_columns(
            changed=changed + is_second.cast(pl.Int64),
            segment=self._draws.words(_SEGMENTS, rows.height),
            region=self._draws.words(_REGIONS, rows.height),
        ).select(
            customer_number=pl.col("number"),
            email=pl.when(pl.col("person") % 33 != 5).then(address(pl.col("person"))),
            phone=pl.when(~is_second & (pl.col("person") % 20 != 3)).then(
                pl.format("07{} {}", _digits().str.head(3), _digits().str.tail(6))
            ),
            segment="segment",
            region="region",
            customer_since=pl.lit("2021-03-01"),
            last_changed=instant("changed"),
        )
        flawed = [line.format(10_000 + day * 10 + place) for place, line in enumerate(_FLAWED)] if day % 10 == 0 and part == 0 else []
        self._inbox.csv("customers", day, table, flawed=flawed, part=part)


def _digits() -> pl.Expr:
    return (pl.col("person") + 123_456_789).cast(pl.String).str.zfill(9)


def address(person: pl.Expr) -> pl.Expr:
    """The address of a customer, some written with capitals."""
    return pl.when(person % 10 == 0).then(pl.format("Kunde{}@Example.ORG", person)).otherwise(pl.format("kunde{}@example.org", person))


def e164(person: pl.Expr) -> pl.Expr:
    """The number of a customer as a carrier writes it."""
    return pl.format("+447{}", (person + 123_456_789).cast(pl.String).str.zfill(9))


def number(person: pl.Expr, draw: pl.Expr) -> pl.Expr:
    """The number that a system knows a customer by: the second one now and then, where there is one."""
    return pl.when((person % 100 == 7) & draw).then(person + SECOND_NUMBERS).otherwise(person + FIRST_NUMBER)
