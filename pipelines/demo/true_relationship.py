"""The truth about the relationship with customers: problems and confidence by month, experiences and reasons by quarter."""

from collections import Counter, defaultdict
from typing import Any

from pipelines.demo.clock import Clock
from pipelines.demo.relationship import COMPLAINTS, CONFIDENCE, PROBLEMS, REASONS, Talk

EXPERIENCES = ("no_problem", "non_complainant", "blocked", "satisfied", "mollified", "dissatisfied", "unrated")
_SAID = {"yes": "complained", "no": "told_nobody", "tried": "tried"}


def problems(clock: Clock, talks: list[Talk]) -> dict[str, dict[str, Any]]:
    """By month: who was asked and had a problem; of each problem, who complained, told nobody, and reached nobody."""
    count: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for talk in talks:
        of_month = count[clock.month(talk.at)]
        if talk.problem:
            of_month[talk.problem, "asked"] += 1
            of_month[talk.problem, talk.complained] += 1
    return {
        month: {
            "asked": sum(n[problem, "asked"] for problem in PROBLEMS),
            "with_problem": sum(n[problem, "asked"] for problem in PROBLEMS if problem != "no_problem"),
            "by_problem": {
                problem: {"with_problem": n[problem, "asked"], **{_SAID[word]: n[problem, word] for word in COMPLAINTS}}
                for problem in PROBLEMS
                if problem != "no_problem"
            },
        }
        for month, n in sorted(count.items())
    }


def confidence(clock: Clock, talks: list[Talk]) -> dict[str, dict[str, dict[str, int]]]:
    """By month and statement: answers, those above the middle of the scale and those below it."""
    result: dict[str, dict[str, dict[str, int]]] = {}
    for talk in talks:
        month = result.setdefault(clock.month(talk.at), {key: {"n": 0, "favourable": 0, "unfavourable": 0} for key in CONFIDENCE})
        for figures, value in zip(month.values(), talk.confidence, strict=True):
            if value is not None:
                figures["n"] += 1
                figures["favourable"] += value > 3
                figures["unfavourable"] += value < 3
    return result


def loyalty(clock: Clock, talks: list[Talk]) -> dict[str, dict[str, Any]]:
    """By quarter: customers of each experience with what they say about buying again, and reasons for choosing us."""
    result: dict[str, dict[str, Any]] = {}
    for talk in talks:
        quarter = result.setdefault(
            clock.quarter(talk.at),
            {
                "experience": {word: {"customers": 0, "repurchase_n": 0, "repurchase_top": 0} for word in EXPERIENCES},
                "reasons": {"asked": 0, **dict.fromkeys(REASONS, 0)},
            },
        )
        if talk.experience:
            figures = quarter["experience"][talk.experience]
            figures["customers"] += 1
            figures["repurchase_n"] += talk.repurchase is not None
            figures["repurchase_top"] += talk.repurchase is not None and talk.repurchase >= 4
        quarter["reasons"]["asked"] += bool(talk.reasons)
        for reason in talk.reasons:
            quarter["reasons"][reason] += 1
    return result
