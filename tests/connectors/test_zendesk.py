"""Zendesk's incremental exports: its cursor, its times, its last page."""

import base64
import datetime as dt

import pytest

from pipelines.connectors.protocol import ConnectorError
from tests.connectors.conftest import NOON, SECRET, Company
from tests.connectors.server import Asked, Reply, Server, in_turn, said

DECLARED = {
    "kind": "zendesk",
    "secret_variable": "SOURCE_SECRET",
    "user": "desk@example.com",
    "start_day": "2026-03-01",
    "requests_per_minute": 1e9,
}
MARCH = int(dt.datetime(2026, 3, 1, tzinfo=dt.UTC).timestamp())


@pytest.fixture
def zendesk(company: Company, server: Server) -> Company:
    company.declared = {**DECLARED, "address": server.address}
    return company


def tickets(*numbers: int, cursor: str, end: bool = False) -> Reply:
    listed = [{"id": number, "status": "deleted" if number > 900 else "open"} for number in numbers]
    return said({"tickets": listed, "after_cursor": cursor, "after_url": "https://always.example/there", "end_of_stream": end})


def test_pages_are_landed_up_to_the_one_that_says_it_is_the_last(zendesk: Company, server: Server) -> None:
    server.play = in_turn(tickets(1, 2, cursor="c1"), tickets(2, 3, cursor="c2", end=True))

    landed = zendesk.land()

    assert [[ticket["id"] for ticket in page["tickets"]] for page in zendesk.documents()] == [[1, 2], [2, 3]]
    assert server.queries() == [{"start_time": str(MARCH), "per_page": "1000"}, {"cursor": "c1", "per_page": "1000"}]
    assert server.asked[0].path == "/api/v2/incremental/tickets/cursor.json"
    assert server.asked[0].headers["Authorization"] == "Basic " + base64.b64encode(f"desk@example.com/token:{SECRET}".encode()).decode()
    assert landed.position == {"cursor": "c2"}


def test_the_next_run_goes_on_at_the_cursor(zendesk: Company, server: Server) -> None:
    server.play = in_turn(tickets(1, cursor="c1", end=True), tickets(cursor="c1", end=True))
    zendesk.land()
    again = zendesk.land()

    assert server.queries()[1] == {"cursor": "c1", "per_page": "1000"}
    assert (again.files, zendesk.position()) == (0, {"cursor": "c1"})


def test_a_break_between_two_pages_loses_neither(zendesk: Company, server: Server) -> None:
    server.play = in_turn(tickets(1, cursor="c1"), Reply(status=401))
    with pytest.raises(ConnectorError, match="the secret is wrong or has expired"):
        zendesk.land()
    server.play = in_turn(tickets(2, cursor="c2", end=True))

    zendesk.land()

    assert server.queries()[-1]["cursor"] == "c1"
    assert [page["tickets"][0]["id"] for page in zendesk.documents()] == [1, 2]


def test_too_many_requests_slow_the_walk_down_and_do_not_end_it(zendesk: Company, server: Server) -> None:
    server.play = in_turn(said({}, 429, Retry_After="30"), tickets(1, cursor="c1", end=True))

    zendesk.land()

    assert max(zendesk.time.slept) == pytest.approx(31)


def test_a_cursor_that_does_not_move_is_stopped(zendesk: Company, server: Server) -> None:
    server.play = in_turn(tickets(1, cursor="c1"))

    with pytest.raises(ConnectorError, match="a next page that was fetched already"):
        zendesk.land()
    assert len(server.asked) == 2


def test_a_page_without_end_and_cursor_is_an_error(zendesk: Company, server: Server) -> None:
    server.play = in_turn(said({"tickets": [], "after_cursor": None}))

    with pytest.raises(ConnectorError, match="neither an end nor a next page"):
        zendesk.land()


def test_an_oauth_secret_and_what_pages_bring_along(zendesk: Company, server: Server) -> None:
    server.play = in_turn(tickets(1, cursor="c1", end=True))
    zendesk.declared |= {"user": "", "include": ["users", "metric_sets"]}

    zendesk.land()

    assert server.asked[0].headers["Authorization"] == f"Bearer {SECRET}"
    assert server.queries()[0]["include"] == "users,metric_sets"


def test_audits_are_fetched_ticket_by_ticket_before_the_cursor_moves(zendesk: Company, server: Server) -> None:
    def play(asked: Asked) -> Reply:
        if asked.path.startswith("/api/v2/incremental"):
            return tickets(1, 2, 3, 999, cursor="c1", end=True)
        ticket = int(asked.path.split("/")[4])
        if ticket == 3:
            return Reply(status=404)
        is_first = ticket == 1 and "page[after]" not in asked.query
        meta = {"has_more": is_first, "after_cursor": "second"}
        return said({"audits": [{"id": ticket * 10 + (not is_first), "ticket_id": ticket}], "meta": meta})

    server.play = play
    zendesk.declared |= {"export": "ticket_audits", "include": ["users"]}

    landed = zendesk.land()

    assert [page["audits"][0]["id"] for page in zendesk.documents()] == [10, 11, 21]
    assert (landed.files, landed.position) == (3, {"cursor": "c1"})
    assert [asked.path for asked in server.asked if "999" in asked.path] == []
    assert [query.get("include") for query in server.queries()] == [None, "users", "users", "users", "users"]


def test_a_break_among_the_audits_begins_their_page_again(zendesk: Company, server: Server) -> None:
    def play(asked: Asked) -> Reply:
        if asked.path.startswith("/api/v2/incremental"):
            return tickets(1, 2, cursor="c1", end=True)
        if asked.path.startswith("/api/v2/tickets/2/") and is_broken:
            return Reply(status=403)
        return said({"audits": [{"id": 1, "path": asked.path}], "meta": {"has_more": False}})

    server.play, is_broken = play, True
    zendesk.declared["export"] = "ticket_audits"
    with pytest.raises(ConnectorError, match="lacks a right"):
        zendesk.land()
    assert (len(zendesk.files()), zendesk.position()) == (1, None)
    is_broken = False

    again = zendesk.land()

    assert (len(zendesk.files()), again.repeated, zendesk.position()) == (2, 1, {"cursor": "c1"})


def test_events_go_by_the_time_at_which_each_page_ends(zendesk: Company, server: Server) -> None:
    def page(number: int, end: int, *, is_last: bool) -> Reply:
        return said(
            {"ticket_metric_events": [{"id": number}], "end_time": end, "next_page": "https://there", "count": 1, "end_of_stream": is_last}
        )

    server.play = in_turn(page(1, MARCH + 50, is_last=False), page(2, MARCH + 90_000, is_last=True), page(2, MARCH + 90_000, is_last=True))
    zendesk.declared |= {"export": "ticket_metric_events", "overlap_seconds": 100}

    zendesk.land()
    again = zendesk.land()

    assert [query["start_time"] for query in server.queries()] == [str(MARCH), str(MARCH + 50), str(MARCH + 89_900)]
    assert server.asked[0].path == "/api/v2/incremental/ticket_metric_events.json"
    assert (again.files, again.repeated, again.position) == (0, 1, {"time": MARCH + 90_000})


def test_ticket_events_bring_their_comments_and_never_begin_too_near_to_now(zendesk: Company, server: Server) -> None:
    server.play = in_turn(said({"ticket_events": [], "end_time": int(NOON.timestamp()), "next_page": None}))
    zendesk.declared |= {"export": "ticket_events", "overlap_seconds": 0}

    zendesk.land()
    zendesk.land()

    assert server.queries()[1] == {"start_time": str(int(NOON.timestamp()) - 360), "include": "comment_events"}


def test_a_page_of_events_that_ends_where_it_began_is_stopped(zendesk: Company, server: Server) -> None:
    server.play = in_turn(said({"ticket_events": [{"id": 1}], "end_time": MARCH, "next_page": "https://there"}))
    zendesk.declared["export"] = "ticket_events"

    with pytest.raises(ConnectorError, match="a next page that was fetched already"):
        zendesk.land()


def test_ratings_are_listed_page_by_page_and_the_position_waits_for_the_last(zendesk: Company, server: Server) -> None:
    def play(asked: Asked) -> Reply:
        is_first = "page[after]" not in asked.query
        if not is_first and is_broken:
            return Reply(status=403)
        return said({"satisfaction_ratings": [{"id": int(is_first)}], "meta": {"has_more": is_first, "after_cursor": "second"}})

    server.play, is_broken = play, True
    zendesk.declared |= {"export": "satisfaction_ratings", "overlap_seconds": 3600}
    with pytest.raises(ConnectorError, match="lacks a right"):
        zendesk.land()
    assert (len(zendesk.files()), zendesk.position()) == (1, None)
    is_broken = False
    zendesk.land()
    zendesk.land()

    assert [page["satisfaction_ratings"][0]["id"] for page in zendesk.documents()] == [1, 0]
    assert zendesk.position() == {"time": int(NOON.timestamp())}
    assert server.queries()[-1] == {"start_time": str(int(NOON.timestamp()) - 3600), "page[size]": "100", "page[after]": "second"}
