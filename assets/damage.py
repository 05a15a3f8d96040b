"""What problems cost in loyalty, said once: the market damage model (CTMA; Goodman & Newman, Quality Progress 2003).

Belongs here: the model's formulas over expressions of one row, and the bounds of what is built from uncertain inputs. Which inputs a table
takes, and on what they rest, stands with the table.
"""

from collections.abc import Callable, Mapping
from itertools import product
from typing import NamedTuple

import narwhals as nw

from assets.expressions import by_word, count_where, ratio, wilson
from assets.parameters import Assumption

Number = nw.Expr | float
Ends = tuple[nw.Expr, nw.Expr]
"""Low and high end of an uncertain quantity."""


class Stated(NamedTuple):
    """What a row's input is taken to be while it is not measured."""

    value: nw.Expr
    low: nw.Expr
    high: nw.Expr
    basis: nw.Expr


def stated(assumed: Assumption) -> Stated:
    """An assumption that holds for every row."""
    return Stated(nw.lit(assumed.value), nw.lit(assumed.low), nw.lit(assumed.high), nw.lit(assumed.basis))


def stated_by(column: str, assumed: Mapping[str, Assumption]) -> Stated:
    """The assumption that holds for each word of a column."""
    numbers = ({word: getattr(one, end) for word, one in assumed.items()} for end in ("value", "low", "high"))
    bases = {word: str(one.basis) for word, one in assumed.items()}
    value, low, high = (by_word(column, of_words, nw.Float64) for of_words in numbers)
    return Stated(value, low, high, by_word(column, bases, nw.String))


def of_complainants(satisfied: nw.Expr, dissatisfied: nw.Expr, values: tuple[Number, Number, Number]) -> nw.Expr:
    """s·x_s + m·x_m + d·x_d with m = 1 − s − d: mean over the complainants of a value of each group, such as loyalty or loyalty lost."""
    of_satisfied, of_mollified, of_dissatisfied = values
    rest = 1.0 - satisfied - dissatisfied
    return satisfied * of_satisfied + rest * of_mollified + dissatisfied * of_dissatisfied


def mollified_share() -> nw.Expr:
    """1 − s − d: what the two measured shares leave over."""
    return nw.max_horizontal(1.0 - nw.col("satisfied_share") - nw.col("dissatisfied_share"), nw.lit(0.0))


def damage_per_problem(complained: nw.Expr, lost_silent: nw.Expr, lost_told: nw.Expr) -> nw.Expr:
    """(1 − c)·(L0 − Ln) + c·[s(L0 − Ls) + m(L0 − Lm) + d(L0 − Ld)]: customers lost by each who has a problem."""
    return (1.0 - complained) * lost_silent + complained * lost_told


def ends_of(name: str) -> Ends:
    """The columns with the low and the high end of a quantity."""
    return nw.col(f"{name}_low"), nw.col(f"{name}_high")


def at_end(quantity: nw.Expr, low: float, high: float, *, sign: int) -> nw.Expr:
    """The smaller (sign −1) or larger (sign 1) of the quantity times either end of a factor."""
    return extreme([quantity * low, quantity * high], sign=sign)


def extreme(values: list[nw.Expr], *, sign: int) -> nw.Expr:
    """The smallest (sign −1) or largest (sign 1) of some quantities of a row."""
    return nw.min_horizontal(*values) if sign < 0 else nw.max_horizontal(*values)


def over_corners(formula: Callable[..., nw.Expr], ends: Mapping[str, Ends], *, sign: int) -> nw.Expr:
    """The least or greatest value of a formula over all ends of its inputs.

    A formula that is linear in each of its inputs takes its extremes at corners, whichever way each input pulls.
    """
    corners = (dict(zip(ends, corner, strict=True)) for corner in product(*ends.values()))
    return extreme([formula(**corner) for corner in corners], sign=sign)


def measured_share(
    name: str, successes: str, n: str, assumed: Assumption | Stated, small_sample: int, over: tuple[str, ...] = ()
) -> dict[str, nw.Expr]:
    """A share with the ends of its interval and its basis.

    Of the row's own cases where there are enough of them, else of all the rows that have ``over`` in common, else as declared.
    """

    def total(column: str) -> nw.Expr:
        return nw.col(column).sum().over(*over) if over else nw.col(column)

    own, pooled = nw.col(n) >= small_sample, total(n) >= small_sample
    k = nw.when(own).then(nw.col(successes)).otherwise(nw.when(pooled).then(total(successes)))
    count = nw.when(own).then(nw.col(n)).otherwise(nw.when(pooled).then(total(n)))
    low, high = wilson(k, count)
    otherwise = assumed if isinstance(assumed, Stated) else stated(assumed)
    return {
        name: nw.coalesce(ratio(k, count), otherwise.value),
        f"{name}_low": nw.coalesce(low, otherwise.low),
        f"{name}_high": nw.coalesce(high, otherwise.high),
        f"{name}_is_measured": own | pooled,
        f"{name}_basis": nw.when(own | pooled).then(nw.lit("measured")).otherwise(otherwise.basis),
    }


def basis_counts(basis: nw.Expr) -> dict[str, nw.Expr]:
    """How many rows of a group rest on each of the weaker bases; read by `basis_of_group`."""
    return {f"{word}_count": count_where(basis == word) for word in ("assumed", "benchmark")}


def basis_of_group() -> nw.Expr:
    """The weakest basis of a group's rows."""
    return _weakest(nw.col("assumed_count") > 0, nw.col("benchmark_count") > 0)


def weakest_of(*bases: str) -> nw.Expr:
    """The weakest of the bases in some columns; a null one counts as measured."""
    held = [nw.coalesce(nw.col(name), nw.lit("measured")) for name in bases]
    assumed, benchmark = (nw.any_horizontal(*(basis == word for basis in held), ignore_nulls=True) for word in ("assumed", "benchmark"))
    return _weakest(assumed, benchmark)


def _weakest(is_assumed: nw.Expr, is_benchmark: nw.Expr) -> nw.Expr:
    weaker = nw.when(is_benchmark).then(nw.lit("benchmark")).otherwise(nw.lit("measured"))
    return nw.when(is_assumed).then(nw.lit("assumed")).otherwise(weaker)
