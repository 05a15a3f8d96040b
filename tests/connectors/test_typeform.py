"""Typeform's responses: pages that run backwards, and a position that waits for the last one."""

import datetime as dt
from typing import Any

import pytest

from pipelines.connectors.protocol import ConnectorError
from tests.connectors.conftest import SECRET, Company
from tests.connectors.server import Asked, Reply, Server, in_turn, said

DECLARED = {"kind": "typeform", "form": "f1", "secret_variable": "SOURCE_SECRET", "start_day": "2026-03-01", "page_size": 2}


@pytest.fixture
def typeform(company: Company, server: Server) -> Company:
    company.declared = {**DECLARED, "address": server.address}
    return company


def response(number: int) -> dict[str, Any]:
    return {"token": f"t{number}", "landed_at": "2026-03-02T07:00:00Z", "submitted_at": f"2026-03-02T08:00:{number:02}Z"}


class Form:
    """What the interface answers: the newest responses before one of them, two a page."""

    def __init__(self, count: int) -> None:
        self.responses = [response(number) for number in range(count, 0, -1)]

    def __call__(self, asked: Asked) -> Reply:
        tokens = [item["token"] for item in self.responses]
        start = tokens.index(asked.query["before"]) + 1 if "before" in asked.query else 0
        items = [item for item in self.responses if item["submitted_at"] >= asked.query["since"]][start : start + 2]
        return said({"total_items": len(tokens), "page_count": 1, "items": items})


def test_pages_run_back_until_one_is_empty(typeform: Company, server: Server) -> None:
    server.play = Form(5)

    landed = typeform.land()

    assert [[item["token"] for item in page["items"]] for page in typeform.documents()] == [["t5", "t4"], ["t3", "t2"], ["t1"]]
    assert [query.get("before") for query in server.queries()] == [None, "t4", "t2", "t1"]
    assert server.queries()[0] == {"page_size": "2", "since": "2026-03-01T00:00:00"}
    assert (server.asked[0].path, server.asked[0].headers["Authorization"]) == ("/forms/f1/responses", f"Bearer {SECRET}")
    assert landed.position == {"submitted_at": "2026-03-02T08:00:05+00:00"}


def test_the_position_stays_while_the_last_page_has_not_come(typeform: Company, server: Server) -> None:
    form = Form(5)
    server.play = lambda asked: Reply(status=404) if asked.query.get("before") == "t2" else form(asked)
    with pytest.raises(ConnectorError):
        typeform.land()
    assert (len(typeform.files()), typeform.position()) == (2, None)

    server.play = form
    again = typeform.land()

    assert (again.files, again.repeated, len(typeform.files())) == (1, 2, 3)


def test_the_next_run_overlaps(typeform: Company, server: Server) -> None:
    server.play = Form(1)
    typeform.declared["overlap_hours"] = 1
    typeform.land()
    typeform.land()

    assert server.queries()[-1]["since"] == "2026-03-02T07:00:01"


def test_nothing_new_keeps_the_position(typeform: Company, server: Server) -> None:
    server.play = Form(3)
    typeform.land()
    server.play = Form(0)

    typeform.land()

    assert typeform.position() == {"submitted_at": "2026-03-02T08:00:03+00:00"}


def test_a_response_from_the_future_does_not_carry_the_position_there(typeform: Company, server: Server) -> None:
    server.play = in_turn(said({"items": [{"token": "a", "submitted_at": "9999-12-31T00:00:00Z"}]}), said({"items": []}))

    assert typeform.land().position == {"submitted_at": "2026-03-02T12:00:00+00:00"}


@pytest.mark.parametrize("moment", [None, 5, "yesterday", "2026-03-02T08:00:00", "0001-01-01T00:00:00+23:59"])
def test_a_response_with_an_odd_time_is_landed_and_moves_nothing(typeform: Company, server: Server, moment: object) -> None:
    server.play = in_turn(said({"items": [{"token": "a", "submitted_at": moment}]}), said({"items": []}))

    assert (typeform.land().files, typeform.position()) == (1, None)


def test_a_page_that_repeats_is_stopped(typeform: Company, server: Server) -> None:
    server.play = in_turn(said({"items": [response(1)]}))

    with pytest.raises(ConnectorError, match="a next page that was fetched already"):
        typeform.land()


@pytest.mark.parametrize("page", [{}, {"items": 1}, {"items": [1]}, {"items": [{"token": ""}]}])
def test_an_answer_of_another_shape_is_an_error_that_names_the_connector(typeform: Company, server: Server, page: dict[str, Any]) -> None:
    server.play = in_turn(said(page))

    with pytest.raises(ConnectorError, match=r"connectors\.source: Typeform"):
        typeform.land()


def test_the_overlap_never_reaches_before_the_first_day(typeform: Company, server: Server) -> None:
    server.play = Form(1)
    typeform.declared["overlap_hours"] = 24 * 365
    typeform.land()
    typeform.time.moment += dt.timedelta(days=1)
    typeform.land()

    assert server.queries()[-1]["since"] == "2026-03-01T00:00:00"
