from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from assets.raw.choices import OPTION_END, chosen
from assets.raw.feed import Question
from tests.raw.conftest import Take

CHANNELS = {"By phone": "phone", "By mail, or letter": "mail", "Chat": "chat", "None of these": ""}


def read(text: str | None, **declared: Any) -> tuple[list[str] | None, str | None]:
    words, reasons = chosen(pl.Series([text]), Question.model_validate({"metric": "choice", "choices": CHANNELS, **declared}))
    return words.to_list()[0], reasons[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Chat", ["chat"]),
        (" chat ,  BY PHONE", ["chat", "phone"]),
        ("Chat, By mail, or letter, By phone", ["chat", "mail", "phone"]),
        ("Chat,Chat", ["chat"]),
        (f"Chat{OPTION_END}By phone", ["chat", "phone"]),
        ("None of these", None),
        (", ,", None),
        (None, None),
    ],
)
def test_a_cell_gives_the_words_of_its_options_each_once(text: str | None, words: list[str] | None) -> None:
    assert read(text, separator=", ") == (words, None)


@pytest.mark.parametrize("text", ["Fax", "Chat, Fax", "By mail", "or letter", "Chat," * 2_000])
def test_an_option_that_is_not_declared_is_refused(text: str) -> None:
    assert read(text, separator=", ") == (None, "unknown_word")


def test_an_option_that_is_not_declared_is_kept_as_other_where_the_question_says_so() -> None:
    assert read("Chat, shouted, from the window", separator=", ", other=True) == (["chat", "other"], None)


def test_without_a_separator_a_cell_is_one_option() -> None:
    assert read("By mail, or letter") == (["mail"], None)
    assert read("Chat, By phone") == (None, "unknown_word")


def test_each_option_chosen_is_a_row_and_a_skipped_question_is_one_without_a_word(take: Take) -> None:
    content = b"at;nps;why;said\n2024-05-01 10:00:00;9;Price / Speed;Nice\n2024-05-01 10:01:00;8;;\n2024-05-01 10:02:00;8;Luck;\n"
    taken = take(
        "survey_csv",
        content,
        delimiter=";",
        time_zone="UTC",
        columns={"answered_at": "at", "comment": "said"},
        constants={"channel": "web"},
        questions={
            "nps": {"metric": "nps", "scale": [0, 10]},
            "why": {"metric": "choice", "choices": {"price": "price", "speed": "speed"}, "separator": "/"},
        },
    )

    assert taken.rows("record_number", "question", "metric", "value", "choice", "scale_low", "scale_high", "comment") == [
        (1, "nps", "nps", 9.0, None, 0.0, 10.0, "Nice"),
        (1, "why", "choice", None, "price", None, None, "Nice"),
        (1, "why", "choice", None, "speed", None, None, "Nice"),
        (2, "nps", "nps", 8.0, None, 0.0, 10.0, None),
        (2, "why", "choice", None, None, None, None, None),
    ]
    assert taken.refusals == [(3, "why", "unknown_word")]


@pytest.mark.parametrize(
    "declared",
    [
        {"metric": "choice"},
        {"metric": "choice", "choices": {"a": "b"}, "scale": [0, 10]},
        {"metric": "choice", "choices": {"a": "b"}, "labels": {"a": 1}},
        {"metric": "choice", "choices": {"a": "none"}},
        {"metric": "csat", "scale": [1, 5], "choices": {"a": "b"}},
        {"metric": "csat", "scale": [1, 5], "other": True},
    ],
)
def test_options_belong_to_the_metric_choice_and_to_no_other(declared: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="choice"):
        Question.model_validate(declared)
