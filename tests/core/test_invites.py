from assets.core.invites import invites
from schemas.raw.invites import RawInvites
from tests.core.rows import at, calendar, identities, invite, lazy, only


def test_an_invitation_has_its_customer_and_its_business_day_and_an_unnamed_touchpoint_is_unknown() -> None:
    row = only(
        invites(lazy(RawInvites, invite(customer_ref="mail", sent_at=at("02 23:30"))), identities(("mail", "key", "gold")), calendar())
    )

    assert (row["customer_key"], row["segment"], row["sent_on"]) == ("key", "gold", at("03 00:00").date())
    assert (row["touchpoint"], row["is_delivered"]) == ("unknown", None)
