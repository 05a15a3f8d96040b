"""Which messages are no feedback though somebody's machine or colleague sent them: rules in order, the first one counts.

Mailing-list headers (`Precedence: bulk`, `List-Id`) are no reason: a feedback address that is a group puts them on every customer's mail.
"""

import re
from collections.abc import Collection
from typing import Final

from assets.raw.mail_message import MailMessage

_REPORTS: Final = frozenset(("multipart/report", "message/delivery-status", "message/feedback-report", "message/disposition-notification"))
_AUTOMATIC_HEADERS: Final = ("x-autoreply", "x-autorespond", "x-mail-autoreply")
_POSTMASTER: Final = re.compile(r"(?:mailer-daemon|postmaster)(?:@|$)", re.IGNORECASE)
_NO_REPLY: Final = re.compile(r"(?:do[-_.]?not|no)[-_.]?reply(?:[-_.+]|@|$)", re.IGNORECASE)
_AUTOMATIC_SUBJECT: Final = re.compile(
    r"\s*(?:auto(?:matic|mated)?[- ]?(?:reply|response)|auto:|out of (?:the )?office|abwesenheits|automatische antwort|abwesend"
    r"|r[ée]ponse automatique|absence du bureau|respuesta autom[áa]tica|fuera de la oficina|risposta automatica|automatisch antwoord"
    r"|resposta autom[áa]tica|autosvar|automatisk svar|automaattinen vastaus|odpowied[źz] automatyczna)",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT: Final = re.compile(
    r"\s*(?:undeliver(?:ed|able)|delivery status notification|mail delivery (?:failed|failure|subsystem)|returned mail|failure notice"
    r"|delivery (?:failure|has failed)|unzustellbar|nicht zustellbar|non remis|no se puede entregar|mancato recapito)",
    re.IGNORECASE,
)


def exclusion_of(message: MailMessage, sender: str) -> str | None:
    """Say why a message is no feedback, as a word of MESSAGE_EXCLUSIONS; None when it may be."""
    submitted = (message.header("auto-submitted") or "no").partition(";")[0].strip().lower()
    subject = message.words("subject") or ""
    rules = (
        ("auto_reply", submitted not in ("no", "")),
        ("bounce", bool(_REPORTS & message.content_types)),
        ("bounce", message.header("return-path") == "<>"),
        ("bounce", "x-failed-recipients" in message.headers),
        ("auto_reply", any(name in message.headers for name in _AUTOMATIC_HEADERS)),
        ("auto_reply", (message.header("precedence") or "").lower() == "auto_reply"),
        ("bounce", bool(_POSTMASTER.match(sender or _bare(message)))),
        ("no_reply_sender", bool(_NO_REPLY.match(sender))),
        ("bounce", bool(_BOUNCE_SUBJECT.match(subject))),
        ("auto_reply", bool(_AUTOMATIC_SUBJECT.match(subject))),
    )
    return next((reason for reason, holds in rules if holds), None)


def is_own(address: str, own: Collection[str]) -> bool:
    """Tell whether an address is one of ours, by itself or by its domain or a domain above it."""
    written = address.lower()
    domain = "." + written.rpartition("@")[2]
    return bool(written) and any(
        written == ours if "@" in ours.lstrip("@") else domain.endswith("." + ours.lstrip("@")) for ours in map(str.lower, own)
    )


def _bare(message: MailMessage) -> str:
    return (message.header("from") or "").strip(' <>"')
