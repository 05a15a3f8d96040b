"""Self-service sessions."""

import narwhals as nw

from assets.core.business_day import on_business_day
from assets.core.customer import with_customer
from assets.derivation import RECORD, Lookup, Reference, by_record, derive
from assets.expressions import seconds_between
from assets.frames import Lazy
from schemas.core.calendar import Calendar
from schemas.core.identities import Identities
from schemas.core.self_service_sessions import SelfServiceSessions
from schemas.projection import columns
from schemas.raw.self_service_sessions import RawSelfServiceSessions
from schemas.vocabulary import UNKNOWN


@derive(
    SelfServiceSessions,
    unit=RECORD,
    sessions=by_record(RawSelfServiceSessions),
    identities=Lookup(Identities, key="customer_ref", carrier="sessions", carrier_key="customer_ref"),
    calendar=Reference(Calendar),
)
def self_service_sessions(sessions: Lazy, identities: Lazy, calendar: Lazy) -> Lazy:
    """Give every session its customer, its day and its length."""
    return (
        sessions.pipe(on_business_day, "started_at", "started_on", calendar)
        .pipe(with_customer, identities)
        .with_columns(
            duration_seconds=seconds_between("started_at", "ended_at"),
            topic=nw.coalesce(nw.col("topic"), nw.lit(UNKNOWN)),
        )
        .select(*(column.name for column in columns(SelfServiceSessions)))
    )
