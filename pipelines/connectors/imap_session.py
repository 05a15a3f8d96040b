"""One connection to a mail server, which can look and can change nothing."""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipelines.connectors.imap_login import proofs
from pipelines.connectors.imap_names import as_mailbox, quoted
from pipelines.connectors.secret import Secret
from pipelines.connectors.settings import ImapConnector

_SECONDS: Final = 60
_UID: Final = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE: Final = re.compile(rb"\bRFC822\.SIZE (\d{1,18})\b")

LOST: Final = (imaplib.IMAP4.abort, OSError, EOFError)
"""What a broken connection raises. A refusal by the server is an `imaplib.IMAP4.error`, of which `abort` is one."""


class MailRefusedError(Exception):
    """The server refuses a command for good: half a sentence, without what it said."""


@dataclass(frozen=True)
class Waiting:
    """A message that may be fetched."""

    uid: int
    size: int


class _Bounded(imaplib.IMAP4):
    """Takes no literal that is longer than allowed, whatever the server announces."""

    most_bytes = 2**31

    def read(self, size: int) -> bytes:
        if size > self.most_bytes:
            raise self.abort("a literal is longer than allowed")
        return super().read(size)


class _BoundedOverTls(_Bounded, imaplib.IMAP4_SSL):
    """The same over TLS."""


class MailSession:
    """Looks into folders; EXAMINE and BODY.PEEK leave every message as unread as it was."""

    def __init__(self, declared: ImapConnector, secret: Secret) -> None:
        context = ssl.create_default_context()
        if declared.security == "tls":
            self._imap: imaplib.IMAP4 = _BoundedOverTls(declared.host, declared.port or 993, ssl_context=context, timeout=_SECONDS)
        else:
            self._imap = _Bounded(declared.host, declared.port or 143, timeout=_SECONDS)
        with self._closed_on_fault():
            if declared.security == "starttls":
                self._imap.starttls(context)
            self._log_in(declared, secret)

    def examine(self, folder: str) -> int:
        """Open a folder for reading; gives its UIDVALIDITY."""
        try:
            answered, _ = self._imap.select(as_mailbox(folder), readonly=True)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            answered = "BAD"
        if answered != "OK":
            raise MailRefusedError(f"the mail server does not open the folder {folder!r}; check `folders`")
        _, (validity,) = self._imap.response("UIDVALIDITY")
        if not isinstance(validity, bytes) or not validity.isdigit():
            raise MailRefusedError(f"the mail server gives the folder {folder!r} no UIDVALIDITY, so nothing can be remembered of it")
        return int(validity)

    def waiting(self, after: int) -> list[Waiting]:
        """The messages with a UID above this one, in its order; the server gives the last message even when none is."""
        found = (
            (_UID.search(said), _SIZE.search(said))
            for said in self._fetch(f"{after + 1}:*", "(UID RFC822.SIZE)")
            if isinstance(said, bytes)
        )
        messages = {int(uid[1]): Waiting(int(uid[1]), int(size[1])) for uid, size in found if uid and size}
        return [messages[uid] for uid in sorted(messages) if uid > after]

    def messages(self, uids: Sequence[int], most_bytes: int | None = None) -> dict[int, bytes]:
        """The messages with these UIDs as they are; of each at most so many bytes. One that was deleted meanwhile is missing."""
        part = "" if most_bytes is None else f"<0.{most_bytes}>"
        answer = self._fetch(",".join(map(str, uids)), f"(UID BODY.PEEK[]{part})")
        found = {}
        for said, following in zip(answer, [*answer[1:], b""], strict=True):
            if isinstance(said, tuple):
                behind = following if isinstance(following, bytes) else b""
                if uid := _UID.search(said[0]) or _UID.search(behind):
                    found[int(uid[1])] = said[1]
        return {uid: found[uid] for uid in uids if uid in found}

    def close(self) -> None:
        """Say good-bye; a connection that is lost already is no fault."""
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self._imap.logout()
        with contextlib.suppress(OSError):
            self._imap.shutdown()

    def _log_in(self, declared: ImapConnector, secret: Secret) -> None:
        try:
            if declared.login == "password":
                self._imap.login(quoted(declared.user), secret.reveal())
            else:
                proof = proofs(declared.login, declared.user, declared.host, self._imap.port, secret)
                self._imap.authenticate(declared.login.upper(), lambda _: next(proof, b""))
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            held = "password" if declared.login == "password" else "OAuth secret: whether it has expired, and may read mail over IMAP"
            raise MailRefusedError(f"the mail server refuses the login; check `user` and the {held}") from None

    def _fetch(self, uids: str, what: str) -> list[Any]:
        try:
            answered, said = self._imap.uid("FETCH", uids, what)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            answered, said = "BAD", []
        if answered != "OK":
            raise MailRefusedError("the mail server refuses to give messages")
        return said

    @contextlib.contextmanager
    def _closed_on_fault(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._imap.shutdown()
            raise
