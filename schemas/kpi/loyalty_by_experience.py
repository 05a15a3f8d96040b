"""What a problem, and how it was handled, does to loyalty, by quarter, experience and segment."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, figure, share
from schemas.table import Table
from schemas.vocabulary import BASES, EXPERIENCES, LOYALTY_MEASURES, ROW_STATUSES


class LoyaltyByExperience(Table):
    """Loyalty as said and as done, of customers without a problem and of those with one, by what became of it.

    Cohort: answered_in, the quarter of the survey answer; each customer at most once a month (see core.experiences). A response that
    names a problem and does not say whether we were told is in no group. Every quarter and segment with an answer has a row for every
    experience, also where nobody is in it.

    *Intent*: would buy again (top boxes); where that was not asked, would recommend us (9 or 10). *Observed*: a completed order within
    `loyalty_horizon_days` after the answer, of known customers for whom these days have passed; the others are in `immature_count`. A
    customer without a key is in no observation.

    `loyalty` is what the tables of damage go by: the first of observed, intent, observed in all segments together, intent in all segments
    together (`is_pooled`) by which both this experience and `no_problem` have at least `small_sample` answers; else the declared
    assumption. `measure` says which. Its bounds are the Wilson interval, or the ends of the assumption. `loyalty_lost` is the loyalty of
    customers without a problem less this one, *both by the same measure*: an order rate and an intention must never be subtracted from
    each other. Its bounds take both at their worst and best at once. A negative one says that these customers are more loyal than those
    who had no problem. A blocked customer is declared like a non-complainant; of `unrated` nothing is declared.
    Groups are as customers sort themselves: the difference goes with the experience, it need not be caused by it.
    The table is computed whole.
    """

    quarter_on: dt.date = pa.Field(description="First day of the quarter of the answer.")
    experience: str = pa.Field(isin=EXPERIENCES, description="What became of the customer.")
    segment: str = pa.Field(description="The customer's current segment.")
    response_count: int = count("Customers in the group, once a month.", "responses")
    intent_n: int = count("Of these, said whether they would buy again or recommend us.", "responses")
    intent_loyal: int = count("Of these, would.", "responses")
    intent_loyalty: float = share("Loyalty as said.", "intent_loyal / intent_n")
    intent_loyalty_ci_low: float = bound("intent_loyalty", "low")
    intent_loyalty_ci_high: float = bound("intent_loyalty", "high")
    observed_n: int = count("Known customers for whom the horizon has passed.", "responses")
    observed_loyal: int = count("Of these, ordered within it.", "responses")
    observed_loyalty: float = share("Loyalty as done.", "observed_loyal / observed_n")
    observed_loyalty_ci_low: float = bound("observed_loyalty", "low")
    observed_loyalty_ci_high: float = bound("observed_loyalty", "high")
    immature_count: int = count("Known customers for whom the horizon has not passed.", "responses")
    loyalty: float = share("Loyalty that other tables go by.", method="by `measure`; of all segments where pooled, else as declared")
    loyalty_low: float = share("Low end of its interval, or of the assumption.", method="as loyalty")
    loyalty_high: float = share("High end, likewise.", method="as loyalty")
    loyalty_lost: float = figure("Loyalty without a problem less loyalty.", "ratio", method="both by the same measure")
    loyalty_lost_low: float = figure("Both at their best end for us.", "ratio", method="as loyalty_lost")
    loyalty_lost_high: float = figure("Both at their worst end for us.", "ratio", method="as loyalty_lost")
    measure: str = pa.Field(nullable=True, isin=LOYALTY_MEASURES, description="What `loyalty` is; null where it is not known.")
    is_pooled: bool = pa.Field(description="Whether `loyalty` is that of all segments together.")
    loyalty_basis: str = pa.Field(nullable=True, isin=BASES, description="What `loyalty` and `loyalty_lost` rest on, the weaker of both.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on response_count.")

    class Config:
        name = "kpi.loyalty_by_experience"
        unique = ["quarter_on", "experience", "segment"]
        metadata = {"cohort": "answered_in", "source": "Goodman & Newman 2003; CTMA", "owner": "team:customer-insight"}
