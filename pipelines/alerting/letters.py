"""The mails that people get: of alerts in one letter, however many there are; and of the report."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from pipelines.alerting.message import Message
from pipelines.alerting.settings import MailSettings

_LONGEST_SUBJECT: Final = 120


def alert_letter(messages: Sequence[Message], declared: MailSettings, now: dt.datetime) -> EmailMessage:
    """One mail of all these messages, each with the id of its alert."""
    opened, closed = ([message for message in messages if message.event == event] for event in ("opened", "closed"))
    first = messages[0]
    if len(messages) == 1:
        heading = {"opened": "Alert: ", "closed": "", "test": ""}[first.event] + first.text
    else:
        heading = f"Alerts: {len(opened)} new, {len(closed)} over"
    body = "\n\n".join([*(_told(message) for message in messages), "`kpis alerts` lists what is open."])
    return letter(heading, body, " ".join(message.message_id for message in messages), declared, now)


def letter(heading: str, body: str, name: str, declared: MailSettings, now: dt.datetime) -> EmailMessage:
    """A mail of plain text; of one ``name`` there is one `Message-ID`, so that a mail sent twice can be told."""
    mail = EmailMessage()
    subject = " ".join(heading.split())
    mail["Subject"] = subject if len(subject) <= _LONGEST_SUBJECT else f"{subject[: _LONGEST_SUBJECT - 1]}…"
    mail["From"] = declared.sender
    mail["To"] = ", ".join(declared.to)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{hashlib.sha256(name.encode()).hexdigest()[:32]}@{declared.sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"{body}\n", cte="quoted-printable")
    return mail


def _told(message: Message) -> str:
    mark = {"opened": "NEW", "closed": "OVER", "test": "TEST"}[message.event]
    of = "" if message.alert is None else f"\n({message.alert.kind} of {message.alert.subject}, alert {message.alert.alert_id})"
    return f"{mark}: {message.text}{of}"
