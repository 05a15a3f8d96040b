from itertools import permutations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.statistics.importance import shares_of_r_squared

pytestmark = pytest.mark.slow


def r_squared(ratings: np.ndarray, overall: np.ndarray, members: tuple[int, ...]) -> float:
    if not members:
        return 0.0
    return float(sm.OLS(overall, sm.add_constant(ratings[:, list(members)], has_constant="add")).fit().rsquared)


def over_all_orders(ratings: np.ndarray, overall: np.ndarray) -> list[float]:
    orders = list(permutations(range(ratings.shape[1])))
    gains = np.zeros(ratings.shape[1])
    for order in orders:
        for place, driver in enumerate(order):
            gains[driver] += r_squared(ratings, overall, order[: place + 1]) - r_squared(ratings, overall, order[:place])
    return list(gains / len(orders))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_shares_are_the_gains_of_r_squared_averaged_over_all_orders_of_regression(seed: int) -> None:
    draw = np.random.default_rng(seed)
    ratings = draw.integers(0, 5, (50, 3)).astype(float)
    ratings[:, 2] += ratings[:, 0]
    overall = ratings @ draw.normal(size=3) + draw.normal(size=50)

    shares = shares_of_r_squared(np.cov(np.column_stack([ratings, overall]).T).tolist())

    assert shares == pytest.approx(over_all_orders(ratings, overall), abs=1e-9)
    assert sum(shares or ()) == pytest.approx(r_squared(ratings, overall, (0, 1, 2)))


def test_two_ratings_that_are_always_the_same_share_alike() -> None:
    assert shares_of_r_squared([[2, 2, 1], [2, 2, 1], [1, 1, 1]]) == pytest.approx([0.25, 0.25])


def test_a_rating_that_does_not_vary_has_no_share_and_what_does_not_vary_cannot_be_explained() -> None:
    assert shares_of_r_squared([[0, 0, 0], [0, 1, 1], [0, 1, 4]]) == pytest.approx([0, 0.25])
    assert shares_of_r_squared([[1, 0], [0, 0]]) is None
