"""Survey invitations."""

import narwhals as nw

from assets.core.business_day import on_business_day
from assets.core.customer import with_customer
from assets.derivation import RECORD, Lookup, Reference, by_record, derive
from assets.frames import Lazy
from schemas.core.calendar import Calendar
from schemas.core.identities import Identities
from schemas.core.invites import Invites
from schemas.projection import columns
from schemas.raw.invites import RawInvites
from schemas.vocabulary import UNKNOWN


@derive(
    Invites,
    unit=RECORD,
    invites=by_record(RawInvites),
    identities=Lookup(Identities, key="customer_ref", carrier="invites", carrier_key="customer_ref"),
    calendar=Reference(Calendar),
)
def invites(invites: Lazy, identities: Lazy, calendar: Lazy) -> Lazy:
    """Give every invitation its customer and its day."""
    return (
        invites.pipe(on_business_day, "sent_at", "sent_on", calendar)
        .pipe(with_customer, identities)
        .with_columns(touchpoint=nw.coalesce(nw.col("touchpoint"), nw.lit(UNKNOWN)))
        .select(*(column.name for column in columns(Invites)))
    )
