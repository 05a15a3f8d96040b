"""Survey invitations, and when they were answered."""

import narwhals as nw

from assets.core.business_day import on_business_day
from assets.core.customer import with_customer
from assets.derivation import RECORD, By, Lookup, Reference, by_record, derive
from assets.frames import Lazy
from schemas.core.answers import Answers
from schemas.core.calendar import Calendar
from schemas.core.identities import Identities
from schemas.core.invites import Invites
from schemas.projection import columns
from schemas.raw.invites import RawInvites
from schemas.vocabulary import NO_CHOICE, UNKNOWN

PREFIX = "invite:"
INVITED = nw.when(nw.col("ballot").str.starts_with(PREFIX)).then(nw.col("ballot").str.slice(len(PREFIX)))
"""The invitation that a ballot names; null for any other ballot."""


@derive(
    Invites,
    unit=RECORD,
    invites=by_record(RawInvites),
    answers=By(
        Answers,
        noted=("source", "ballot"),
        unit={"source": nw.col("source"), "source_record_id": INVITED},
        reads=("value", "choice", "answered_at", "answered_on", "is_complete"),
    ),
    identities=Lookup(Identities, key="customer_ref", carrier="invites", carrier_key="customer_ref"),
    calendar=Reference(Calendar),
)
def invites(invites: Lazy, answers: Lazy, identities: Lazy, calendar: Lazy) -> Lazy:
    """Give every invitation its customer, its day and the moments of its answer."""
    return (
        invites.pipe(on_business_day, "sent_at", "sent_on", calendar)
        .pipe(with_customer, identities)
        .join(_answered(answers), on=list(RECORD), how="left")
        .with_columns(touchpoint=nw.coalesce(nw.col("touchpoint"), nw.lit(UNKNOWN)))
        .select(*(column.name for column in columns(Invites)))
    )


def _answered(answers: Lazy) -> Lazy:
    """When each invitation was first answered, and first answered to the end."""
    has_answer = ~nw.col("value").is_null() | (nw.col("choice") != NO_CHOICE)
    return (
        answers.filter(nw.col("ballot").str.starts_with(PREFIX) & has_answer)
        .with_columns(invite_id=INVITED, completed_at=nw.when(nw.col("is_complete")).then(nw.col("answered_at")))
        .group_by("source", "invite_id")
        .agg(answered_at=nw.col("answered_at").min(), answered_on=nw.col("answered_on").min(), completed_at=nw.col("completed_at").min())
        .rename({"invite_id": "source_record_id"})
    )
