import datetime as dt
from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.proportion import confint_proportions_2indep

from assets.kpi.churn_attribution import churn_attribution
from assets.parameters import Parameters
from schemas.core.customers import Customers
from schemas.core.interactions import Interactions
from schemas.core.orders import Orders
from schemas.kpi.churn_attribution import ChurnAttribution
from tests.core.rows import calendar, lazy
from tests.kpi.rows import Row, interaction, order
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

DAY = dt.timedelta(days=1)
QUARTER, AFTER = dt.date(2026, 1, 1), dt.date(2026, 4, 1)
LONG_AFTER = dt.datetime(2027, 1, 1)


def sold(customer: str, on: dt.date, **given: Any) -> Row:
    return order(**{"customer_key": customer, "ordered_on": on, "segment": "gold", **given})


def contact(customer: str | None, on: dt.date = QUARTER, **given: Any) -> Row:
    return interaction(**{"customer_key": customer, "contacted_on": on, **given})


def known(customer: str, since: dt.date | None) -> Row:
    return {"customer_key": customer, "segment": "gold", "region": "unknown", "customer_since_on": since, "record_count": 1}


def attributed(
    orders: Sequence[Row], contacts: Sequence[Row] = (), customers: Sequence[Row] = (), as_of: dt.datetime | None = LONG_AFTER, **given: Any
) -> pl.DataFrame:
    numbered = (dict(row, source_record_id=str(place)) for place, row in enumerate(orders))
    placed = (dict(row, ticket_ref=f"s:{place}") for place, row in enumerate(contacts))
    frames = lazy(Orders, *numbered), lazy(Interactions, *placed), lazy(Customers, *customers)
    parameters = Parameters(as_of=as_of, **{"small_sample": 1, **given})
    return stored(ChurnAttribution, churn_attribution(*frames, calendar(), calendar(), parameters))


def quarter(frame: pl.DataFrame, first: dt.date = QUARTER, segment: str = "gold") -> dict[str, Any]:
    (row,) = frame.filter(quarter_on=first, segment=segment).rows(named=True)
    return row


def buyers(prefix: str, staying: int, leaving: int, **given: Any) -> list[Row]:
    """Customers of the autumn before; those who stay order again on the first day after the quarter."""
    names = [f"{prefix}{number}" for number in range(staying + leaving)]
    before = [sold(name, dt.date(2025, 11, 1), **given) for name in names]
    return [*before, *(sold(name, AFTER, **given) for name in names[:staying])]


def test_churn_of_the_badly_served_stands_beside_that_of_the_others() -> None:
    orders = [*buyers("bad", 2, 3), *buyers("well", 8, 2)]
    contacts = [contact(f"bad{number}", is_repeated=True) for number in range(5)] + [contact("well0")]

    row = quarter(attributed(orders, contacts))

    counts = ("customer_count", "exposed_count", "exposed_churned_count", "unexposed_count", "unexposed_churned_count", "immature_count")
    assert tuple(row[name] for name in counts) == (15, 5, 3, 10, 2, 0)
    assert (row["exposed_churn"], row["unexposed_churn"]) == (0.6, 0.2)
    assert (row["risk_difference"], row["risk_ratio"], row["attributable_share"]) == pytest.approx((0.4, 3.0, 2 / 3))
    assert (row["population_attributable_share"], row["excess_churned"]) == pytest.approx((0.4, 2.0))
    interval = confint_proportions_2indep(3, 5, 2, 10, method="newcomb", compare="diff")
    assert (row["risk_difference_ci_low"], row["risk_difference_ci_high"]) == pytest.approx(interval)


def test_a_contact_that_goes_wrong_is_unresolved_or_rated_low_or_repeated() -> None:
    wrong: list[Row] = [
        {"is_solved": False},
        {"is_resolved_by_survey": False},
        {"csat_n": 2, "csat_dissatisfied": 1},
        {"is_repeated": True},
    ]
    fine: list[Row] = [{}, {"is_solved": False, "is_resolved_by_survey": True}, {"csat_n": 1, "csat_satisfied": 1}, {"is_reopened": True}]
    contacts = [contact(f"x{number}", **given) for number, given in enumerate([*wrong, *fine])]

    row = quarter(attributed(buyers("x", 7, 1), contacts))

    assert (row["exposed_count"], row["unexposed_count"]) == (4, 4)
    assert (row["unresolved_count"], row["low_csat_count"], row["repeated_count"]) == (2, 1, 1)


def test_kinds_overlap_in_one_customer_who_is_exposed_once() -> None:
    contacts = [contact("x1", is_repeated=True, csat_dissatisfied=1, csat_n=1), contact("x1", is_repeated=True)]

    row = quarter(attributed(buyers("x", 1, 1), contacts))

    assert (row["exposed_count"], row["exposed_churned_count"], row["repeated_count"], row["low_csat_count"]) == (1, 1, 1, 1)
    assert (row["repeated_churn"], row["unresolved_churn"]) == (1.0, None)


def test_only_contacts_of_the_quarter_by_known_customers_expose() -> None:
    last, outside = AFTER - DAY, QUARTER - DAY
    contacts = [
        contact("x0", last, is_repeated=True),
        *(contact(who, on, is_repeated=True) for who, on in [("x1", outside), ("x1", AFTER)]),
    ]

    row = quarter(attributed(buyers("x", 2, 0), [*contacts, contact(None, is_repeated=True)]))

    assert (row["exposed_count"], row["unexposed_count"]) == (1, 1)


def test_the_follow_up_begins_with_the_day_after_the_quarter_and_ends_with_the_horizon() -> None:
    for after, churned in ((0, 0), (29, 0), (30, 1)):
        orders = [sold("x", dt.date(2025, 11, 1)), sold("x", AFTER + after * DAY)]
        assert quarter(attributed(orders, churn_horizon_days=30))["unexposed_churned_count"] == churned
    assert quarter(attributed([sold("x", dt.date(2025, 11, 1)), sold("x", AFTER - DAY)]))["unexposed_churned_count"] == 1


def test_a_cancelled_order_keeps_nobody() -> None:
    orders = [*buyers("x", 0, 1), sold("x0", AFTER, is_sale=False)]

    assert quarter(attributed(orders))["unexposed_churned_count"] == 1


def test_until_the_follow_up_is_over_customers_are_counted_as_immature_and_nothing_is_said() -> None:
    orders, contacts = buyers("x", 1, 1), [contact("x0", is_repeated=True)]

    early = quarter(attributed(orders, contacts, as_of=dt.datetime(2026, 6, 28, 22)))
    in_time = quarter(attributed(orders, contacts, as_of=dt.datetime(2026, 6, 29, 22)))

    assert (early["customer_count"], early["immature_count"], early["exposed_count"], early["repeated_count"]) == (2, 2, 0, 0)
    assert (early["risk_difference"], early["exposed_churn"], early["adjusted_risk_difference"], early["status"]) == (
        None,
        None,
        None,
        "immature",
    )
    assert (in_time["immature_count"], in_time["exposed_count"], in_time["status"]) == (0, 1, "ok")


def test_a_customer_came_before_the_quarter_by_the_record_or_by_the_first_order() -> None:
    orders = [sold(who, QUARTER) for who in ("by record", "too late", "unrecorded")] + [sold("by order", QUARTER - DAY)]
    customers = [known("by record", QUARTER - DAY), known("too late", QUARTER), known("by order", QUARTER), known("unrecorded", None)]

    frame = attributed(orders, customers=customers)

    assert quarter(frame)["customer_count"] == 2
    assert quarter(frame, AFTER)["customer_count"] == 4


def test_who_bought_last_more_than_a_window_before_the_end_of_the_quarter_was_lost_before() -> None:
    for first, counted in ((AFTER - 365 * DAY, 1), (AFTER - 366 * DAY, 0)):
        frame = attributed([sold("x", first), *buyers("y", 0, 1), sold("y0", QUARTER)])
        assert quarter(frame)["customer_count"] == 1 + counted


def test_with_everybody_on_one_side_there_is_nothing_to_compare() -> None:
    row = quarter(attributed(buyers("x", 1, 1)))

    assert (row["unexposed_churn"], row["exposed_churn"], row["risk_difference"], row["excess_churned"]) == (0.5, None, None, None)
    assert (row["adjusted_risk_difference"], row["all_adjusted_risk_ratio"], row["status"]) == (None, None, "no_data")


def test_an_empty_cell_leaves_a_difference_and_no_ratio() -> None:
    row = quarter(attributed([*buyers("bad", 1, 1), *buyers("well", 2, 0)], [contact(f"bad{n}", is_solved=False) for n in (0, 1)]))

    assert (row["risk_ratio"], row["attributable_share"], row["population_attributable_share"]) == (None, None, None)
    assert (row["adjusted_risk_ratio"], row["risk_difference"], row["adjusted_risk_difference"]) == (None, 0.5, 0.5)


def test_the_smaller_group_says_whether_the_row_is_a_small_sample() -> None:
    orders, contacts = buyers("x", 2, 2), [contact("x0", is_repeated=True)]

    assert quarter(attributed(orders, contacts, small_sample=2))["status"] == "small_sample"
    assert quarter(attributed(orders, contacts, small_sample=1))["status"] == "ok"


Cohort = tuple[list[Row], list[Row], list[Row]]
"""Orders, contacts and customer records."""


def cohort(prefix: str, exposed: tuple[int, int], others: tuple[int, int], since: dt.date, segment: str = "gold") -> Cohort:
    """Churned customers and customers in all, exposed and not, who came on one day."""
    orders, contacts, customers = [], [], []
    for side, (leaving, size) in (("e", exposed), ("o", others)):
        orders += buyers(f"{prefix}{side}", size - leaving, leaving, segment=segment)
        names = [f"{prefix}{side}{number}" for number in range(size)]
        customers += [known(name, since) for name in names]
        contacts += [contact(name, is_solved=False) for name in names if side == "e"]
    return orders, contacts, customers


def joined(*parts: Cohort) -> Cohort:
    orders, contacts, customers = ([row for part in parts for row in part[place]] for place in range(3))
    return orders, contacts, customers


def test_what_tenure_explains_is_gone_within_tenure() -> None:
    new, old = dt.date(2025, 6, 1), dt.date(2015, 1, 1)

    row = quarter(attributed(*joined(cohort("new", (8, 16), (2, 4), new), cohort("old", (1, 5), (4, 20), old))))

    assert (row["risk_difference"], row["risk_ratio"]) == pytest.approx((9 / 21 - 6 / 24, (9 / 21) / (6 / 24)))
    assert (row["adjusted_risk_difference"], row["adjusted_risk_ratio"]) == pytest.approx((0, 1))
    assert (row["all_adjusted_risk_difference"], row["all_risk_difference"]) == pytest.approx((0, row["risk_difference"]))


@pytest.mark.parametrize(("one", "other"), [("2025-01-01", "2025-01-02"), ("2023-01-01", "2023-01-02")])
def test_tenure_changes_after_one_year_and_after_three(one: str, other: str) -> None:
    longer, shorter = (dt.date.fromisoformat(day) for day in (one, other))

    row = quarter(attributed(*joined(cohort("a", (1, 2), (0, 0), shorter), cohort("b", (0, 0), (1, 2), longer))))
    same = quarter(attributed(*joined(cohort("a", (1, 2), (0, 0), longer), cohort("b", (0, 0), (1, 2), longer))))

    assert (row["adjusted_risk_difference"], same["adjusted_risk_difference"]) == (None, 0.0)


def test_the_whole_quarter_is_compared_within_segments_too() -> None:
    since = dt.date(2015, 1, 1)
    parts = joined(cohort("g", (8, 16), (2, 4), since), cohort("s", (1, 5), (4, 20), since, "silver"))

    frame = attributed(*parts)

    gold, silver = quarter(frame), quarter(frame, segment="silver")
    assert (gold["risk_ratio"], silver["risk_ratio"]) == pytest.approx((1, 1))
    for row in (gold, silver):
        assert row["all_risk_ratio"] == pytest.approx((9 / 21) / (6 / 24))
        assert (row["all_adjusted_risk_ratio"], row["all_adjusted_risk_difference"]) == pytest.approx((1, 0))


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_every_figure_is_what_a_plain_count_and_statsmodels_give(seed: int) -> None:
    draw = Random(seed)
    first = dt.date(2025, 1, 1)
    segment = {f"c{number}": draw.choice(["gold", "silver"]) for number in range(40)}
    names = list(segment)
    orders = [
        sold(who, first + draw.randrange(700) * DAY, is_sale=draw.random() < 0.9, segment=segment[who])
        for who in draw.choices(names, k=150)
    ]
    contacts = [
        contact(who, first + draw.randrange(700) * DAY, is_repeated=draw.random() < 0.3, is_solved=draw.random() < 0.8)
        for who in draw.choices(names, k=120)
    ]
    customers = [known(who, draw.choice([None, first - draw.randrange(2000) * DAY])) for who in names]
    as_of, window, horizon = dt.datetime(2026, 11, 1), 300, 80

    frame = attributed(orders, contacts, customers, as_of=as_of, value_window_days=window, churn_horizon_days=horizon)

    strata: dict[tuple[dt.date, str, int], list[int]] = {}
    immature = 0
    sales = {who: [row["ordered_on"] for row in orders if row["customer_key"] == who and row["is_sale"]] for who in names}
    for start in frame["quarter_on"].unique():
        end = dt.date(start.year + (start.month == 10), (start.month + 2) % 12 + 1, 1) - DAY
        for who in names:
            days = (*sales[who], *(row["customer_since_on"] for row in customers if row["customer_key"] == who))
            since = min((day for day in days if day), default=start)
            active = any(end - window * DAY < day <= end for day in sales[who])
            if not active or since >= start:
                continue
            if end + horizon * DAY > as_of.date() - DAY:
                immature += 1
                continue
            mine = [row for row in contacts if row["customer_key"] == who and start <= row["contacted_on"] <= end]
            exposed = any(row["is_repeated"] or not row["is_solved"] for row in mine)
            churned = not any(end < day <= end + horizon * DAY for day in sales[who])
            years = sum(since <= start.replace(year=start.year - back) for back in (1, 3))
            cells = strata.setdefault((start, segment[who], years), [0, 0, 0, 0])
            cells[(0 if exposed else 2) + (0 if churned else 1)] += 1

    assert frame["immature_count"].sum() == immature
    for row in frame.rows(named=True):
        own = [cells for (start, name, _), cells in strata.items() if (start, name) == (row["quarter_on"], row["segment"])]
        a, b, c, d = np.sum(own, axis=0) if own else (0, 0, 0, 0)
        found = (row["exposed_churned_count"], row["exposed_count"], row["unexposed_churned_count"], row["unexposed_count"])
        assert found == (a, a + b, c, c + d)
        whole = [cells for cells in own if cells[0] + cells[1] and cells[2] + cells[3]]
        if row["adjusted_risk_ratio"] is not None:
            assert row["adjusted_risk_ratio"] == pytest.approx(
                StratifiedTable([np.reshape(cells, (2, 2)) for cells in whole]).riskratio_pooled
            )
        if whole:
            weights = [sum(cells[:2]) * sum(cells[2:]) / sum(cells) for cells in whole]
            gaps = [cells[0] / sum(cells[:2]) - cells[2] / sum(cells[2:]) for cells in whole]
            assert row["adjusted_risk_difference"] == pytest.approx(np.average(gaps, weights=weights), abs=1e-9)


@settings(max_examples=5, deadline=None)
@given(sizes=st.lists(st.integers(0, 4), min_size=4, max_size=4))
def test_shares_of_churn_lie_within_it_and_parts_make_up_the_customers(sizes: list[int]) -> None:
    stays, leaves, well_stays, well_leaves = sizes
    orders = [*buyers("bad", stays, leaves), *buyers("well", well_stays, well_leaves), *buyers("z", 1, 0)]
    frame = attributed(orders, [contact(f"bad{number}", is_repeated=True) for number in range(stays + leaves)])

    row = quarter(frame)

    assert row["exposed_count"] + row["unexposed_count"] + row["immature_count"] == row["customer_count"] == sum(sizes) + 1
    if row["attributable_share"] is not None and row["risk_difference"] > 0:
        assert 0 <= row["population_attributable_share"] <= row["attributable_share"] <= 1
        assert row["excess_churned"] <= row["exposed_churned_count"]


def test_where_nobody_says_as_of_when_the_newest_order_does() -> None:
    orders = buyers("x", 1, 1)

    assert quarter(attributed(orders, as_of=None))["immature_count"] == 2
    assert quarter(attributed([*orders, sold("x0", AFTER + 89 * DAY)], as_of=None))["immature_count"] == 0


def test_nothing_sold_gives_no_rows() -> None:
    assert attributed([]).height == 0
