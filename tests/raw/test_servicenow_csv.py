import datetime as dt
from typing import Any

import pytest

from assets.raw.reading import Limits, UnreadableFileError
from tests.raw.conftest import Take, Taken

HEADER = (
    "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,opened_at,"
    "sys_updated_at,contact_type,category,priority,resolved_at,closed_at\n"
)
DECLARED: dict[str, Any] = {"time_zone": "UTC", "time_format": "%d/%m/%Y %H:%M"}
EVENTS, TICKETS = "raw.ticket_events", "raw.tickets"


def change(state: str, number: int, updated: str, *, incident: str = "INC0000045", opened: str = "29/2/2016 01:16", **given: str) -> str:
    cells = {"reopens": "0", "caller": "Caller 2403", "via": "Phone", "priority": "3 - Moderate", "resolved": "?", "closed": "?", **given}
    return (
        f"{incident},{state},true,0,{cells['reopens']},{number},true,{cells['caller']},Opened by  8,{opened},{updated},{cells['via']},"
        f"Category 55,{cells['priority']},{cells['resolved']},{cells['closed']}\n"
    )


def log(*changes: str) -> bytes:
    return (HEADER + "".join(changes)).encode()


def cells(taken: Taken, table: str, *columns: str) -> list[Any]:
    return taken.tables[table].select(columns).rows()


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_the_rows_of_a_number_are_events_and_the_last_is_the_state_of_its_ticket(take: Take) -> None:
    final = {"resolved": "1/3/2016 11:29", "closed": "5/3/2016 12:00"}
    taken = take(
        "servicenow_csv",
        log(
            change("New", 0, "29/2/2016 01:23", **final),
            change("Resolved", 1, "29/2/2016 08:53", **final),
            change("Active", 2, "29/2/2016 11:29", reopens="1", **final),
            change("Closed", 3, "5/3/2016 12:00", reopens="1", **final),
        ),
        **DECLARED,
    )

    assert cells(taken, EVENTS, "source_record_id", "ticket_ref", "happened_at", "event", "status_to") == [
        ("INC0000045:000000", "shop:INC0000045", moment("2016-02-29T01:23"), "status", "new"),
        ("INC0000045:000001", "shop:INC0000045", moment("2016-02-29T08:53"), "status", "solved"),
        ("INC0000045:000002", "shop:INC0000045", moment("2016-02-29T11:29"), "status", "open"),
        ("INC0000045:000003", "shop:INC0000045", moment("2016-03-05T12:00"), "status", "closed"),
    ]
    assert cells(taken, TICKETS, "source_record_id", "status", "updated_at", "opened_at", "last_solved_at", "closed_at") == [
        (
            "INC0000045",
            "closed",
            moment("2016-03-05T12:00"),
            moment("2016-02-29T01:16"),
            moment("2016-03-01T11:29"),
            moment("2016-03-05T12:00"),
        )
    ]
    assert cells(taken, TICKETS, "channel", "priority", "category", "reopen_count", "history", "customer_ref", "opened_by") == [
        ("phone", "normal", "Category 55", 1, "status_events", "<id:Caller 2403>", "customer")
    ]


def test_tickets_are_records_behind_those_of_the_rows(take: Take) -> None:
    taken = take(
        "servicenow_csv",
        log(change("New", 0, "1/3/2016 01:00"), change("New", 0, "1/3/2016 02:00", incident="INC2"), change("Active", 1, "1/3/2016 03:00")),
        **DECLARED,
    )

    assert [number for number, _ in taken.records] == [1, 2, 3, 4, 5]
    assert cells(taken, TICKETS, "record_number", "source_record_id", "status") == [(4, "INC2", "new"), (5, "INC0000045", "open")]
    assert (taken.records[3][1], taken.records[4][1]) == (taken.records[1][1], taken.records[2][1])


def test_the_last_change_is_the_one_with_the_highest_number_not_the_last_row(take: Take) -> None:
    changes = [change("Closed", 10, "3/3/2016 01:00"), change("Active", 9, "2/3/2016 01:00")]

    assert cells(take("servicenow_csv", log(*changes), **DECLARED), TICKETS, "status") == [("closed",)]


def test_changes_of_one_minute_are_in_order_by_their_ids(take: Take) -> None:
    changes = [change("Active", number, "1/3/2016 01:00") for number in (2, 10)]
    ids = [row[0] for row in cells(take("servicenow_csv", log(*changes), **DECLARED), EVENTS, "source_record_id")]

    assert ids == sorted(ids) == ["INC0000045:000002", "INC0000045:000010"]


def test_a_question_mark_is_nothing(take: Take) -> None:
    taken = take("servicenow_csv", log(change("New", 0, "1/3/2016 01:00", caller="?", priority="?")), **DECLARED)

    assert cells(taken, TICKETS, "customer_ref", "priority", "last_solved_at", "closed_at") == [(None, None, None, None)]


@pytest.mark.parametrize(
    ("written", "ours"),
    [("Awaiting User Info", "pending"), ("Awaiting Vendor", "hold"), ("In Progress", "open"), ("6", "solved"), ("Canceled", "closed")],
)
def test_states_have_servicenows_own_names_and_codes(take: Take, written: str, ours: str) -> None:
    taken = take("servicenow_csv", log(change(written, 0, "1/3/2016 01:00")), **DECLARED)

    assert (cells(taken, EVENTS, "status_to"), cells(taken, TICKETS, "status")) == ([(ours,)], [(ours,)])


def test_a_row_at_fault_is_refused_and_with_it_the_state_if_it_is_the_last(take: Take) -> None:
    taken = take(
        "servicenow_csv",
        log(
            change("-100", 0, "1/3/2016 01:00"),
            change("Active", 1, "2016-03-01 01:00"),
            change("Active", 2, "1/3/2016 03:00", via="Direct opening"),
            "INC2,New\n",
            change("New", 0, "1/3/2016 01:00", incident="?"),
            change("New", 0, "2/13/2016 01:00", incident="INC3"),
        ),
        **DECLARED,
    )

    assert sorted(taken.refusals, key=str) == sorted(
        [
            (1, "status_to", "unknown_word"),
            (2, "happened_at", "not_an_instant"),
            (4, None, "wrong_column_count"),
            (5, "source_record_id", "missing"),
            (5, "ticket_ref", "missing"),
            (6, "happened_at", "not_an_instant"),
            (7, "channel", "unknown_word"),
            (8, "updated_at", "not_an_instant"),
        ],
        key=str,
    )
    assert cells(taken, EVENTS, "record_number") == [(3,)]


def test_words_declared_for_the_status_hold_for_tickets_and_events(take: Take) -> None:
    taken = take("servicenow_csv", log(change("-100", 0, "1/3/2016 01:00")), **DECLARED, values={"status": {"-100": "new"}})

    assert (cells(taken, EVENTS, "status_to"), cells(taken, TICKETS, "status")) == ([("new",)], [("new",)])


def test_a_long_log_is_given_in_parts_and_numbered_through(take: Take) -> None:
    changes = [change("New", 0, "1/3/2016 01:00", incident=f"INC{number}") for number in range(7)]
    taken = take("servicenow_csv", log(*changes), Limits(batch_records=2), **DECLARED)

    assert [number for number, _ in taken.records] == list(range(1, 15))
    assert sorted(row[0] for row in cells(taken, TICKETS, "source_record_id")) == [f"INC{number}" for number in range(7)]


def test_a_file_without_the_numbers_of_changes_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="no column 'sys_mod_count'"):
        take("servicenow_csv", b"number,incident_state,opened_at,sys_updated_at\n", **DECLARED)


def test_the_customer_may_stand_in_another_column(take: Take) -> None:
    content = log(change("New", 0, "1/3/2016 01:00")).replace(b"Opened by  8", b"ann@x.org")
    taken = take("servicenow_csv", content, **DECLARED, columns={"email": "opened_by"})

    assert cells(taken, TICKETS, "customer_ref") == [("<email:ann@x.org>",)]
