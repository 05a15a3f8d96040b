"""The truth about what problems cost: customers and margin at risk, and what preventing or handling problems better would pay."""

from collections import Counter
from itertools import product
from typing import Any, TypeAlias

from pipelines.demo.assumptions import ASSUMPTIONS
from pipelines.demo.company import SMALL_SAMPLE
from pipelines.demo.true_experience import SILENT, TOLD
from pipelines.demo.true_intervals import wilson

Ends: TypeAlias = tuple[float, float, float]
"""A figure, its low and its high end."""

ProblemsOfMonth: TypeAlias = dict[str, dict[str, dict[str, int]]]
"""By segment and problem."""

MONTHS_ASKED_ABOUT = 12


def assumed(name: str) -> Ends:
    """What is assumed, and from where to where it may lie."""
    assumption = ASSUMPTIONS[name]
    return float(assumption.value), float(assumption.low), float(assumption.high)


def _share(own: tuple[int, int], all_of_month: tuple[int, int], name: str) -> tuple[Ends, bool]:
    """A share of the row where enough were asked, else of the month, else as assumed; and whether it was measured."""
    for k, n in (own, all_of_month):
        if n >= SMALL_SAMPLE:
            return (k / n, *wilson(k, n)), True
    return assumed(name), False


def _told(figures: Counter[str]) -> dict[str, tuple[int, int]]:
    told, silent = (sum(figures[word] for word in words) for words in (TOLD, SILENT))
    rated = sum(figures[word] for word in TOLD[:3])
    return {
        "complaint_share": (told, told + silent),
        "satisfied_share": (figures["satisfied"], rated),
        "dissatisfied_share": (figures["dissatisfied"], rated),
    }


def _per_problem(c: float, s: float, d: float, lost: tuple[float, float, float, float]) -> float:
    silent, satisfied, mollified, dissatisfied = lost
    return (1 - c) * silent + c * (s * satisfied + (1 - s - d) * mollified + d * dissatisfied)


def at_risk(problems: ProblemsOfMonth, loyalty: dict[str, dict[str, dict[str, Any]]], sizes: Counter[str]) -> dict[str, dict[str, Any]]:
    """Of one month, by segment and problem: customers who have it, and those it is expected to cost, at both ends too."""
    month = Counter[str]()
    for by_problem in problems.values():
        for problem, figures in by_problem.items():
            if problem != "no_problem":
                month.update(figures)
    result: dict[str, dict[str, Any]] = {}
    for segment, by_problem in problems.items():
        asked = sum(figures["customers"] for figures in by_problem.values())
        for problem, figures in by_problem.items():
            if problem != "no_problem":
                size = sizes[segment] / MONTHS_ASKED_ABOUT
                rate = (figures["customers"] / asked, *wilson(figures["customers"], asked))
                of_row = _row(Counter(figures), month, loyalty[segment], size, rate)
                result.setdefault(segment, {})[problem] = {"asked": asked, **of_row}
    return result


def _row(figures: Counter[str], month: Counter[str], loyalty: dict[str, dict[str, Any]], size: float, rate: Ends) -> dict[str, Any]:
    own, whole = _told(figures), _told(month)
    (c, c_known), (s, s_known), (d, _) = (_share(own[name], whole[name], name) for name in own)
    groups = [loyalty[word] for word in ("non_complainant", "satisfied", "mollified", "dissatisfied")]
    lost_middle, lost_low, lost_high = (tuple(group["lost"][end] for group in groups) for end in range(3))
    value = assumed("customer_value")
    lows = [_per_problem(*corner, lost_low) for corner in product(c[1:], s[1:], d[1:])]
    highs = [_per_problem(*corner, lost_high) for corner in product(c[1:], s[1:], d[1:])]
    customers = size * rate[0] * _per_problem(c[0], s[0], d[0], lost_middle)
    low = min(size * p * min(lows) for p in rate[1:])
    high = max(size * p * max(highs) for p in rate[1:])
    measured = all(group["basis"] == "measured" for group in groups)
    return {
        "problem_customers": size * rate[0],
        "complaint_rate": c[0],
        "complaint_rate_basis": "measured" if c_known else "assumed",
        "satisfied_share": s[0],
        "dissatisfied_share": d[0],
        "shares_basis": "measured" if s_known else "assumed",
        "loyalty_basis": "measured" if measured else "assumed",
        "lost": lost_middle,
        "customers": (customers, low, high),
        "margin": (customers * value[0], min(low * worth for worth in value[1:]), max(high * worth for worth in value[1:])),
    }


def prevention(months: dict[str, dict[str, dict[str, Any]]], cost_per_contact: float) -> dict[str, dict[str, float]]:
    """By problem: what a programme that prevents part of a year's problems brings, and its return."""
    to_year = 12 / len(months)
    reduction, cost = assumed("problem_reduction")[0], assumed("prevention_cost")[0]
    sums: dict[str, dict[str, float]] = {}
    for by_segment in months.values():
        for by_problem in by_segment.values():
            for problem, row in by_problem.items():
                names = ("asked", "problem_customers", "customers_at_risk", "margin", "contacts")
                sum_ = sums.setdefault(problem, dict.fromkeys(names, 0.0))
                sum_["asked"] += row["asked"]
                sum_["problem_customers"] += row["problem_customers"] * to_year
                sum_["customers_at_risk"] += row["customers"][0] * to_year
                sum_["margin"] += row["margin"][0] * to_year
                sum_["contacts"] += row["problem_customers"] * row["complaint_rate"] * to_year
    for sum_ in sums.values():
        sum_["prevented_margin"] = sum_["margin"] * reduction
        sum_["avoided_contacts"] = sum_["contacts"] * reduction * cost_per_contact
        sum_["roi"] = (sum_["prevented_margin"] + sum_["avoided_contacts"] - cost) / cost
    return sums


def recovery(
    months: dict[str, dict[str, dict[str, Any]]], problems: dict[str, ProblemsOfMonth], cost_per_contact: float
) -> dict[str, float]:
    """What handling complaints better, and hearing of more, would pay in a year; nobody says which part of the company handled what."""
    rows = [row for by_segment in months.values() for by_problem in by_segment.values() for row in by_problem.values()]
    customers = sum(row["problem_customers"] for row in rows)
    silent, satisfied, mollified, dissatisfied = (
        sum(row["problem_customers"] * row["lost"][place] for row in rows) / customers for place in range(4)
    )
    told = Counter[str]()
    for by_segment in problems.values():
        for by_problem in by_segment.values():
            for problem, figures in by_problem.items():
                if problem != "no_problem":
                    told.update(figures)
    shares = _told(told)
    (s, *_), (d, *_) = (_share(shares[name], shares[name], name)[0] for name in ("satisfied_share", "dissatisfied_share"))
    to_year, value = 12 / len(months), assumed("customer_value")[0]
    complaining = sum(row["problem_customers"] * row["complaint_rate"] for row in rows) * to_year
    recovered = complaining * min(assumed("recovery_shift")[0], d) * (dissatisfied - satisfied)
    more = customers * to_year * assumed("solicitation_increase")[0]
    solicited = more * (silent - (s * satisfied + (1 - s - d) * mollified + d * dissatisfied))
    cost = assumed("recovery_cost")[0]
    return {
        "complained": sum(told[word] for word in TOLD),
        "rated": sum(told[word] for word in TOLD[:3]),
        "satisfied_share": s,
        "dissatisfied_share": d,
        "problem_customers": customers * to_year,
        "complaining_customers": complaining,
        "recovered_customers": recovered,
        "recovery_roi": (recovered * value - cost) / cost,
        "solicited_customers": solicited,
        "solicitation_roi": (solicited * value - more * cost_per_contact) / (more * cost_per_contact),
    }
