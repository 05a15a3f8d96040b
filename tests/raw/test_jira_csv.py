import datetime as dt
from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take, Taken

HEADER = (
    "Summary,Issue key,Issue id,Issue Type,Status,Priority,Reporter,Reporter Id,Creator,Creator Id,Created,Updated,Resolved,"
    "Watchers,Watchers,Custom field (Approvals),Custom field (Request Type),Satisfaction rating,Custom field (Satisfaction date),"
    "Custom field ([CHART] Date of First Response),Comment,Comment,Status Category,Status Category Changed\n"
)
DECLARED: dict[str, Any] = {
    "time_zone": "Europe/Berlin",
    "time_format": "%d/%b/%y %I:%M %p",
    "constants": {"channel": "web"},
    "columns": {"category": "Custom field (Request Type)"},
}
TICKETS, ANSWERS = "raw.tickets", "raw.answers"


def issue(key: str = "DI-127", **given: str) -> str:
    cells = {
        "status": "Resolved",
        "priority": "Medium",
        "reporter": "r-1",
        "creator": "r-1",
        "created": "25/Feb/26 10:17 PM",
        "updated": "26/Feb/26 2:09 AM",
        "resolved": "26/Feb/26 1:00 AM",
        "approvals": "com.atlassian.servicedesk.plugins.approvals.internal.customfield.ApprovalsCFValue@21c2fe6f",
        "request": "Delivery",
        "rating": "",
        "rated": "",
        "replied": "2026-02-25 22:30:58.679",
        "comment": '"25/Feb/26 10:31 PM;r-9;On its way,\nsoon"',
        "category": "Done",
        **given,
    }
    return (
        f"Where is it,{key},46025,Service Request,{cells['status']},{cells['priority']},Ann,{cells['reporter']},Ann,{cells['creator']},"
        f"{cells['created']},{cells['updated']},{cells['resolved']},Ann,,{cells['approvals']},{cells['request']},{cells['rating']},"
        f"{cells['rated']},{cells['replied']},{cells['comment']},,{cells['category']},26/Feb/26 1:00 AM\n"
    )


def export(*issues: str) -> bytes:
    return (HEADER + "".join(issues)).encode()


def cells(taken: Taken, table: str, *columns: str) -> list[Any]:
    return taken.tables[table].select(columns).rows()


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_an_issue_is_the_last_state_of_a_ticket_in_the_declared_zone_and_format(take: Take) -> None:
    taken = take("jira_csv", export(issue()), **DECLARED)

    assert cells(taken, TICKETS, "source_record_id", "opened_at", "updated_at", "last_solved_at", "first_replied_at") == [
        ("DI-127", moment("2026-02-25T21:17"), moment("2026-02-26T01:09"), moment("2026-02-26T00:00"), moment("2026-02-25T21:30"))
    ]
    assert cells(taken, TICKETS, "status", "priority", "category", "channel", "opened_by", "customer_ref", "history", "reopen_count") == [
        ("solved", "normal", "Delivery", "web", "customer", "<id:r-1>", "last_values", None)
    ]
    assert (cells(taken, ANSWERS, "value"), taken.refusals) == ([], [])


def test_a_rating_is_an_answer_and_a_record_behind_those_of_the_issues(take: Take) -> None:
    taken = take("jira_csv", export(issue(rating="4", rated="27/Feb/26 9:05 AM"), issue("DI-128")), **DECLARED)

    assert cells(taken, ANSWERS, "record_number", "source_record_id", "question", "metric", "value", "scale_low", "scale_high") == [
        (3, "DI-127", "satisfaction", "csat", 4.0, 1.0, 5.0)
    ]
    assert cells(taken, ANSWERS, "answered_at", "ticket_ref", "customer_ref", "channel") == [
        (moment("2026-02-27T08:05"), "shop:DI-127", "<id:r-1>", "web")
    ]
    assert taken.records[2][1] == taken.records[0][1]


def test_a_rating_at_fault_does_not_cost_the_issue(take: Take) -> None:
    issues = [issue("A-1", rating="7", rated="27/Feb/26 9:05 AM"), issue("A-2", rating="5"), issue("A-3", rating="five")]
    taken = take("jira_csv", export(*issues), **DECLARED)

    assert taken.refusals == [
        (4, "satisfaction", "out_of_scale"),
        (5, "answered_at", "missing"),
        (6, "answered_at", "missing"),
        (6, "satisfaction", "not_a_number"),
    ]
    assert len(cells(taken, TICKETS, "source_record_id")) == 3


def test_the_moment_of_a_rating_may_be_declared_to_stand_elsewhere(take: Take) -> None:
    declared = {**DECLARED, "columns": {"rated_at": "Resolved"}}

    assert cells(take("jira_csv", export(issue(rating="5")), **declared), ANSWERS, "answered_at") == [(moment("2026-02-26T00:00"),)]


def test_a_rating_has_the_channel_and_touchpoint_of_its_issue(take: Take) -> None:
    declared = {**DECLARED, "constants": {}, "columns": {"channel": "Summary", "touchpoint": "Custom field (Request Type)"}}
    words = {"channel": {"Where is it": "email"}, "touchpoint": {"Delivery": "field"}}
    taken = take("jira_csv", export(issue(rating="5", rated="27/Feb/26 9:05 AM")), **declared, values=words)

    assert cells(taken, ANSWERS, "channel", "touchpoint") == cells(taken, TICKETS, "channel", "touchpoint") == [("email", "field")]


@pytest.mark.parametrize(
    ("status", "category", "ours"),
    [
        ("Waiting for customer", "In Progress", "pending"),
        ("Waiting for support", "In Progress", "open"),
        ("Bei der Werkstatt", "In Progress", "open"),
        ("Abgeholt", "Done", "solved"),
        ("Eingang", "To Do", "new"),
        ("Parked", "In Progress", "hold"),
    ],
)
def test_a_status_nobody_declared_means_what_its_category_says(take: Take, status: str, category: str, ours: str) -> None:
    taken = take("jira_csv", export(issue(status=status, category=category)), **DECLARED, values={"status": {"Parked": "hold"}})

    assert cells(taken, TICKETS, "status") == [(ours,)]


def test_without_a_category_an_unknown_status_is_refused(take: Take) -> None:
    content = b"Issue key,Status,Created,Updated\nA-1,Abgeholt,25/Feb/26 10:17 PM,25/Feb/26 10:17 PM\n"

    assert take("jira_csv", content, **{**DECLARED, "columns": {}}).refusals == [(1, "status", "unknown_word")]


@pytest.mark.parametrize(
    ("given", "expected"), [({}, "customer"), ({"creator": "r-9"}, "agent"), ({"request": ""}, "agent"), ({"creator": ""}, "customer")]
)
def test_what_somebody_else_wrote_or_is_no_request_is_no_contact(take: Take, given: dict[str, str], expected: str) -> None:
    assert cells(take("jira_csv", export(issue(**given)), **DECLARED), TICKETS, "opened_by") == [(expected,)]


def test_repeated_headers_are_told_apart_and_what_jira_cannot_write_is_nothing(take: Take) -> None:
    declared = {**DECLARED, "columns": {"category": "Custom field (Approvals)", "touchpoint": "Comment#2"}}
    taken = take("jira_csv", export(issue()), **declared)

    assert cells(taken, TICKETS, "category", "touchpoint") == [(None, None)]


def test_a_month_of_another_language_and_a_day_first_number_are_refused(take: Take) -> None:
    taken = take("jira_csv", export(issue(created="25/Okt/25 10:17 PM"), issue(created="2/13/26 10:17 PM")), **DECLARED)

    assert taken.refusals == [(1, "opened_at", "not_an_instant"), (2, "opened_at", "not_an_instant")]


def test_a_first_response_in_no_known_format_is_refused(take: Take) -> None:
    assert take("jira_csv", export(issue(replied="soon")), **DECLARED).refusals == [(1, "first_replied_at", "not_an_instant")]


def test_an_export_without_keys_or_without_a_declared_channel_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="no column 'Issue key'"):
        take("jira_csv", b"Key,Status,Created,Updated\n", **{**DECLARED, "columns": {}})
    with pytest.raises(UnreadableFileError, match=r"constants\.channel"):
        take("jira_csv", export(issue()), **{**DECLARED, "constants": {}})
