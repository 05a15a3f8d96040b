"""Text messages: a rating asked for, and what customers reply, as Twilio's console logs them."""

import polars as pl

from bench.workload.drawing import Draws, Waiting, Whole, instant
from bench.workload.files import Inbox
from bench.workload.people import People, e164

OWN_NUMBER = "+442071838750"
QUESTION = "Alder & Finch: how was our service, 1 to 5? Reply STOP to opt out"
_REPLIES: dict[str | None, int] = {
    "5": 30,
    "4": 26,
    "3": 10,
    "2": 7,
    "1": 6,
    "4/5": 3,
    "5!": 2,
    "8/10": 1,
    "9": 2,
    "0": 1,
    "Danke, alles gut": 8,
    "Paket fehlt noch": 3,
    "STOP": 1,
}
_FLAWED = (
    f"GARTEN,{OWN_NUMBER},5,received,2026-06-30T10:00:00Z,2010-04-01,1,,AC1,SMX{{}},inbound,,USD",
    f"+447700900123,{OWN_NUMBER},5,received,2026-13-01T10:00:00Z,2010-04-01,1,,AC1,SMX{{}},inbound,,USD",
)


class Texts:
    """Asks, and lets customers reply."""

    def __init__(self, draws: Draws, inbox: Inbox, people: People, days: int) -> None:
        self._draws, self._inbox, self._people = draws, inbox, people
        self._replies, self._unbilled = Waiting(days), Waiting(days)
        self._next = 1

    def export(self, day: int, replies: int) -> None:
        """Write the day's messages, and once more those of the day before that had no price yet."""
        draws = self._draws
        asks = self._messages(self._people.some(replies * 4 // 3), draws.moments(day, replies * 4 // 3), is_inbound=False)
        self._reply(asks.filter(draws.chance(0.72, asks.height)), 60, 40_000)
        self._reply(asks.filter(draws.chance(0.03, asks.height)), 46 * 3600, 8_000)
        is_billed = ~draws.chance(0.1, asks.height)
        unbilled = asks.filter(~is_billed)
        self._unbilled.put(unbilled, draws.within(day + 1, day + 2, unbilled.height))
        rows = pl.concat(
            [asks.with_columns(is_billed=pl.Series(is_billed)), *(part.with_columns(is_billed=True) for part in self._replies.due(day))]
        )
        billed_later = [part.with_columns(is_billed=True) for part in self._unbilled.due(day)]
        flawed = [_FLAWED[(day + place) % 2].format(day * 100_000 + place) for place in range(rows.height // 1_000 + (day % 4 == 1))]
        self._inbox.csv("texts", day, _written(pl.concat([*billed_later, rows])), flawed=flawed)
        if day % 29 == 6:
            self._inbox.again("texts", day, 2)

    def _messages(self, people: pl.Series | Whole, at: Whole, *, is_inbound: bool) -> pl.DataFrame:
        rows = pl.DataFrame({"person": people, "at": at}).filter(pl.col("person") % 20 != 3)
        body = self._draws.words(_REPLIES, rows.height) if is_inbound else pl.lit(QUESTION)
        first, self._next = self._next, self._next + rows.height
        return rows.with_columns(
            message=pl.int_range(first, self._next, eager=True),
            is_inbound=pl.lit(is_inbound),
            body=body,
        )

    def _reply(self, asks: pl.DataFrame, least: int, mean: int) -> None:
        at = asks["at"].to_numpy() + least + self._draws.waits(mean, asks.height)
        rows = self._messages(asks["person"], at, is_inbound=True)
        self._replies.put(rows, self._draws.arrival(rows["at"].to_numpy()))


def _written(rows: pl.DataFrame) -> pl.DataFrame:
    inbound, own, other = pl.col("is_inbound"), pl.lit(OWN_NUMBER), e164(pl.col("person"))
    return rows.select(
        pl.when(inbound).then(other).otherwise(own).alias("From"),
        pl.when(inbound).then(own).otherwise(other).alias("To"),
        pl.col("body").alias("Body"),
        pl.when(inbound).then(pl.lit("received")).when("is_billed").then(pl.lit("delivered")).otherwise(pl.lit("sent")).alias("Status"),
        instant("at").dt.to_string("%Y-%m-%dT%H:%M:%SZ").alias("SentDate"),
        pl.lit("2010-04-01").alias("ApiVersion"),
        pl.lit(1).alias("NumSegments"),
        pl.lit(None, dtype=pl.String).alias("ErrorCode"),
        pl.lit("AC" + "0" * 31 + "1").alias("AccountSid"),
        pl.format("SM{}", pl.col("message").cast(pl.String).str.zfill(32)).alias("Sid"),
        pl.when(inbound).then(pl.lit("inbound")).otherwise(pl.lit("outbound-api")).alias("Direction"),
        pl.when(inbound).then(pl.lit("-0.0075")).when("is_billed").then(pl.lit("-0.04")).alias("Price"),
        pl.lit("USD").alias("PriceUnit"),
    )
