"""The feedback mailbox: one mbox a day, now and then a single mail saved by hand. Tickets by e-mail are not here."""

from dataclasses import dataclass, field
from random import Random
from typing import Final

from pipelines.demo.clock import Clock
from pipelines.demo.company import DOMAIN, HOURS, draw, how_many, spread
from pipelines.demo.customers import Crm, Customer
from pipelines.demo.deliveries import Delivery, Mishap, Sheet, pack
from pipelines.demo.flaws import MAIL_FLAWS

_KINDS: Final = spread({
    "plain": 50, "reply": 12, "html": 8, "attachment": 5, "latin": 4, "auto_reply": 7, "bounce": 5, "own_staff": 6,
    "no_reply_sender": 3,
})  # fmt: skip
_EXCLUSIONS: Final = frozenset({"auto_reply", "bounce", "own_staff", "no_reply_sender"})

_TEXTS: Final = (
    ("Lieferung", "Guten Tag,\n\nmein Paket ist seit zehn Tagen unterwegs. Wo bleibt es?\n\nViele Grüße\n"),
    ("Lob", "Hallo zusammen,\n\ndie Beratung am Telefon war großartig. Danke!\n"),
    ("Rechnung", "Guten Tag,\n\nauf der Rechnung fehlt der Rabatt von 10 %.\n\nMit freundlichen Grüßen\n"),
    ("Spaten", "Hello,\n\nthe handle broke on the second day.\n>From your shop I expected more.\n\nKind regards\n"),
    ("Rückgabe", "Moin,\n\ndie Rückgabe war einfach, das Geld kam nach drei Tagen.\n"),
    ("Webseite", "Hallo,\n\nder Warenkorb war plötzlich leer. Bitte prüfen.\n"),
)
_IN_NO_CATEGORY: Final = "Lob"
"""Subject and body. A line that begins with ``From`` is escaped as the mbox format asks."""

TIMELESS_MAILS: Final = Mishap(8, 43)
"""A mail that says nowhere when it was sent. Chosen so that no file delivered again holds one."""

SINGLE_MAILS: Final = Mishap(1, 3)


@dataclass(slots=True)
class _Letter:
    sender: str
    name: str
    topic: str
    body: str
    key: str
    to: str = f"feedback@{DOMAIN}"
    type: str = "text/plain; charset=utf-8"
    head: list[str] = field(default_factory=list)


def _encoded(character: str) -> str:
    return "".join(f"={byte:02X}" for byte in character.encode())


def _subject(text: str) -> str:
    if text.isascii():
        return text
    plain = (each if each.isascii() and each.isalnum() else _encoded(each) for each in text)
    return f"=?utf-8?q?{''.join(plain)}?="


class Mailbox:
    """Receives what customers, machines and colleagues write."""

    def __init__(self, seed: str, clock: Clock, crm: Crm) -> None:
        self._rng: Final = Random(f"{seed} mail")
        self._clock: Final = clock
        self._crm: Final = crm
        self.messages: Final[list[tuple[int, str]]] = []
        """Instant and exclusion of every mail; an empty exclusion is feedback."""
        self.ours: Final[list[tuple[int, str]]] = []
        """Instant of every mail of ours, and an identifier of the customer it went to."""
        self.texts: Final[list[tuple[int, bool]]] = []
        """Instant of every mail that is feedback, and whether the taxonomy knows what it is about."""

    def _customer(self) -> Customer:
        while True:
            customer = self._crm.pick(self._rng)
            if customer.email:
                return customer

    def _from_machine(self, kind: str, letter: _Letter, recipient: str) -> None:
        """Makes a letter one that nobody wrote as feedback."""
        if kind == "auto_reply":
            letter.head.append("Auto-Submitted: auto-replied")
            letter.topic, letter.body = "Abwesenheitsnotiz", "Ich bin im Urlaub und lese Ihre Nachricht danach.\n"
        elif kind == "bounce":
            letter.name, letter.sender = "Mail Delivery System", "mailer-daemon@example.com"
            letter.head, letter.topic = ["Return-Path: <>"], "Undelivered Mail Returned to Sender"
            letter.type = f'multipart/report; report-type=delivery-status; boundary="{letter.key}"'
            letter.body = (
                f"--{letter.key}\nContent-Type: text/plain\n\nYour mail could not be delivered.\n"
                f"--{letter.key}\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n"
                f"Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.1.1\n\n--{letter.key}--\n"
            )
        elif kind == "own_staff":
            letter.name, letter.sender, letter.to = "Service", f"service@{DOMAIN}", recipient
            letter.head, letter.topic = [f"Return-Path: <{letter.sender}>"], f"Re: {letter.topic}"
        elif kind == "no_reply_sender":
            letter.name, letter.sender = "Parcel service", "no-reply@example.net"
            letter.head, letter.topic = [f"Return-Path: <{letter.sender}>"], "Your parcel is on its way"

    def _in_form(self, kind: str, letter: _Letter) -> None:
        """Gives what a customer wrote the form of a mail program."""
        if kind == "reply":
            letter.head.append(f"In-Reply-To: <{self._rng.getrandbits(64):016x}@{DOMAIN}>")
            letter.topic = f"Re: {letter.topic}"
            letter.body += "\n> Wie zufrieden waren Sie mit uns?\n> Ihr Team\n"
        elif kind == "html":
            letter.type = "text/html; charset=utf-8"
            text = letter.body.replace("\n\n", "</p><p>").replace("\n", "<br>")
            letter.body = f"<html><body><p>{text}</p></body></html>\n"
        elif kind == "attachment":
            letter.type = f'multipart/mixed; boundary="{letter.key}"'
            letter.body = (
                f"--{letter.key}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
                f"{letter.body}\n--{letter.key}\nContent-Type: image/png\n"
                f'Content-Disposition: attachment; filename="foto.png"\nContent-Transfer-Encoding: base64\n\n'
                f"iVBORw0KGgo=\n--{letter.key}--\n"
            )
        elif kind == "latin":
            letter.type = "text/plain; charset=iso-8859-1"
            letter.body = "Viele Gr\udcfc\udcdfe aus K\udcf6ln.\n"

    def _mail(self, day: int) -> tuple[str, str]:
        """A mail, and what an mbox says of it on the line before."""
        rng, clock = self._rng, self._clock
        at = clock.utc(day, clock.wall(day, draw(rng, HOURS) * 3600 + int(rng.random() * 3600)))
        kind = draw(rng, _KINDS)
        email = self._customer().email
        topic, body = draw(rng, _TEXTS)
        letter = _Letter(email, email.split(".", 1)[0].capitalize(), topic, body, f"{rng.getrandbits(64):016x}")
        letter.head = [f"Return-Path: <{email}>"]
        if kind in _EXCLUSIONS:
            self._from_machine(kind, letter, email)
        else:
            self._in_form(kind, letter)
        moment = clock.mail_text(at)
        lines = [*letter.head, f"Received: from mx.example.com by mail.{DOMAIN}; {moment}"]
        if rng.random() < 0.85:
            lines.append(f"Message-ID: <{letter.key}@example.com>")
        if rng.random() < 0.96:
            lines.append(f"Date: {moment}")
        lines += [f"From: {letter.name} <{letter.sender}>", f"To: {letter.to}", f"Subject: {_subject(letter.topic)}"]
        lines += ["MIME-Version: 1.0", f"Content-Type: {letter.type}", "Content-Transfer-Encoding: 8bit"]
        self.messages.append((at, kind if kind in _EXCLUSIONS else ""))
        if kind == "own_staff":
            self.ours.append((at, f"email:{email}"))
        if kind not in _EXCLUSIONS:
            self.texts.append((at, topic != _IN_NO_CATEGORY))
        weekday, of_month, month, year, time, _ = moment.split(" ")
        return "\n".join([*lines, "", letter.body]), f"{letter.sender} {weekday[:3]} {month} {of_month} {time} {year}"

    def export(self, day: int) -> list[Delivery]:
        """The day's mbox, and the mails saved singly."""
        rng, clock = self._rng, self._clock
        sheet = Sheet(rng)
        for _ in range(how_many(rng, clock.dates[day], 66)):
            mail, sender = self._mail(day)
            sheet.add(f"From {sender}\n{mail}\n")
        if TIMELESS_MAILS.on(day):
            sheet.add(
                f"From MAILER Thu Jan 01 00:00:00 1970\nFrom: Anna <{self._customer().email}>\nTo: feedback@{DOMAIN}\n"
                f"Subject: Frage {day}\n\nWann war das?\n\n"
            )
            self.messages.append((clock.midnights[day], ""))
            self.texts.append((clock.midnights[day], False))
        for flaw in MAIL_FLAWS:
            if flaw.on(day):
                sheet.add_flawed(f"From MAILER Thu Jan 01 00:00:00 1970\n{flaw.text(day)}\n", flaw.reason)
        deliveries = [pack("email", f"feedback-{clock.iso[day]}.mbox", "".join(sheet.records), sheet)]
        if SINGLE_MAILS.on(day):
            single = Sheet(rng)
            mail, _ = self._mail(day)
            single.add(mail.replace("\n>From ", "\nFrom "))
            ending = ".eml.gz" if day % 2 else ".eml"
            deliveries.append(pack("email", f"mail-{clock.iso[day]}{ending}", "".join(single.records), single))
        return deliveries
