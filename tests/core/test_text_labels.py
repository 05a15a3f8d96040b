from typing import Any

import pytest
from pydantic import ValidationError

from assets.core.text_labels import text_labels
from assets.parameters import Parameters
from assets.taxonomy import Rule
from schemas.core.text_predictions import TextPredictions
from schemas.raw.answers import RawAnswers
from schemas.raw.messages import RawMessages
from schemas.raw.tickets import RawTickets
from tests.core.rows import Row, answer, calendar, lazy, message, ticket, values

REFUND = Rule(category="billing", patterns=(r"\brefund", "money back"), severity="high", touchpoint="service_center")
LATE = Rule(category="delivery", patterns=("late",))


def labelled(*texts: str, languages: tuple[str | None, ...] = (), **taxonomy: Rule) -> list[Any]:
    """The rule and category of each text, as mails in this order."""
    mails = [message(source_record_id=str(place), subject=None, reply_text=text) for place, text in enumerate(texts)]
    known = [
        {"kind": "message", "source": "s", "source_record_id": str(place), "language": language, "category": None, "confidence": None}
        for place, language in enumerate(languages)
    ]
    found = of(taxonomy, messages=mails, languages=known)
    return [row[1:] for row in values(found, "source_record_id", "rule", "category")]


def of(taxonomy: dict[str, Rule], *, answers: Any = (), messages: Any = (), tickets: Any = (), languages: Any = ()) -> Any:
    return text_labels(
        lazy(RawAnswers, *answers),
        lazy(RawMessages, *messages),
        lazy(RawTickets, *tickets),
        lazy(TextPredictions, *languages),
        calendar(),
        Parameters(taxonomy=taxonomy),
    )


def test_a_text_is_about_the_category_of_the_rule_that_hits_in_any_case() -> None:
    assert labelled("I want a REFUND now", "give me my Money Back", "hello", refund=REFUND) == [
        ("refund", "billing"),
        ("refund", "billing"),
        (None, None),
    ]


def test_the_rule_of_highest_priority_wins_then_the_first_by_name() -> None:
    text = "it was late, I want a refund"

    assert labelled(text, refund=REFUND, late=LATE) == [("late", "delivery")]
    assert labelled(text, refund=REFUND.model_copy(update={"priority": 1}), late=LATE) == [("refund", "billing")]


def test_a_rule_of_a_language_reads_only_texts_in_it() -> None:
    german = Rule(category="delivery", patterns=("spät",), languages=("de",))

    assert labelled("zu spät", "zu spät", "zu spät", languages=("de", "en", None), german=german) == [
        ("german", "delivery"),
        (None, None),
        (None, None),
    ]


def test_without_a_taxonomy_nothing_is_classified_and_everything_is_there() -> None:
    assert labelled("a", "b") == [(None, None), (None, None)]


def test_the_classifier_speaks_where_no_rule_hits_and_says_so() -> None:
    mails = [
        message(source_record_id="1", reply_text="a refund"),
        message(source_record_id="2", reply_text="hm"),
        message(source_record_id="3", reply_text="ha"),
    ]
    said = [
        {"kind": "message", "source": "s", "source_record_id": number, "language": None, "category": category, "confidence": 0.9}
        for number, category in {"1": "other", "2": "other", "3": None}.items()
    ]

    found = of({"refund": REFUND}, messages=mails, languages=said)

    assert values(found, "source_record_id", "method", "category") == [
        ("1", "rule", "billing"),
        ("2", "model", "other"),
        ("3", "none", None),
    ]


def test_subject_and_body_are_one_text_and_severity_and_touchpoint_come_from_the_rule() -> None:
    mail = message(subject="Refund", reply_text=None)

    assert values(of({"refund": REFUND}, messages=[mail]), "severity", "touchpoint", "channel") == [("high", "service_center", "email")]


def test_comments_and_subjects_know_their_ticket() -> None:
    rows: dict[str, list[Row]] = {
        "answers": [answer(comment="refund", ticket_ref="desk:7")],
        "tickets": [ticket(subject="refund", source="desk", source_record_id="7")],
    }

    assert values(of({"refund": REFUND}, **rows), "kind", "ticket_ref", "category") == [
        ("answer", "desk:7", "billing"),
        ("ticket", "desk:7", "billing"),
    ]


@pytest.mark.parametrize(
    ("pattern", "fault"), [("(", "no regular expression"), ("(?=late)", "no regular expression"), ("x*", "empty text")]
)
def test_a_pattern_that_cannot_be_used_is_refused_with_the_reason(pattern: str, fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Rule(category="x", patterns=(pattern,))
