import datetime as dt
from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take

SHOP: dict[str, Any] = {
    "delimiter": ";",
    "encoding": "cp1252",
    "decimal": ",",
    "time_zone": "Europe/Berlin",
    "time_format": "%d.%m.%Y %H:%M",
    "columns": {"answered_at": "Bewertet am", "email": "E-Mail", "solved": "Gelöst?"},
    "constants": {"channel": "web"},
    "questions": {
        "Wie zufrieden?": {"metric": "csat", "scale": [1, 5]},
        "solved": {"metric": "fcr", "labels": {"Ja": 1, "Nein": 0}},
    },
}
HEADER = "Bewertet am;Wie zufrieden?;Gelöst?;E-Mail\n"


def test_a_response_gives_a_row_a_question_and_a_skipped_one_has_no_value(take: Take) -> None:
    taken = take("survey_csv", (HEADER + "1.5.2024 12:00;4,5;ja;ann@x.org\n1.5.2024 12:00;;nein;\n").encode("cp1252"), **SHOP)

    assert taken.rows("record_number", "question", "metric", "value", "scale_low", "scale_high", "customer_ref") == [
        (1, "Wie zufrieden?", "csat", 4.5, 1.0, 5.0, "<email:ann@x.org>"),
        (1, "solved", "fcr", 1.0, 0.0, 1.0, "<email:ann@x.org>"),
        (2, "Wie zufrieden?", "csat", None, 1.0, 5.0, None),
        (2, "solved", "fcr", 0.0, 0.0, 1.0, None),
    ]
    assert set(taken.rows("answered_at", "is_complete")) == {(dt.datetime.fromisoformat("2024-05-01T10:00"), True)}


def test_a_response_is_refused_whole_when_one_answer_is_at_fault(take: Take) -> None:
    content = HEADER + "1.5.2024 12:00;6;ja;\n1.5.2024 12:00;gut;vielleicht;\n1.5.2024 12:00;5;ja;niemand\n1.5.2024 12:00;5;ja;\n"
    taken = take("survey_csv", content.encode("cp1252"), **SHOP)

    assert taken.rows("record_number") == [4, 4]
    assert sorted(taken.refusals) == [
        (1, "Wie zufrieden?", "out_of_scale"),
        (2, "Wie zufrieden?", "not_a_number"),
        (2, "solved", "unknown_word"),
        (3, "email", "not_an_email"),
    ]


def test_responses_without_ids_are_known_by_content_and_occurrence(take: Take) -> None:
    same = "1.5.2024 12:00;5;ja;\n"
    ids = take("survey_csv", (HEADER + same + same + "1.5.2024 12:01;5;ja;\n").encode("cp1252"), **SHOP).rows("source_record_id")
    again = take("survey_csv", (HEADER + same).encode("cp1252"), **SHOP).rows("source_record_id")

    assert len(set(ids)) == 3
    assert again == ids[:2]


def test_a_feed_without_questions_is_an_error_of_its_settings(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="`questions"):
        take("survey_csv", HEADER.encode(), **{**SHOP, "questions": {}, "columns": {}})


def test_a_question_that_was_renamed_makes_the_file_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match=r"no column 'Wie zufrieden\?'"):
        take("survey_csv", b"Bewertet am;Wie zufrieden waren Sie?;Gel\xf6st?;E-Mail\n", **SHOP)
