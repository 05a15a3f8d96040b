"""Orders and costs. An order that is cancelled or refunded is exported again."""

import datetime as dt

import polars as pl

from bench.workload.drawing import DAY, Draws, Waiting, local
from bench.workload.files import Inbox
from bench.workload.people import People, number

SHOPS = {"webshop": "web", "app": "app", "phone order": "phone"}
ACCOUNTS = {"6100": "service", "6200": "selling", "6300": "marketing", "6400": "remediation"}
PLACES = {"KS10": "service_center", "KS20": "self_service", "KS30": "account_management", "KS40": "field"}
WAYS = {"Telefon": "phone", "E-Mail": "email", "Web": "web", "Chat": "chat"}
_SOLD: dict[str | None, int] = {"webshop": 14, "app": 4, "phone order": 2}
_ROLES: dict[str | None, int] = {"none": 93, "attributed": 4, "recovered": 3}
_TOUCHPOINTS: dict[str | None, int] = {"service_center": 4, "field": 1, "account_management": 1}
_FLAWED = (
    "AF-X{},2026-06-30T10:00:00+02:00,2026-06-30T10:00:00+02:00,webshop,fulfilled,20.00,8.00,0.00,CHF,none,,",
    "AF-X{},2026-06-30T10:00:00+02:00,2026-06-30T10:00:00+02:00,webshop,fulfilled,20.00 EUR,8.00,0.00,EUR,none,,",
    "AF-X{},,2026-06-30T10:00:00+02:00,webshop,fulfilled,20.00,8.00,0.00,EUR,none,,",
    "AF-X{},2026-06-30T10:00:00+02:00,2026-06-30T10:00:00+02:00,market stall,fulfilled,20.00,8.00,0.00,EUR,none,,",
)
_COINS = 10
"""Foreign amounts are whole multiples of this many cents, so that converted ones have no fifth decimal."""


class Shop:
    """Sells, cancels and refunds."""

    def __init__(self, draws: Draws, inbox: Inbox, people: People, days: int) -> None:
        self._draws, self._inbox, self._people = draws, inbox, people
        self._late, self._changed, self._stale = Waiting(days), Waiting(days), Waiting(days)
        self._next = 200_000_001

    def export(self, day: int, count: int) -> None:
        """Write the day's orders, late ones, changed ones, and a few older states of those."""
        draws = self._draws
        sold = self._sold(day, count)
        is_late = pl.Series(draws.chance(0.01, count))
        self._late.put(sold.filter(is_late), draws.within(day + 1, day + 4, int(is_late.sum())))
        self._change(day, sold)
        rows = pl.concat([sold.filter(~is_late), *self._late.due(day), *self._changed.due(day)])
        stale = pl.concat([sold[:0], *self._stale.due(day)])
        flawed = [_FLAWED[(day + place) % 4].format(day * 100_000 + place) for place in range(count // 1_000 + (day % 4 == 3))]
        self._inbox.csv("orders", day, _written(pl.concat([rows, stale])), duplicate=stale.height, flawed=flawed, has_offsets=True)
        if day % 37 == 9:
            self._inbox.again("orders", day, 4)

    def _sold(self, day: int, count: int) -> pl.DataFrame:
        draws = self._draws
        is_foreign = pl.Series(draws.chance(0.06, count))
        net = pl.Series(900 + draws.waits(6_500, count))
        margin = pl.Series(draws.within(35, 56, count)) * net // 100
        rows = pl.DataFrame(
            {
                "order": pl.int_range(self._next, self._next + count, eager=True),
                "at": draws.moments(day, count),
                "shop": draws.words(_SOLD, count),
                "status": draws.words({"fulfilled": 97, "cancelled": 2, "test": 1}, count),
                "net": net,
                "margin": margin,
                "refunded": pl.repeat(0, count, dtype=pl.Int64, eager=True),
                "is_foreign": is_foreign,
                "role": draws.words(_ROLES, count),
                "touchpoint": draws.words(_TOUCHPOINTS, count),
                "person": self._people.some(count),
                "luck": draws.random.random(count),
            }
        )
        self._next += count
        coins = pl.when("is_foreign").then(_COINS).otherwise(1)
        return rows.with_columns(
            changed="at",
            net=pl.col("net") // coins * coins,
            margin=pl.when(pl.col("luck") > 0.02).then(pl.col("margin") // coins * coins),
            touchpoint=pl.when(pl.col("role") != "none").then("touchpoint"),
            customer=pl.when(pl.col("luck") < 0.95).then(number(pl.col("person"), pl.col("luck") < 0.4)),
        ).drop("person")

    def _change(self, day: int, sold: pl.DataFrame) -> None:
        draws = self._draws
        rows = sold.filter(pl.Series(draws.chance(0.08, sold.height)) & (pl.col("status") == "fulfilled"))
        later = draws.within(5, 30, rows.height)
        part = pl.Series(draws.within(1, 11, rows.height))
        is_cancelled = pl.Series(draws.chance(0.2, rows.height))
        changed = rows.with_columns(
            changed=draws.start_of(day) + pl.Series(later) * DAY + 12 * 3600,
            status=pl.when(is_cancelled).then(pl.lit("cancelled")).otherwise("status"),
            refunded=pl.when(is_cancelled).then(0).otherwise(pl.col("net") * part // 10 // _COINS * _COINS),
        )
        self._changed.put(changed, day + later)
        is_stale = draws.chance(0.02, rows.height)
        self._stale.put(rows.filter(pl.Series(is_stale)), (day + later + 1)[is_stale])


def _written(rows: pl.DataFrame) -> pl.DataFrame:
    def money(column: str) -> pl.Expr:
        return (pl.col(column) / 100).alias(column)

    return rows.select(
        pl.format("AF-{}", "order").alias("order_id"),
        local("at").alias("ordered_at"),
        local("changed").alias("changed_at"),
        "shop",
        "status",
        money("net"),
        money("margin"),
        money("refunded"),
        pl.when("is_foreign").then(pl.lit("USD")).otherwise(pl.lit("EUR")).alias("currency"),
        pl.col("role").alias("service_role"),
        "touchpoint",
        pl.col("customer").alias("customer_id"),
    )


class Ledger:
    """Books what service, selling and the rest cost, in the way of the country: semicolons, commas, days before months."""

    def __init__(self, draws: Draws, inbox: Inbox, first: dt.date, items_a_day: int) -> None:
        self._draws, self._inbox, self._first = draws, inbox, first
        self._usual = max(items_a_day * 60, 10_000)
        self._next = 1

    def export(self, day: int) -> None:
        """Write the day's postings: some booked to no channel or place, some put right, some of the month before."""
        on = self._first + dt.timedelta(days=day)
        rows = [self._posting(on, "6100", way, place) for way in WAYS for place in PLACES]
        rows += [self._posting(on, "6100", "", "KS10"), self._posting(on, "6100", "", ""), self._posting(on, "6400", "", "")]
        rows += [self._posting(on, "6200", way, "") for way in ("Web", "Telefon")] + [self._posting(on, "6300", "", "")]
        if day % 9 == 4:
            rows += [self._posting(on, "6100", "Telefon", "KS10", is_credit=True)]
        if on.day == 4 and day > 4:
            rows += [self._posting(on - dt.timedelta(days=4), "6100", "Telefon", "KS10")]
        flawed = [f"BX{day};31.06.2026;6100;10,00;;EUR;;", f"BY{day};{on:%d.%m.%Y};9999;10,00;;EUR;;"] if day % 8 == 0 else []
        names = ("Buchungsnr", "Buchungsdatum", "Konto", "Soll", "Haben", "Währung", "Kanal", "Kostenstelle")
        self._inbox.lines("costs", day, ";".join(names), rows, flawed)

    def _posting(self, on: dt.date, account: str, way: str, place: str, *, is_credit: bool = False) -> str:
        cents = int(self._usual * (0.5 + self._draws.random.random()) / 20)
        amount = f"{cents // 100},{cents % 100:02}"
        self._next += 1
        return f"B{self._next};{on:%d.%m.%Y};{account};{'' if is_credit else amount};{amount if is_credit else ''};EUR;{way};{place}"
