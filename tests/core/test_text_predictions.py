from typing import Any

import pytest

from assets.core.text_predictions import identifier, text_predictions
from assets.parameters import Parameters
from schemas.raw.answers import RawAnswers
from schemas.raw.messages import RawMessages
from schemas.raw.tickets import RawTickets
from tests.core.rows import Row, answer, eager, message, ticket, values


def told(*languages: str, answers: tuple[Row, ...] = (), messages: tuple[Row, ...] = (), tickets: tuple[Row, ...] = ()) -> list[Any]:
    frames = eager(RawAnswers, *answers), eager(RawMessages, *messages), eager(RawTickets, *tickets)
    return values(text_predictions(*frames, Parameters(languages=languages)), "kind", "source_record_id", "language")


def test_the_language_of_every_text_is_told_among_the_declared_ones() -> None:
    mails = (
        message(source_record_id="1", reply_text="The parcel came two weeks late and nobody answers the phone."),
        message(source_record_id="2", reply_text="Das Paket kam zwei Wochen zu spät und niemand geht ans Telefon."),
    )

    assert told("de", "en", messages=mails) == [("message", "1", "en"), ("message", "2", "de")]


@pytest.mark.slow
@pytest.mark.parametrize("text", ["ok", "9", "12345 67890 12345", "👍👍👍👍👍👍👍👍👍👍👍👍👍", ""])
def test_a_text_too_short_to_tell_has_no_language(text: str) -> None:
    assert identifier(("de", "en"))(text) is None
    assert identifier(("de",))(text) is None


def test_with_no_declared_language_none_is_told_and_with_one_all_texts_are_in_it() -> None:
    text = "The parcel came two weeks late."

    assert identifier(())(text) is None
    assert identifier(("de",))(text) == "de"


def test_only_what_customers_wrote_is_a_text_and_each_counts_once() -> None:
    comment = "Nobody ever answers the telephone."
    found = told(
        "en",
        answers=(answer(question="a", comment=comment), answer(question="b", comment=comment), answer(source_record_id="2")),
        messages=(message(reply_text=comment, direction="outbound"), message(source_record_id="2", reply_text=comment, exclusion="bounce")),
        tickets=(ticket(subject=comment), ticket(source_record_id="2")),
    )

    assert found == [("answer", "1", "en"), ("ticket", "1", "en")]
