"""The truth about what had happened before each contact, told off customer by customer."""

from bisect import bisect_right
from collections import defaultdict

from pipelines.demo.clock import Clock
from pipelines.demo.company import WINDOW
from pipelines.demo.contacts import Contact
from pipelines.demo.identity import Identity
from pipelines.demo.surveys import Response
from pipelines.demo.true_resolution import survey_answers
from pipelines.demo.true_satisfaction import superseded_responses
from pipelines.demo.true_tickets import SETTLED


def _is_open(contact: Contact, at: int) -> bool:
    """Whether a ticket was still worked on at an instant."""
    if not contact.moves:
        return contact.first_solved is None or contact.first_solved > at
    place = bisect_right([moved for moved, _ in contact.moves], at) - 1
    return contact.moves[place][1] not in SETTLED


def _order(contact: Contact) -> tuple[int, str]:
    return contact.at, f"{contact.source}:{contact.id}"


def _boxes(responses: list[Response]) -> dict[str, str]:
    """How each ticket was rated; one bad score outweighs the others."""
    lost = superseded_responses(responses)
    given: dict[str, list[int]] = defaultdict(list)
    for response in responses:
        if response.ticket and response.csat is not None and response.id not in lost:
            given[response.ticket].append(response.csat)
    return {
        ticket: "dissatisfied" if min(scores) <= 2 else "satisfied" if min(scores) >= 4 else "neither" for ticket, scores in given.items()
    }


def history(clock: Clock, identity: Identity, contacts: list[Contact], responses: list[Response]) -> dict[str, dict[str, int]]:
    """By month of contact: how many are somebody's first, on what they followed, and what was open meanwhile."""
    said, boxes = survey_answers(responses), _boxes(responses)
    by_customer: dict[str, list[Contact]] = defaultdict(list)
    result: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for contact in contacts:
        if contact.customer and (contact.counts or (contact.by_us and not contact.is_deleted)):
            by_customer[identity.who(contact.customer)].append(contact)
        elif contact.counts:
            result[clock.month(contact.at)]["of_nobody"] += 1
    for tickets in by_customer.values():
        tickets.sort(key=_order)
        previous: Contact | None = None
        for place, contact in enumerate(tickets):
            if not contact.counts:
                continue
            figures = result[clock.month(contact.at)]
            figures["contacts"] += 1
            figures["open_tickets"] += sum(_is_open(other, contact.at) for other in tickets[:place])
            figures["repeated"] += any(
                other.counts and other.category == contact.category and contact.at - other.at <= WINDOW for other in tickets[:place]
            )
            if previous is None:
                figures["first"] += 1
            else:
                figures["switched"] += previous.channel != contact.channel
                answer = said.get(previous.id) if previous.source == "zendesk" else None
                resolved = bool(answer) if answer is not None else not _is_open(previous, contact.at)
                figures["after_resolved" if resolved else "after_unresolved"] += 1
                if previous.source == "zendesk" and previous.id in boxes:
                    figures[f"after_{boxes[previous.id]}"] += 1
            previous = contact
    return result
