"""What was open at the end of each business day, by status and channel."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import count, figure
from schemas.table import Table
from schemas.vocabulary import CHANNELS, OPEN_STATUSES, ROW_STATUSES, UNKNOWN


class TicketBacklogDaily(Table):
    """What was open at the end of each day, and how old it was.

    Cohort: open_at_end_of, a stock: rows of one day add up over statuses and channels, rows of several days do not. A ticket is open
    at the end of a business day when it entered its status on that day or before and left it on a later day or not yet. All tickets
    are work, whoever opened them; solved, closed and deleted ones are not open. Statuses come from the history; a ticket without one
    is open in status `unknown` from its opening until it was last solved (see core.ticket_visits). Age: from opened to the end of the
    day, reopened or not.

    Days run from the first ticket's to the last that had ended when the data ends. A ticket that nobody exports any more stays open.
    Computed again for every day that a ticket that moved was open.
    """

    backlog_on: dt.date = pa.Field(description="Business day at whose end the tickets were open.")
    ticket_status: str = pa.Field(isin=(*OPEN_STATUSES, UNKNOWN), description="Status at the end of the day; `unknown` without a history.")
    channel: str = pa.Field(isin=CHANNELS, description="Channel of the first contact.")
    ticket_count: int = count("Tickets open at the end of the day.", "tickets")
    age_seconds_sum: int = count("Sum of their ages.", "seconds")
    age_seconds_mean: float = figure("Mean age.", "seconds", "age_seconds_sum / ticket_count")
    age_seconds_median: float = figure("Median age.", "seconds", method="median over open tickets")
    age_seconds_oldest: float = figure("Age of the oldest.", "seconds", method="maximum over open tickets")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on ticket_count.")

    class Config:
        name = "kpi.ticket_backlog_daily"
        unique = ["backlog_on", "ticket_status", "channel"]
        metadata = {"cohort": "open_at_end_of", "source": "status history", "owner": "team:customer-service"}
