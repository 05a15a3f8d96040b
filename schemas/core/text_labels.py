"""What customers wrote about."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import CHANNELS, LABEL_METHODS, PRIORITIES, TEXT_KINDS, TOUCHPOINTS


class TextLabels(Table):
    """One text of a customer and what the taxonomy says it is about.

    The taxonomy is the settings' own: rules of patterns, tried from the highest priority down, and every hit names its
    rule. A text that no rule hits is what the user's own classifier says, where one is given and sure enough; else it is
    unclassified and counted as such. No sentiment is read into a text. The text itself stays in raw.
    """

    kind: str = pa.Field(isin=TEXT_KINDS, description="Where the text stands.")
    source: str = pa.Field(description="System the record comes from.")
    source_record_id: str = pa.Field(description="The record in its source.")
    ticket_ref: str = pa.Field(nullable=True, description="The ticket it belongs to, where it says one.")
    written_at: dt.datetime = pa.Field(description="When it was written, UTC.")
    written_on: dt.date = pa.Field(description="Business date of written_at.")
    channel: str = pa.Field(isin=CHANNELS, description="How it reached us.")
    language: str = pa.Field(nullable=True, description="Its language; null where it cannot be told.")
    method: str = pa.Field(isin=LABEL_METHODS, description="Who says so: a rule of the taxonomy, the classifier, or none.")
    rule: str = pa.Field(nullable=True, description="The rule of the taxonomy that hit; null when none did.")
    category: str = pa.Field(nullable=True, description="What it is about, by that rule, else by the classifier; null when unclassified.")
    severity: str = pa.Field(nullable=True, isin=PRIORITIES, description="How grave that is, where the rule says.")
    touchpoint: str = pa.Field(nullable=True, isin=TOUCHPOINTS, description="Part of the company it is about, where the rule says.")

    class Config:
        name = "core.text_labels"
        unique = ["kind", "source", "source_record_id"]
