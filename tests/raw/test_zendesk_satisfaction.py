import datetime as dt
import json
from typing import Any

import pytest

from tests.raw.conftest import Take


def page(**parts: object) -> bytes:
    return json.dumps(parts).encode()


def rating(**changes: object) -> dict[str, object]:
    return {
        "id": 62,
        "score": "good",
        "comment": "Thanks!",
        "reason": "No reason provided",
        "reason_id": 0,
        "requester_id": 7,
        "assignee_id": 9,
        "ticket_id": 5,
        "created_at": "2026-05-01T09:00:00Z",
        "updated_at": "2026-05-02T09:00:00Z",
        **changes,
    }


def rated(value: object, kind: str = "rating_scale") -> dict[str, object]:
    moment = "2026-05-02T09:00:00.000Z"
    return {
        "type": kind,
        "rating": value,
        "rating_category": "good",
        "question": {"id": "q", "type": "rating_scale_emoji"},
        "created_at": moment,
        "updated_at": moment,
    }


def response(*answers: object, **changes: object) -> dict[str, object]:
    return {
        "id": "01J1WB51MG6HXTYWE6Q0C93RNW",
        "answers": list(answers),
        "expires_at": "2026-05-30T09:00:00.000Z",
        "responder_id": 7,
        "subject_zrns": ["zen:ticket:5"],
        "subjects": [{"id": "5", "type": "ticket", "zrn": "zen:ticket:5"}],
        "survey": {"id": "01J58KJ9RAE0D2EK7HRVM7Z8F2", "state": "enabled", "version": 3},
        **changes,
    }


def test_good_and_bad_are_answers_about_their_ticket_on_a_scale_of_two(take: Take) -> None:
    taken = take("zendesk_json", page(satisfaction_ratings=[rating(), rating(id=63, score="bad", ticket_id=6, requester_id=None)]))

    assert taken.rows("source_record_id", "metric", "question", "value", "scale_low", "scale_high", "ticket_ref", "customer_ref") == [
        ("62", "csat", "satisfaction_rating", 1.0, 0.0, 1.0, "shop:5", "<id:7>"),
        ("63", "csat", "satisfaction_rating", 0.0, 0.0, 1.0, "shop:6", None),
    ]
    assert taken.rows("answered_at", "channel", "is_complete")[0] == (dt.datetime.fromisoformat("2026-05-02T09:00:00"), "web", True)


@pytest.mark.parametrize("score", ["offered", "unoffered"])
def test_a_rating_that_nobody_gave_is_a_question_without_an_answer_and_no_refusal(take: Take, score: str) -> None:
    taken = take("zendesk_json", page(satisfaction_ratings=[rating(score=score)]))

    assert (taken.rows("value", "is_complete"), taken.refusals) == ([(None, False)], [])


def test_a_rating_at_fault_is_refused_alone(take: Take) -> None:
    ratings = [
        *(rating(score="superb"), rating(updated_at=None, created_at=None), rating(updated_at="yesterday")),
        *(rating(id=None), rating(ticket_id=5.70306e20), rating(updated_at=None)),
    ]
    taken = take("zendesk_json", page(satisfaction_ratings=ratings))

    assert taken.refusals == [
        (1, "satisfaction_rating", "unknown_word"),
        (2, "answered_at", "missing"),
        (3, "updated_at", "not_an_instant"),
        (3, "answered_at", "not_an_instant"),
        (4, "source_record_id", "missing"),
        (5, "ticket_ref", "damaged_id"),
    ]
    assert taken.rows("answered_at") == [dt.datetime.fromisoformat("2026-05-01T09:00:00")]


def test_tickets_of_another_source_are_named_by_it(take: Take) -> None:
    assert take("zendesk_json", page(satisfaction_ratings=[rating()]), ticket_source="desk").rows("ticket_ref") == ["desk:5"]


def test_a_survey_response_is_its_rating_and_its_open_answers_are_not_kept(take: Take) -> None:
    opened = {"type": "open_ended", "value": "Fast!", "question": {"type": "open_ended"}, "created_at": "2026-05-02T09:00:00.000Z"}
    taken = take("zendesk_json", page(survey_responses=[response(opened, rated(4))]))

    assert taken.rows("source_record_id", "question", "value", "scale_low", "scale_high", "ticket_ref", "customer_ref", "answered_at") == [
        ("01J1WB51MG6HXTYWE6Q0C93RNW", "rating_scale", 4.0, 1.0, 5.0, "shop:5", "<id:7>", dt.datetime.fromisoformat("2026-05-02T09:00:00"))
    ]


def test_what_customers_wrote_is_kept_beside_what_they_rated(take: Take) -> None:
    opened = {"type": "open_ended", "value": "Fast!"}
    unsaid = {"type": "open_ended", "value": None}
    rated_and_written = take("zendesk_json", page(satisfaction_ratings=[rating(), rating(comment=None), rating(comment="  ")]))
    surveyed = take("zendesk_json", page(survey_responses=[response(rated(4), opened), response(unsaid, rated(4)), response(rated(4))]))

    assert rated_and_written.rows("value", "comment") == [(1.0, "Thanks!"), (1.0, None), (1.0, None)]
    assert surveyed.rows("value", "comment") == [(4.0, "Fast!"), (4.0, None), (4.0, None)]


def test_the_scale_of_a_survey_is_the_declared_one(take: Take) -> None:
    declared: dict[str, Any] = {"questions": {"rating_scale": {"metric": "csat", "scale": [1, 2]}}}
    taken = take("zendesk_json", page(survey_responses=[response(rated(2)), response(rated(4))]), **declared)

    assert (taken.rows("value", "scale_high"), taken.refusals) == ([(2.0, 2.0)], [(2, "rating_scale", "out_of_scale")])


def test_a_skipped_rating_is_a_question_without_an_answer(take: Take) -> None:
    skipped = {"type": "skipped", "question": {"type": "rating_scale_numeric"}, "created_at": "2026-05-02T09:00:00.000Z"}
    opened = {"type": "open_ended", "value": "Fast!", "rating": 5, "created_at": "2026-05-02T09:00:00.000Z"}
    taken = take("zendesk_json", page(survey_responses=[response(skipped), response(opened)]))

    assert (taken.rows("value"), taken.refusals) == ([None, None], [])


def test_a_survey_response_without_any_answer_has_no_moment_and_is_refused(take: Take) -> None:
    taken = take("zendesk_json", page(survey_responses=[response(), response(answers="none")]))

    assert taken.refusals == [(1, "answered_at", "missing"), (2, "answered_at", "missing")]


def test_the_ticket_is_found_among_the_subjects_or_by_its_name(take: Take) -> None:
    responses = [
        response(rated(5), subjects=[{"id": "8", "type": "conversation"}, {"id": "9", "type": "ticket"}]),
        response(rated(5), subjects=None, subject_zrns=["zen:conversation:1", "zen:ticket:10"]),
        response(rated(5), subjects=[7], subject_zrns=[7]),
    ]
    assert take("zendesk_json", page(survey_responses=responses)).rows("ticket_ref") == ["shop:9", "shop:10", None]


def test_all_kinds_of_records_may_come_line_by_line(take: Take) -> None:
    metric = {"id": 1, "ticket_id": 5, "metric": "reply_time", "instance_id": 1, "type": "fulfill", "time": "2026-05-01T09:00:00Z"}
    audit = {"id": 2, "ticket_id": 5, "created_at": "2026-05-01T09:00:00Z", "events": []}
    lines = b"\n".join(json.dumps(record).encode() for record in (rating(), response(rated(3)), metric, audit))
    taken = take("zendesk_json", lines)

    assert taken.tables["raw.answers"].select("record_number", "question").rows() == [(1, "satisfaction_rating"), (2, "rating_scale")]
    assert taken.tables["raw.ticket_events"]["event"].to_list() == ["reply_given", "other"]
    assert taken.refusals == []
