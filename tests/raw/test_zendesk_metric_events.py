import datetime as dt
import json

import pytest

from tests.raw.conftest import Take


def metric_event(**changes: object) -> dict[str, object]:
    return {
        "id": 926232757371,
        "instance_id": 1,
        "metric": "agent_work_time",
        "ticket_id": 155,
        "time": "2020-10-26T12:53:12Z",
        "type": "activate",
        **changes,
    }


def page(*events: object) -> bytes:
    return json.dumps({"ticket_metric_events": list(events), "count": len(events), "end_time": 1603716792}).encode()


def test_a_metric_event_is_a_clock_of_its_ticket(take: Take) -> None:
    assert take("zendesk_json", page(metric_event())).rows(
        "source_record_id", "position", "ticket_ref", "happened_at", "event", "actor", "status_from", "status_to"
    ) == [("926232757371", 0, "shop:155", dt.datetime.fromisoformat("2020-10-26T12:53:12"), "work_started", "system", None, None)]


@pytest.mark.parametrize(
    ("metric", "kind", "event"),
    [
        ("agent_work_time", "pause", "work_paused"),
        ("agent_work_time", "fulfill", "work_finished"),
        ("requester_wait_time", "activate", "wait_started"),
        ("requester_wait_time", "pause", "wait_paused"),
        ("requester_wait_time", "fulfill", "wait_finished"),
        ("reply_time", "activate", "reply_awaited"),
        ("reply_time", "fulfill", "reply_given"),
        ("periodic_update_time", "breach", "sla_breached"),
        ("agent_work_time", "measure", "other"),
        ("reply_time", "apply_sla", "other"),
        ("pausable_update_time", "fulfill", "other"),
        ("agent_work_time", "update_status", "other"),
    ],
)
def test_each_clock_has_a_word_and_what_we_do_not_count_is_accounted_for(take: Take, metric: str, kind: str, event: str) -> None:
    assert take("zendesk_json", page(metric_event(metric=metric, type=kind))).rows("event") == [event]


def test_a_breach_that_was_taken_back_is_none(take: Take) -> None:
    events = [metric_event(type="breach", deleted=True), metric_event(type="breach", deleted=False)]

    assert take("zendesk_json", page(*events)).rows("event") == ["other", "sla_breached"]


def test_a_metric_event_at_fault_is_refused_alone(take: Take) -> None:
    events = [
        *(metric_event(id=None), metric_event(ticket_id=None), metric_event(metric=None), metric_event(type=None)),
        *(metric_event(time="12:53"), metric_event(time="2020-10-26T12:53:12"), metric_event(time=None), metric_event(time=0)),
        *(metric_event(time=10**18), metric_event()),
    ]
    taken = take("zendesk_json", page(*events))

    assert taken.refusals == [
        (1, "id", "missing"),
        (2, "ticket_id", "missing"),
        (3, "metric", "missing"),
        (4, "type", "missing"),
        (5, "happened_at", "not_an_instant"),
        (6, "happened_at", "not_an_instant"),
        (7, "happened_at", "missing"),
        (8, "happened_at", "out_of_range"),
        (9, "happened_at", "not_an_instant"),
    ]
    assert taken.rows("record_number") == [10]
