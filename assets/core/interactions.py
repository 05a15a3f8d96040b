"""Contacts of customers, with what came after each."""

import datetime as dt

import narwhals as nw

from assets.derivation import by_column, derive
from assets.frames import Eager
from assets.parameters import Parameters
from schemas.core.interactions import Interactions
from schemas.core.tickets import Tickets
from schemas.projection import columns
from schemas.vocabulary import FINISHED_STATUSES

CASE = ("contact_group", "category")
ORDER = ("contacted_at", "ticket_ref")
START = dt.datetime(1, 1, 1)  # noqa: DTZ001  # all instants are naive UTC


@derive(Interactions, unit=("contact_group",), is_eager=True, tickets=by_column(Tickets, "contact_group"))
def interactions(tickets: Eager, parameters: Parameters) -> Eager:
    """Put each customer's contacts in order and see what follows each within the repeat window.

    Computed customer by customer, because the fixed rule chains: which contact is an anchor depends on all the
    customer's contacts before it, however far back an unbroken chain reaches.
    """
    window = parameters.repeat_window
    contacts = tickets.filter(nw.col("is_contact")).with_columns(
        contacted_at=nw.col("opened_at"),
        contacted_on=nw.col("opened_on"),
        is_solved=~nw.col("first_solved_at").is_null() | nw.col("status").is_in(FINISHED_STATUSES),
        is_reopened=_within(nw.col("first_reopened_at") - nw.col("opened_at"), window) | _reopened_some_time(),
    )
    ordered = contacts.with_columns(
        gap=nw.col("contacted_at") - nw.col("contacted_at").shift(1).over(*CASE, order_by=ORDER),
        is_repeated=_followed(window, *CASE),
        is_repeated_same_channel=_followed(window, *CASE, "channel"),
    ).with_columns(is_sliding_anchor=~_within(nw.col("gap"), window))
    in_chains = ordered.with_columns(chain=nw.col("is_sliding_anchor").cast(nw.Int64).cum_sum().over(*CASE, order_by=ORDER))
    chain = (*CASE, "chain")
    known = in_chains.with_columns(
        is_sliding_repeated=nw.col("is_sliding_anchor") & (nw.len().over(*chain) > 1),
        is_sliding_repeated_same_channel=nw.col("is_sliding_anchor") & (nw.len().over(*chain, "channel") > 1),
        chain_length=nw.col("contacted_at").max().over(*chain) - nw.col("contacted_at").min().over(*chain),
    )
    long_chains = known.filter(nw.col("chain_length") > window)
    later_anchors = _later_anchors(long_chains, window)
    return known.with_columns(is_anchor=nw.col("is_sliding_anchor") | nw.col("ticket_ref").is_in(later_anchors)).select(
        *(column.name for column in columns(Interactions))
    )


def _within(duration: nw.Expr, window: dt.timedelta) -> nw.Expr:
    """Whether a duration is at most the window; an unknown one is not."""
    return nw.coalesce(duration <= window, nw.lit(value=False))


def _reopened_some_time() -> nw.Expr:
    """Whether a ticket without a history was ever reopened: nobody knows when, so it counts as within the window."""
    return ~nw.col("has_events") & nw.coalesce(nw.col("reopen_count") > 0, nw.lit(value=False))


def _followed(window: dt.timedelta, *keys: str) -> nw.Expr:
    """Whether another contact with the same keys follows within the window."""
    following = nw.col("contacted_at").shift(-1).over(*keys, order_by=ORDER)
    return _within(following - nw.col("contacted_at"), window)


def _later_anchors(contacts: Eager, window: dt.timedelta) -> list[str]:
    """Anchors of the fixed rule that are not the first contact of their chain; only a chain longer than the window has any."""
    anchors: list[str] = []
    current: tuple[object, ...] | None = None
    anchored_at = START
    rows = contacts.select(*CASE, "chain", "contacted_at", "ticket_ref").sort(*CASE, *ORDER)
    for *chain, contacted_at, ticket_ref in rows.iter_rows():
        if tuple(chain) != current:
            current, anchored_at = tuple(chain), contacted_at
        elif contacted_at > anchored_at + window:
            anchors.append(ticket_ref)
            anchored_at = contacted_at
    return anchors
