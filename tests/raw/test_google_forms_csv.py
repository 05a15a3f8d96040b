import datetime as dt
from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take

RATED = "On a scale of 0-10, how would you rate Sudzilla?"
DECLARED: dict[str, Any] = {
    "time_zone": "America/Los_Angeles",
    "time_format": "%m/%d/%Y %H:%M:%S",
    "columns": {"comment": "why?", "email": "Username"},
    "questions": {
        RATED: {"metric": "nps", "scale": [0, 10]},
        "What do you use?": {"metric": "choice", "separator": ", ", "choices": {"Soap, liquid": "liquid", "Powder": "powder"}},
        "How was [Speed]": {"metric": "rating", "scale": [1, 4], "labels": {"Good": 4, "Bad": 1}},
    },
}
HEADER = f'Zeitstempel,Username,"{RATED}",What do you use?,How was [Price],How was [Speed],why?\n'
GOOD = '11/1/2019 8:51:12,ann@x.org,0,"Powder, Soap, liquid",Good,Bad,Bad service\n'


def test_the_first_column_is_the_time_and_each_row_of_a_matrix_a_question(take: Take) -> None:
    taken = take("google_forms_csv", (HEADER + GOOD).encode(), **DECLARED)

    assert taken.rows("question", "value", "choice") == [
        (RATED, 0.0, None),
        ("What do you use?", None, "powder"),
        ("What do you use?", None, "liquid"),
        ("How was [Speed]", 1.0, None),
    ]
    assert set(taken.rows("answered_at", "comment", "customer_ref", "is_complete", "updated_at")) == {
        (dt.datetime.fromisoformat("2019-11-01T15:51:12"), "Bad service", "<email:ann@x.org>", True, None)
    }


def test_a_response_is_known_by_its_content_and_its_number_among_equals(take: Take) -> None:
    twice = take("google_forms_csv", (HEADER + GOOD + GOOD).encode(), **DECLARED).rows("source_record_id")
    edited = take("google_forms_csv", (HEADER + GOOD.replace("Bad service", "Better")).encode(), **DECLARED).rows("source_record_id")

    assert len(set(twice)) == 2
    assert not set(twice) & set(edited)


@pytest.mark.parametrize(
    ("text", "time_format", "instant"),
    [
        ("2020/04/20 9:28:41 am GMT+2", "%Y/%m/%d %I:%M:%S %p %z", "2020-04-20T07:28:41"),
        ("2020/04/20 9:28:41 PM GMT-10", "%Y/%m/%d %I:%M:%S %p %z", "2020-04-21T07:28:41"),
        ("2020/04/20 9:28:41 AM GMT+5:30", "%Y/%m/%d %I:%M:%S %p %z", "2020-04-20T03:58:41"),
        ("2020/04/20 9:28:41 AM GMT", "%Y/%m/%d %I:%M:%S %p %z", "2020-04-20T09:28:41"),
        ("2020/04/20 9:28:41 AM PDT", "%Y/%m/%d %I:%M:%S %p", "2020-04-20T16:28:41"),
        ("2020/04/20 9:28:41 AM GMT-7", "%Y/%m/%d %I:%M:%S %p", "2020-04-20T16:28:41"),
        ("20/4/2020 9:28:41 p. m.", "%d/%m/%Y %I:%M:%S %p", "2020-04-21T04:28:41"),
        ("20.04.2020 21:28:41", "%d.%m.%Y %H:%M:%S", "2020-04-21T04:28:41"),
        ("4/20/2020 9:28:41 PM", "%m/%d/%Y %I:%M:%S %p", "2020-04-21T04:28:41"),
    ],
)
def test_times_are_read_as_the_owners_locale_writes_them(take: Take, text: str, time_format: str, instant: str) -> None:
    content = HEADER + GOOD.replace("11/1/2019 8:51:12", text)
    taken = take("google_forms_csv", content.encode(), **(DECLARED | {"time_format": time_format}))

    assert (set(taken.rows("answered_at")), taken.refusals) == ({dt.datetime.fromisoformat(instant)}, [])


def test_a_time_in_another_locale_is_refused(take: Take) -> None:
    content = HEADER + GOOD.replace("11/1/2019", "31/1/2019")

    assert take("google_forms_csv", content.encode(), **DECLARED).refusals == [(1, "answered_at", "not_an_instant")]


def test_a_question_that_was_renamed_and_a_file_without_header_are_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match="no column 'How was"):
        take("google_forms_csv", HEADER.replace("[Speed]", "[Pace]").encode(), **DECLARED)
    with pytest.raises(UnreadableFileError, match="empty"):
        take("google_forms_csv", b"", **DECLARED)
    with pytest.raises(UnreadableFileError, match="first column"):
        take("google_forms_csv", b",a\n", **DECLARED)
