"""Handing mail to a server, against servers that speak SMTP."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from pipelines.alerting.letters import alert_letter, letter
from pipelines.alerting.mail import Mailer
from pipelines.alerting.message import TEST, Message
from pipelines.alerting.register import Alert
from pipelines.alerting.settings import MailSettings
from pipelines.connectors.protocol import ConnectorError
from pipelines.connectors.retrying import Patience
from pipelines.connectors.secret import Secret
from pipelines.errors import PipelineError
from tests.alerting.conftest import PASSWORD, Mailbox, Waits, free_port, mail_server
from tests.connectors.conftest import NOON, StandingClock

ANN, BOB = "ann@example.com", "bob@example.com"
GUARDED = {"security": "starttls", "user": "kpis", "secret_variable": "MAIL_SECRET"}
WRONG = "wr0ng"
ALERT = Alert("a1", "late_feed", "shop", "The feed shop is late.", None, 3.0, 1.0, NOON.replace(tzinfo=None))


def declared(port: int, **given: Any) -> MailSettings:
    values = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "kpis@example.com", "to": [ANN, BOB], **given}
    return MailSettings.model_validate(values)


def mailer(settings: MailSettings, time: StandingClock, *, password: str | None = None, timeout: float = 5) -> Mailer:
    patience = Patience("host", time.clock, requests_per_minute=6e9, minutes=10, block="mail")
    return Mailer(settings, Secret(password) if password else None, patience, timeout)


def a_letter(settings: MailSettings) -> EmailMessage:
    return letter("Größe", "Grüße – 1 €", "x", settings, NOON)


def test_a_mail_arrives_as_it_was_written(mailbox: Mailbox, time: StandingClock) -> None:
    settings = declared(mailbox.port)

    assert mailer(settings, time).send(a_letter(settings)) == 0

    (mail,) = mailbox.taken
    assert (mail["From"], mail["To"], mail["Subject"]) == ("kpis@example.com", f"{ANN}, {BOB}", "Größe")
    assert mail.get_content() == "Grüße – 1 €\n"
    assert mail["Message-ID"].endswith("@example.com>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mailbox.recipients == [[ANN, BOB]]


def test_a_server_that_is_busy_is_asked_again(mailbox: Mailbox, time: StandingClock, waits: Waits) -> None:
    settings = declared(mailbox.port)
    mailbox.answers = ["451 later", "421 too many"]

    mailer(settings, time).send(a_letter(settings))

    assert (len(mailbox.taken), waits()) == (1, [1, 2])


def test_a_refusal_for_good_is_not_tried_again_and_says_nothing_of_the_server(mailbox: Mailbox, time: StandingClock, waits: Waits) -> None:
    settings = declared(mailbox.port)
    mailbox.answers = ["554 ann is not welcome"]

    with pytest.raises(PipelineError, match=r"^mail\.host: 127\.0\.0\.1 refuses the mail \(554\); check the settings\.$") as fault:
        mailer(settings, time).send(a_letter(settings))
    assert not isinstance(fault.value, ConnectorError)
    assert waits() == []


def test_some_addresses_that_are_refused_do_not_keep_the_mail_from_the_others(mailbox: Mailbox, time: StandingClock) -> None:
    settings = declared(mailbox.port)
    mailbox.unknown = {BOB}

    assert mailer(settings, time).send(a_letter(settings)) == 1
    assert mailbox.recipients == [[ANN]]


def test_all_addresses_refused_is_a_fault_of_the_settings(mailbox: Mailbox, time: StandingClock) -> None:
    settings = declared(mailbox.port)
    mailbox.unknown = {ANN, BOB}

    with pytest.raises(PipelineError, match=r"refuses every address in `to` \(550\)"):
        mailer(settings, time).send(a_letter(settings))


def test_a_dead_server_is_given_up_after_six_attempts(time: StandingClock, waits: Waits) -> None:
    settings = declared(free_port())

    with pytest.raises(
        ConnectorError, match=r"^mail\.host: 127\.0\.0\.1 cannot be reached, or breaks off, 6 times; the next run tries again\.$"
    ):
        mailer(settings, time).send(a_letter(settings))
    assert waits() == [1, 2, 4, 8, 16]


def test_a_server_that_hangs_is_given_up(silent_port: int, time: StandingClock) -> None:
    settings = declared(silent_port)

    with pytest.raises(ConnectorError, match="6 times; the next run tries again"):
        mailer(settings, time, timeout=0.05).send(a_letter(settings))


def test_a_server_without_starttls_gets_neither_mail_nor_password(mailbox: Mailbox, time: StandingClock) -> None:
    settings = declared(mailbox.port, **GUARDED)

    with pytest.raises(PipelineError, match="does not offer what is asked for"):
        mailer(settings, time, password=PASSWORD).send(a_letter(settings))
    assert (mailbox.taken, mailbox.logins) == ([], [])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed; on Debian: apt-get install openssl")
    folder = tmp_path_factory.mktemp("certificate")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
    subprocess.run([*command.split(), "-keyout", folder / "key", "-out", folder / "certificate"], check=True, capture_output=True)
    return folder


@pytest.fixture
def guarded(certificate: Path) -> Iterator[Mailbox]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "certificate", certificate / "key")
    with mail_server(context) as started:
        yield started


@pytest.mark.slow
def test_behind_starttls_the_password_is_given_and_the_mail_taken(
    guarded: Mailbox, certificate: Path, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "certificate"))
    settings = declared(guarded.port, **GUARDED)

    mailer(settings, time, password=PASSWORD).send(a_letter(settings))

    assert (len(guarded.taken), guarded.logins) == (1, ["kpis"])


@pytest.mark.slow
def test_a_wrong_password_is_a_fault_of_the_settings_and_is_not_told(
    guarded: Mailbox, certificate: Path, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "certificate"))
    settings = declared(guarded.port, **GUARDED)

    with pytest.raises(PipelineError, match=r"does not accept `user` with its password \(535\)") as fault:
        mailer(settings, time, password=WRONG).send(a_letter(settings))
    assert WRONG not in str(fault.value)


@pytest.mark.slow
def test_a_certificate_that_nobody_vouches_for_is_not_trusted(guarded: Mailbox, time: StandingClock) -> None:
    settings = declared(guarded.port, **GUARDED)

    with pytest.raises(PipelineError, match=r"the certificate of 127\.0\.0\.1 is not trusted"):
        mailer(settings, time, password=PASSWORD).send(a_letter(settings))
    assert guarded.logins == []


def test_a_letter_of_one_alert_says_it_in_its_subject_and_of_several_how_many() -> None:
    settings = declared(25)
    opened, closed = Message("a1.opened", "opened", ALERT), Message("a1.closed", "closed", ALERT)

    alone, both = (alert_letter(messages, settings, NOON) for messages in ([opened], [opened, closed]))

    assert (alone["Subject"], both["Subject"]) == ("Alert: The feed shop is late.", "Alerts: 1 new, 1 over")
    assert alone.get_content() == ("NEW: The feed shop is late.\n(late_feed of shop, alert a1)\n\n`kpis alerts` lists what is open.\n")
    assert "OVER: Over, or watched no longer: The feed shop is late." in both.get_content()


def test_the_same_letter_twice_has_one_message_id() -> None:
    settings = declared(25)
    one, again, other = (alert_letter([message], settings, NOON)["Message-ID"] for message in (TEST, TEST, Message("b", "test", None)))

    assert one == again != other


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"host": "mail.example.com"}, "mail is sent unsecured to this machine alone"),
        ({"user": "kpis"}, "give `user` and `secret_variable`, or neither"),
        ({"to": ["Ann <ann@example.com>"]}, "give a bare address"),
        ({"to": ["ann@example.com\nBcc: eve@example.com"]}, "give a bare address"),
        ({"to": []}, "at least 1 item"),
        ({"secret_variable": "hunter2", "user": "x"}, "name the environment variable"),
    ],
)
def test_settings_that_would_not_do_are_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        declared(25, **given)
