import datetime as dt
from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take

DECLARED: dict[str, Any] = {
    "time_zone": "UTC",
    "columns": {"email": "Person Email", "touchpoint": "Purchase Experience"},
    "values": {"touchpoint": {"Retail Store": "field"}},
    "questions": {
        "Score": {"metric": "nps", "scale": [0, 10]},
        "What did you enjoy?": {"metric": "choice", "separator": ",", "choices": {"Convenience": "ease", "Friendly staff": "people"}},
    },
}
HEADER = "Response ID,Person Email,Survey Type,Score,Comment,Created At,Updated At,Tags,Purchase Experience,What did you enjoy?\n"
GOOD = '1,ann@x.org,nps,9,Nice,2024-05-01 10:00:00,2024-05-02 10:00:00,,Retail Store,"Convenience, Friendly staff"\n'


def test_the_score_is_a_question_and_what_every_export_has_is_found(take: Take) -> None:
    taken = take("delighted_csv", (HEADER + GOOD).encode(), **DECLARED)

    assert taken.rows("question", "value", "choice") == [
        ("Score", 9.0, None),
        ("What did you enjoy?", None, "ease"),
        ("What did you enjoy?", None, "people"),
    ]
    assert set(taken.rows("source_record_id", "answered_at", "updated_at", "comment", "channel", "touchpoint", "customer_ref")) == {
        (
            "1",
            dt.datetime.fromisoformat("2024-05-01T10:00"),
            dt.datetime.fromisoformat("2024-05-02T10:00"),
            "Nice",
            "email",
            "field",
            "<email:ann@x.org>",
        )
    }


def test_names_may_be_written_as_the_interface_writes_them_and_times_as_seconds(take: Take) -> None:
    content = b"id,score,comment,created_at,updated_at\n7,3,,1713418460,\n"
    taken = take("delighted_csv", content, time_format="%s", questions={"score": {"metric": "csat", "scale": [1, 5]}})

    assert taken.rows("source_record_id", "value", "comment", "answered_at", "updated_at") == [
        ("7", 3.0, None, dt.datetime.fromisoformat("2024-04-18T05:34:20"), None),
    ]


def test_a_score_off_its_scale_and_an_unknown_word_are_refused(take: Take) -> None:
    content = HEADER + GOOD.replace(",9,", ",11,") + GOOD.replace("Retail Store", "Shop")

    assert take("delighted_csv", content.encode(), **DECLARED).refusals == [(1, "Score", "out_of_scale"), (2, "touchpoint", "unknown_word")]


def test_an_export_without_ids_or_with_a_renamed_question_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="no column 'Response ID'"):
        take("delighted_csv", b"Score,Created At\n", time_zone="UTC", questions={"Score": {"metric": "nps", "scale": [0, 10]}})
    with pytest.raises(UnreadableFileError, match="no column 'What did you enjoy"):
        take("delighted_csv", HEADER.replace("enjoy", "like").encode(), **DECLARED)
    with pytest.raises(UnreadableFileError, match="empty"):
        take("delighted_csv", b"", **DECLARED)
