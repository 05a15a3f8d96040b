from typing import Any

import pytest

from assets.core.invites import invites
from schemas.core.answers import Answers
from schemas.raw.invites import RawInvites
from tests.core.rows import Row, at, calendar, identities, invite, lazy, only
from tests.kpi.rows import answer


def invited(*answers: Row, **given: Any) -> dict[str, Any]:
    made = invites(lazy(RawInvites, invite(**given)), lazy(Answers, *answers), identities(("mail", "key", "gold")), calendar())
    return only(made)


def given(when: str, **changes: Any) -> Row:
    return answer(ballot="invite:1", answered_at=at(when), answered_on=at(when).date(), **changes)


def test_an_invitation_has_its_customer_and_its_business_day_and_an_unnamed_touchpoint_is_unknown() -> None:
    row = invited(customer_ref="mail", sent_at=at("02 23:30"))

    assert (row["customer_key"], row["segment"], row["sent_on"]) == ("key", "gold", at("03 00:00").date())
    assert (row["touchpoint"], row["is_delivered"]) == ("unknown", None)
    assert (row["answered_at"], row["answered_on"], row["completed_at"]) == (None, None, None)


def test_the_first_response_and_the_first_complete_one_say_when_it_was_answered() -> None:
    row = invited(given("05 10:00"), given("03 10:00", is_complete=False, is_superseded=True), given("04 10:00", value=None))

    assert (row["answered_at"], row["answered_on"]) == (at("03 10:00"), at("03 10:00").date())
    assert row["completed_at"] == at("05 10:00")


def test_a_choice_is_an_answer() -> None:
    assert invited(given("03 10:00", value=None, choice="price"))["answered_at"] == at("03 10:00")


@pytest.mark.parametrize("other", [{"ballot": "invite:2"}, {"ballot": "response:1"}, {"source": "t"}])
def test_an_answer_to_something_else_is_none_to_the_invitation(other: Row) -> None:
    assert invited({**given("03 10:00"), **other})["answered_at"] is None
