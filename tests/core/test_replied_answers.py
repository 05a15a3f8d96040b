import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from assets.core.replied_answers import replied_answers
from assets.parameters import Asked, Parameters
from schemas.core.messages import Messages
from tests.core.rows import NOON, Row, lazy, only, values

HOUR = dt.timedelta(hours=1)
NPS = Asked(channel="sms", question="recommend", metric="nps", scale=(0, 10), window_hours=48, matches="recommend")
CSAT = Asked(channel="sms", question="visit", metric="csat", scale=(1, 5), window_hours=2, matches="visit", touchpoint="field")
MAILED = NPS.model_copy(update={"channel": "email"})


def message(after: dt.timedelta, **given: Any) -> Row:
    return {
        "source": "s",
        "source_record_id": f"{after // HOUR:03d}",
        "sent_at": NOON + after,
        "sent_on": NOON.date(),
        "sent_at_basis": "header",
        "channel": "sms",
        "is_feedback": True,
        "has_text": True,
        "segment_count": 1,
        "segment": "gold",
        "customer_key": "c",
        **given,
    }


def ask(hours: float = 0, name: str | None = "nps", **given: Any) -> Row:
    return message(hours * HOUR, direction="outbound", asks=name, **given)


def reply(hours: float, number: float | None = 9, **given: Any) -> Row:
    return message(hours * HOUR, bare_number=number, **{"direction": "inbound", **given})


def replied(*messages: Row, **asked: Asked) -> Any:
    return replied_answers(lazy(Messages, *messages), Parameters(asked=asked or {"nps": NPS, "csat": CSAT}))


def test_a_number_after_a_question_is_its_answer() -> None:
    row = only(replied(ask(), reply(1)))

    assert row == {
        "source": "s",
        "source_record_id": "001",
        "customer_key": "c",
        "segment": "gold",
        "question": "recommend",
        "ballot": "asked:s:000",
        "metric": "nps",
        "value": 9.0,
        "scale_low": 0.0,
        "scale_high": 10.0,
        "is_reversed": False,
        "answered_at": NOON + HOUR,
        "channel": "sms",
        "touchpoint": None,
    }


@pytest.mark.parametrize("hours", [0, 1, 48])
def test_a_number_within_the_time_is_an_answer(hours: int) -> None:
    assert values(replied(ask(source_record_id="q"), reply(hours)), "value") == [9.0]


@pytest.mark.parametrize(
    ("question", "number"),
    [
        (ask(), reply(49)),
        (ask(2), reply(1)),
        (ask(), reply(1, customer_key="d")),
        (ask(customer_key=None), reply(1, customer_key=None)),
        (ask(), reply(1, channel="email")),
        (ask(name=None), reply(1)),
        (ask(), reply(1, None)),
        (ask(), reply(1, 11)),
        (ask(), reply(1, 5, bare_number_of=5.0)),
        (ask(), reply(1, exclusion="auto_reply")),
        (ask(), reply(1, direction="outbound")),
        (ask(), reply(1, sent_at_basis="arrival_day")),
        (ask(sent_at_basis="arrival_day"), reply(1)),
    ],
)
def test_a_number_out_of_time_off_the_scale_or_from_elsewhere_is_none(question: Row, number: Row) -> None:
    assert values(replied(question, number), "value") == []


def test_a_number_may_say_the_scales_end() -> None:
    assert values(replied(ask(), reply(1, 9, bare_number_of=10.0)), "value") == [9.0]


def test_a_reply_that_a_ticket_holds_is_an_answer() -> None:
    assert values(replied(ask(), reply(1, exclusion="in_ticket_system")), "value") == [9.0]


def test_a_number_answers_the_last_question_asked_that_is_still_open() -> None:
    messages = [ask(), ask(3, "csat"), reply(4, 5), reply(6, 8)]

    assert values(replied(*messages), "source_record_id", "question", "value", "touchpoint") == [
        ("004", "visit", 5.0, "field"),
        ("006", "recommend", 8.0, None),
    ]


def test_a_number_off_the_last_questions_scale_is_not_given_to_an_earlier_one() -> None:
    assert values(replied(ask(), ask(3, "csat"), reply(4, 8)), "value") == []


def test_every_reply_is_kept_on_the_ballot_of_its_question() -> None:
    assert values(replied(ask(), reply(1, 3), reply(2, 9)), "ballot", "value") == [("asked:s:000", 3.0), ("asked:s:000", 9.0)]


def test_a_question_sent_to_a_mailbox_is_answered_there() -> None:
    assert values(replied(ask(channel="email"), reply(1, channel="email"), mail=MAILED, nps=MAILED), "channel") == ["email"]


def test_while_no_question_is_declared_no_number_is_an_answer() -> None:
    assert values(replied_answers(lazy(Messages, ask(), reply(1)), Parameters()), "value") == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"matches": None}, "declare `matches` or `sender`"),
        ({"scale": (5, 1)}, "must lie below"),
        ({"scale": (1, 5)}, "0 to 10"),
        ({"matches": "(?=x)"}, "no regular expression"),
        ({"window_hours": 0}, "window_hours"),
        ({"channel": "phone"}, "channel"),
    ],
)
def test_a_question_that_cannot_be_recognised_or_judged_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Asked.model_validate(NPS.model_dump() | changes)
