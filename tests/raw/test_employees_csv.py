import datetime as dt
from typing import Any

import pytest

from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take

STAFF: dict[str, Any] = {
    "date_format": "%d.%m.%Y",
    "columns": {"employee_id": "No", "team": "Team", "role": "Role", "hired_on": "From", "left_on": "To", "leaving_reason": "Why"},
    "values": {"leaving_reason": {"resigned": "voluntary", "dismissed": "involuntary", "retired": "other"}},
}
STAFF_HEADER = "No,Team,Role,From,To,Why\n"
ANSWERS: dict[str, Any] = {
    "columns": {"answered_on": "day", "topic": "about", "item": "what", "value": "rating", "team": "team", "employee_id": "who"},
    "constants": {"scale_low": "1", "scale_high": "5"},
}
ANSWERS_HEADER = "day,about,what,rating,team,who\n"


def test_an_employee_is_a_keyed_hash_that_meets_no_customers_and_so_is_the_records_id(take: Take) -> None:
    taken = take("employees_csv", (STAFF_HEADER + "0042,north,agent,01.02.2024,,\n").encode(), **STAFF)

    assert taken.rows("source_record_id", "employee_ref", "team", "role", "hired_on", "left_on", "leaving_reason") == [
        ("<employee:0042>", "<employee:0042>", "north", "agent", dt.date(2024, 2, 1), None, None)
    ]


def test_a_person_who_changed_teams_has_a_record_for_each_and_its_id_is_hashed_too(take: Take) -> None:
    declared = STAFF | {"columns": STAFF["columns"] | {"source_record_id": "Contract"}}
    lines = "Contract,No,Team,Role,From,To,Why\n42-1,42,north,agent,01.02.2024,31.03.2025,\n42-2,42,south,agent,01.04.2025,30.06.2026,resigned\n"
    taken = take("employees_csv", lines.encode(), **declared)

    assert taken.rows("source_record_id", "employee_ref", "team", "leaving_reason") == [
        ("<employee:42-1>", "<employee:42>", "north", None),
        ("<employee:42-2>", "<employee:42>", "south", "voluntary"),
    ]


def test_what_cannot_be_read_of_an_employee_is_refused(take: Take) -> None:
    lines = (
        "1,north,agent,2024-02-01,,\n2,north,agent,01.02.2024,01.02.2023,\n3,north,agent,01.02.2024,01.03.2024,went home\n"
        ",north,agent,01.02.2024,,\n5.7E+17,north,agent,01.02.2024,,\n6,north,agent,,,\n"
    )
    taken = take("employees_csv", (STAFF_HEADER + lines).encode(), **STAFF)

    assert taken.rows("source_record_id") == []
    assert sorted(taken.refusals, key=str) == [
        (1, "hired_on", "not_a_date"),
        (2, None, "time_reversed"),
        (3, "leaving_reason", "unknown_word"),
        (4, "source_record_id", "missing"),
        (5, "employee_id", "damaged_id"),
        (6, "hired_on", "missing"),
    ]


def test_settings_that_name_no_employee_are_told_which_key_is_missing(take: Take) -> None:
    with pytest.raises(UnreadableFileError, match=r"`columns\.employee_id`"):
        take("employees_csv", b"From\n2024-02-01\n", columns={"hired_on": "From"})


def test_an_obstacle_is_named_and_a_statement_rated_by_somebody_whose_id_is_hashed(take: Take) -> None:
    lines = "2026-05-01,obstacle,slow tools,,north,42\n2026-05-01,confidence,I can solve most concerns,4,north,42\n"
    taken = take("employee_answers_csv", (ANSWERS_HEADER + lines).encode(), **ANSWERS)

    assert taken.rows("topic", "item", "value", "scale_low", "scale_high", "team", "employee_ref") == [
        ("obstacle", "slow tools", None, 1.0, 5.0, "north", "<employee:42>"),
        ("confidence", "I can solve most concerns", 4.0, 1.0, 5.0, "north", "<employee:42>"),
    ]
    assert taken.rows("answered_on") == [dt.date(2026, 5, 1)] * 2


def test_an_answer_without_an_id_is_known_by_the_hash_of_its_text_and_equal_ones_stay_two(take: Take) -> None:
    line = "2026-05-01,obstacle,slow tools,,north,\n"
    ids = take("employee_answers_csv", (ANSWERS_HEADER + line * 2).encode(), **ANSWERS).rows("source_record_id")

    assert [name.startswith("<employee:") for name in ids] == [True, True]
    assert len(set(ids)) == 2
    assert take("employee_answers_csv", (ANSWERS_HEADER + line * 2).encode(), **ANSWERS).rows("source_record_id") == ids


def test_a_time_gives_its_day_where_the_format_holds_one(take: Take) -> None:
    declared = ANSWERS | {"date_format": "%Y-%m-%d %H:%M:%S"}
    taken = take("employee_answers_csv", (ANSWERS_HEADER + "2026-05-01 23:59:00,confidence,x,4,north,\n").encode(), **declared)

    assert taken.rows("answered_on") == [dt.date(2026, 5, 1)]


def test_what_cannot_be_read_of_an_answer_is_refused(take: Take) -> None:
    lines = "2026-05-01,confidence,x,6,north,\n2026-05-01,weather,x,4,north,\n2026-05-01,confidence,,4,north,\n2026-05-01,confidence,x,much,north,\n"
    taken = take("employee_answers_csv", (ANSWERS_HEADER + lines).encode(), **ANSWERS)

    assert sorted(taken.refusals, key=str) == [
        (1, None, "out_of_scale"),
        (2, "topic", "unknown_word"),
        (3, "item", "missing"),
        (4, "value", "not_a_number"),
    ]


def test_a_rating_without_its_scale_is_refused(take: Take) -> None:
    taken = take("employee_answers_csv", (ANSWERS_HEADER + "2026-05-01,confidence,x,4,north,\n").encode(), **ANSWERS | {"constants": {}})

    assert taken.reasons() == ["out_of_scale"]
