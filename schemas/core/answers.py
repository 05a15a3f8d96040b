"""Survey answers, judged on their declared scale."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import CHANNELS, METRICS, TOUCHPOINTS, UNKNOWN


class Answers(Table):
    """One question of one response, with the box it fell into; for a question that offers options, one option chosen.

    Top boxes by number of scale points, CSAT: 2→1, 3→1, 4→2, 5→2, 6→3, 7→3, 8→3, 10 and 11→2; CES: 5→2, 7→3;
    NPS: 9 and 10. Bottom boxes: one on scales of two or three points, else two; CES as many as top boxes; NPS: 0 to 6. A reversed
    question is judged from its other end. Handling, repurchase, access, price and drivers have the boxes of CSAT; a statement of
    confidence is favourable above the middle of its scale and unfavourable below it. Other ratings and choices lie in no box.
    Of several responses to one invite, or to one message that asked, only the last one counts.
    """

    source: str = pa.Field(description="System the response comes from.")
    source_record_id: str = pa.Field(description="The response.")
    question: str = pa.Field(description="The question's key in its survey.")
    ballot: str = pa.Field(description="The invite or message answered, or the response itself where there was none.")
    metric: str = pa.Field(isin=METRICS, description="What the question measures.")
    value: float = pa.Field(nullable=True, description="The rating on its own scale; null for a choice, and when skipped.")
    choice: str = pa.Field(description="The option chosen, by its declared word; none for a rating, and when skipped.")
    score_points: int = pa.Field(
        nullable=True, ge=0, le=10_000, description="Place on the scale from worst (0) to best (10,000).", metadata={"unit": "1/10,000"}
    )
    is_top_box: bool = pa.Field(
        nullable=True, description="Satisfied, promoter, easy or yes; null when skipped, and where a metric has no boxes."
    )
    is_bottom_box: bool = pa.Field(nullable=True, description="Dissatisfied, detractor, hard or no; null likewise.")
    is_superseded: bool = pa.Field(description="Whether a later response to the same invite took its place.")
    answered_at: dt.datetime = pa.Field(description="When the response was submitted, UTC.")
    answered_on: dt.date = pa.Field(description="Business date of answered_at.")
    channel: str = pa.Field(isin=CHANNELS, description="How the answer reached us.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, UNKNOWN), description="Part of the company that was rated.")
    segment: str = pa.Field(description="The customer's current segment.")
    customer_key: str = pa.Field(nullable=True, description="The customer; null when anonymous.")
    is_matched: bool = pa.Field(description="Whether a customer record holds the identifier that the record names the customer by.")
    ticket_ref: str = pa.Field(nullable=True, description="The ticket rated.")
    is_complete: bool = pa.Field(description="Whether the respondent reached the end of the survey.")

    class Config:
        name = "core.answers"
        unique = ["source", "source_record_id", "question", "choice"]
