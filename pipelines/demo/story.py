"""The demo company's days, one after the other, and the truth about them. Where files are put is not decided here."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pipelines.demo.clock import ZONE, Clock
from pipelines.demo.company import CURRENCY
from pipelines.demo.contacts import Demand
from pipelines.demo.customers import Crm
from pipelines.demo.deliveries import Delivery, Post, Register
from pipelines.demo.identity import People
from pipelines.demo.ledger import Ledger
from pipelines.demo.mail import Mailbox
from pipelines.demo.orders import Shop
from pipelines.demo.phone import PhoneDesk
from pipelines.demo.plans import Plans
from pipelines.demo.relationship import DRIVER_WEIGHTS, Relationship
from pipelines.demo.self_service import HelpPages
from pipelines.demo.shop import ShopSurvey
from pipelines.demo.staff import Staff
from pipelines.demo.surveys import Invitations
from pipelines.demo.telephone import Telephone
from pipelines.demo.texting import TextMessages
from pipelines.demo.true_access import calls, self_service
from pipelines.demo.true_churn import churn
from pipelines.demo.true_costs import costs
from pipelines.demo.true_messages import invites, messages, texts
from pipelines.demo.true_plans import programme_returns, programmes
from pipelines.demo.true_prices import price_sensitivity
from pipelines.demo.true_quality import poor_quality, recurring
from pipelines.demo.true_relationship import confidence, loyalty, problems
from pipelines.demo.true_resolution import resolution
from pipelines.demo.true_roi import service_roi
from pipelines.demo.true_satisfaction import satisfaction, satisfied_by_wait
from pipelines.demo.true_staff import handling, obstacles, staff
from pipelines.demo.true_talk import word_of_mouth
from pipelines.demo.truth import Happened, of_damage, of_plans, of_quarters, of_service, of_worth
from pipelines.demo.zendesk import Zendesk


class Story:
    """The company over a number of days. Tell all days, then ask for the truth."""

    def __init__(self, days: int, last_day: dt.date, seed: int) -> None:
        name = f"demo {seed}"
        self.clock: Final = Clock(last_day, days)
        self.register: Final = Register()
        self._crm: Final = Crm(name, self.clock)
        self._demand: Final = Demand(name, self.clock, self._crm)
        self._invitations: Final = Invitations(name, self.clock, self._crm)
        self._zendesk: Final = Zendesk(name, self.clock, self._demand, self._invitations)
        self._phone: Final = PhoneDesk(name, self.clock, self._demand)
        self._shop_survey: Final = ShopSurvey(name, self.clock, self._crm)
        self._mailbox: Final = Mailbox(name, self.clock, self._crm)
        self._sms: Final = TextMessages(name, self.clock, self._crm, "sms", 80)
        self._sms_api: Final = TextMessages(name, self.clock, self._crm, "sms_api", 44)
        self._shop: Final = Shop(name, self.clock, self._crm)
        self._ledger: Final = Ledger(name, self.clock)
        self._relationship: Final = Relationship(name, self.clock, self._crm)
        self._staff: Final = Staff(name, self.clock)
        self._telephone: Final = Telephone(name, self.clock, self._crm, self._staff)
        self._help_pages: Final = HelpPages(name, self.clock, self._crm)
        self._plans: Final = Plans(name, self.clock)

    def days(self) -> Iterator[tuple[str, list[Delivery]]]:
        """Each arrival day with its files."""
        post = Post()
        for day in range(self.clock.days):
            arrived = post.of_the_day(day, self.clock.dates[day], self._day(day))
            for delivery in arrived:
                self.register.enter(delivery, self.clock.iso[day])
            yield self.clock.iso[day], arrived

    def _day(self, day: int) -> list[Delivery]:
        self._crm.grow(day)
        for matter in self._demand.of_the_day(day):
            (self._zendesk if matter.is_for_zendesk else self._phone).open(day, matter)
        return [
            *self._crm.dump(day),
            *self._zendesk.export(day),
            *self._phone.export(day),
            *self._invitations.export_invites(day),
            *self._invitations.export_responses(day),
            *self._shop_survey.export(day),
            *self._mailbox.export(day),
            *self._sms.export(day),
            *self._sms_api.export(day),
            *self._shop.export(day),
            *self._ledger.export(day),
            *self._relationship.export(day),
            *self._telephone.export(day),
            *self._help_pages.export(day),
            *self._staff.export(day),
            *self._plans.export(day),
        ]

    def truth(self) -> dict[str, Any]:
        """What the pipeline must find, as of the end of the last arrival day."""
        clock, responses = self.clock, self._invitations.responses
        contacts = self._zendesk.contacts + self._phone.contacts
        identity = People(self._crm.delivered)
        orders, postings = self._shop.orders, self._ledger.postings
        answered = satisfaction(clock, responses, self._shop_survey.scores, self._relationship.talks)
        talks = self._relationship.talks
        ours = self._mailbox.ours + self._sms.ours + self._sms_api.ours
        happened = Happened(clock, identity, contacts, self._invitations.sent, responses, self._shop_survey.scores, talks, orders, ours)
        parts: dict[str, Mapping[str, Mapping[str, Any]]] = {
            "satisfaction": answered,
            "fcr": resolution(clock, contacts, responses, identity),
            "cost": costs(clock, postings, orders, contacts),
            "service_roi": service_roi(clock, identity, contacts, responses, orders, postings),
            "poor_quality": poor_quality(clock, identity, contacts, postings),
            "recurring": recurring(clock, identity, contacts, postings),
            "messages": messages(clock, self._mailbox.messages, self._sms.messages + self._sms_api.messages),
            "texts": texts(
                clock,
                {
                    "message": self._mailbox.texts + self._sms.texts + self._sms_api.texts,
                    "ticket": [(contact.at, bool(contact.category)) for contact in self._zendesk.contacts],
                },
            ),
            "invites": invites(clock, self._invitations.sent),
            "problems": problems(clock, self._relationship.talks),
            "confidence": confidence(clock, self._relationship.talks),
            "calls": calls(clock, self._telephone.calls),
            "self_service": self_service(clock, self._help_pages.sessions),
            "staff": staff(clock, self._staff.employees),
            "handling": handling(clock, self._telephone.calls),
            "obstacles": obstacles(self._staff.obstacles),
            **of_service(happened),
        }
        months = _by_period(parts)
        for month, figures in _by_period(of_worth(happened, months)).items():
            months[month].update(figures)
        quarters = loyalty(clock, talks)
        for quarter, figures in _by_period(of_quarters(happened)).items():
            quarters[quarter].update(figures)
        planted = programmes(self._plans.flows)
        feeds = {
            name: {
                "files": count.files,
                "records": count.read,
                "items": count.new,
                "accepted": count.new + count.versions,
                "duplicates": count.duplicates,
                "refused": dict(sorted(count.refused.items())),
            }
            for name, count in sorted(self.register.feeds.items())
        }
        end = dt.datetime.fromtimestamp(clock.end, dt.UTC)
        return {
            "as_of": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "time_zone": ZONE,
            "currency": CURRENCY,
            "first_day": clock.iso[0],
            "last_day": clock.iso[clock.days - 1],
            "months": dict(sorted(months.items())),
            "quarters": quarters,
            "price_sensitivity": price_sensitivity(clock, talks),
            "word_of_mouth": word_of_mouth(clock, talks, identity, self._crm),
            "satisfied_by_wait": satisfied_by_wait(contacts, responses),
            "churn": churn(clock, identity, self._crm, contacts, responses, orders),
            "driver_weights": DRIVER_WEIGHTS,
            "programmes": planted,
            "programme_returns": programme_returns(planted),
            **of_damage(months),
            **of_plans(months, self._plans),
            "benchmarks": self._plans.comparisons,
            "feeds": feeds,
            "unreadable": self.register.unreadable,
        }


def _by_period(parts: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    """The figures of each month or quarter under their parts' names; those of satisfaction have names of their own."""
    result: dict[str, dict[str, Any]] = {}
    for name, by_period in parts.items():
        for period, figures in by_period.items():
            result.setdefault(period, {}).update(figures if name == "satisfaction" else {name: figures})
    return result
