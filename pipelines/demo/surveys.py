"""Survey invitations and the responses to them, as the survey tool exports both. The shop's own survey is not here."""

from dataclasses import dataclass
from random import Random
from typing import Final

from pipelines.demo.clock import DAY, Clock
from pipelines.demo.company import (
    COMMENTS,
    HOURS,
    TOUCHPOINTS,
    draw,
    how_many,
    is_late_time,
    spread,
)
from pipelines.demo.contacts import Contact
from pipelines.demo.customers import Crm
from pipelines.demo.deliveries import Delivery, Sheet, pack
from pipelines.demo.flaws import GAP_FLAW, add_flawed_rows

INVITES_HEADER: Final = "invite_id,sent_at,channel,touchpoint,delivered,ticket_id,customer_id"
_FIELDS: Final = {
    "StartDate": ("Anfangsdatum", "startDate"),
    "EndDate": ("Enddatum", "endDate"),
    "Status": ("Antworttyp", "status"),
    "IPAddress": ("IP-Adresse", "ipAddress"),
    "Progress": ("Fortschritt", "progress"),
    "Duration (in seconds)": ("Dauer (in Sekunden)", "duration"),
    "Finished": ("Beendet", "finished"),
    "RecordedDate": ("Erfassungsdatum", "recordedDate"),
    "ResponseId": ("Antwort-ID", "_recordId"),
    "DistributionChannel": ("Verteilungskanal", "distributionChannel"),
    "UserLanguage": ("Benutzersprache", "userLanguage"),
    "Q1": ("Wie zufrieden sind Sie mit uns?", "QID1"),
    "Q2": ("Würden Sie uns weiterempfehlen?", "QID2"),
    "Q3": ('"Es war leicht, mein Anliegen zu klären."', "QID3"),
    "Q4": ("Wurde Ihr Anliegen beim ersten Kontakt gelöst?", "QID4"),
    "Q5": ("Was möchten Sie uns noch sagen?", "QID5_TEXT"),
    "CustomerID": ("CustomerID", "CustomerID"),
    "TicketID": ("TicketID", "TicketID"),
    "Touchpoint": ("Touchpoint", "Touchpoint"),
    "InviteID": ("InviteID", "InviteID"),
}
_IMPORT_IDS: Final = [f'"{{""ImportId"":""{import_id}""}}"' for _, import_id in _FIELDS.values()]
HEADER: Final = "\r\n".join((",".join(_FIELDS), ",".join(label for label, _ in _FIELDS.values()), ",".join(_IMPORT_IDS)))

PATIENCE: Final = 8 * 3600
"""Who waits so long for the first reply is hardly ever satisfied; who waits less does not mind."""

_CSAT: Final = spread({5: 38, 4: 31, 3: 14, 2: 9, 1: 8})
_POOR_CSAT: Final = spread({5: 14, 4: 22, 3: 22, 2: 22, 1: 20})
_NPS: Final = {5: (10, 10, 9, 9, 8, 10), 4: (9, 8, 8, 7, 9, 7), 3: (7, 6, 7, 5), 2: (5, 4, 6, 3), 1: (0, 1, 2, 3, 0)}
_CES: Final = {5: (7, 7, 6, 6), 4: (6, 5, 5, 7), 3: (4, 5, 4, 3), 2: (3, 2, 4), 1: (1, 2, 1)}
_INVITE_CHANNELS: Final = spread({"email": 4, "sms": 1})


@dataclass(slots=True)
class Response:
    """A survey response as of the last version delivered; None is a question left out."""

    id: str
    answered: int
    invite: str
    ticket: str
    csat: int | None
    nps: int | None = None
    ces: int | None = None
    fcr: int | None = None
    customer: str = ""
    """An identifier of the customer; empty when anonymous."""
    is_complete: bool = True


@dataclass(slots=True)
class Invite:
    """An invitation; with whether it arrived once it has been sent."""

    id: str
    at: int
    customer: int
    touchpoint: str
    ticket: str
    contact: Contact | None
    channel: str = ""
    arrived: bool = False


@dataclass(slots=True)
class _Draft:
    """A response on its way: the row's cells, and what it says."""

    response: Response
    cells: list[str]


class Invitations:
    """Sends invitations after tickets and, once in a while, to anybody; lets some of them be answered."""

    def __init__(self, seed: str, clock: Clock, crm: Crm) -> None:
        self._rng: Final = Random(f"{seed} invitations")
        self._clock: Final = clock
        self._crm: Final = crm
        self._next = 1
        self._planned: Final[dict[int, list[Invite]]] = {}
        self._answers: Final[dict[int, list[tuple[Invite, bool]]]] = {}
        self._late: Final[dict[int, list[_Draft]]] = {}
        self._corrections: Final[dict[int, list[_Draft]]] = {}
        self.responses: Final[list[Response]] = []
        self.sent: Final[list[Invite]] = []

    def _plan(self, day: int, at: int, customer: int, touchpoint: str, contact: Contact | None) -> None:
        invite = Invite(f"I{self._next:07}", at, customer, touchpoint, contact.id if contact else "", contact)
        self._next += 1
        self._planned.setdefault(day, []).append(invite)

    def after_ticket(self, at: int, customer: int, contact: Contact) -> None:
        """Invites the requester of a ticket that has just been solved."""
        self._plan(self._clock.day(at), at, customer, contact.touchpoint, contact)

    def export_invites(self, day: int) -> list[Delivery]:
        """The day's invitations, sent by its end."""
        rng, clock = self._rng, self._clock
        for _ in range(how_many(rng, clock.dates[day], 150)):
            at = clock.utc(day, clock.wall(day, 32_400 + int(rng.random() * 36_000)))
            self._plan(day, at, self._crm.pick(rng).number, draw(rng, TOUCHPOINTS), None)
        sheet = Sheet(rng)
        for invite in sorted(self._planned.pop(day, []), key=lambda invite: (invite.at, invite.id)):
            invite.arrived = rng.random() < 0.965
            invite.channel = draw(rng, _INVITE_CHANNELS)
            sent_at = clock.utc_text(invite.at, behind="+00:00")
            sheet.add(
                f"{invite.id},{sent_at},{invite.channel},{invite.touchpoint},"
                f"{'yes' if invite.arrived else 'no'},{invite.ticket},{invite.customer}"
            )
            self.sent.append(invite)
            if invite.arrived and rng.random() < (0.37 if invite.contact else 0.36):
                back = day + 1 + int(rng.random() ** 2 * 8)
                self._answers.setdefault(back, []).append((invite, False))
                if not invite.contact and rng.random() < 0.03:
                    self._answers.setdefault(back + 1 + int(rng.random() * 3), []).append((invite, True))
        sound = dict(
            zip(
                INVITES_HEADER.split(","),
                ("IX{n}", "2026-07-01T08:00:00+00:00", "email", "field", "yes", "", ""),
                strict=True,
            )
        )
        add_flawed_rows(sheet, day, "invites", sound, ",")
        return [pack("invites", f"invites-{clock.iso[day]}.csv", "\n".join([INVITES_HEADER, *sheet.records, ""]), sheet)]

    def _respond(self, day: int, invite: Invite, *, is_second: bool) -> _Draft:
        """A response; somebody who answers the same invitation again answers everything."""
        rng, clock = self._rng, self._clock
        contact = invite.contact
        waited = contact is not None and contact.first_reply is not None and contact.first_reply - contact.at >= PATIENCE
        poor = is_late_time(clock.dates[day]) or waited or (contact is not None and contact.reopened)
        score = draw(rng, _POOR_CSAT if poor else _CSAT)
        second = clock.wall(day, draw(rng, HOURS) * 3600 + int(rng.random() * 60) * 60)
        fill = rng.random()
        is_partial = fill < 0.06 and not is_second
        response = Response(f"R_{rng.getrandbits(72):018x}", clock.utc(day, second + 20), invite.id, invite.ticket, score)
        if is_partial:
            if fill < 0.02:
                response.csat = None
            elif fill < 0.04:
                response.nps = draw(rng, _NPS[score])
        else:
            response.nps = draw(rng, _NPS[score])
            response.ces = draw(rng, _CES[score])
            if fill > 0.97 and not is_second:
                response.nps = None
            if invite.contact:
                good = 0.3 if invite.contact.asked_again or invite.contact.reopened else 0.86
                response.fcr = int(rng.random() < good) if rng.random() < 0.93 else None
        stamp = f"{clock.iso[day]} {clock.time(second)[:6]}"
        cells = [
            f"{stamp}00", f"{stamp}20", "0", "", "43" if is_partial else "100", "20", "0" if is_partial else "1",
            f"{stamp}2{int(rng.random() * 10)}", response.id, "email", "DE", "", "", "", "", draw(rng, COMMENTS),
            str(invite.customer) if rng.random() < 0.95 else "", invite.ticket, invite.touchpoint, invite.id,
        ]  # fmt: skip
        response.customer = f"id:{cells[16]}" if cells[16] else ""
        response.is_complete = not is_partial
        return _Draft(response, cells)

    def _row(self, draft: _Draft) -> str:
        said = draft.response
        answers = ["" if value is None else str(value) for value in (said.csat, said.nps, said.ces)]
        fcr = "" if said.fcr is None else ("Nein", "Ja")[said.fcr]
        return ",".join([*draft.cells[:11], *answers, fcr, *draft.cells[15:]])

    def export_responses(self, day: int) -> list[Delivery]:
        """The day's responses, some of earlier days, and a few put right by the survey team."""
        rng, clock = self._rng, self._clock
        sheet = Sheet(rng)
        ready = self._late.pop(day, [])
        for invite, is_second in self._answers.pop(day, []):
            draft = self._respond(day, invite, is_second=is_second)
            if rng.random() < 0.015:
                self._late.setdefault(day + 1 + int(rng.random() * 6), []).append(draft)
            else:
                ready.append(draft)
        for draft in ready:
            sheet.add(self._row(draft))
            self.responses.append(draft.response)
            fix = day + 1 + int(rng.random() * 5)
            if rng.random() < 0.008 and clock.months[fix] == clock.month(draft.response.answered) and draft.response.csat:
                self._corrections.setdefault(fix, []).append(draft)
        for draft in self._corrections.pop(day, []):
            draft.response.csat = 1 + int(rng.random() * 5)
            draft.cells[7] = f"{clock.iso[day]} {clock.time(clock.wall(day, int(rng.random() * DAY)))}"
            sheet.add_version(self._row(draft))
        sound = dict.fromkeys(_FIELDS, "")
        start = f"{clock.iso[day]} 00:00:"
        sound |= {
            "StartDate": start + "01",
            "EndDate": start + "31",
            "RecordedDate": start + "32",
            "Status": "0",
            "Progress": "100",
        }
        sound |= {"Finished": "1", "ResponseId": "R_x{n}", "Q1": "4", "Q2": "8", "Q3": "6", "Touchpoint": "field"}
        add_flawed_rows(sheet, day, "qualtrics", sound, ",")
        if clock.length(day) < DAY:
            gap = {key: text.replace("{gap}", f"{clock.iso[day]} 02:30:00") for key, text in GAP_FLAW.cells.items()}
            cells = {**sound, "ResponseId": f"R_gap{day}", **gap}
            sheet.add_flawed(",".join(cells.values()), GAP_FLAW.reason)
        return [pack("qualtrics", f"service-survey_{clock.iso[day]}.csv", "\r\n".join([HEADER, *sheet.records, ""]), sheet)]
