"""Phone calls."""

import narwhals as nw

from assets.core.business_day import on_business_day
from assets.core.customer import with_customer
from assets.derivation import RECORD, Lookup, Reference, by_record, derive
from assets.expressions import seconds_between
from assets.frames import Lazy
from schemas.core.calendar import Calendar
from schemas.core.calls import Calls
from schemas.core.identities import Identities
from schemas.projection import columns
from schemas.raw.calls import RawCalls
from schemas.vocabulary import UNKNOWN


@derive(
    Calls,
    unit=RECORD,
    calls=by_record(RawCalls),
    identities=Lookup(Identities, key="customer_ref", carrier="calls", carrier_key="customer_ref"),
    calendar=Reference(Calendar),
)
def calls(calls: Lazy, identities: Lazy, calendar: Lazy) -> Lazy:
    """Give every call its customer and its day, and the seconds that its times hold where the log has none."""
    is_answered, is_abandoned = nw.col("outcome") == "answered", nw.col("outcome") == "abandoned"
    waited = nw.when(is_answered).then(seconds_between("started_at", "answered_at"))
    gave_up = nw.when(is_abandoned).then(seconds_between("started_at", "ended_at"))
    talked = nw.when(is_answered).then(seconds_between("answered_at", "ended_at"))
    return (
        calls.pipe(on_business_day, "started_at", "started_on", calendar)
        .pipe(with_customer, identities)
        .with_columns(
            is_offered=(nw.col("direction") == "inbound") & (is_answered | is_abandoned),
            wait_seconds=nw.coalesce(nw.col("wait_seconds"), waited, gave_up),
            talk_seconds=nw.coalesce(nw.col("talk_seconds"), talked),
            queue=nw.coalesce(nw.col("queue"), nw.lit(UNKNOWN)),
            team=nw.coalesce(nw.col("team"), nw.lit(UNKNOWN)),
        )
        .select(*(column.name for column in columns(Calls)))
    )
