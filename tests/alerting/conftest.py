"""What the tests of alerts share: a web server, a mail server, a clock that does not wait."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.connectors.conftest import StandingClock
from tests.connectors.server import Server, serving

PASSWORD = "p4ssw0rd-of-the-mailbox"


class Mailbox:
    """A mail server's handler: what it took, and what it answers."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.answers: list[str] = []
        """What it says to mails, one after the other, before it takes them."""
        self.unknown: set[str] = set()
        self.logins: list[str] = []
        self.port = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802  # the server calls it so
        if address in self.unknown:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # likewise
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        is_right = data.password.decode() == PASSWORD
        return AuthResult(success=is_right, handled=is_right)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server(secured: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    """A mail server on the loopback address; with a certificate it insists on STARTTLS and on a password."""
    mailbox = Mailbox()
    mailbox.port = free_port()
    guarded: dict[str, Any] = {}
    if secured is not None:
        guarded = {"tls_context": secured, "require_starttls": True, "auth_required": True, "authenticator": mailbox.authenticate}
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, loop=asyncio.new_event_loop(), ready_timeout=30, **guarded)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
        controller.loop.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as started:
        yield started


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


@pytest.fixture
def time() -> StandingClock:
    return StandingClock()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


Waits = Callable[[], list[int]]


@pytest.fixture
def waits(time: StandingClock) -> Waits:
    """The waits between attempts, in whole seconds."""
    return lambda: [round(seconds) for seconds in time.slept if seconds > 0.1]
