"""What customers went through: a problem or none, whether they told us, how it was handled, and what they did then."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import CHANNELS, EXPERIENCES, TOUCHPOINTS, UNKNOWN


class Experiences(Table):
    """One survey response that answers the question which problem the customer had, unless a later response took its place.

    Any problem named outweighs `no_problem`. Of several, the one whose category the taxonomy declares gravest is the response's
    `problem_type`; where the taxonomy says nothing of them, or the same, the alphabetically first: `problem_count` says how many there
    were. A customer who rated the handling told us, unless they say they did not. Where a survey asks one thing twice, the worse answer
    holds (the fewer boxes, the smaller rise, the more people told).

    A customer may answer several times a month. `is_counted` marks the one response that stands for them in their month: the gravest
    problem, and of equally grave ones the last. Anonymous responses stand for themselves. Loyalty stands here twice: as said
    (`would_repurchase`, `is_promoter`) and as done (`first_reordered_at`), which a KPI judges once enough time has passed.
    """

    source: str = pa.Field(description="System the response comes from.")
    source_record_id: str = pa.Field(description="The response.")
    respondent: str = pa.Field(description="The customer, or the response where the customer is unknown.")
    customer_key: str = pa.Field(nullable=True, description="The customer; null when anonymous.")
    segment: str = pa.Field(description="The customer's current segment.")
    channel: str = pa.Field(isin=CHANNELS, description="How the response reached us.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, UNKNOWN), description="Part of the company whose handling was rated.")
    answered_at: dt.datetime = pa.Field(description="When the response was submitted, UTC.")
    answered_on: dt.date = pa.Field(description="Business date of answered_at.")
    is_counted: bool = pa.Field(description="Whether the response stands for its customer in its month.")
    problem_type: str = pa.Field(description="The gravest problem, by its declared word; no_problem where there was none.")
    problem_count: int = pa.Field(ge=0, description="Problems named.", metadata={"unit": "problems"})
    experience: str = pa.Field(
        nullable=True, isin=EXPERIENCES, description="What became of the customer; null where they do not say whether they told us."
    )
    is_handling_top_box: bool = pa.Field(nullable=True, description="Satisfied with the handling; null when not rated.")
    is_handling_bottom_box: bool = pa.Field(nullable=True, description="Dissatisfied with the handling; null when not rated.")
    would_repurchase: bool = pa.Field(nullable=True, description="Would buy again (top boxes); null when not said.")
    is_promoter: bool = pa.Field(nullable=True, description="Would recommend us (9 or 10); null when not said.")
    told_count: int = pa.Field(
        nullable=True, ge=0, description="People they spoke to about it; null when not said.", metadata={"unit": "people"}
    )
    finds_price_fair: bool = pa.Field(nullable=True, description="Satisfied with the price (top boxes); null when not said.")
    finds_price_unfair: bool = pa.Field(nullable=True, description="Dissatisfied with the price (bottom boxes); null when not said.")
    price_rise: float = pa.Field(
        nullable=True, description="Up to which rise of the price they would stay; null when not said.", metadata={"unit": "ratio"}
    )
    first_reordered_at: dt.datetime = pa.Field(
        nullable=True, description="First completed order after the answer, UTC; null while there is none or the customer is unknown."
    )

    class Config:
        name = "core.experiences"
        unique = ["source", "source_record_id"]
