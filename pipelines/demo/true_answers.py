"""The truth about who answers, and what we do about unhappy answers. What the answers say on the whole is not here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipelines.demo.clock import DAY, Clock
from pipelines.demo.contacts import Contact
from pipelines.demo.identity import Identity
from pipelines.demo.relationship import Talk
from pipelines.demo.shop import Score
from pipelines.demo.surveys import Invite, Response
from pipelines.demo.true_satisfaction import superseded_responses

TO_ANSWER = 14 * DAY
TO_FOLLOW_UP = 7 * DAY
Cells = dict[str, dict[str, dict[str, int]]]
"""Counts by month and channel."""


def invitations(clock: Clock, sent: list[Invite], responses: list[Response]) -> Cells:
    """By month and channel of sending: who could answer, who did in time, and who before the month was over."""
    back: dict[str, list[Response]] = defaultdict(list)
    for response in responses:
        if any(value is not None for value in (response.csat, response.nps, response.ces, response.fcr)):
            back[response.invite].append(response)
    result: Cells = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for invite in sent:
        figures = result[clock.month(invite.at)][invite.channel]
        figures["sent"] += 1
        figures["arrived"] += invite.arrived
        if not invite.arrived:
            continue
        moments = [response.answered for response in back[invite.id]]
        figures["answered_in_month"] += any(clock.month(at) == clock.month(invite.at) for at in moments)
        if invite.at + TO_ANSWER > clock.end:
            figures["immature"] += 1
            continue
        in_time = any(at <= invite.at + TO_ANSWER for at in moments)
        figures["mature"] += 1
        figures["answered"] += in_time
        figures["completed"] += any(each.answered <= invite.at + TO_ANSWER and each.is_complete for each in back[invite.id])
        if invite.contact:
            figures["about_tickets"] += 1
            figures["answered_about_tickets"] += in_time
    return result


class _Unhappy(NamedTuple):
    at: int
    channel: str
    customer: str
    ticket: str


def _unhappy(responses: list[Response], shop: list[Score], talks: list[Talk]) -> Iterator[_Unhappy]:
    """Every response with an answer at the bad end of its scale, unless a later one took its place."""
    lost = superseded_responses(responses)
    for response in responses:
        given = ((response.csat, 2), (response.nps, 6), (response.ces, 3))
        if response.id not in lost and any(value is not None and value <= worst for value, worst in given):
            yield _Unhappy(response.answered, "web", response.customer, response.ticket)
    for score in shop:
        if score.text and float(score.text.replace(",", ".")) <= 2:
            yield _Unhappy(score.at, "web", score.customer, "")
    for talk in talks:
        if talk.csat is not None and talk.csat <= 2:
            yield _Unhappy(talk.at, "email", talk.customer, "")


def _first_after(at: int, moments: Iterable[int]) -> int | None:
    return min((moment for moment in moments if at < moment <= at + TO_FOLLOW_UP), default=None)


def follow_up(
    clock: Clock,
    identity: Identity,
    answers: tuple[list[Response], list[Score], list[Talk]],
    contacts: list[Contact],
    ours: list[tuple[int, str]],
) -> Cells:
    """By month and channel of the answer: the unhappy, whom a reply on the ticket or a message reached afterwards, and when."""
    replies = {contact.id: contact.replies for contact in contacts if contact.source == "zendesk"}
    messages: dict[str, list[int]] = defaultdict(list)
    for at, identifier in ours:
        messages[identity.who(identifier)].append(at)
    result: Cells = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for answer in _unhappy(*answers):
        figures = result[clock.month(answer.at)][answer.channel]
        figures["unhappy"] += 1
        if not answer.customer and not answer.ticket:
            figures["by_nobody"] += 1
        elif answer.at + TO_FOLLOW_UP > clock.end:
            figures["immature"] += 1
        else:
            reply = _first_after(answer.at, replies.get(answer.ticket, ()))
            message = _first_after(answer.at, messages[identity.who(answer.customer)]) if answer.customer else None
            first = min((at for at in (reply, message) if at is not None), default=None)
            figures["judged"] += 1
            figures["replied"] += reply is not None
            figures["messaged"] += message is not None
            figures["followed_up"] += first is not None
            figures["seconds"] += first - answer.at if first is not None else 0
    return result
