"""Which messages are no feedback though somebody's machine or colleague sent them: rules in order, the first one counts.

Mailing-list headers (`Precedence: bulk`, `List-Id`) are no reason: a feedback address that is a group puts them on every customer's mail.
"""

import re
from collections.abc import Collection
from typing import Final

from assets.raw.mail_message import MailMessage

_AUTOMATIC_HEADERS: Final = ("x-autoreply", "x-autorespond", "x-mail-autoreply")
_POSTMASTER: Final = re.compile(r"(?:mailer-daemon|postmaster)(?:@|$)", re.IGNORECASE)
_NO_REPLY: Final = re.compile(r"(?:[^@\s]{0,64}[-_.+])?(?:do[-_.]?not|no)[-_.]?reply(?:[-_.+@]|$)", re.IGNORECASE)
_AUTOMATIC_SUBJECT: Final = re.compile(
    r"\s*(?:auto(?:matic|mated)?[- ]?(?:reply|response)|auto:|out of (?:the )?office|abwesenheits|automatische antwort|abwesend:"
    r"|r[ée]ponse automatique|absence du bureau|message d['\u2019]absence|respuesta autom[áa]tica|fuera de la oficina"
    r"|risposta automatica|fuori (?:sede|ufficio)|automatisch antwoord|afwezigheids|resposta autom[áa]tica|fora do escrit[óo]rio"
    r"|autosvar|auto-svar|automatisk[t]? svar|frånvaro|fraværsbesked|fraværsmelding|automaattinen vastaus|poissaoloviesti"
    r"|odpowied[źz] automatyczna|automatyczna odpowied[źz]|автоответ|автоматический ответ|автоматична відповідь"
    r"|automatick[áa] odpov[ěe][ďd]|otomatik (?:yan[ıi]t|cevap)|automatikus v[áa]lasz|r[ăa]spuns automat|αυτόματη απάντηση"
    r"|自動応答|自動返信|不在通知|自动(?:回复|答复)|自動回(?:覆|復)|자동 ?(?:회신|응답)|부재중)",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT: Final = re.compile(
    r"\s*(?:undeliver(?:ed|able)(?: mail| message|:)|delivery status notification|mail delivery (?:failed|failure|sub-?system|system)"
    r"|returned mail|failure notice|message (?:delivery failure|not delivered)|delivery (?:failure:|has failed to)"
    r"|unzustellbar:|nicht zustellbar:|mail konnte nicht zugestellt|non remis ?:|[ée]chec de (?:la )?remise|message non distribu[ée]"
    r"|no se puede entregar:|mensaje no entregado|mancato recapito|messaggio non recapitato|onbestelbaar|n[ãa]o foi poss[íi]vel entregar"
    r"|mensagem n[ãa]o entregue|niedostarczalne:|nie mo[żz]na dostarczy[ćc]|olevererbart|kan ikke leveres:|недоставленное сообщение"
    r"|не удалось доставить|nedoru[čc]iteln[ée]|teslim edilemedi|配信不能|配信できません|無法傳遞|无法投递|退信|系统退信)",
    re.IGNORECASE,
)


def exclusion_of(message: MailMessage, sender: str) -> str | None:
    """Say why a message is no feedback, as a word of MESSAGE_EXCLUSIONS; None when it may be."""
    submitted = (message.header("auto-submitted") or "no").partition(";")[0].strip().lower()
    subject = message.words("subject") or ""
    rules = (
        ("auto_reply", submitted not in ("no", "")),
        (_report(message), bool(_report(message))),
        ("bounce", (message.header("return-path") or "").replace(" ", "") == "<>"),
        ("bounce", "x-failed-recipients" in message.headers),
        ("auto_reply", any(name in message.headers for name in _AUTOMATIC_HEADERS)),
        ("auto_reply", (message.header("precedence") or "").lower() == "auto_reply"),
        ("bounce", bool(_POSTMASTER.match(sender or _bare(message)))),
        ("no_reply_sender", bool(_NO_REPLY.match(sender))),
        ("bounce", bool(_BOUNCE_SUBJECT.match(subject))),
        ("auto_reply", bool(_AUTOMATIC_SUBJECT.match(subject))),
    )
    return next((reason for reason, holds in rules if holds), None)


def _report(message: MailMessage) -> str | None:
    """Say what a machine reports: that somebody marked our mail as spam, that it was opened, or that it did not arrive."""
    types = message.content_types
    if "message/feedback-report" in types:
        return "feedback_loop"
    if "message/disposition-notification" in types:
        return "auto_reply"
    if "multipart/report" in types:
        declared = (message.header("content-type") or "").lower()
        return "feedback_loop" if "feedback-report" in declared else "auto_reply" if "disposition-notification" in declared else "bounce"
    return "bounce" if types & {"message/delivery-status", "message/global-delivery-status"} else None


def is_own(address: str, own: Collection[str]) -> bool:
    """Tell whether an address is one of ours, by itself or by its domain or a domain above it."""
    written = address.lower()
    domain = "." + written.rpartition("@")[2]
    return bool(written) and any(
        written == ours if "@" in ours.lstrip("@") else domain.endswith("." + ours.lstrip("@")) for ours in map(str.lower, own)
    )


def _bare(message: MailMessage) -> str:
    return (message.header("from") or "").strip(' <>"')
