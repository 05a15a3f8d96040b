"""Customer satisfaction, by day, channel, touchpoint and segment."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, figure, share
from schemas.table import Table
from schemas.vocabulary import CHANNELS, ROW_STATUSES, TOUCHPOINTS, UNKNOWN


class SatisfactionDaily(Table):
    """How satisfied customers are: CSAT top-box, NPS and CES of the answers given on a day.

    Cohort: answered_in. An answer counts when the question was answered, on a complete or partial response,
    and no later response to the same invite took its place. CSAT counts the top boxes of the declared scale
    (Answers says which); it is a share, not the net figure that some tools give the same name. NPS is on
    -100…100 with the adjusted Wald interval (n + 3, ¾ promoters, ¾ detractors; Rocks 2016). CES counts easy
    answers. Mean scores run from 0 (worst) to 1 (best) of each question's own scale. Segment is the
    customer's current one, so history is restated when it changes.

    Re-aggregate by summing the counts and dividing again; never average the ratios.
    """

    answered_on: dt.date = pa.Field(description="Business day on which the customers answered.")
    channel: str = pa.Field(isin=CHANNELS, description="How the answers reached us.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, UNKNOWN), description="Part of the company that was rated.")
    segment: str = pa.Field(description="The customers' current segment.")
    csat_n: int = count("Answers to a CSAT question.", "answers")
    csat_satisfied: int = count("Of these, in the top boxes.", "answers")
    csat_dissatisfied: int = count("Of these, in the bottom boxes.", "answers")
    csat_score_points: int = count("Sum of the CSAT scores; a best answer has 10,000.", "1/10,000")
    csat_top2: float = share("Share of satisfied answers.", "csat_satisfied / csat_n")
    csat_top2_ci_low: float = bound("csat_top2", "low")
    csat_top2_ci_high: float = bound("csat_top2", "high")
    csat_mean_score: float = share("Mean place on the scale.", "csat_score_points / 10000.0 / csat_n")
    nps_n: int = count("Answers to an NPS question.", "answers")
    nps_promoters: int = count("Of these, 9 or 10.", "answers")
    nps_passives: int = count("Of these, 7 or 8.", "answers")
    nps_detractors: int = count("Of these, 0 to 6.", "answers")
    nps: float = figure("Net promoter score.", "points from -100 to 100", "100 * (nps_promoters - nps_detractors) / nps_n")
    nps_ci_low: float = figure("Low end of its 95 % interval.", "points from -100 to 100", method="adjusted Wald")
    nps_ci_high: float = figure("High end of its 95 % interval.", "points from -100 to 100", method="adjusted Wald")
    ces_n: int = count("Answers to a CES question.", "answers")
    ces_easy: int = count("Of these, easy.", "answers")
    ces_score_points: int = count("Sum of the CES scores; a best answer has 10,000.", "1/10,000")
    ces_top: float = share("Share of easy answers.", "ces_easy / ces_n")
    ces_top_ci_low: float = bound("ces_top", "low")
    ces_top_ci_high: float = bound("ces_top", "high")
    ces_mean_score: float = share("Mean place on the scale.", "ces_score_points / 10000.0 / ces_n")
    skipped_count: int = count("Questions shown and not answered; in no n.", "answers")
    superseded_count: int = count("Answers that a later response replaced; in no n.", "answers")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on the largest of the three n.")

    class Config:
        name = "kpi.satisfaction_daily"
        unique = ["answered_on", "channel", "touchpoint", "segment"]
        metadata = {
            "cohort": "answered_in",
            "source": "Chatwoot CSAT; MeasuringU NPS intervals; Gartner CES 2.0",
            "owner": "team:customer-insight",
        }
