"""When a feed is late, and when its quarantine grows."""

import datetime as dt
from collections.abc import Sequence

import duckdb
import polars as pl
import pytest

from pipelines.alerting.arrivals import growing_quarantines, late_feeds

MONDAY = dt.date(2026, 3, 2)


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


class Ledger:
    """What arrived, as the ledger says."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("CREATE SCHEMA ledger")
        columns = "feed VARCHAR, arrived_on DATE, status VARCHAR, records_read BIGINT, records_quarantined BIGINT"
        self.connection.execute(f"CREATE TABLE ledger.deliveries ({columns})")

    def add(self, feed: str, number: int, read: int = 100, refused: int = 0, status: str = "loaded") -> None:
        self.connection.execute("INSERT INTO ledger.deliveries VALUES (?, ?, ?, ?, ?)", [feed, day(number), status, read, refused])

    def ask(self, sql: str, parameters: Sequence[object]) -> pl.DataFrame:
        found: pl.DataFrame = self.connection.sql(sql, params=list(parameters)).pl()
        return found


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def test_a_feed_that_missed_more_days_than_it_may_is_late(ledger: Ledger) -> None:
    ledger.add("shop", 0)
    ledger.add("mail", 3)

    shop, mail = late_feeds(ledger.ask, ["shop", "mail"], day(3), 2)

    assert (shop.reason, shop.value, shop.limit) == ("The feed shop has brought nothing readable for 3 days, since 2 March 2026.", 3.0, 2.0)
    assert not mail.is_out
    assert not late_feeds(ledger.ask, ["shop"], day(3), 3)[0].is_out


def test_a_file_that_cannot_be_read_brings_nothing_and_one_that_comes_later_does_not_count_yet(ledger: Ledger) -> None:
    ledger.add("shop", 1, status="unreadable")
    ledger.add("mail", 5)

    shop, mail = late_feeds(ledger.ask, ["shop", "mail"], day(1), 0)

    assert shop.reason == "The feed shop is expected daily and has never brought a file that could be read."
    assert mail.is_out


def growth(ledger: Ledger, onset: int | None = None) -> tuple[str, float | None]:
    (found,) = growing_quarantines(ledger.ask, ["shop"], day(60), 0.05, 30, {} if onset is None else {"shop": day(onset)})
    assert found.is_known
    return found.reason, found.limit


def test_a_day_of_clearly_more_refusals_than_before_is_a_growing_quarantine(ledger: Ledger) -> None:
    ledger.add("shop", 0, refused=1)
    ledger.add("shop", 1, refused=3)
    ledger.add("shop", 2, read=50, refused=20)
    ledger.add("shop", 2, read=50, refused=20)

    reason, limit = growth(ledger)
    assert reason == (
        "Of the 100 records that the feed shop brought since 4 March 2026, 40.0 % were refused, after 2.0 % on the 2 arrival days before."
    )
    assert limit == pytest.approx(0.07)


@pytest.mark.parametrize(("read", "refused"), [(40, 4), (100, 8), (100, 0)], ids=["few records", "little more", "none"])
def test_what_may_be_chance_or_is_little_is_no_growth(ledger: Ledger, read: int, refused: int) -> None:
    ledger.add("shop", 0, refused=4)
    ledger.add("shop", 1, read=read, refused=refused)

    assert growth(ledger)[0] == ""


def test_days_of_few_records_are_judged_together(ledger: Ledger) -> None:
    ledger.add("shop", 0, refused=2)
    for number in (1, 2, 3, 4):
        ledger.add("shop", number, read=10, refused=9)

    assert growth(ledger)[0].startswith("Of the 30 records that the feed shop brought since 4 March 2026, 90.0 % were refused")


def test_the_first_day_of_a_feed_is_held_against_nothing_refused(ledger: Ledger) -> None:
    ledger.add("shop", 0, refused=100)

    assert growth(ledger)[0].endswith("100.0 % were refused, the first that it brought.")


def test_what_lasts_is_not_taken_for_usual_while_the_alert_is_open(ledger: Ledger) -> None:
    for number in range(40):
        ledger.add("shop", number, refused=2 if number < 5 else 50)

    assert growth(ledger)[0] == ""
    assert growth(ledger, onset=5)[1] == pytest.approx(0.07)


def test_of_a_feed_with_few_records_nobody_can_tell(ledger: Ledger) -> None:
    ledger.add("shop", 0, read=0)
    ledger.add("shop", 1, read=29, refused=29)

    (found,) = growing_quarantines(ledger.ask, ["shop"], day(1), 0.05, 30, {})

    assert (found.is_known, found.is_out) == (False, False)
