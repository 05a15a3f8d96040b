"""Whatever a source answers, a connector ends, and ends with a ConnectorError or without one."""

import contextlib
import datetime as dt
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.connectors.imap_names import as_mailbox
from pipelines.connectors.protocol import Connector, ConnectorError
from pipelines.connectors.qualtrics import QualtricsResponses
from pipelines.connectors.retrying import Patience
from pipelines.connectors.session import Answer, Session
from pipelines.connectors.settings import QualtricsConnector, TwilioConnector, TypeformConnector, ZendeskConnector
from pipelines.connectors.twilio import TwilioMessages
from pipelines.connectors.typeform import TypeformResponses
from pipelines.connectors.zendesk import ZendeskExport
from tests.connectors.conftest import StandingClock

START = dt.date(2026, 3, 1)
pytestmark = pytest.mark.slow
EVERY: dict[str, Any] = {"feed": "wire", "secret_variable": "S", "start_day": START}
ADDRESS = "http://127.0.0.1"


class Answers:
    """A session that gives what it was told to, then nothing but empty pages."""

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        self._documents = itertools.chain(documents, itertools.repeat({}))

    def page(self, *_: object) -> Answer:
        document = next(self._documents)
        return Answer(json.dumps(document).encode(), document)

    order = page

    def file(self, _: str) -> bytes:
        return b"PK"


def zendesk(export: str) -> Callable[[Session], Connector]:
    declared = ZendeskConnector.model_validate({**EVERY, "kind": "zendesk", "address": ADDRESS, "export": export})
    return lambda session: ZendeskExport("x", declared, session, StandingClock().clock)


def twilio(session: Session) -> Connector:
    declared = TwilioConnector.model_validate({**EVERY, "kind": "twilio", "account": "AC1"})
    return TwilioMessages("x", declared, session, StandingClock().clock)


def typeform(session: Session) -> Connector:
    declared = TypeformConnector.model_validate({**EVERY, "kind": "typeform", "form": "f"})
    return TypeformResponses("x", declared, session, StandingClock().clock)


def qualtrics(session: Session) -> Connector:
    declared = QualtricsConnector.model_validate({**EVERY, "kind": "qualtrics", "address": ADDRESS, "survey": "SV_1"})
    clock = StandingClock().clock
    return QualtricsResponses("x", declared, None, session, Patience("x", clock, requests_per_minute=60, minutes=1), clock)


CONNECTORS = {
    "tickets": zendesk("tickets"),
    "audits": zendesk("ticket_audits"),
    "events": zendesk("ticket_events"),
    "ratings": zendesk("satisfaction_ratings"),
    "twilio": twilio,
    "typeform": typeform,
    "qualtrics": qualtrics,
}
KEYS = [
    "tickets",
    "audits",
    "ticket_events",
    "after_cursor",
    "end_of_stream",
    "end_time",
    "next_page",
    "meta",
    "has_more",
    "id",
    "status",
    "messages",
    "next_page_uri",
    "items",
    "token",
    "submitted_at",
    "landed_at",
    "result",
    "progressId",
    "fileId",
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["complete", "inProgress", "2026-03-01T00:00:00Z", "0001-01-01T00:00:00+23:59"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
PAGES = st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5), max_size=4)


@pytest.mark.parametrize("made", CONNECTORS.values(), ids=CONNECTORS)
@given(documents=PAGES)
def test_every_answer_is_taken_or_told(made: Callable[[Session], Connector], documents: list[dict[str, Any]]) -> None:
    steps: Iterator[object] = made(cast("Session", Answers(documents))).steps({})

    with contextlib.suppress(ConnectorError):
        for step in itertools.islice(steps, 1000):
            json.dumps(getattr(step, "position", None), allow_nan=False)
    assert next(steps, None) is None


@given(folder=st.text(max_size=20))
def test_every_folder_name_is_one_argument_of_printable_ascii(folder: str) -> None:
    written = as_mailbox(folder)

    assert written.isascii()
    assert written.isprintable()
    assert written[0] == written[-1] == '"'
    assert '"' not in written[1:-1].replace("\\\\", "").replace('\\"', "")
