"""What offline models say of the texts that customers wrote."""

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import TEXT_KINDS


class TextPredictions(Table):
    """One text of a customer: its language among those that the settings name, and what the user's own classifier makes of it.

    Both are told offline. The classifier is optional, trained on the user's own labels by `kpis train`, which keeps its
    held-out accuracy with it; a text of which it is not sure enough has no category. The text itself stays in raw.
    """

    kind: str = pa.Field(isin=TEXT_KINDS, description="Where the text stands.")
    source: str = pa.Field(description="System the record comes from.")
    source_record_id: str = pa.Field(description="The record in its source.")
    language: str = pa.Field(
        nullable=True, description="ISO 639-1 code; null where the settings name no language, or the text is too short to tell."
    )

    category: str = pa.Field(
        nullable=True, description="What the classifier says it is about; null where it is not sure, or there is none."
    )
    confidence: float = pa.Field(nullable=True, ge=0, le=1, description="How sure the classifier is of its likeliest category, 0 to 1.")

    class Config:
        name = "core.text_predictions"
        unique = ["kind", "source", "source_record_id"]
