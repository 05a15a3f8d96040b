"""Telling an address over HTTP, against a server that plays what servers do."""

import base64
import json
import time as real_time

import pytest

from pipelines.alerting.message import TEST, Message
from pipelines.alerting.webhook import Webhook, signature
from pipelines.connectors.protocol import ConnectorError
from pipelines.connectors.retrying import Patience
from pipelines.connectors.secret import Secret
from pipelines.errors import PipelineError
from tests.alerting.conftest import Waits
from tests.connectors.conftest import NOON, StandingClock
from tests.connectors.server import Asked, Reply, Server, in_turn, said


def webhook(server: Server, time: StandingClock, *, signing: str | None = None, timeout: float = 5, path: str = "/hooks/s3cr3t") -> Webhook:
    patience = Patience("webhook", time.clock, requests_per_minute=6e9, minutes=10, block="alerts")
    return Webhook(Secret(server.address + path), Secret(signing) if signing else None, patience, time.clock, timeout)


def told(hook: Webhook, *messages: Message) -> list[str]:
    return [message.message_id for done in hook.tell(messages) for message in done]


def test_a_message_is_posted_as_json_with_its_id_and_time(server: Server, time: StandingClock) -> None:
    assert told(webhook(server, time), TEST) == ["test"]

    (asked,) = server.asked
    assert (asked.method, asked.path, asked.headers["Content-Type"]) == ("POST", "/hooks/s3cr3t", "application/json")
    assert json.loads(asked.body) == {"message_id": "test", "event": "test", "text": TEST.text, "alert": None}
    assert (asked.headers["Webhook-Id"], asked.headers["Webhook-Timestamp"]) == ("test", str(int(NOON.timestamp())))
    assert "Webhook-Signature" not in asked.headers


def test_the_signature_is_the_one_of_the_published_example() -> None:
    """The example in the documentation of Svix, from which Standard Webhooks stems."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    signed = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("secret", "key"),
    [("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "31f290f6bf06298aab4f08d43c3f082cf648a362da2da4b0"), ("plain words", None)],
)
def test_a_message_is_signed_with_the_secret_over_exactly_what_is_sent(
    server: Server, time: StandingClock, secret: str, key: str | None
) -> None:
    told(webhook(server, time, signing=secret), TEST)

    (asked,) = server.asked
    expected = signature(bytes.fromhex(key) if key else secret.encode(), "test", asked.headers["Webhook-Timestamp"], asked.body)
    assert asked.headers["Webhook-Signature"] == expected


def test_it_waits_as_long_as_it_is_asked_to_and_tries_again(server: Server, time: StandingClock, waits: Waits) -> None:
    server.play = in_turn(said({}, 429, Retry_After="17"), Reply(status=503), Reply(b"ok", 202))

    assert told(webhook(server, time), TEST) == ["test"]
    assert waits() == [18, 2]
    assert [asked.headers["Webhook-Id"] for asked in server.asked] == ["test"] * 3


def test_an_address_that_stays_down_is_given_up_after_six_attempts(server: Server, time: StandingClock, waits: Waits) -> None:
    server.play = in_turn(Reply(status=503))

    with pytest.raises(ConnectorError, match=r"^alerts\.webhook: 127\.0\.0\.1 answers 503, 6 times; the next run tries again\.$"):
        told(webhook(server, time), TEST)
    assert waits() == [1, 2, 4, 8, 16]


def test_an_address_that_hangs_is_given_up(server: Server, time: StandingClock) -> None:
    def hang(_: Asked) -> Reply:
        real_time.sleep(0.5)
        return Reply()

    server.play = hang
    with pytest.raises(ConnectorError, match=r"127\.0\.0\.1 does not answer in time, 6 times"):
        told(webhook(server, time, timeout=0.05), TEST)


def test_what_was_taken_before_a_failure_is_known(server: Server, time: StandingClock) -> None:
    server.play = in_turn(Reply(), Reply(status=400))
    telling = webhook(server, time).tell([TEST, Message("other", "test", None)])

    assert next(telling) == [TEST]
    with pytest.raises(PipelineError, match="answers 400; check the URL"):
        next(telling)


@pytest.mark.parametrize("status", [301, 400, 401, 404, 410])
def test_a_refusal_for_good_is_not_tried_again_and_tells_no_secret(server: Server, time: StandingClock, status: int) -> None:
    server.play = in_turn(Reply(b"s3cr3t", status, {"Location": server.address}))

    with pytest.raises(PipelineError) as fault:
        told(webhook(server, time, signing="whsec_c2VjcmV0"), TEST)

    assert not isinstance(fault.value, ConnectorError)
    assert len(server.asked) == 1
    assert "s3cr3t" not in str(fault.value)
    assert "c2VjcmV0" not in str(fault.value)


@pytest.mark.parametrize("url", ["http://example.com/x", "ftp://example.com", "nonsense", "https:///x"])
def test_a_message_leaves_the_machine_secured_or_not_at_all(time: StandingClock, url: str) -> None:
    with pytest.raises(PipelineError, match="no address that starts with https://"):
        webhook(Server(url), time, path="")
