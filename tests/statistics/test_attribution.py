from math import sqrt
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.proportion import confint_proportions_2indep

from assets.statistics.attribution import (
    Fourfold,
    adjusted,
    attributable_share,
    population_attributable_share,
    risk_difference,
    risk_ratio,
)

pytestmark = pytest.mark.slow

NAMES = Fourfold("a", "n1", "c", "n0")
SIDES = st.integers(2, 300).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n)))
TABLES = st.tuples(SIDES, SIDES).map(lambda sides: (*sides[0], *sides[1]))
Table = tuple[int, int, int, int]


def crude(*table: int) -> dict[str, Any]:
    frame = pl.DataFrame([table], schema=dict.fromkeys(NAMES.columns, pl.Int64), orient="row")
    found = nw.from_native(frame, eager_only=True).select(
        **risk_difference("rd", NAMES),
        rr=risk_ratio(NAMES),
        af=attributable_share(risk_ratio(NAMES)),
        paf=population_attributable_share(risk_ratio(NAMES), nw.col("n1") / (nw.col("n1") + nw.col("n0"))),
    )
    (row,) = found.rows(named=True)
    return row


def over(*strata: Table) -> dict[str, Any]:
    frame = pl.DataFrame(strata, schema=dict.fromkeys(NAMES.columns, pl.Int64), orient="row").with_columns(g=pl.lit(1))
    (row,) = adjusted(nw.from_native(frame, eager_only=True), NAMES, ["g"], "").rows(named=True)
    return row


def test_a_textbook_table() -> None:
    row = crude(30, 100, 20, 200)

    assert (row["rd"], row["rr"], row["af"], row["paf"]) == pytest.approx((0.2, 3.0, 2 / 3, 0.4))


def test_newcombes_own_example_of_fifty_six_of_seventy_and_forty_eight_of_eighty() -> None:
    row = crude(56, 70, 48, 80)

    assert (row["rd"], row["rd_ci_low"], row["rd_ci_high"]) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize("table", [(0, 5, 2, 5), (5, 5, 2, 5), (2, 5, 0, 5), (2, 5, 5, 5)])
def test_an_empty_cell_leaves_no_ratio_but_a_difference(table: Table) -> None:
    row = crude(*table)

    assert (row["rr"], row["af"], row["paf"]) == (None, None, None)
    assert row["rd"] == pytest.approx(table[0] / 5 - table[2] / 5)


def test_with_nobody_on_one_side_nothing_is_known() -> None:
    assert set(crude(0, 0, 2, 5).values()) == {None}
    assert set(crude(2, 5, 0, 0).values()) == {None}


def test_strata_that_a_third_thing_explains_show_no_difference_where_the_crude_table_shows_one() -> None:
    young, old = (40, 80, 10, 20), (2, 20, 8, 80)

    whole, within = crude(42, 100, 18, 100), over(young, old)

    assert (whole["rr"], whole["rd"]) == pytest.approx((42 / 18, 0.24))
    assert (within["risk_ratio"], within["risk_difference"]) == pytest.approx((1, 0))
    assert within["risk_difference_ci_low"] < 0 < within["risk_difference_ci_high"]


def test_a_stratum_that_compares_nothing_has_no_weight() -> None:
    assert over((30, 100, 20, 200), (5, 5, 0, 0), (0, 0, 3, 9)) == over((30, 100, 20, 200))


def test_strata_without_a_case_on_one_side_have_no_ratio_but_a_difference() -> None:
    for strata, difference in ((((0, 10, 2, 10), (0, 10, 4, 10)), -0.3), (((2, 10, 0, 10), (4, 10, 0, 10)), 0.3)):
        row = over(*strata)
        assert (row["risk_ratio"], row["risk_difference"]) == (None, pytest.approx(difference))
        assert row["risk_difference_ci_low"] < row["risk_difference"] < row["risk_difference_ci_high"]


@settings(max_examples=20, deadline=None)
@given(table=TABLES)
def test_the_interval_of_a_difference_is_that_of_statsmodels_and_that_of_a_single_stratum(table: Table) -> None:
    row = crude(*table)
    known = confint_proportions_2indep(*table, method="newcomb", compare="diff")

    assert (row["rd_ci_low"], row["rd_ci_high"]) == pytest.approx(known, abs=1e-12)
    alone = over(table)
    assert (alone["risk_difference_ci_low"], alone["risk_difference_ci_high"]) == pytest.approx(known, abs=1e-12)
    assert alone["risk_ratio"] == pytest.approx(row["rr"])


@settings(max_examples=20, deadline=None)
@given(strata=st.lists(TABLES, min_size=1, max_size=6))
def test_the_ratio_over_strata_is_that_of_statsmodels_and_the_difference_the_weighted_mean(strata: list[Table]) -> None:
    cells = [np.array([[a, n1 - a], [c, n0 - c]]) for a, n1, c, n0 in strata]
    weights = np.array([n1 * n0 / (n1 + n0) for _, n1, _, n0 in strata])
    differences = np.array([a / n1 - c / n0 for a, n1, c, n0 in strata])
    own = [crude(*table) for table in strata]
    below = sqrt(sum((w * (row["rd"] - row["rd_ci_low"])) ** 2 for w, row in zip(weights, own, strict=True))) / weights.sum()

    found = over(*strata)

    assert found["risk_ratio"] == pytest.approx(StratifiedTable(cells).riskratio_pooled)
    assert found["risk_difference"] == pytest.approx(np.average(differences, weights=weights), abs=1e-12)
    assert found["risk_difference_ci_low"] == pytest.approx(found["risk_difference"] - below, abs=1e-12)
    assert -1 <= found["risk_difference_ci_low"] <= found["risk_difference"] <= found["risk_difference_ci_high"] <= 1


@settings(max_examples=20, deadline=None)
@given(table=TABLES)
def test_shares_that_go_with_exposure_are_cases_beyond_the_others_risk_over_cases(table: Table) -> None:
    a, n1, c, n0 = table
    row = crude(*table)

    assert row["af"] == pytest.approx((a - n1 * c / n0) / a, abs=1e-9)
    assert row["paf"] == pytest.approx((a - n1 * c / n0) / (a + c), abs=1e-9)
