"""Mail over IMAP: every message of some folders becomes a file, named by its hash. Nothing in the mailbox changes.

A folder's position is its UIDVALIDITY and the last UID that was landed. With another UIDVALIDITY the numbers mean other messages, so
the folder is read anew; messages that were landed already are known by their bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from pipelines.connectors.imap_session import LOST, MailRefusedError, MailSession, Waiting
from pipelines.connectors.protocol import ConnectorError, Piece, Position, Step
from pipelines.connectors.retrying import Failure, Patience
from pipelines.connectors.secret import Secret
from pipelines.connectors.settings import ImapConnector

_BATCH_MESSAGES: Final = 100
_BATCH_BYTES: Final = 32 * 2**20


class ImapMail:
    """Fetches the messages that are new in each folder, in the order of their UIDs."""

    def __init__(self, name: str, declared: ImapConnector, secret: Callable[[], Secret], patience: Patience) -> None:
        self._name = name
        self._declared = declared
        self._secret = secret
        self._patience = patience
        self._left = declared.most_messages
        self.identity = f"imap {declared.host} {declared.user}"

    def steps(self, position: Position) -> Iterator[Step]:
        """Read every folder from its position on; a lost connection is made again and goes on where it broke off."""
        reached: dict[str, Any] = dict(position)
        attempt = 0
        while True:
            try:
                for step in self._connected(reached):
                    attempt = 0
                    reached = dict(step.position or reached)
                    yield step
            except MailRefusedError as refused:
                raise ConnectorError(f"connectors.{self._name}: {refused}.") from None
            except LOST:
                attempt += 1
            else:
                return
            self._patience.before_retry(attempt, Failure(f"the mail server {self._declared.host} cannot be reached, or breaks off"))

    def _connected(self, position: Position) -> Iterator[Step]:
        self._patience.check()
        session = MailSession(self._declared, self._secret())
        try:
            reached = dict(position)
            for folder in self._declared.folders:
                for pieces, place in self._folder(session, folder, reached.get(folder)):
                    reached[folder] = place
                    yield Step(pieces, dict(reached))
        finally:
            session.close()

    def _folder(self, session: MailSession, folder: str, place: Any) -> Iterator[tuple[list[Piece], dict[str, int]]]:
        validity = session.examine(folder)
        is_same = isinstance(place, dict) and place.get("uidvalidity") == validity
        after = int(place["uid"]) if is_same else 0
        waiting = session.waiting(after)[: self._left]
        if not is_same:
            yield [], {"uidvalidity": validity, "uid": 0}
        for batch in _batches(waiting):
            self._patience.check()
            yield self._pieces(session, batch), {"uidvalidity": validity, "uid": batch[-1].uid}
            self._left -= len(batch)

    def _pieces(self, session: MailSession, batch: Sequence[Waiting]) -> list[Piece]:
        """Fetch a batch. Of a message that is larger than allowed comes the beginning, which its adapter refuses as too long."""
        whole = [message.uid for message in batch if message.size <= self._declared.largest_bytes]
        found = session.messages(whole) if whole else {}
        for message in batch:
            if message.size > self._declared.largest_bytes:
                found |= session.messages([message.uid], self._declared.largest_bytes)
        return [Piece([found[uid]], ".eml", keeps_order=False) for uid in sorted(found)]


def _batches(waiting: Sequence[Waiting]) -> Iterator[list[Waiting]]:
    """Cut into batches of not too many messages and bytes, at least one message each."""
    batch: list[Waiting] = []
    size = 0
    for message in waiting:
        if batch and (len(batch) == _BATCH_MESSAGES or size + message.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += message.size
    if batch:
        yield batch
