"""How many records find their customer, by month."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, share
from schemas.table import Table
from schemas.vocabulary import RECORD_KINDS, ROW_STATUSES


class IdentityMatchMonthly(Table):
    """How many of a source's records name a customer, and how many of them a customer that the customer records know.

    Cohort: happened_in (answered, sent, opened or ordered in the month). An identifier that no customer record holds is a
    customer of its own: contacts of one person under two addresses then count as two people, segments stay `unknown`,
    and repeats go unseen. This share says how far figures per customer can be trusted. Answers are counted by question.
    """

    month_on: dt.date = pa.Field(description="First day of the month.")
    source: str = pa.Field(description="System the records come from.")
    kind: str = pa.Field(isin=RECORD_KINDS, description="What the records are.")
    record_count: int = count("Records.", "records")
    identified_count: int = count("Of these, with any identifier of a customer.", "records")
    matched_count: int = count("Of these, with one that a customer record holds.", "records")
    identified: float = share("Share that names a customer.", "identified_count / record_count")
    identified_ci_low: float = bound("identified", "low")
    identified_ci_high: float = bound("identified", "high")
    matched: float = share("Share of all records that finds its customer.", "matched_count / record_count")
    matched_ci_low: float = bound("matched", "low")
    matched_ci_high: float = bound("matched", "high")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on record_count.")

    class Config:
        name = "kpi.identity_match_monthly"
        unique = ["month_on", "source", "kind"]
        metadata = {
            "cohort": "happened_in",
            "source": "share of records whose identifier a customer record holds",
            "owner": "team:customer-insight",
        }
