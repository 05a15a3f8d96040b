"""What is told off at the end of the story beyond its first figures, from everything that happened. The counting is in `true_*`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipelines.demo.clock import Clock
from pipelines.demo.contacts import Contact
from pipelines.demo.identity import People
from pipelines.demo.opening import Opening
from pipelines.demo.orders import Order
from pipelines.demo.plans import Plans
from pipelines.demo.relationship import Talk
from pipelines.demo.shop import Score
from pipelines.demo.surveys import Invite, Response
from pipelines.demo.true_access import reached
from pipelines.demo.true_answers import follow_up, invitations
from pipelines.demo.true_balance import balance
from pipelines.demo.true_damage import at_risk, prevention, recovery
from pipelines.demo.true_experience import loyalty_by_segment, problems_by_segment, segment_sizes
from pipelines.demo.true_history import history
from pipelines.demo.true_opinions import confidence_indices, drivers, reasons_by_tier
from pipelines.demo.true_plans import calibration, verdicts
from pipelines.demo.true_sensitivity import sensitivity
from pipelines.demo.true_stages import backlog, stages
from pipelines.demo.true_tickets import first_reply_medians, neglect, waits
from pipelines.demo.true_value import segment_values, tiers

Months = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Happened:
    """Everything that the later figures are told off from."""

    clock: Clock
    people: People
    contacts: list[Contact]
    invites: list[Invite]
    responses: list[Response]
    shop: list[Score]
    talks: list[Talk]
    orders: list[Order]
    ours: list[tuple[int, str]]
    """Instant of every message of ours, and whom it went to."""

    @cached_property
    def loyalty(self) -> dict[str, Any]:
        """Loyalty by segment in each quarter, which two parts of the truth speak of."""
        return loyalty_by_segment(self.clock, self.people, self.talks, self.orders)


def of_service(happened: Happened) -> dict[str, Mapping[str, Any]]:
    """By month: who answers us, whom we neglect, where tickets wait, and what had happened before a contact."""
    clock, contacts, responses = happened.clock, happened.contacts, happened.responses
    opening = Opening(clock)
    return {
        "invitations": invitations(clock, happened.invites, responses),
        "follow_up": follow_up(clock, happened.people, (responses, happened.shop, happened.talks), contacts, happened.ours),
        "waits": waits(clock, contacts, opening),
        "neglect": neglect(clock, contacts),
        "backlog": backlog(clock, contacts),
        "stages": stages(clock, contacts, opening),
        "reached": reached(clock, happened.talks),
        "history": history(clock, happened.people, contacts, responses),
    }


def of_worth(happened: Happened, months: Months) -> dict[str, Mapping[str, Any]]:
    """By month: what customers are worth and think; what problems put at risk; what the return of service hangs on."""
    clock, people, talks = happened.clock, happened.people, happened.talks
    by_segment = problems_by_segment(clock, people, talks)
    sizes = dict(segment_sizes(people, list(by_segment)))
    return {
        "problems_by_segment": by_segment,
        "at_risk": {month: at_risk(problems, happened.loyalty[_quarter(month)], sizes[month]) for month, problems in by_segment.items()},
        "segment_values": segment_values(clock, people, happened.orders),
        "confidence_index": confidence_indices(clock, people, talks),
        "sensitivity": {month: sensitivity(said["service_roi"]) for month, said in months.items() if said.get("service_roi")},
        "balance": balance(months, first_reply_medians(clock, happened.contacts)),
    }


def of_quarters(happened: Happened) -> dict[str, Mapping[str, Any]]:
    """By quarter: loyalty by segment, what is rated how, and why whom chooses us."""
    clock, people, talks = happened.clock, happened.people, happened.talks
    return {
        "loyalty": happened.loyalty,
        "drivers": drivers(clock, talks),
        "reasons_by_tier": reasons_by_tier(clock, people, talks, tiers(clock, people, happened.orders)),
    }


def of_damage(months: Months) -> dict[str, Any]:
    """What programmes against problems would pay, judged on the last twelve months that were asked about."""
    asked = {month: months[month] for month in sorted(month for month, said in months.items() if said.get("at_risk"))[-12:]}
    if not asked:
        return {"prevention": {}, "recovery": {}}
    contacts = sum(said["cost"]["contacts"] for said in asked.values())
    cost_per_contact = sum(float(said["cost"]["service_cost"]) for said in asked.values()) / contacts
    risks = {month: said["at_risk"] for month, said in asked.items()}
    problems = {month: said["problems_by_segment"] for month, said in asked.items()}
    return {"prevention": prevention(risks, cost_per_contact), "recovery": recovery(risks, problems, cost_per_contact)}


def of_plans(months: Months, plans: Plans) -> dict[str, Any]:
    """How we lie to others who count as we do, and how often we reached our targets."""
    csat = {month: (said["csat"]["satisfied"], said["csat"]["n"]) for month, said in months.items() if said.get("csat")}
    emails = [said["waits"]["email"] for said in months.values() if said.get("waits")]
    figures = {
        "satisfaction_daily,csat_top2,": [k / n for k, n in csat.values()],
        "first_contact_resolution_daily,fcr_gross,": [
            said["fcr"]["gross"] for said in months.values() if said.get("fcr") and not said["fcr"]["contacts_immature"]
        ],
        "ticket_times_daily,first_reply_seconds_mean,email": [each["first_reply_seconds"] / each["first_reply_n"] for each in emails],
        "cost_per_sale_monthly,cost_per_sale_service_only,": [
            said["cost"]["service_only"] for said in months.values() if said.get("cost") and said["cost"]["service_only"]
        ],
    }
    return {
        "verdicts": {name: verdicts(csat, plans.others[name]) for name, how in plans.comparisons.items() if how == "comparable"},
        "calibration": {
            name: calibration(figures[figure], float(target), more_is_better=better == "higher")
            for name, (figure, target, better) in plans.aims.items()
        },
    }


def _quarter(month: str) -> str:
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"
