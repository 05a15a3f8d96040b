import datetime as dt
from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take

DECLARED: dict[str, Any] = {
    "time_zone": "Europe/Berlin",
    "ticket_source": "zendesk",
    "columns": {"customer_id": "CustomerID", "ticket_id": "TicketID"},
    "questions": {"Q1": {"metric": "csat", "scale": [1, 5]}, "Q2": {"metric": "nps", "scale": [0, 10]}},
}
IDS = "StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,CustomerID,TicketID,Q1,Q2"
LABELS = (
    "Anfangsdatum,Enddatum,Status,Fortschritt,Beendet,Erfassungsdatum,Antwort-ID,CustomerID,TicketID,"
    '"Wie zufrieden,\nalles in allem?",Empfehlung?'
)
IMPORTED = ["startDate", "endDate", "status", "progress", "finished", "recordedDate", "_recordId", "CustomerID", "TicketID", "QID1", "QID2"]
IMPORT_IDS = ",".join(f'"{{""ImportId"":""{name}""}}"' for name in IMPORTED)
HEADER = f"{IDS}\n{LABELS}\n{IMPORT_IDS}\n"
MOMENT = "2017-07-18 08:28:48"


def response(name: str, *, status: str = "0", progress: str = "100", finished: str = "1", answers: str = "5,9") -> str:
    return f"{MOMENT},{MOMENT},{status},{progress},{finished},{MOMENT},{name},K7,77,{answers}\n"


def test_the_three_header_rows_are_no_records_and_questions_are_known_by_their_ids(take: Take) -> None:
    taken = take("qualtrics_csv", (HEADER + response("R_1")).encode(), **DECLARED)
    moment = dt.datetime.fromisoformat("2017-07-18T06:28:48")

    assert taken.rows("source_record_id", "question", "value", "answered_at", "updated_at", "channel", "ticket_ref", "customer_ref") == [
        ("R_1", "Q1", 5.0, moment, moment, "web", "zendesk:77", "<id:K7>"),
        ("R_1", "Q2", 9.0, moment, moment, "web", "zendesk:77", "<id:K7>"),
    ]
    assert [number for number, _ in taken.records] == [1]


def test_questions_may_be_known_by_their_stable_import_ids(take: Take) -> None:
    taken = take(
        "qualtrics_csv", (HEADER + response("R_1")).encode(), **{**DECLARED, "questions": {"QID1": {"metric": "csat", "scale": [1, 5]}}}
    )

    assert taken.rows("question", "value") == [("QID1", 5.0)]


def test_a_partial_response_is_not_complete(take: Take) -> None:
    content = (
        response("R_1", progress="40", finished="False", answers="4,")
        + response("R_2", progress="40", finished="")
        + response("R_3", finished="True")
    )
    taken = take("qualtrics_csv", (HEADER + content).encode(), **DECLARED)

    assert taken.rows("source_record_id", "is_complete", "value")[::2] == [("R_1", False, 4.0), ("R_2", False, 5.0), ("R_3", True, 5.0)]


@pytest.mark.parametrize("status", ["1", "2", "8", "9", "Survey Preview", "Spam"])
def test_previews_tests_and_spam_are_refused(take: Take, status: str) -> None:
    taken = take("qualtrics_csv", (HEADER + response("R_1", status=status) + response("R_2", status="IP Address")).encode(), **DECLARED)

    assert taken.refusals == [(1, "status", "not_a_real_response")]
    assert set(taken.rows("source_record_id")) == {"R_2"}


def test_a_status_in_the_accounts_language_needs_a_declared_meaning(take: Take) -> None:
    content = (HEADER + response("R_1", status="IP-Adresse")).encode()

    assert take("qualtrics_csv", content, **DECLARED).refusals == [(1, "status", "unknown_word")]
    assert take("qualtrics_csv", content, **DECLARED, values={"status": {"IP-Adresse": "0"}}).refusals == []


def test_the_legacy_export_has_two_header_rows_a_mark_and_a_trailing_comma(take: Take) -> None:
    content = (
        "\ufeffV1,V2,V3,V4,Q1,\nResponseID,StartDate,EndDate,Finished,How satisfied?,\nR_1,2017-07-18 08:00:00,2017-07-18 08:28:48,1,5,\n"
    )
    taken = take("qualtrics_csv", content.encode(), time_zone="UTC", questions={"Q1": {"metric": "csat", "scale": [1, 5]}})

    assert taken.rows("source_record_id", "value", "answered_at", "is_complete") == [
        ("R_1", 5.0, dt.datetime.fromisoformat("2017-07-18T08:28:48"), True),
    ]


def test_a_file_that_is_no_qualtrics_export_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="header rows"):
        take("qualtrics_csv", b"a,b\n1,2\n3,4\n", **DECLARED)
    with pytest.raises(UnreadableFileError, match="header rows"):
        take("qualtrics_csv", b"", **DECLARED)
