"""Whether our targets are set well."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi import figures
from schemas.table import Table
from schemas.vocabulary import ALL, CALIBRATIONS, CHANNELS, ROW_STATUSES, TARGET_DIRECTIONS, TOUCHPOINTS, ZONE_NOTES


class TargetCalibration(Table):
    """Whether each target is too low, realistic or too high, judged on what we reached, and between which values one would be realistic.

    Cohort: that of the figure's own table; the figures are those of benchmark_comparison, of the part of the company that
    the target holds for. The target is held against the last `calibration_months` mature months with a value, whether it held then
    or not: a month is mature when it has ended by the end of the data and none of its contacts is immature.

    `attainment` is the share of these months that reach the target (Wilson). *Too low*: we reach it nearly always (low end at least
    `target_met_often`), and it is worse than our own median month and than the benchmark, where a comparable one is known. *Too high*:
    we hardly ever reach it (high end at most `target_met_rarely`), and it is better than our best tenth of months or than the peers' best
    quarter. Else *realistic*. With fewer than six months, or without the figure, it is *insufficient_data*; with all months alike
    it takes sixteen for the interval to be narrow enough for either verdict at the thresholds given.

    A realistic target lies between our 60th percentile month and our 90th, the latter no better than the peers' best quarter.
    Comparable is the latest benchmark under our definition (`<table>.<figure>`) for the target's segment, else for all.

    *Zone of tolerance* (from adequate to desired), for targets on the mean first reply: the rated contacts of the months judged are cut by
    their own time to the first reply at `reply_bands_hours`, lower ends inclusive. The first band in which significantly fewer answers
    are satisfied than in all quicker bands together ends the zone: its lower end is `adequate_limit`. A stricter target lies in the flat
    region, where quicker replies cost money and nobody notices (`zone_note`); where CSAT drops in no band, every target does.
    Bands with fewer than `small_sample` answers are not judged. Contacts without a reply are in no band, and a target on a mean is read as
    the time that a customer waits. Targets on business hours and on other figures are not tested. That CSAT drops with waiting is
    association: slow tickets are also the hard ones. The table is computed whole.
    """

    source: str = pa.Field(description="File or system the target comes from.")
    source_record_id: str = pa.Field(description="The target.")
    kpi: str = pa.Field(description="Table of the figure, without its layer.")
    figure: str = pa.Field(description="The figure, by its column.")
    channel: str = pa.Field(isin=(*CHANNELS, ALL), description="Channel it holds for.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, ALL), description="Touchpoint it holds for.")
    segment: str = pa.Field(description="Segment it holds for.")
    category: str = pa.Field(description="Ticket category it holds for.")
    team: str = pa.Field(description="Team it holds for; no figure is known of a team.")
    direction: str = pa.Field(isin=TARGET_DIRECTIONS, description="Which side of it is good.")
    target_value: float = figures.figure("The target.", "as the figure", method="as declared")
    first_month_on: dt.date = pa.Field(nullable=True, description="First of the months judged.")
    last_month_on: dt.date = pa.Field(nullable=True, description="Last of the months judged.")
    month_count: int = figures.count("Mature months with a value.", "months")
    met_count: int = figures.count("Of these, that reach the target.", "months")
    attainment: float = figures.share("Share of months that reach it.", "met_count / month_count")
    attainment_ci_low: float = figures.bound("attainment", "low")
    attainment_ci_high: float = figures.bound("attainment", "high")
    own_median: float = figures.figure("Our median month.", "as the figure", method="median over the months")
    own_best_decile: float = figures.figure(
        "Reached by our best tenth of months.", "as the figure", method="quantile 0.9 of goodness, linear"
    )
    benchmark_value: float = figures.figure("Comparable figure of others.", "as the figure", method="latest under our definition")
    peer_best_quartile: float = figures.figure("Reached by the best quarter of the others.", "as the figure", method="as published")
    verdict: str = pa.Field(isin=CALIBRATIONS, description="How the target is set.")
    suggested_from: float = figures.figure("Worse end of a realistic target.", "as the figure", method="quantile 0.6 of goodness, linear")
    suggested_to: float = figures.figure(
        "Better end of a realistic target.", "as the figure", method="worse of own_best_decile and peer_best_quartile"
    )
    zone_n: int = figures.number(
        "CSAT answers about contacts with a first reply.", "answers", method="sum over the bands; null where not tested"
    )
    adequate_limit: float = figures.figure(
        "From which wait on fewer are satisfied; null where nothing shows that.",
        "as the figure",
        method="lower end of the first band that drops",
    )
    csat_within_limit: float = figures.share("Satisfied answers below the limit.", method="top-2 share of the quicker bands together")
    csat_from_limit: float = figures.share("Satisfied answers in the band that begins there.", method="top-2 share of the band")
    zone_note: str = pa.Field(nullable=True, isin=ZONE_NOTES, description="How the target lies to the limit; null where not tested.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; small_sample below six months.")

    class Config:
        name = "kpi.target_calibration"
        unique = ["source", "source_record_id"]
        metadata = {
            "cohort": "that of the figure",
            "source": "attainment of own targets; MetricNet; Parasuraman, Berry, Zeithaml 1991",
            "owner": "team:customer-service",
        }
