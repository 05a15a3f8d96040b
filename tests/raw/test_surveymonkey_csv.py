import datetime as dt
from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take

FAN = "Do you consider yourself a fan?"
SEEN = "Which films have you seen?"
EASE = "How easy was:"
DECLARED: dict[str, Any] = {
    "time_zone": "America/New_York",
    "time_format": "%m/%d/%Y %I:%M:%S %p",
    "columns": {"email": "Email Address", "customer_id": "Custom Data 1", "comment": "Anything else?"},
    "questions": {
        "How satisfied are you?": {"metric": "csat", "scale": [1, 5], "labels": {"Very satisfied": 5, "Not at all": 1}},
        SEEN: {"metric": "choice", "other": True, "choices": {"Episode I": "ep1", "Episode II": "ep2"}},
        f"{EASE} - Paying": {"metric": "ces", "scale": [1, 7]},
        f"{EASE} - Finding": {"metric": "ces", "scale": [1, 7]},
    },
}
QUESTIONS = f'"Respondent ID",Collector ID,Start Date,End Date,IP Address,Email Address,Custom Data 1,How satisfied  are<br>you?,{SEEN},,,{EASE},,Anything else?\n'
OPTIONS = ",,,,,,,Response,Episode I,Episode II,Other (please specify),Finding,Paying,Open-Ended Response\n"
STARTED, ENDED = "05/01/2024 09:59:00 AM", "05/01/2024 10:01:02 PM"


def response(name: str = "3292879998", answers: str = "Very satisfied,Episode I,,,3,7,Fine") -> str:
    return f"{name},17,{STARTED},{ENDED},127.0.0.1,ann@x.org,,{answers}\n"


def test_two_header_rows_name_the_questions_and_their_options(take: Take) -> None:
    taken = take("surveymonkey_csv", (QUESTIONS + OPTIONS + response()).encode(), **DECLARED)
    ended = dt.datetime.fromisoformat("2024-05-02T02:01:02")

    assert taken.rows("question", "value", "choice") == [
        ("How satisfied are you?", 5.0, None),
        (SEEN, None, "ep1"),
        (f"{EASE} - Paying", 7.0, None),
        (f"{EASE} - Finding", 3.0, None),
    ]
    assert set(taken.rows("source_record_id", "answered_at", "updated_at", "channel", "is_complete", "customer_ref", "comment")) == {
        ("3292879998", ended, ended, "web", True, "<email:ann@x.org>", "Fine")
    }
    assert [number for number, _ in taken.records] == [1]


def test_each_option_that_has_a_text_in_its_column_is_chosen(take: Take) -> None:
    content = response("1", ",Episode I,Episode II,The old ones,,,") + response("2", ",2,,,,,") + response("3", ",,,,,,")
    taken = take("surveymonkey_csv", (QUESTIONS + OPTIONS + content).encode(), **DECLARED)
    chosen = [(name, word) for name, question, word in taken.rows("source_record_id", "question", "choice") if question == SEEN]

    assert chosen == [("1", "ep1"), ("1", "ep2"), ("1", "other"), ("2", "ep1"), ("3", None)]


def test_an_option_column_that_is_not_declared_refuses_who_chose_it(take: Take) -> None:
    questions = {SEEN: {"metric": "choice", "choices": {"Episode I": "ep1"}}}
    content = response("1", ",Episode I,,,,,") + response("2", ",,Episode II,,,,")
    taken = take("surveymonkey_csv", (QUESTIONS + OPTIONS + content).encode(), **(DECLARED | {"questions": questions}))

    assert (taken.rows("source_record_id", "choice"), taken.refusals) == ([("1", "ep1")], [(2, SEEN, "unknown_word")])


def test_a_rating_spread_over_a_column_for_each_point_is_the_text_of_the_one_filled(take: Take) -> None:
    header = f"Respondent ID,End Date,Satisfied?,,\n,,Good,Fair,Poor\n1,{ENDED},,2,\n2,{ENDED},3,,1\n3,{ENDED},,,\n"
    questions = {"Satisfied?": {"metric": "csat", "scale": [1, 3]}}
    taken = take("surveymonkey_csv", header.encode(), **(DECLARED | {"columns": {}, "questions": questions}))

    assert taken.rows("source_record_id", "value") == [("1", 2.0), ("3", None)]
    assert taken.refusals == [(2, "Satisfied?", "not_a_number")]


@pytest.mark.parametrize("options", ["", ",,,\n"])
def test_the_condensed_export_has_one_column_a_question_and_may_lack_options(take: Take, options: str) -> None:
    content = f'RespondentID,End Date,{SEEN},{EASE} - Paying\n{options}1,{ENDED},"Episode I, Episode II",6\n'
    questions = {
        SEEN: {"metric": "choice", "separator": ", ", "choices": {"Episode I": "ep1", "Episode II": "ep2"}},
        f"{EASE} - Paying": {"metric": "ces", "scale": [1, 7]},
    }
    taken = take("surveymonkey_csv", content.encode(), **(DECLARED | {"columns": {}, "questions": questions}))

    assert taken.rows("value", "choice") == [(None, "ep1"), (None, "ep2"), (6.0, None)]


def test_a_question_asked_twice_is_numbered_and_a_last_empty_column_is_nobodys(take: Take) -> None:
    content = f"Respondent ID,End Date,Rate,Rate,\n,,Response,Response,\n1,{ENDED},1,2,\n"
    questions = {"Rate#2": {"metric": "csat", "scale": [1, 5]}}
    taken = take("surveymonkey_csv", content.encode(), **(DECLARED | {"columns": {}, "questions": questions}))

    assert taken.rows("question", "value") == [("Rate#2", 2.0)]


def test_a_file_in_a_declared_encoding_is_read(take: Take) -> None:
    content = f"Respondent ID,End Date,Zufrieden mit K\xfcche?\n,,Response\n1,{ENDED},4\n".encode("cp1252")
    questions = {"Zufrieden mit K\xfcche?": {"metric": "csat", "scale": [1, 5]}}

    assert take("surveymonkey_csv", content, **(DECLARED | {"columns": {}, "questions": questions, "encoding": "cp1252"})).rows(
        "value"
    ) == [4.0]


def test_an_id_that_a_spreadsheet_rounded_and_a_time_in_another_format_are_refused(take: Take) -> None:
    content = response("3.29288E+09") + response("2").replace(ENDED, "2024-05-01 22:01:02")
    taken = take("surveymonkey_csv", (QUESTIONS + OPTIONS + content).encode(), **DECLARED)

    assert sorted(taken.refusals) == [
        (1, "source_record_id", "damaged_id"),
        (2, "answered_at", "not_an_instant"),
        (2, "updated_at", "not_an_instant"),
    ]


def test_a_file_without_respondents_or_with_a_renamed_question_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="`Respondent ID`"):
        take("surveymonkey_csv", b"a,b\n,\n1,2\n", **DECLARED)
    with pytest.raises(UnreadableFileError, match="`Respondent ID`"):
        take("surveymonkey_csv", b"", **DECLARED)
    with pytest.raises(UnreadableFileError, match="no column 'Fan'"):
        take("surveymonkey_csv", (QUESTIONS + OPTIONS).encode(), **(DECLARED | {"questions": {"Fan": {"metric": "csat", "scale": [1, 5]}}}))
