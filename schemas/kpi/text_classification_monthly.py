"""How much of what customers wrote the taxonomy knows, by month."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, share
from schemas.table import Table
from schemas.vocabulary import CHANNELS, ROW_STATUSES, TEXT_KINDS, UNKNOWN


class TextClassificationMonthly(Table):
    """How many of the texts that customers wrote in a month the taxonomy or the classifier puts into a category.

    Cohort: written_in. A text is a response's comment, an inbound message that is feedback, or a ticket's subject; a
    record without text is in no figure. What stays unclassified is in no problem's count, so every ranking of problems
    is to be read beside this share. Changing the taxonomy restates history.
    """

    month_on: dt.date = pa.Field(description="First day of the month in which the texts were written.")
    kind: str = pa.Field(isin=TEXT_KINDS, description="Where the texts stand.")
    channel: str = pa.Field(isin=CHANNELS, description="How they reached us.")
    language: str = pa.Field(description=f"Their language; `{UNKNOWN}` where it cannot be told.")
    text_count: int = count("Texts that customers wrote.", "texts")
    by_rule_count: int = count("Of these, hit by a rule of the taxonomy.", "texts")
    by_model_count: int = count("Of these, hit by no rule and named by the classifier.", "texts")
    unclassified_count: int = count("Of these, neither.", "texts")
    unclassified: float = share("Share that is in no category.", "unclassified_count / text_count")
    unclassified_ci_low: float = bound("unclassified", "low")
    unclassified_ci_high: float = bound("unclassified", "high")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on text_count.")

    class Config:
        name = "kpi.text_classification_monthly"
        unique = ["month_on", "kind", "channel", "language"]
        metadata = {"cohort": "written_in", "source": "share of texts in no category of the taxonomy", "owner": "team:customer-insight"}
