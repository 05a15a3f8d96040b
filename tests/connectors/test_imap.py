"""Mail over IMAP, against Dovecot: what is fetched, from where the next run goes on, and that nothing in the mailbox changes."""

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipelines.connectors.protocol import ConnectorError
from pipelines.errors import PipelineError
from tests.connectors.conftest import NOON, SECRET, Company
from tests.connectors.server import Asked, Reply, Server, said, serving

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
{users}
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
auth_failure_delay = 0
"""

OAUTH = """
introspection_mode = auth
introspection_url = {address}/introspect
username_attribute = email
active_attribute = active
active_value = yes
"""
TOKEN = "an-access-token."
"""Begins the OAuth secrets that the authority knows, each ending in the name of its user."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(DOVECOT is None, reason="Dovecot is not installed; on Debian: apt-get install dovecot-imapd"),
]


@dataclass(frozen=True)
class Dovecot:
    """A running mail server."""

    folder: Path
    port: int
    tls_port: int

    @contextlib.contextmanager
    def client(self, user: str) -> Iterator[imaplib.IMAP4]:
        """Someone else who uses the mailbox."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as opened:
            opened.login(user, SECRET)
            yield opened

    def deliver(self, user: str, *texts: str, folder: str = "INBOX") -> None:
        with self.client(user) as client:
            if folder != "INBOX":
                client.create(folder)
            for text in texts:
                assert client.append(folder, "", imaplib.Time2Internaldate(time.time()), mail(text))[0] == "OK"


def mail(text: str) -> bytes:
    return f"From: Ann <ann@example.org>\r\nSubject: {text}\r\n\r\n{text}\r\n".encode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def introspected(asked: Asked) -> Reply:
    """What an authority says of an OAuth secret: whose it is, if it knows it."""
    shown = asked.headers.get("Authorization", "").removeprefix("Bearer ")
    if not shown.startswith(TOKEN):
        return said({"active": "no", "error": "invalid_token"})
    return said({"active": "yes", "email": shown.removeprefix(TOKEN)})


@pytest.fixture(scope="module")
def authority() -> Iterator[Server]:
    with serving() as started:
        started.play = introspected
        yield started


@pytest.fixture(scope="module")
def dovecot(authority: Server) -> Iterator[Dovecot]:
    """Dovecot under a configuration of its own. It refuses to open mail as root, so root gives the mailboxes to nobody."""
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    uid, gid = (65534, 65534) if os.getuid() == 0 else (os.getuid(), os.getgid())
    me, ours = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
    users = "" if os.getuid() == 0 else f"default_internal_user = {me}\ndefault_login_user = {me}\ndefault_internal_group = {ours}"
    server = Dovecot(folder, free_port(), free_port())
    folder.chmod(0o755)
    (folder / "mail").mkdir()
    os.chown(folder / "mail", uid, gid)
    (folder / "users").write_text("".join(f"user{number}:{SECRET}\n" for number in range(50)))
    (folder / "oauth2").write_text(OAUTH.format(address=authority.address))
    has_tls = shutil.which("openssl") is not None
    if has_tls:
        command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
        subprocess.run([*command.split(), "-keyout", folder / "key", "-out", folder / "certificate"], check=True, capture_output=True)
    certificate = f"ssl_cert = <{folder}/certificate\nssl_key = <{folder}/key" if has_tls else ""
    values = {"folder": folder, "uid": uid, "gid": gid, "users": users, "port": server.port, "tls_port": server.tls_port if has_tls else 0}
    (folder / "conf").write_text(CONFIGURATION.format(**values, ssl="yes" if has_tls else "no", certificate=certificate))
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen([str(DOVECOT), "-F", "-c", folder / "conf"], stdout=output, stderr=output)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 1):
                break
            assert process.poll() is None, (folder / "output").read_text()
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


MAILBOXES = iter(f"user{number}" for number in range(50))


@pytest.fixture
def user() -> str:
    return next(MAILBOXES)


@pytest.fixture
def imap(company: Company, dovecot: Dovecot, user: str) -> Company:
    company.declared = {
        "kind": "imap",
        "host": "127.0.0.1",
        "port": dovecot.port,
        "security": "none",
        "user": user,
        "secret_variable": "SOURCE_SECRET",
    }
    return company


def test_every_message_is_a_file_of_its_bytes_named_by_their_hash(imap: Company, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, "one", "two")

    landed = imap.land()

    assert sorted(imap.contents()) == [mail("one"), mail("two")]
    assert {path.suffix for path in imap.files()} == {".eml"}
    assert {len(path.stem) for path in imap.files()} == {64}
    assert {path.parent.name for path in imap.files()} == {NOON.date().isoformat()}
    assert landed.files == 2


def test_the_next_run_fetches_what_is_new_and_not_the_last_message_again(imap: Company, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, "one")
    imap.land()
    nothing = imap.land()
    dovecot.deliver(user, "two")
    new = imap.land()

    assert [(landed.files, landed.repeated) for landed in (nothing, new)] == [(0, 0), (1, 0)]
    assert imap.position()["INBOX"]["uid"] == 2


def test_messages_stay_unread_and_the_folder_is_opened_for_reading_alone(imap: Company, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, "one", "two")
    imap.land()

    with dovecot.client(user) as client:
        client.select("INBOX")
        assert client.search(None, "UNSEEN") == ("OK", [b"1 2"])
        assert client.search(None, "RECENT") == ("OK", [b"1 2"])


def test_more_messages_than_a_batch_are_all_landed(imap: Company, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, *map(str, range(230)))

    assert imap.land().files == 230
    assert sorted(imap.contents()) == sorted(mail(str(number)) for number in range(230))


def test_the_same_message_in_two_folders_is_one_file(imap: Company, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, "one")
    dovecot.deliver(user, "one", "two", folder="Archive")
    imap.declared["folders"] = ["INBOX", "Archive"]

    landed = imap.land()

    assert (landed.files, landed.repeated) == (2, 1)
    assert sorted(imap.position()) == ["Archive", "INBOX"]


@pytest.mark.parametrize(
    ("folder", "written"), [("Kunden-Rückmeldung", '"Kunden-R&APw-ckmeldung"'), ("Q&A 満足 😀", '"Q&-A &boCNsw- &2D3eAA-"')]
)
def test_folders_have_the_names_that_people_see(imap: Company, dovecot: Dovecot, user: str, folder: str, written: str) -> None:
    dovecot.deliver(user, "one", folder=written)
    imap.declared["folders"] = [folder]

    assert imap.land().files == 1
    assert list(imap.position()) == [folder]


def test_a_folder_that_was_made_anew_is_read_anew_and_nothing_is_doubled(imap: Company, dovecot: Dovecot, user: str) -> None:
    imap.declared["folders"] = ["Survey"]
    dovecot.deliver(user, "one", "two", folder="Survey")
    imap.land()
    before = imap.position()["Survey"]
    with dovecot.client(user) as client:
        client.delete("Survey")
    time.sleep(1.1)  # UIDVALIDITY counts seconds
    dovecot.deliver(user, "two", "three", folder="Survey")

    landed = imap.land()

    assert (landed.files, landed.repeated) == (1, 1)
    assert imap.position()["Survey"]["uidvalidity"] != before["uidvalidity"]
    assert sorted(imap.contents()) == sorted(map(mail, ("one", "two", "three")))


def test_of_a_message_that_is_too_large_the_beginning_is_landed(imap: Company, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, "x" * 5000, "small")
    imap.declared["largest_bytes"] = 1000

    imap.land()

    assert sorted(map(len, imap.contents())) == [len(mail("small")), 1000]


def test_no_more_messages_than_allowed_come_at_once_and_the_next_run_goes_on(imap: Company, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, "one", "two", "three")
    imap.declared["most_messages"] = 2

    assert [imap.land().files for _ in range(3)] == [2, 1, 0]


def test_a_wrong_password_is_told_without_it(imap: Company, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("SOURCE_SECRET", "another-wrong-one")

    with pytest.raises(ConnectorError, match="refuses the login; check `user` and the password") as refused:
        imap.land()
    assert "another-wrong-one" not in f"{refused.value!r} {refused.value.__context__!r} {caplog.text}"


def test_a_folder_that_is_not_there_is_told_by_its_name(imap: Company) -> None:
    imap.declared["folders"] = ["Nowhere"]

    with pytest.raises(ConnectorError, match="does not open the folder 'Nowhere'; check `folders`"):
        imap.land()


def test_a_server_that_is_not_there_is_tried_again_and_then_told(imap: Company) -> None:
    imap.declared["port"] = free_port()

    with pytest.raises(ConnectorError, match=r"the mail server 127\.0\.0\.1 cannot be reached, or breaks off, 6 times"):
        imap.land()
    assert len(imap.time.slept) == 5


def test_a_connection_that_is_lost_is_made_again_and_goes_on(
    imap: Company, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver(user, *(f"{number} {'x' * 3000}" for number in range(150)))
    fetched: list[int] = []
    whole = imaplib.IMAP4.read

    def losing(self: imaplib.IMAP4, size: int) -> bytes:
        fetched.append(size)
        if len(fetched) in {20, 140}:
            self.sock.shutdown(socket.SHUT_RDWR)
            self.file.read()  # what the kernel had received already is lost too, so that it never hides the break
        return whole(self, size)

    monkeypatch.setattr(imaplib.IMAP4, "read", losing)

    landed = imap.land()

    assert (landed.files, landed.repeated, len(imap.time.slept)) == (150, 0, 2)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed, so there is no certificate")
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_secured_connection_checks_who_answers(
    imap: Company, dovecot: Dovecot, user: str, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver(user, "one")
    imap.declared |= {"security": security, "port": dovecot.tls_port if security == "tls" else dovecot.port}
    with pytest.raises(ConnectorError, match="cannot be reached, or breaks off"):
        imap.land()

    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.folder / "certificate"))

    assert imap.land().files == 1


@pytest.mark.parametrize("login", ["xoauth2", "oauthbearer"])
def test_an_access_token_opens_the_mailbox_of_its_user(
    imap: Company, dovecot: Dovecot, user: str, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver(user, "one")
    imap.declared["login"] = login
    monkeypatch.setenv("SOURCE_SECRET", TOKEN + user)

    assert imap.land().files == 1
    assert imap.contents() == [mail("one")]


@pytest.mark.parametrize("login", ["xoauth2", "oauthbearer"])
@pytest.mark.parametrize("token", ["expired-and-secret", f"{TOKEN}somebody-else"])
def test_an_access_token_that_is_refused_is_told_without_it(
    imap: Company, login: str, token: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    imap.declared["login"] = login
    monkeypatch.setenv("SOURCE_SECRET", token)

    with pytest.raises(ConnectorError, match="refuses the login; check `user` and the OAuth secret") as refused:
        imap.land()
    assert token not in f"{refused.value!r} {refused.value.__context__!r} {caplog.text}"


def printing(text: str, ends_with: int = 0) -> list[str]:
    """A command that prints a text, counts its calls in a file, and ends."""
    program = f"import sys; open('called', 'a').write('x'); print({text!r}); print({text!r}, file=sys.stderr); sys.exit({ends_with})"
    return [sys.executable, "-c", program]


def test_a_program_may_print_the_access_token_and_is_asked_again_for_each_connection(
    imap: Company, dovecot: Dovecot, user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver(user, "one")
    monkeypatch.chdir(tmp_path)
    del imap.declared["secret_variable"]
    imap.declared |= {"login": "xoauth2", "secret_command": printing(TOKEN + user)}

    assert [imap.land().files for _ in range(2)] == [1, 0]
    assert (tmp_path / "called").read_text() == "xx"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (printing("s3cr3t", 3), "ends with 3 instead of a secret"),
        (printing(""), "prints nothing instead of a secret"),
        (printing("s3cr3t\nand more"), "holds a character that cannot be sent"),
        (["/nowhere/to-be-found", "s3cr3t"], r"cannot be run \(No such file or directory\)"),
    ],
)
def test_a_program_that_prints_no_secret_is_named_and_what_it_says_is_not(
    imap: Company, command: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    del imap.declared["secret_variable"]
    imap.declared |= {"login": "xoauth2", "secret_command": command}

    with pytest.raises(PipelineError, match=told) as fault:
        imap.land()
    assert "`secret_command`" in str(fault.value)
    assert "s3cr3t" not in f"{fault.value!r} {fault.value.__context__!r} {capfd.readouterr()}"


def test_the_secret_is_found_in_exactly_one_place(imap: Company) -> None:
    for change in ({"secret_command": ["print"]}, {"secret_variable": None}):
        imap.declared |= change
        with pytest.raises(ValidationError, match="give either `secret_variable` or `secret_command`"):
            imap.settings  # noqa: B018  # reading the settings is what fails
        imap.declared |= {"secret_variable": "SOURCE_SECRET", "secret_command": []}
