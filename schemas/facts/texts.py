"""What texts are about."""

import datetime as dt

from schemas.core import text_labels as core
from schemas.facts.copied import as_in, key, of_ticket
from schemas.table import Table


class FactTexts(Table):
    """One text of a customer and who says what it is about; not the text itself.

    Every row is behind `kpi.text_classification_monthly`, where a language that nobody can tell is called `unknown`.
    """

    text_key: str = key("Names the text.", "kind", "source", "source_record_id")
    record_key: str = key(
        "What holds the text, by `kind`: a response_key of `facts.answers` or a message_key of `facts.messages`.",
        "source",
        "source_record_id",
    )
    written_on: dt.date = as_in(core.TextLabels, "written_on")
    written_at: dt.datetime = as_in(core.TextLabels, "written_at")
    kind: str = as_in(core.TextLabels, "kind")
    source: str = as_in(core.TextLabels, "source")
    channel: str = as_in(core.TextLabels, "channel")
    language: str = as_in(core.TextLabels, "language")
    method: str = as_in(core.TextLabels, "method")
    rule: str = as_in(core.TextLabels, "rule")
    category: str = as_in(core.TextLabels, "category")
    severity: str = as_in(core.TextLabels, "severity")
    touchpoint: str = as_in(core.TextLabels, "touchpoint")
    ticket_ref: str = of_ticket()

    class Config:
        name = "facts.texts"
        unique = ["text_key"]
        metadata = {"of": "core.text_labels", "day": "written_on"}
