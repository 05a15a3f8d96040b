import datetime as dt
import math
from decimal import Decimal
from itertools import product
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from assets.kpi.word_of_mouth import word_of_mouth
from assets.parameters import Assumption, Parameters
from schemas.core.customers import Customers
from schemas.core.experiences import Experiences
from schemas.kpi.word_of_mouth import WordOfMouth
from schemas.vocabulary import TALKING
from tests.core.rows import NOON, lazy, table
from tests.kpi.asked import WORTH_1000, certain, clients, had, untroubled
from tests.kpi.company import company
from tests.kpi.rows import Row
from tests.kpi.stored import stored

pytestmark = pytest.mark.slow

QUARTER = dt.date(2026, 1, 1)
DAY = dt.timedelta(days=1)
HALF_A_TENTH = {**WORTH_1000, "potential_share": certain(0.5), "won_by_talk": certain(0.1), "lost_by_talk": certain(0.1)}
"""Half of those reached are no customers yet; one in ten of these is moved; each is worth 1000."""


def talked(rows: list[Row], customers: pl.DataFrame | None = None, **given: Any) -> pl.DataFrame:
    """With a question about the last three months, so that a quarter holds all that is said, unless told otherwise."""
    parameters = Parameters(**{"small_sample": 2, "problem_recall_months": 3, "assumptions": HALF_A_TENTH, **given})
    numbered = (dict(row, source_record_id=str(place)) for place, row in enumerate(rows))
    known = pl.concat([table(Customers), (clients(1000) if customers is None else customers).select(table(Customers).columns)])
    return stored(WordOfMouth, word_of_mouth(lazy(Experiences, *numbered), nw.from_native(known.lazy()), parameters))


def group(frame: pl.DataFrame, word: str) -> dict[str, Any]:
    (row,) = frame.filter(experience=word).rows(named=True)
    return row


def telling(word: str, *told: int | None, **given: Any) -> list[Row]:
    """Anonymous customers of an experience, and how many people each told."""
    if word == "no_problem":
        return [row for one in told for row in untroubled(1, told_count=one, **given)]
    return [row for one in told for row in had("late", word, told_count=one, **given)]


def test_bad_talk_loses_the_share_of_those_reached_whom_it_moves_and_who_are_no_customers_yet() -> None:
    result = talked([*telling("dissatisfied", 0, 2, 4, None), *untroubled(6)])

    # 1000 · .4 · 2/3 · 3 = 800 reached, 400 of them no customers, of whom 40 stay away
    row = group(result, "dissatisfied")
    assert (row["quarter_on"], row["response_count"], row["told_n"], row["teller_count"], row["told_count"]) == (QUARTER, 4, 3, 2, 6)
    assert (row["asked_n"], row["customer_n"], row["group_share"], row["group_customers"]) == (10, 1000, 0.4, 400)
    assert (row["tell_rate"], row["told_per_teller"]) == (pytest.approx(2 / 3), 3)
    assert (row["tell_rate_basis"], row["told_per_teller_basis"], row["basis"], row["status"]) == ("measured", "measured", "assumed", "ok")
    assert (row["people_reached"], row["potential_reached"]) == (pytest.approx(800), pytest.approx(400))
    assert (row["customers_won"], row["customers_lost"], row["net_customers"]) == (0, pytest.approx(40), pytest.approx(-40))
    assert row["sales_effect_amount"] == Decimal(-40_000)


def test_good_talk_wins_customers() -> None:
    result = talked([*telling("satisfied", 2, 4), *telling("no_problem", 1, 1)])

    # each 1000 · .5 · 1 · (3 or 1) · .5 · .1
    for word, won in (("satisfied", 75), ("no_problem", 25)):
        row = group(result, word)
        assert (row["customers_won"], row["customers_lost"], row["net_customers"]) == (pytest.approx(won), 0, pytest.approx(won))
        assert row["sales_effect_amount"] == 1000 * won


@pytest.mark.parametrize("word", ["non_complainant", "blocked", "mollified", "dissatisfied"])
def test_whoever_had_a_problem_and_was_not_satisfied_speaks_badly_of_us(word: str) -> None:
    assert group(talked(telling(word, 3, 3)), word)["net_customers"] == pytest.approx(-150)


def test_the_interval_of_the_mean_is_never_below_one_person_a_teller() -> None:
    row = group(talked([*telling("dissatisfied", 1, 2, 6)]), "dissatisfied")

    # mean 3, variance (4 + 1 + 9) / 2 = 7, standard error √(7/3)
    assert (row["told_per_teller"], row["told_per_teller_low"]) == (3, 1)
    assert row["told_per_teller_high"] == pytest.approx(3 + 1.959963984540054 * math.sqrt(7 / 3))


def test_while_too_few_say_the_published_numbers_stand_and_are_called_assumed() -> None:
    result = talked([row for word in TALKING for row in telling(word, 50)], small_sample=30)

    for word in TALKING:
        row = group(result, word)
        is_happy = word in ("no_problem", "satisfied")
        rate = (0, 0, 0.5) if word == "no_problem" else (1, 0.5, 1)
        assert (row["tell_rate"], row["tell_rate_low"], row["tell_rate_high"]) == rate
        told = (row["told_per_teller"], row["told_per_teller_low"], row["told_per_teller_high"])
        assert told == ((5, 3, 8) if is_happy else (10, 8, 15))
        assert (row["tell_rate_basis"], row["told_per_teller_basis"], row["status"]) == ("assumed", "assumed", "small_sample")


def test_one_teller_is_never_enough_to_know_how_many_others_tell() -> None:
    row = group(talked(telling("dissatisfied", 7), small_sample=1), "dissatisfied")

    assert (row["tell_rate_basis"], row["told_per_teller_basis"], row["told_per_teller"]) == ("measured", "assumed", 10)


def test_where_everybody_keeps_silent_nobody_is_reached() -> None:
    row = group(talked(telling("dissatisfied", 0, 0)), "dissatisfied")

    assert (row["tell_rate"], row["people_reached"], row["net_customers"], row["sales_effect_amount"]) == (0, 0, 0, 0)
    assert row["sales_effect_low_amount"] < 0


def test_customers_of_whom_nobody_knows_how_they_speak_are_asked_and_in_no_row() -> None:
    unknown = [*had("late", "unrated", None), *had("late", "blocked", is_counted=False)]

    result = talked([*telling("dissatisfied", 2, 2), *unknown])

    assert result["experience"].to_list() == ["dissatisfied"]
    assert (group(result, "dissatisfied")["asked_n"], group(result, "dissatisfied")["group_share"]) == (4, 0.5)


def test_with_a_question_about_the_last_year_four_quarters_hold_what_the_year_holds() -> None:
    row = group(talked(telling("dissatisfied", 2, 2), problem_recall_months=12), "dissatisfied")

    assert (row["group_customers"], row["people_reached"]) == (250, 500)


def test_customers_are_those_by_the_end_of_the_quarter() -> None:
    new = clients(9, since=dt.date(2026, 4, 1)).with_columns(customer_key="new" + pl.col("customer_key"))
    april = NOON + 31 * DAY
    rows = [*telling("blocked", 1, 1), *telling("blocked", 1, 1, answered_at=april, answered_on=april.date())]

    result = talked(rows, pl.concat([clients(3), clients(2, "silver", since=dt.date(2026, 3, 31)), new]))

    assert result.sort("quarter_on")["customer_n"].to_list() == [5, 14]


def test_without_customers_nobody_is_won_or_lost() -> None:
    row = group(talked(telling("dissatisfied", 2, 2), clients(0)), "dissatisfied")

    assert (row["customer_n"], row["people_reached"], row["sales_effect_amount"]) == (0, 0, 0)


def test_a_figure_has_the_weakest_basis_of_its_inputs() -> None:
    known = {name: assumed.model_copy(update={"basis": "benchmark"}) for name, assumed in HALF_A_TENTH.items()}

    assert group(talked(telling("dissatisfied", 2, 2), assumptions=known), "dissatisfied")["basis"] == "benchmark"
    row = group(talked(telling("dissatisfied", 2, None), assumptions=known), "dissatisfied")
    assert (row["tell_rate_basis"], row["told_per_teller_basis"], row["basis"]) == ("assumed", "assumed", "assumed")
    certainly = {name: assumed.model_copy(update={"basis": "measured"}) for name, assumed in known.items()}
    assert group(talked(telling("dissatisfied", 2, 2), assumptions=certainly), "dissatisfied")["basis"] == "measured"


@pytest.mark.parametrize(("name", "value"), [("potential_share", 1.1), ("tell_rate_unhappy", -0.1), ("told_by_happy", -1)])
def test_an_assumption_that_cannot_be_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValidationError, match=rf"assumptions\.{name}: must lie from 0 to"):
        Parameters(assumptions={name: certain(value)})


def ends(name: str, parameters: Parameters) -> tuple[float, float, float]:
    assumed = parameters.assumption(name)
    return assumed.value, assumed.low, assumed.high


def told_by_hand(rows: list[Row], word: str, customers: int, parameters: Parameters) -> dict[str, float]:
    """The middle, the least and the greatest effect, by trying every corner of every input."""
    asked = [row for row in rows if row["is_counted"]]
    own = [row["told_count"] for row in asked if row["experience"] == word]
    said = [one for one in own if one is not None]
    tellers = [one for one in said if one]
    happy = word in {"no_problem", "satisfied"}
    share = (len(own) / len(asked), *proportion_confint(len(own), len(asked), method="wilson"))
    rate = ends(f"tell_rate_{word if happy else 'unhappy'}", parameters)
    if len(said) >= parameters.small_sample:
        rate = (len(tellers) / len(said), *proportion_confint(len(tellers), len(said), method="wilson"))
    each = ends(f"told_by_{'happy' if happy else 'unhappy'}", parameters)
    if len(tellers) >= max(parameters.small_sample, 2):
        low, high = DescrStatsW(tellers).zconfint_mean()
        each = (sum(tellers) / len(tellers), max(low, 1), high)
    inputs = [share, rate, each, ends("potential_share", parameters), ends("won_by_talk" if happy else "lost_by_talk", parameters)]
    inputs.append(ends("customer_value", parameters))
    of_all = (1 if happy else -1) * customers * 3 / parameters.problem_recall_months
    corners = [of_all * math.prod(corner) for corner in product(*(given[1:] for given in inputs))]
    return {"": of_all * math.prod(given[0] for given in inputs), "low_": min(corners), "high_": max(corners)}


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**9), small_sample=st.sampled_from([1, 3, 8]), value=st.sampled_from([(50.0, 150.0), (-50.0, 80.0)]))
def test_the_effect_and_its_bounds_are_those_of_a_count_by_hand(seed: int, small_sample: int, value: tuple[float, float]) -> None:
    rows: list[Row] = [dict(row, answered_on=QUARTER) for row in company(seed).experiences]
    worth = Assumption(value=value[1] - 20, low=value[0], high=value[1], source="a test")
    parameters = Parameters(small_sample=small_sample, assumptions={"customer_value": worth})

    result = talked(rows, small_sample=small_sample, assumptions={"customer_value": worth}, problem_recall_months=12)

    assert result["experience"].sort().to_list() == sorted({row["experience"] for row in rows if row["is_counted"]} & set(TALKING))
    for row in result.rows(named=True):
        by_hand = told_by_hand(rows, row["experience"], 1000, parameters)
        for end, expected in by_hand.items():
            assert float(row[f"sales_effect_{end}amount"]) == pytest.approx(expected, abs=1e-3, rel=1e-9)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**9), small_sample=st.sampled_from([1, 5, 30]))
def test_bounds_contain_the_figures_and_whoever_wins_loses_nobody(seed: int, small_sample: int) -> None:
    rows = company(seed).experiences

    result = talked(rows, small_sample=small_sample, assumptions={})

    assert result["response_count"].sum() == sum(row["is_counted"] and row["experience"] in TALKING for row in rows)
    for row in result.rows(named=True):
        for name in ("people_reached", "net_customers", "told_per_teller", "tell_rate"):
            assert row[f"{name}_low"] - 1e-9 <= row[name] <= row[f"{name}_high"] + 1e-9
        assert row["sales_effect_low_amount"] <= row["sales_effect_amount"] <= row["sales_effect_high_amount"]
        assert min(row["customers_won"], row["customers_lost"]) == 0
        assert row["customers_won"] - row["customers_lost"] == row["net_customers"]


def test_effects_grow_with_customers_and_vanish_where_nobody_can_be_won() -> None:
    rows = company(7).experiences
    names = ("net_customers", "net_customers_low", "net_customers_high")

    once, twice = (talked(rows, clients(size)).sort("quarter_on", "experience") for size in (500, 1000))
    none = talked(rows, assumptions={"potential_share": certain(0)})

    for name in names:
        assert twice[name].to_list() == pytest.approx([2 * one for one in once[name].to_list()])
        assert set(map(str, none[name])) == {"0.0"}
