"""The ticket system: the life of a ticket, and its incremental exports of tickets and of audits, page by page."""

from dataclasses import dataclass, field
from random import Random
from typing import Final

from pipelines.demo.clock import Clock
from pipelines.demo.company import DOMAIN, HOURS, WINDOW, draw, spread
from pipelines.demo.contacts import Contact, Demand, Matter
from pipelines.demo.deliveries import Delivery, Sheet, pack
from pipelines.demo.flaws import AUDIT_FLAWS, ZENDESK_FLAWS
from pipelines.demo.surveys import Invitations

PAGE: Final = 100
CATEGORY_FIELD: Final = 27642
TOUCHPOINT_FIELD: Final = 27643
VIA: Final = {"email": "email", "web": "web", "chat": "chat", "social": "twitter"}
TOUCHPOINT_WORDS: Final = {
    "service_center": "service_center",
    "self_service": "help_pages",
    "account_management": "key_accounts",
    "field": "field",
    "executive_relations": "board_office",
}
"""The system's own words for the touchpoints."""

_AGENTS: Final = tuple(range(700_001, 700_019))
_PRIORITIES: Final = spread({"low": 3, "normal": 12, "high": 4, "urgent": 1})
_SUBJECTS: Final = {
    "delivery": "Wo bleibt mein Paket?",
    "product": "Stiel der Hacke gebrochen",
    "returns": "Rückgabe Gießkanne",
    "billing": "Rechnung stimmt nicht",
    "website": "Warenkorb leer",
    "account": "Konto umziehen",
    "": "Hallo",
}
_STATUS_AFTER: Final = {
    "reply": "pending",
    "ask": "open",
    "solve": "solved",
    "reopen": "open",
    "close": "closed",
    "merge": "closed",
}
_BY_CUSTOMER: Final = frozenset({"ask", "reopen"})
_WITH_COMMENT: Final = frozenset({"create", "reply", "ask", "note", "solve", "reopen"})
_SETTLED: Final = frozenset({"solved", "closed"})


@dataclass(slots=True)
class Ticket:
    """A ticket as the system holds it now."""

    contact: Contact
    requester: int
    submitter: int
    agent: int
    priority: str
    status: str = "new"
    is_merged: bool = False
    was_exported: bool = False
    steps: list[tuple[int, str]] = field(default_factory=list)


class Zendesk:
    """Takes matters in, lets tickets live, exports what changed each day."""

    def __init__(self, seed: str, clock: Clock, demand: Demand, invitations: Invitations) -> None:
        self._rng: Final = Random(f"{seed} zendesk")
        self._clock: Final = clock
        self._demand: Final = demand
        self._invitations: Final = invitations
        self._due: Final[dict[int, dict[str, tuple[Ticket, list[tuple[int, str]]]]]] = {}
        self._next_ticket = 2_000_001
        self._next_audit = 50_000_001
        self._late_audits: list[tuple[int, str, int]] = []
        self._listed: Final[set[int]] = set()
        self.contacts: Final[list[Contact]] = []

    def open(self, day: int, matter: Matter) -> None:
        """Makes a ticket of a matter and plans its life."""
        rng = self._rng
        at = matter.at
        if at is None:
            second = self._clock.wall(day, draw(rng, HOURS) * 3600 + int(rng.random() * 3600))
            at = self._clock.utc(day, second)
        number = matter.customer.number
        who, channel = matter.customer.id_key, matter.channel
        contact = Contact("zendesk", str(self._next_ticket), at, who, channel, matter.category, matter.touchpoint)
        self._next_ticket += 1
        agent = draw(rng, _AGENTS)
        ticket = Ticket(contact, number, number, agent, draw(rng, _PRIORITIES))
        if rng.random() < 0.04:
            ticket.submitter = agent
            contact.counts, contact.by_us = False, True
        for step in self._life(at):
            when = max(self._clock.day(step[0]), day)
            self._due.setdefault(when, {}).setdefault(contact.id, (ticket, []))[1].append(step)
        if contact.counts:
            self._demand.opened(matter, at)

    def _life(self, at: int) -> list[tuple[int, str]]:
        """What will happen to a ticket, in order of time."""
        rng = self._rng
        fate = rng.random()
        steps = [(at, "create")]
        now = at + 300 + int(rng.expovariate(1 / 9000))
        if fate < 0.015:
            return [*steps, (now, "delete")]
        if fate < 0.035:
            return [*steps, (now, "merge")]
        if fate < 0.05:
            return [*steps, (now, "reply")]
        if fate < 0.45:
            steps.append((now, "reply"))
            now += 600 + int(rng.expovariate(1 / 20_000))
            if fate < 0.25:
                steps.append((now, "ask"))
                now += 300 + int(rng.expovariate(1 / 15_000))
            if fate < 0.10:
                steps.append((now, "note"))
                now += 30
        steps.append((now, "solve"))
        back = rng.random()
        if back < 0.06:
            later = now + 3600 + int(rng.random() * 9 * 86_400)
            if back < 0.005 and now < at + WINDOW:
                later = at + WINDOW + (1 if back < 0.0025 else 0)
            steps.append((later, "reopen"))
            now = later + 900 + int(rng.expovariate(1 / 20_000))
            steps.append((now, "solve"))
        if rng.random() < 0.15:
            steps.append((now + 4 * 86_400, "close"))
        return steps

    def _advance(self, ticket: Ticket, at: int, step: str) -> str | None:
        """Lets one step happen: changes the ticket and what the truth knows of it, and returns its audit."""
        contact = ticket.contact
        if step == "delete":
            ticket.status, contact.counts, contact.is_deleted = "deleted", False, True
            return None
        author = ticket.submitter if step == "create" else ticket.requester if step in _BY_CUSTOMER else ticket.agent
        events: list[str] = []
        if step == "create":
            events.append('{"type":"Create","field_name":"status","value":"new"}')
            contact.moves.append((at, "new"))
        if step in _WITH_COMMENT:
            public = "false" if step == "note" else "true"
            events.append(f'{{"type":"Comment","public":{public},"author_id":{author},"body":"…"}}')
        if step in {"reply", "solve"}:
            contact.replies.append(at)
        if _STATUS_AFTER.get(step, ticket.status) != ticket.status:
            events += self._change_status(ticket, at, step)
        if step in {"reply", "solve"} and contact.first_reply is None:
            contact.first_reply = at
        if step == "ask" and contact.first_solved is None:
            contact.asked_again = True
        number = self._next_audit
        self._next_audit += 1
        return (
            f'{{"id":{number},"ticket_id":{contact.id},"created_at":"{self._clock.utc_text(at)}","author_id":{author},'
            f'"via":{{"channel":"web"}},"events":[{",".join(events)}]}}'
        )

    def _change_status(self, ticket: Ticket, at: int, step: str) -> list[str]:
        contact, before, after = ticket.contact, ticket.status, _STATUS_AFTER[step]
        events = [f'{{"type":"Change","field_name":"status","previous_value":"{before}","value":"{after}"}}']
        ticket.status = after
        contact.moves.append((at, after))
        if step == "merge":
            ticket.is_merged, contact.counts = True, False
            events.append('{"type":"Change","field_name":"tags","previous_value":[],"value":["closed_by_merge"]}')
        if after in _SETTLED and before not in _SETTLED and contact.first_solved is None:
            contact.first_solved = at
            if step == "solve":
                self._solved_first(ticket, at)
        if before in _SETTLED and after not in _SETTLED and at <= contact.at + WINDOW:
            contact.reopened = True
        return events

    def _solved_first(self, ticket: Ticket, at: int) -> None:
        rng = self._rng
        if rng.random() < 0.02:
            ticket.contact.category = "product" if ticket.contact.category != "product" else "returns"
        if rng.random() < 0.72:
            self._invitations.after_ticket(at + 3600 + int(rng.random() * 7200), ticket.requester, ticket.contact)

    def _export(self, ticket: Ticket, changed: int) -> str:
        contact, via = ticket.contact, VIA[ticket.contact.channel]
        category = f'"{contact.category}"' if contact.category else "null"
        tags = '["closed_by_merge"]' if ticket.is_merged else "[]"
        text = self._clock.utc_text
        return (
            f'{{"id":{contact.id},"url":"https://{DOMAIN}/api/v2/tickets/{contact.id}.json","created_at":"{text(contact.at)}",'
            f'"updated_at":"{text(changed)}","generated_timestamp":{changed + 1},"via":{{"channel":"{via}"}},'
            f'"subject":"{_SUBJECTS[contact.category]}","status":"{ticket.status}","priority":"{ticket.priority}",'
            f'"requester_id":{ticket.requester},"submitter_id":{ticket.submitter},"assignee_id":{ticket.agent},"tags":{tags},'
            f'"satisfaction_rating":{{"score":"unoffered"}},"custom_fields":[{{"id":{CATEGORY_FIELD},"value":{category}}},'
            f'{{"id":{TOUCHPOINT_FIELD},"value":"{TOUCHPOINT_WORDS[contact.touchpoint]}"}}]}}'
        )

    def export(self, day: int) -> list[Delivery]:
        """The day's pages: tickets that changed, then audits, the last hour of the day before once more among them."""
        clock, rng = self._clock, self._rng
        tickets: list[tuple[str, str, str]] = []
        audits: list[tuple[int, str, int]] = []
        for ticket, steps in self._due.pop(day, {}).values():
            for at, step in steps:
                audit = self._advance(ticket, at, step)
                if audit is not None:
                    audits.append((at, audit, ticket.requester))
            tickets.append(("version" if ticket.was_exported else "new", self._export(ticket, steps[-1][0]), ""))
            if not ticket.was_exported:
                self.contacts.append(ticket.contact)
            ticket.was_exported = True
        audits.sort()
        tickets.extend(("flaw", flaw.text(day), flaw.reason) for flaw in ZENDESK_FLAWS if flaw.on(day))
        name = clock.iso[day]
        deliveries: list[Delivery] = []
        for page in range(max(1, -(-len(tickets) // PAGE))):
            sheet = Sheet(rng)
            for kind, text, reason in tickets[page * PAGE : (page + 1) * PAGE]:
                if kind == "flaw":
                    sheet.add_flawed(text, reason)
                else:
                    (sheet.add if kind == "new" else sheet.add_version)(text)
            is_last = "true" if (page + 1) * PAGE >= len(tickets) else "false"
            content = (
                f'{{"tickets":[{",".join(sheet.records)}],"after_cursor":"c{day:05}{page:03}","before_cursor":null,'
                f'"after_url":"https://{DOMAIN}/api/v2/incremental/tickets/cursor.json?cursor=c{day:05}{page:03}",'
                f'"end_of_stream":{is_last}}}'
            )
            deliveries.append(pack("zendesk_tickets", f"tickets-{name}-{page + 1:04}.json", content, sheet))
        return deliveries + self._audit_pages(day, audits)

    def _audit_pages(self, day: int, audits: list[tuple[int, str, int]]) -> list[Delivery]:
        deliveries: list[Delivery] = []
        name, known = self._clock.iso[day], len(self._late_audits)
        rows = self._late_audits + audits
        for page in range(max(1, -(-len(rows) // (4 * PAGE)))):
            sheet = Sheet(self._rng)
            for n in range(page * 4 * PAGE, min((page + 1) * 4 * PAGE, len(rows))):
                (sheet.add_duplicate if n < known else sheet.add)(rows[n][1])
            if page == 0:
                for flaw in AUDIT_FLAWS:
                    if flaw.on(day):
                        sheet.add_flawed(flaw.text(day), flaw.reason)
            people = sorted({row[2] for row in rows[page * 4 * PAGE : (page + 1) * 4 * PAGE]})
            users = [f'{{"id":{person},"role":"end-user"}}' for person in people]
            users += [f'{{"id":{agent},"role":"agent"}}' for agent in _AGENTS]
            sheet.list_beside((*people, *_AGENTS), self._listed)
            content = f'{{"audits":[{",".join(sheet.records)}],"users":[{",".join(users)}],"after_cursor":"a{day:05}{page:03}"}}'
            deliveries.append(pack("zendesk_audits", f"audits-{name}-{page + 1:04}.json", content, sheet))
        self._late_audits = [row for row in audits if row[0] >= self._clock.midnights[day + 1] - 3600]
        return deliveries
