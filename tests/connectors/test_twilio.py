"""Twilio's messages: days, pages, and the window that is read again."""

import base64
import datetime as dt
from typing import Any

import pytest

from pipelines.connectors.protocol import ConnectorError
from tests.connectors.conftest import SECRET, Company
from tests.connectors.server import Asked, Reply, Server, said

PATH = "/2010-04-01/Accounts/AC1/Messages.json"
DECLARED = {"kind": "twilio", "account": "AC1", "secret_variable": "SOURCE_SECRET", "start_day": "2026-03-01", "requests_per_minute": 1e9}


@pytest.fixture
def twilio(company: Company, server: Server) -> Company:
    company.declared = {**DECLARED, "address": server.address}
    return company


class Account:
    """What the interface answers: a day's messages, two a page."""

    def __init__(self, **days: list[str]) -> None:
        self.days = {day.replace("_", "-").removeprefix("d"): messages for day, messages in days.items()}

    def __call__(self, asked: Asked) -> Reply:
        day = asked.query.get("DateSent>", "")[:10] or asked.query["Day"]
        start = int(asked.query.get("Page", "0")) * 2
        messages = self.days.get(day, [])
        following = f"{PATH}?Day={day}&Page={start // 2 + 1}" if start + 2 < len(messages) else None
        return said({"messages": [{"sid": sid} for sid in messages[start : start + 2]], "next_page_uri": following})


def sids(documents: list[Any]) -> list[list[str]]:
    return [[message["sid"] for message in document["messages"]] for document in documents]


def test_every_page_of_every_day_is_landed_as_it_came(twilio: Company, server: Server) -> None:
    server.play = Account(d2026_03_01=["a", "b", "c"], d2026_03_02=["d"])

    landed = twilio.land()

    assert sids(twilio.documents()) == [["a", "b"], ["c"], ["d"]]
    assert (landed.files, landed.position) == (3, {"sent_on": "2026-03-02"})
    assert server.queries()[0] == {"PageSize": "1000", "DateSent>": "2026-03-01T00:00:00Z", "DateSent<": "2026-03-01T23:59:59Z"}
    assert server.asked[0].headers["Authorization"] == "Basic " + base64.b64encode(f"AC1:{SECRET}".encode()).decode()


def test_a_key_of_the_account_is_sent_under_its_own_name(twilio: Company, server: Server) -> None:
    twilio.declared["user"] = "SK9"

    twilio.land()

    assert server.asked[0].headers["Authorization"] == "Basic " + base64.b64encode(f"SK9:{SECRET}".encode()).decode()


def test_a_window_of_days_is_read_again_and_only_what_changed_is_landed(twilio: Company, server: Server) -> None:
    account = Account(d2026_03_01=["a"], d2026_03_02=["b"], d2026_03_03=["late"])
    server.play = account
    twilio.declared["window_days"] = 1
    twilio.land()
    twilio.time.moment += dt.timedelta(days=2)
    account.days["2026-03-02"] = ["b", "billed"]
    server.asked.clear()

    again = twilio.land()

    assert [query["DateSent>"][:10] for query in server.queries()] == ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]
    assert (again.files, again.repeated, again.position) == (2, 1, {"sent_on": "2026-03-04"})
    assert sids(twilio.documents()) == [["a"], ["b"], ["b", "billed"], ["late"]]


def test_a_day_without_messages_lands_nothing(twilio: Company, server: Server) -> None:
    server.play = Account()

    assert (twilio.land().files, twilio.files()) == (0, [])


def test_a_next_page_that_repeats_for_ever_is_stopped(twilio: Company, server: Server) -> None:
    server.play = lambda _: said({"messages": [{"sid": "a"}], "next_page_uri": f"{PATH}?Page=1"})

    with pytest.raises(ConnectorError, match="a next page that was fetched already"):
        twilio.land()
    assert len(server.asked) == 2
    assert len(twilio.files()) == 1


def test_more_pages_than_allowed_are_stopped(twilio: Company, server: Server) -> None:
    server.play = lambda asked: said(
        {"messages": [{"sid": asked.query.get("Page", "0")}], "next_page_uri": f"{PATH}?Page={len(server.asked)}"}
    )
    twilio.declared["most_pages"] = 5

    with pytest.raises(ConnectorError, match="more than 5 pages in one run; raise `most_pages`"):
        twilio.land()
    assert len(server.asked) == 5


def test_a_source_that_dies_half_way_leaves_what_came_and_the_next_run_goes_on(twilio: Company, server: Server) -> None:
    account = Account(d2026_03_01=["a"], d2026_03_02=["b", "c", "d"])
    server.play = lambda asked: Reply(status=503) if "Page" in asked.query else account(asked)
    with pytest.raises(ConnectorError, match="answers 503"):
        twilio.land()
    assert (sids(twilio.documents()), twilio.position()) == ([["a"], ["b", "c"]], {"sent_on": "2026-03-01"})

    server.play = account
    twilio.land()

    assert (sids(twilio.documents()), twilio.position()) == ([["a"], ["b", "c"], ["d"]], {"sent_on": "2026-03-02"})


def test_the_secret_is_in_no_file(twilio: Company, server: Server) -> None:
    server.play = Account(d2026_03_01=["a", "b", "c"])
    twilio.land()

    for path in twilio.folder.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()
