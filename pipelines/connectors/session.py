"""Asking a source over HTTP: patient, bounded, and silent about secrets."""

import base64
import json
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import urljoin

import httpx2

from pipelines.connectors.protocol import ConnectorError
from pipelines.connectors.retrying import Failure, PassingError, Patience
from pipelines.connectors.secret import Secret

_PART_BYTES: Final = 2**16
_TOLD_CHARACTERS: Final = 100
_TIMEOUT: Final = httpx2.Timeout(60.0, connect=20.0)
PASSING: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""Answers that another attempt may not get."""
_ADVICE: Final = {
    401: "the secret is wrong or has expired",
    403: "the secret lacks a right",
    404: "the address or an id in the settings is wrong",
}


@dataclass(frozen=True)
class Answer:
    """A complete answer."""

    content: bytes
    document: Any
    """The content as JSON; None where no JSON was asked for."""


class Session:
    """Requests to one address, with the headers that prove who asks.

    Every error is a ConnectorError that names method, host and path: neither headers, nor the query, nor what was answered.
    """

    def __init__(self, name: str, address: str, headers: Mapping[str, Secret], patience: Patience, largest_bytes: int) -> None:
        self._name = name
        self._address = httpx2.URL(address)
        self._headers = dict(headers)
        self._patience = patience
        self._largest_bytes = largest_bytes
        self._client = httpx2.Client(verify=trusted(), timeout=_TIMEOUT, follow_redirects=False, headers={"Accept-Encoding": "identity"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def page(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """Fetch a document of JSON. ``path`` may be a whole URL of the same address, such as a source names for its next page."""
        return self._ask("GET", path, query, None, is_json=True)

    def order(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Ask the source to begin something, and get its answer as JSON."""
        return self._ask("POST", path, None, body, is_json=True)

    def file(self, path: str) -> bytes:
        """Fetch a file."""
        return self._ask("GET", path, None, None, is_json=False).content

    def _ask(self, method: str, path: str, query: Mapping[str, str] | None, body: Mapping[str, Any] | None, *, is_json: bool) -> Answer:
        url = self._placed(path)
        attempt = 0
        while True:
            attempt += 1
            self._patience.check()
            self._patience.take_turn()
            try:
                content = self._attempt(method, url, query, body)
                return Answer(content, self._document(content) if is_json else None)
            except PassingError as fault:
                failure = fault.failure
            self._patience.before_retry(attempt, Failure(f"{method} {_told(url)} {failure.why}", failure.retry_after))

    def _attempt(self, method: str, url: httpx2.URL, query: Mapping[str, str] | None, body: Mapping[str, Any] | None) -> bytes:
        headers = {name: value.reveal() for name, value in self._headers.items()}
        try:
            with self._client.stream(method, url, params=query, json=body, headers=headers) as answer:
                if answer.status_code in PASSING:
                    raise PassingError(Failure(f"answers {answer.status_code}", answer.headers.get("Retry-After")))
                if answer.status_code != HTTPStatus.OK:
                    advice = _ADVICE.get(answer.status_code, "check the connector's settings")
                    raise RefusedError(
                        f"connectors.{self._name}: {method} {_told(url)} answers {answer.status_code}: {advice}.", answer.status_code
                    )
                return b"".join(self._bounded(answer, url))
        except httpx2.TimeoutException:
            raise PassingError(Failure("does not answer in time")) from None
        except (httpx2.TransportError, httpx2.StreamError, httpx2.DecodingError):
            raise PassingError(Failure("cannot be reached, or breaks off")) from None

    def _bounded(self, answer: httpx2.Response, url: httpx2.URL) -> Iterator[bytes]:
        size = 0
        for part in answer.iter_bytes(_PART_BYTES):
            self._patience.check()
            size += len(part)
            if size > self._largest_bytes:
                raise ConnectorError(
                    f"connectors.{self._name}: {_told(url)} answers with more than {self._largest_bytes} bytes; "
                    "raise `largest_bytes` if that is right."
                )
            yield part

    def _document(self, content: bytes) -> Any:
        """An answer that is no whole JSON was most likely cut off on its way."""
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            raise PassingError(Failure("answers with no complete JSON")) from None
        if not isinstance(document, dict):
            raise ConnectorError(f"connectors.{self._name}: the source answers with JSON that is no object; check the address.")
        return document

    def _placed(self, path: str) -> httpx2.URL:
        """The whole URL. Secrets go to the address in the settings, whatever a source names as its next page."""
        try:
            url = httpx2.URL(urljoin(str(self._address), path))
        except (httpx2.InvalidURL, ValueError):
            raise ConnectorError(f"connectors.{self._name}: the source names a next page that is no URL.") from None
        asked, declared = ((one.scheme, one.host, one.port, one.userinfo) for one in (url, self._address))
        if asked != declared:
            raise ConnectorError(
                f"connectors.{self._name}: the source names a next page on another host than {self._address.host}; "
                "the secret is not sent there."
            )
        return url


class RefusedError(ConnectorError):
    """The source refuses a request for good."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def basic(user: str, password: Secret) -> Secret:
    """The value of an `Authorization` header for a name and a password."""
    return Secret("Basic " + base64.b64encode(f"{user}:{password.reveal()}".encode()).decode())


def bearer(held: Secret) -> Secret:
    """The value of an `Authorization` header for a secret alone."""
    return Secret("Bearer " + held.reveal())


@cache
def trusted() -> ssl.SSLContext:
    """The certificates that are trusted, read once: that takes longer than many a request."""
    return httpx2.create_ssl_context()


def _told(url: httpx2.URL) -> str:
    """Where it went, without the query; of a path that the source may have named, no more than fits a sentence."""
    path = url.path if url.path.isprintable() else "/…"
    return f"{url.host}{path if len(path) <= _TOLD_CHARACTERS else path[:_TOLD_CHARACTERS] + '…'}"
