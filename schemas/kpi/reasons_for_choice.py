"""Why customers choose us."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, number, share
from schemas.table import Table
from schemas.vocabulary import ROW_STATUSES, VALUE_TIERS


class ReasonsForChoice(Table):
    """Why customers, above all the most valuable, choose us over competitors.

    Cohort: answered_in; answers to questions of the metric `reason` that no later response replaced. A response may give several
    reasons, so shares of a tier may add up to more than 1. A reason that nobody of a tier gave has no row there.

    *Value tier*: the customer's contribution margin, net of refunds, in the four quarters up to and including that of the answer, among
    all customers with a sale of known margin then: `top` are the first 20 %, `middle` the next 30 %, `rest` the others; equal margins
    share the better tier. Answers of nobody known, and of customers without such a sale, are in the tier `unknown`. An order that
    changes has the four quarters computed again in which it counts. Shares of several tiers cannot be added up.
    """

    quarter_on: dt.date = pa.Field(description="First day of the quarter.")
    reason: str = pa.Field(description="The reason given, by its declared word.")
    value_tier: str = pa.Field(isin=VALUE_TIERS, description="What the customer is worth to us.")
    answer_count: int = count("Responses that give the reason.", "responses")
    respondent_count: int = number(
        "Responses of the tier that give any reason.", "responses", method="the same for all reasons of the tier"
    )
    share_of_respondents: float = share("Share of responses that give it.", method="answer_count / respondent_count")
    share_of_respondents_ci_low: float = bound("share_of_respondents", "low")
    share_of_respondents_ci_high: float = bound("share_of_respondents", "high")
    rank: int = number("Place among the reasons of the tier, the one given most first.", "reasons", method="ties share a place")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on respondent_count.")

    class Config:
        name = "kpi.reasons_for_choice"
        unique = ["quarter_on", "reason", "value_tier"]
        metadata = {"cohort": "answered_in", "source": "share of respondents by value tier", "owner": "team:customer-insight"}
