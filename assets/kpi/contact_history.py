"""Each customer's contacts in order, and what was open at each."""

import narwhals as nw

from assets.derivation import by_column, derive
from assets.expressions import seconds_between
from assets.frames import Lazy
from assets.parameters import Parameters
from schemas.core.interactions import Interactions
from schemas.core.tickets import Tickets
from schemas.kpi.contact_history import ContactHistory
from schemas.projection import columns
from schemas.vocabulary import FINISHED_STATUSES

CUSTOMER = "contact_group"
ORDER = ("contacted_at", "ticket_ref")
DAY_SECONDS = 86_400
CARRIED = (
    *("ticket_ref", "channel", "contacted_at", "csat_n", "csat_satisfied", "csat_dissatisfied", "is_resolved_by_survey"),
    *("solved_at", "reopened_at", "solved_again_at", "is_moment_unknown"),
)
"""What a contact must know of the previous one."""

SOLVED, REOPENED, OPENED = 0, 1, 2
"""Of what happens to a customer's tickets at one instant, first come solutions, then reopenings, then contacts one after another."""


@derive(
    ContactHistory,
    unit=("contact_group",),
    uses=("repeat_window_days",),
    interactions=by_column(Interactions, "contact_group"),
    tickets=by_column(
        Tickets,
        "contact_group",
        reads=("ticket_ref", "opened_at", "opened_by", "status", "is_contact", "first_solved_at", "last_solved_at", "first_reopened_at"),
    ),
)
def contact_history(interactions: Lazy, tickets: Lazy, parameters: Parameters) -> Lazy:
    """Look back from each contact to the one before it and to the tickets open around it."""
    lives = _lives(tickets)
    contacts = interactions.join(lives.drop("opened_at", CUSTOMER), on="ticket_ref", how="inner").join(
        _open_counts(lives), on="ticket_ref", how="left"
    )
    known = ~nw.col("customer_key").is_null()
    in_order = contacts.with_columns(one=nw.lit(1)).with_columns(
        place=nw.col("one").cum_sum().over(CUSTOMER, order_by=ORDER),
        previous_in_category=nw.col("contacted_at").shift(1).over(CUSTOMER, "category", order_by=ORDER),
        **{f"previous_{name}": nw.col(name).shift(1).over(CUSTOMER, order_by=ORDER) for name in CARRIED},
    )
    first = nw.col("previous_ticket_ref").is_null()
    repeated = nw.coalesce(nw.col("contacted_at") - nw.col("previous_in_category") <= parameters.repeat_window, nw.lit(value=False))
    return in_order.with_columns(
        place=nw.when(known).then(nw.col("place")),
        days_since_previous=seconds_between("previous_contacted_at", "contacted_at").cast(nw.Float64) / DAY_SECONDS,
        open_ticket_count=nw.when(known).then(nw.col("open_ticket_count")),
        previous_outcome=nw.when(~first).then(_outcome()),
        previous_csat_box=_box(),
        is_channel_switched=nw.when(~first).then(nw.col("channel") != nw.col("previous_channel")),
        had_to_repeat=nw.when(known).then(repeated),
        status=nw.when(known).then(nw.lit("ok")).otherwise(nw.lit("no_data")),
    ).select(*(column.name for column in columns(ContactHistory)))


def _lives(tickets: Lazy) -> Lazy:
    """When each ticket was open: from its opening to ``solved_at``, and again from ``reopened_at`` to ``solved_again_at``.

    Moments that clocks put before the opening, or before the solution that they should follow, are moved there.
    """
    solved, reopened, last = nw.col("solved_at"), nw.col("reopened_at"), nw.col("last_solved_at")
    opened = nw.col("opened_at")
    is_finished = nw.col("status").is_in(FINISHED_STATUSES)
    return (
        tickets.filter(nw.col("is_contact") | ((nw.col("opened_by") != "customer") & (nw.col("status") != "deleted")))
        .with_columns(is_moment_unknown=nw.col("first_solved_at").is_null() & is_finished)
        .with_columns(solved_at=nw.when(nw.col("first_solved_at") < opened).then(opened).otherwise(nw.col("first_solved_at")))
        .with_columns(reopened_at=nw.when(nw.col("first_reopened_at") >= solved).then(nw.col("first_reopened_at")))
        .with_columns(solved_again_at=nw.when(last >= reopened).then(last))
        .select("ticket_ref", CUSTOMER, "opened_at", "solved_at", "reopened_at", "solved_again_at", "is_moment_unknown")
    )


def _open_counts(lives: Lazy) -> Lazy:
    """How many other tickets of the customer were open when each was opened: openings less closings so far.

    A running sum, because pairing the tickets of one shared address with each other would not end.
    """
    solved, reopened, again = nw.col("solved_at"), nw.col("reopened_at"), nw.col("solved_again_at")
    ever_open = ~nw.col("is_moment_unknown") & nw.coalesce(solved > nw.col("opened_at"), nw.lit(value=True))
    open_again = ~reopened.is_null() & nw.coalesce(again > reopened, nw.lit(value=True))
    opened = nw.when(ever_open).then(nw.lit(1)).otherwise(nw.lit(0))
    changes = nw.concat(
        [
            lives.select("ticket_ref", CUSTOMER, at=nw.col("opened_at"), turn=nw.lit(OPENED), change=opened),
            _changes(lives.filter(ever_open & ~solved.is_null()), "solved_at", SOLVED, -1),
            _changes(lives.filter(open_again), "reopened_at", REOPENED, 1),
            _changes(lives.filter(open_again & ~again.is_null()), "solved_again_at", SOLVED, -1),
        ],
        how="vertical",
    )
    running = nw.col("change").cum_sum().over(CUSTOMER, order_by=("at", "turn", "ticket_ref"))
    return (
        changes.with_columns(open_ticket_count=(running - nw.col("change")).cast(nw.Int64))
        .filter(nw.col("turn") == OPENED)
        .select("ticket_ref", "open_ticket_count")
    )


def _changes(lives: Lazy, at: str, turn: int, change: int) -> Lazy:
    return lives.select("ticket_ref", CUSTOMER, at=nw.col(at), turn=nw.lit(turn), change=nw.lit(change))


def _outcome() -> nw.Expr:
    """What had become of the previous contact."""
    said, now = nw.col("previous_is_resolved_by_survey"), nw.col("contacted_at")
    open_again = (nw.col("previous_reopened_at") <= now) & nw.coalesce(nw.col("previous_solved_again_at") > now, nw.lit(value=True))
    solved = (nw.col("previous_solved_at") <= now) & ~nw.coalesce(open_again, nw.lit(value=False))
    return (
        nw.when(nw.coalesce(said, nw.lit(value=False)))
        .then(nw.lit("resolved"))
        .otherwise(
            nw.when(~said.is_null())
            .then(nw.lit("unresolved"))
            .otherwise(
                nw.when(nw.col("previous_is_moment_unknown"))
                .then(nw.lit("unknown"))
                .otherwise(nw.when(solved).then(nw.lit("resolved")).otherwise(nw.lit("unresolved")))
            )
        )
    )


def _box() -> nw.Expr:
    """Where the ratings of the previous contact lie; null without any."""
    n, good, bad = (nw.col(f"previous_{name}") for name in ("csat_n", "csat_satisfied", "csat_dissatisfied"))
    rated = (
        nw.when(bad > 0).then(nw.lit("dissatisfied")).otherwise(nw.when(good == n).then(nw.lit("satisfied")).otherwise(nw.lit("neither")))
    )
    return nw.when(n > 0).then(rated)
