"""The shop's orders: every change of an order is exported as a further row. Tickets about orders are not here."""

from dataclasses import dataclass
from random import Random
from typing import Final

from pipelines.demo.clock import DAY, Clock
from pipelines.demo.company import (
    HOURS,
    PLACES,
    TOUCHPOINTS,
    draw,
    how_many,
    is_late_time,
    spread,
)
from pipelines.demo.customers import Crm
from pipelines.demo.deliveries import Delivery, Mishap, Sheet, pack
from pipelines.demo.flaws import add_flawed_rows

HEADER: Final = "order_id,ordered_at,changed_at,shop,status,net,margin,refunded,currency,service_role,touchpoint,customer_id,place"
SHOPS: Final = {"web": "webshop", "phone": "phone order", "app": "app", "letter": "order form"}
_SHOP_TABLE: Final = spread({"webshop": 14, "app": 4, "phone order": 2, "order form": 1})

STALE_ROWS: Final = Mishap(2, 9)
"""Days on which an older state of an order arrives after a newer one."""

_COIN: Final = 10
"""Foreign amounts and refunds are multiples of this, so that no share of a converted amount needs a fifth decimal."""


@dataclass(slots=True)
class Order:
    """An order as of its newest state delivered. Amounts in cents of its currency."""

    at: int
    status: str
    net: int
    margin: int | None
    refunded: int
    currency: str
    role: str
    touchpoint: str
    buyer: str = ""
    """An identifier of the customer; empty when anonymous."""


@dataclass(slots=True)
class _Row:
    order: Order
    head: str
    tail: str


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


class Shop:
    """Sells, cancels and refunds."""

    def __init__(self, seed: str, clock: Clock, crm: Crm) -> None:
        self._rng: Final = Random(f"{seed} orders")
        self._clock: Final = clock
        self._crm: Final = crm
        self._next = 2_000_001
        self._changes: Final[dict[int, list[tuple[_Row, str]]]] = {}
        self._late: Final[dict[int, list[tuple[_Row, str]]]] = {}
        self._stale: Final[dict[int, list[str]]] = {}
        self.orders: Final[list[Order]] = []

    def _write(self, row: _Row, changed: str) -> str:
        order = row.order
        margin = "" if order.margin is None else _money(order.margin)
        middle = f"{order.status},{_money(order.net)},{margin},{_money(order.refunded)},{order.currency}"
        return row.head.replace("@", changed, 1) + middle + row.tail

    def _moment(self, day: int, second: int) -> str:
        return f"{self._clock.iso[day]}T{self._clock.time(second)}{self._clock.offset(day, second)}"

    def _sell(self, day: int) -> tuple[_Row, str]:
        rng, clock = self._rng, self._clock
        second = clock.wall(day, draw(rng, HOURS) * 3600 + int(rng.random() * 3600))
        net = 900 + int(rng.expovariate(1 / 6500))
        margin = net * (35 + int(rng.random() * 20)) // 100
        currency = "USD" if rng.random() < 0.05 else "EUR"
        if currency == "USD":
            net, margin = net // _COIN * _COIN, margin // _COIN * _COIN
        role = "none" if (luck := rng.random()) >= 0.07 else "attributed" if luck >= 0.03 else "recovered"
        order = Order(clock.utc(day, second), "fulfilled", net, margin, 0, currency, role, "")
        if order.role != "none":
            order.touchpoint = draw(rng, TOUCHPOINTS)
        elif rng.random() < 0.02:
            order.margin = None
        kind = rng.random()
        if kind < 0.01:
            order.status = "test"
        elif kind < 0.02:
            order.status = "cancelled"
        moment = self._moment(day, second)
        head = f"AF-{self._next},{moment},@,{draw(rng, _SHOP_TABLE)},"
        buyer = str(self._crm.buyer(rng, day).number) if rng.random() < 0.96 else ""
        order.buyer = f"id:{buyer}" if buyer else ""
        tail = f",{order.role},{order.touchpoint},{buyer},{draw(rng, PLACES)}"
        self._next += 1
        return _Row(order, head, tail), moment

    def _plan_change(self, row: _Row, day: int) -> None:
        rng = self._rng
        chance = rng.random()
        if row.order.status != "fulfilled" or chance > (0.12 if is_late_time(self._clock.dates[day]) else 0.08):
            return
        change = "cancelled" if chance < 0.02 else "refund"
        self._changes.setdefault(day + 1 + int(rng.random() ** 2 * 25), []).append((row, change))

    def export(self, day: int) -> list[Delivery]:
        """The day's new orders, orders of earlier days that changed today, and a few forgotten rows."""
        rng, clock = self._rng, self._clock
        sheet = Sheet(rng)
        arrivals = self._late.pop(day, [])
        for _ in range(how_many(rng, clock.dates[day], 200)):
            sold = self._sell(day)
            if rng.random() < 0.01:
                self._late.setdefault(day + 1 + int(rng.random() * 3), []).append(sold)
            else:
                arrivals.append(sold)
        for row, moment in arrivals:
            sheet.add(self._write(row, moment))
            self.orders.append(row.order)
            self._plan_change(row, day)
        for line in self._stale.pop(day, []):
            sheet.add_version(line)
        changes = self._changes.pop(day, [])
        for n, (row, change) in enumerate(changes):
            second = clock.wall(day, int(rng.random() * (DAY - 60)))
            if n == 0 and STALE_ROWS.on(day):
                # Its margin was put right a minute earlier; that row is late.
                self._stale.setdefault(day + 1, []).append(self._write(row, self._moment(day, clock.wall(day, max(second - 60, 0)))))
                second += 1
            if change == "cancelled":
                row.order.status = "cancelled"
            else:
                part = 100 if rng.random() < 0.5 else 10 + int(rng.random() * 80)
                row.order.refunded = row.order.net * part // 100 // _COIN * _COIN
            sheet.add_version(self._write(row, self._moment(day, second)))
        sound = (
            "AF-X{n}", "2026-07-01T10:00:00+02:00", "2026-07-01T10:00:00+02:00", "webshop", "fulfilled", "20.00",
            "8.00", "0.00", "EUR", "none", "", "", "Bremen",
        )  # fmt: skip
        add_flawed_rows(sheet, day, "orders", dict(zip(HEADER.split(","), sound, strict=True)), ",")
        return [pack("orders", f"orders-{clock.iso[day]}.csv", "\n".join([HEADER, *sheet.records, ""]), sheet)]
