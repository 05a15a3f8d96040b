"""The truth about what customers tell others, by quarter and experience, and whom it wins or loses. Numbers are exact."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

from pipelines.demo.assumptions import ASSUMPTIONS
from pipelines.demo.clock import Clock
from pipelines.demo.company import SMALL_SAMPLE
from pipelines.demo.customers import Crm
from pipelines.demo.identity import Identity
from pipelines.demo.relationship import Talk

_HAPPY = {"no_problem", "satisfied"}
_QUARTERS_ASKED_ABOUT = 4
"""The survey asks about the last year."""


def word_of_mouth(clock: Clock, talks: list[Talk], identity: Identity, crm: Crm) -> dict[str, dict[str, Any]]:
    """Of each group that speaks well or badly: who tells whom, and what comes of it among all customers there are."""
    by_group: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for talk in talks:
        if talk.problem:
            by_group[clock.quarter(talk.at)][talk.experience].append(talk.told)
    result: dict[str, dict[str, Any]] = {}
    for quarter, groups in sorted(by_group.items()):
        asked, customers = sum(map(len, groups.values())), _customers(quarter, identity, crm)
        result[quarter] = {
            "asked": asked,
            "customers": customers,
            "groups": {
                word: _figures(word, told, Fraction(customers * len(told), asked * _QUARTERS_ASKED_ABOUT))
                for word, told in sorted(groups.items())
                if word != "unrated"
            },
        }
    return result


def _customers(quarter: str, identity: Identity, crm: Crm) -> int:
    """People, not records, who were customers by the end of a quarter."""
    since: dict[str, str] = {}
    for customer in crm.customers:
        if customer.number in crm.delivered:
            who = identity.who(customer.id_key)
            since[who] = min(since.get(who, customer.since), customer.since)
    return sum(_quarter(day) <= quarter for day in since.values())


def _quarter(day: str) -> str:
    return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"


def _figures(word: str, told: list[int], group_customers: Fraction) -> dict[str, Any]:
    tellers = [people for people in told if people]
    kind = word if word in _HAPPY else "unhappy"
    rate, each = _assumed(f"tell_rate_{kind}"), _assumed(f"told_by_{'happy' if word in _HAPPY else 'unhappy'}")
    if len(told) >= SMALL_SAMPLE:
        rate = Fraction(len(tellers), len(told))
    if len(tellers) >= SMALL_SAMPLE:
        each = Fraction(sum(tellers), len(tellers))
    reached = group_customers * rate * each
    moved = reached * _assumed("potential_share") * _assumed("won_by_talk" if word in _HAPPY else "lost_by_talk")
    net = moved if word in _HAPPY else -moved
    return {
        "answers": len(told),
        "tellers": len(tellers),
        "told": sum(tellers),
        "reached": float(reached),
        "net_customers": float(net),
        "sales_effect": float(net * _assumed("customer_value")),
    }


def _assumed(name: str) -> Fraction:
    return Fraction(ASSUMPTIONS[name].value)
