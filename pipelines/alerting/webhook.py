"""Telling an address over HTTP: one POST of JSON a message, tried again with patience, signed as standardwebhooks.com says."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

import httpx2

from pipelines.alerting.message import Message
from pipelines.connectors.protocol import Clock
from pipelines.connectors.retrying import Failure, PassingError, Patience, patiently
from pipelines.connectors.secret import Secret
from pipelines.connectors.session import PASSING, trusted
from pipelines.connectors.settings import LOOPBACK
from pipelines.errors import PipelineError

TIMEOUT_SECONDS: Final = 15.0
_WHOLE_SECRET: Final = "whsec_"  # noqa: S105  # the mark of a secret that is given in base64, none itself


class Webhook:
    """An address that takes messages. Its URL may be a secret: errors name its host alone."""

    def __init__(self, url: Secret, signing: Secret | None, patience: Patience, clock: Clock, timeout: float = TIMEOUT_SECONDS) -> None:
        self._url = url
        self._host = _host(url)
        self._key = _key(signing) if signing else None
        self._patience = patience
        self._clock = clock
        self._timeout = timeout

    def tell(self, messages: Sequence[Message]) -> Iterator[Sequence[Message]]:
        """Post one message after the other, and give each once it was taken.

        Raises ConnectorError where patience ends, PipelineError where the address refuses for good.
        """
        with httpx2.Client(verify=trusted(), timeout=self._timeout, follow_redirects=False) as client:
            for message in messages:
                body = json.dumps(message.payload, ensure_ascii=False).encode()
                patiently(self._patience, lambda message=message, body=body: self._post(client, message.message_id, body))  # type: ignore[misc]  # mypy infers no types for a lambda's defaults
                yield [message]

    def _post(self, client: httpx2.Client, message_id: str, body: bytes) -> None:
        headers = {"Content-Type": "application/json", **self._signed(message_id, body)}
        try:
            with client.stream("POST", self._url.reveal(), content=body, headers=headers) as answer:
                if answer.is_success:
                    return
                if answer.status_code in PASSING:
                    raise PassingError(Failure(f"{self._host} answers {answer.status_code}", answer.headers.get("Retry-After")))
                raise PipelineError(
                    f"alerts.webhook: {self._host} answers {answer.status_code}; check the URL in the environment variable and the secret."
                )
        except httpx2.TimeoutException:
            raise PassingError(Failure(f"{self._host} does not answer in time")) from None
        except (httpx2.TransportError, httpx2.StreamError):
            raise PassingError(Failure(f"{self._host} cannot be reached, or breaks off")) from None

    def _signed(self, message_id: str, body: bytes) -> dict[str, str]:
        """Id and time of the message, with the signature over both and the body where there is a secret."""
        stamp = str(int(self._clock.now().timestamp()))
        headers = {"Webhook-Id": message_id, "Webhook-Timestamp": stamp}
        return headers if self._key is None else {**headers, "Webhook-Signature": signature(self._key, message_id, stamp, body)}


def signature(key: bytes, message_id: str, stamp: str, body: bytes) -> str:
    """`v1,` and HMAC-SHA256 of `id.time.body` in base64."""
    signed = b".".join([message_id.encode(), stamp.encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _key(signing: Secret) -> bytes:
    """The bytes of a secret: behind `whsec_` they are given in base64, as Standard Webhooks has them; any other text is its own bytes."""
    text = signing.reveal()
    if not text.startswith(_WHOLE_SECRET):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix(_WHOLE_SECRET), validate=True)
    except binascii.Error:
        raise PipelineError("alerts.webhook.secret_variable: behind `whsec_` the secret must be base64; set it again.") from None


def _host(url: Secret) -> str:
    parts = urlsplit(url.reveal())
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        raise PipelineError("alerts.webhook.url_variable: what it holds is no address that starts with https://; set it again.")
    return parts.hostname
