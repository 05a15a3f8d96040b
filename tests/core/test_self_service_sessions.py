from assets.core.self_service_sessions import self_service_sessions
from schemas.raw.self_service_sessions import RawSelfServiceSessions
from tests.core.rows import at, calendar, identities, lazy, only, session


def test_a_session_has_its_customer_its_business_day_and_its_length() -> None:
    raw = lazy(RawSelfServiceSessions, session(customer_ref="mail", started_at=at("02 23:30"), ended_at=at("02 23:31"), is_completed=True))

    row = only(self_service_sessions(raw, identities(("mail", "key", "gold")), calendar()))

    assert (row["customer_key"], row["segment"], row["started_on"]) == ("key", "gold", at("03 00:00").date())
    assert (row["duration_seconds"], row["is_completed"], row["is_escalated"], row["topic"]) == (60, True, None, "unknown")


def test_a_session_without_its_end_has_no_length() -> None:
    assert only(self_service_sessions(lazy(RawSelfServiceSessions, session()), identities(), calendar()))["duration_seconds"] is None
