"""Twilio's messages against Prism, which answers and checks requests by Twilio's own public OpenAPI document.

The document is not kept here: `TWILIO_OPENAPI` names a copy of `spec/json/twilio_api_v2010.json` from github.com/twilio/twilio-oai.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from pipelines.connectors.protocol import ConnectorError
from tests.connectors.conftest import Company

PRISM = shutil.which("prism")
DOCUMENT = os.environ.get("TWILIO_OPENAPI", "")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PRISM is None, reason="Prism is not installed; npm install -g @stoplight/prism-cli"),
    pytest.mark.skipif(not DOCUMENT, reason="TWILIO_OPENAPI names no copy of Twilio's OpenAPI document"),
]


@pytest.fixture(scope="module")
def prism() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(port), DOCUMENT], stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.poll() is None, "Prism has ended"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def declared(address: str) -> dict[str, object]:
    account = "AC" + "a" * 32
    return {"kind": "twilio", "address": address, "account": account, "secret_variable": "SOURCE_SECRET", "start_day": "2026-03-02"}


def test_requests_are_such_as_the_document_allows_and_pages_that_never_end_are_stopped(company: Company, prism: str) -> None:
    company.declared = declared(prism)

    with pytest.raises(ConnectorError, match="a next page that was fetched already"):
        company.land()
    assert "messages" in company.documents()[0]


def test_an_account_of_another_shape_is_refused_by_the_document(company: Company, prism: str) -> None:
    company.declared = {**declared(prism), "account": "nonsense"}

    with pytest.raises(ConnectorError, match="answers 422"):
        company.land()
    assert company.files() == []
