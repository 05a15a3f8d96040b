import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from assets.kpi.balance_monthly import balance_monthly
from assets.parameters import Parameters
from schemas.core.targets import Targets
from schemas.core.tickets import Tickets
from schemas.kpi.balance_monthly import BalanceMonthly
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from tests.core.rows import lazy
from tests.kpi.rows import Row, blank, target, ticket
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

FEBRUARY, MARCH, APRIL = (dt.date(2026, month, 1) for month in (2, 3, 4))


def cost(month: dt.date, amount: int, contacts: int = 100) -> Row:
    return blank(CostPerSaleMonthly, month_on=month, service_cost_amount=Decimal(amount), contact_count=contacts)


def rated(day: dt.date, satisfied: int, n: int = 1000) -> Row:
    return blank(SatisfactionDaily, answered_on=day, csat_n=n, csat_satisfied=satisfied)


def resolved(day: dt.date, repeated: int, anchors: int = 1000, immature: int = 0) -> Row:
    counts = {"anchor_count": anchors, "anchor_repeated_same_channel_count": repeated, "n_immature": immature}
    return blank(FirstContactResolutionDaily, contacted_on=day, **counts)


def replied(day: dt.date, *seconds: int | None) -> list[Row]:
    opened = dt.datetime.combine(day, dt.time(9))
    return [ticket(opened, first_replied_at=None if wait is None else opened + dt.timedelta(seconds=wait)) for wait in seconds]


def balance(
    costs: list[Row] = [],  # noqa: B006  # literal rows, never changed
    answers: list[Row] = [],  # noqa: B006  # likewise
    contacts: list[Row] = [],  # noqa: B006  # likewise
    tickets: list[Row] = [],  # noqa: B006  # likewise
    targets: list[Row] = [],  # noqa: B006  # likewise
) -> list[dict[str, Any]]:
    frame = balance_monthly(
        lazy(CostPerSaleMonthly, *costs),
        lazy(SatisfactionDaily, *answers),
        lazy(FirstContactResolutionDaily, *contacts),
        lazy(Tickets, *tickets),
        lazy(Targets, *targets),
        Parameters(),
    )
    return stored(BalanceMonthly, frame).sort("month_on").rows(named=True)


def test_the_figures_of_a_month_stand_on_one_row() -> None:
    (row,) = balance(
        [cost(MARCH, 300), cost(MARCH, 100)],
        [rated(MARCH, 60, 100), rated(MARCH.replace(day=31), 20, 100)],
        [resolved(MARCH, 10, 100), resolved(MARCH.replace(day=2), 0, 100)],
        replied(MARCH, 10, 30, 80, None),
    )

    assert (row["month_on"], row["cost_per_contact"], row["csat_top2"], row["fcr_repeat"]) == (MARCH, 2.0, 0.4, 0.95)
    assert (row["replied_count"], row["first_reply_seconds_median"], row["contact_count"]) == (3, 30, 200)
    assert (row["csat_top2_ci_low"], row["csat_top2_ci_high"]) == pytest.approx((0.3346, 0.4692), abs=5e-5)
    assert (row["csat_top2_target"], row["csat_top2_is_met"], row["csat_top2_change"]) == (None, None, None)
    assert (row["trade"], row["status"]) == (None, "ok")


def test_a_target_is_met_on_its_good_side_while_it_holds() -> None:
    cases = {
        "cost": target("cost_per_sale_monthly", "cost_per_contact", 2.0, direction="at_most"),
        "csat": target("satisfaction_daily", "csat_top2", 0.7, valid_from_on=FEBRUARY),
        "newer": target("satisfaction_daily", "csat_top2", 0.5, valid_from_on=MARCH),
        "ended": target("first_contact_resolution_daily", "fcr_repeat", 0.5, valid_to_on=FEBRUARY),
        "of one channel": target("ticket_times_daily", "first_reply_seconds_median", 20, channel="web"),
    }

    february, march = balance([cost(FEBRUARY, 300), cost(MARCH, 200)], [rated(FEBRUARY, 600), rated(MARCH, 600)], targets=[*cases.values()])

    assert (february["cost_per_contact_target"], february["cost_per_contact_is_met"], march["cost_per_contact_is_met"]) == (2, False, True)
    assert (february["csat_top2_target"], february["csat_top2_is_met"]) == (0.7, False)
    assert (march["csat_top2_target"], march["csat_top2_is_met"]) == (0.5, True)
    assert (march["fcr_repeat_target"], march["first_reply_seconds_median_target"]) == (None, None)


def test_a_figure_is_set_against_the_month_before_and_no_other() -> None:
    february, march = balance([cost(FEBRUARY, 300), cost(MARCH, 250)], [rated(FEBRUARY, 600), rated(MARCH, 700)])
    gap = balance([cost(FEBRUARY, 300), cost(APRIL, 250)])[1]

    assert (february["cost_per_contact_change"], march["cost_per_contact_change"]) == (None, -0.5)
    assert (march["csat_top2_change"], march["fcr_repeat_change"]) == (pytest.approx(0.1), None)
    assert gap["cost_per_contact_change"] is None


@pytest.mark.parametrize(
    ("cost_now", "satisfied", "repeated", "waits", "expected"),
    [
        (200, 400, 100, 60, "quality_for_cost"),
        (200, 600, 300, 60, "quality_for_cost"),
        (200, 600, 100, 90, "speed_for_cost"),
        (300, 400, 100, 30, "quality_for_speed"),
        (400, 800, 100, 60, "cost_for_quality"),
        (200, 590, 105, 60, None),
        (200, 800, 100, 30, None),
        (295, 400, 100, 60, None),
        (400, 400, 300, 90, None),
    ],
)
def test_what_one_gain_was_paid_with_has_a_word(cost_now: int, satisfied: int, repeated: int, waits: int, expected: str | None) -> None:
    rows = balance(
        [cost(FEBRUARY, 300), cost(MARCH, cost_now)],
        [rated(FEBRUARY, 600), rated(MARCH, satisfied)],
        [resolved(FEBRUARY, 100), resolved(MARCH, repeated)],
        [*replied(FEBRUARY, 60), *replied(MARCH, waits)],
    )

    assert [row["trade"] for row in rows] == [None, expected]


def test_what_is_missing_is_null_and_what_is_young_says_so() -> None:
    (row,) = balance(answers=[rated(MARCH, 5, 10)])
    (young,) = balance([cost(MARCH, 0)], contacts=[resolved(MARCH, 0, 0, immature=4)])

    assert (row["cost_per_contact"], row["fcr_repeat"], row["first_reply_seconds_median"], row["status"]) == (None, None, None, "no_data")
    assert (young["cost_per_contact"], young["fcr_repeat"], young["status"]) == (None, None, "immature")
    assert balance() == []
