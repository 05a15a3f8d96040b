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


OPTIONS = (
    "ResponseId,RecordedDate,Q3_1,Q3_2,Q3_3,Q3_3_TEXT,Q2,Q2 - Topics\n"
    "Antwort-ID,Erfassungsdatum,Was nutzen Sie? - Auswahl - Post,Was nutzen Sie? - Auswahl - Telefon,Was nutzen Sie? - Auswahl - Anderes,"
    "Was nutzen Sie? - Anderes - Text,Warum?,Warum? - Topics\n"
    + ",".join(
        f'"{{""ImportId"":""{name}""}}"'
        for name in ("_recordId", "recordedDate", "QID3_1", "QID3_2", "QID3_3", "QID3_3_TEXT", "QID2_TEXT", "QID2_TOPICS")
    )
    + "\n"
)


@pytest.mark.parametrize("question", ["Q3", "QID3"])
@pytest.mark.parametrize("chosen", ["1,0,1,Fax", "Post,,Anderes,Fax", "1,-99,1,"])
@pytest.mark.parametrize("choices", [{"Post": "letter", "Telefon": "phone", "Anderes": "rest"}])
def test_options_in_columns_of_their_own_are_those_of_their_question(
    take: Take, question: str, chosen: str, choices: dict[str, str]
) -> None:
    content = OPTIONS + f"R_1,{MOMENT},{chosen},,\nR_2,{MOMENT},,,,,,\n"
    taken = take("qualtrics_csv", content.encode(), time_zone="UTC", questions={question: {"metric": "choice", "choices": choices}})

    assert taken.rows("source_record_id", "question", "choice") == [
        ("R_1", question, "letter"),
        ("R_1", question, "rest"),
        ("R_2", question, None),
    ]


def test_options_may_be_named_by_their_columns_and_one_that_is_not_declared_is_refused(take: Take) -> None:
    content = OPTIONS + f"R_1,{MOMENT},1,1,,,,\nR_2,{MOMENT},,,Anderes,,,\n"
    questions = {"Q3": {"metric": "choice", "choices": {"Q3_1": "letter", "Q3_2": "phone"}}}
    taken = take("qualtrics_csv", content.encode(), time_zone="UTC", questions=questions)

    assert (taken.rows("choice"), taken.refusals) == (["letter", "phone"], [(2, "Q3", "unknown_word")])


def test_topics_stand_in_one_column_and_what_was_written_is_a_comment(take: Take) -> None:
    content = OPTIONS + f'R_1,{MOMENT},,,,,Too slow and dear,"Price,Speed"\n'
    questions = {"Q2 - Topics": {"metric": "choice", "separator": ",", "choices": {"Price": "price", "Speed": "speed"}}}
    taken = take("qualtrics_csv", content.encode(), time_zone="UTC", columns={"comment": "Q2"}, questions=questions)

    assert taken.rows("choice", "comment") == [("price", "Too slow and dear"), ("speed", "Too slow and dear")]


def test_the_rows_of_a_matrix_are_questions_of_their_own(take: Take) -> None:
    content = OPTIONS + f"R_1,{MOMENT},4,2,,,,\n"
    questions = {key: {"metric": "csat", "scale": [1, 5]} for key in ("Q3_1", "Q3_2")}
    taken = take("qualtrics_csv", content.encode(), time_zone="UTC", questions=questions)

    assert taken.rows("question", "value") == [("Q3_1", 4.0), ("Q3_2", 2.0)]
    with pytest.raises(UnreadableFileError, match="no column 'Q3'"):
        take("qualtrics_csv", content.encode(), time_zone="UTC", questions={"Q3": {"metric": "csat", "scale": [1, 5]}})


def test_legacy_options_have_their_text_behind_a_hyphen(take: Take) -> None:
    content = "V1,V9,Q3_1,Q3_2,\nResponseID,EndDate,Which?-By phone,Which?-By post,\nR_1,2017-07-18 08:28:48,1,,\n"
    questions = {"Q3": {"metric": "choice", "choices": {"By phone": "phone", "By post": "letter"}}}

    assert take("qualtrics_csv", content.encode(), time_zone="UTC", questions=questions).rows("choice") == ["phone"]


def test_a_file_that_is_no_qualtrics_export_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="header rows"):
        take("qualtrics_csv", b"a,b\n1,2\n3,4\n", **DECLARED)
    with pytest.raises(UnreadableFileError, match="header rows"):
        take("qualtrics_csv", b"", **DECLARED)
