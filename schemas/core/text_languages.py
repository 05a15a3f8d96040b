"""The language of what customers wrote."""

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import TEXT_KINDS


class TextLanguages(Table):
    """One text of a customer and its language, among those that the settings name.

    Told by an offline identifier that knows no other languages than these. The text itself stays in raw.
    """

    kind: str = pa.Field(isin=TEXT_KINDS, description="Where the text stands.")
    source: str = pa.Field(description="System the record comes from.")
    source_record_id: str = pa.Field(description="The record in its source.")
    language: str = pa.Field(
        nullable=True, description="ISO 639-1 code; null where the settings name no language, or the text is too short to tell."
    )

    class Config:
        name = "core.text_languages"
        unique = ["kind", "source", "source_record_id"]
