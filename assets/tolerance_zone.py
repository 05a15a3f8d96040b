"""The zone of tolerance of a target on the first reply: how long customers wait before fewer of them are satisfied."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw

from assets.expressions import seconds_between
from assets.frames import Lazy
from assets.monthly_figures import next_month
from assets.parameters import Parameters
from assets.statistics.tolerance import first_drop, is_judged
from schemas.vocabulary import ALL

TESTED = ("ticket_times_daily", "first_reply_seconds_mean", "at_most")
"""Table, figure and direction of the targets that can be tested."""

SCOPE = ("channel", "touchpoint", "segment", "category")
HOUR = 3600.0
NOT_TESTED: Mapping[str, Any] = dict.fromkeys(("zone_n", "adequate_limit", "csat_within_limit", "csat_from_limit", "zone_note"))


def zone_of_tolerance(
    target: Mapping[str, Any], months: Sequence[tuple[dt.date, float]], tickets: Lazy, parameters: Parameters
) -> Mapping[str, Any]:
    """What the contacts of these months say of the target; nothing of one on another figure, or without a month."""
    if (target["kpi"], target["figure"], target["direction"]) != TESTED or not months:
        return NOT_TESTED
    of_target = tickets
    for name in SCOPE:
        if target[name] != ALL:
            of_target = of_target.filter(nw.col(name) == target[name])
    after = next_month(months[-1][0])
    limits = [hours * HOUR for hours in parameters.reply_bands_hours]
    bands = _bands(of_target.filter((nw.col("opened_on") >= months[0][0]) & (nw.col("opened_on") < after)), limits)
    answers = sum(n for n, _ in bands)
    if not is_judged(bands, parameters.small_sample):
        return {**NOT_TESTED, "zone_n": answers, "zone_note": "too_few_answers"}
    drop = first_drop(bands, parameters.small_sample)
    if drop is None:
        return {**NOT_TESTED, "zone_n": answers, "zone_note": "stricter_than_noticed"}
    limit = limits[drop.band - 1]
    wanted = target["value"]
    note = "stricter_than_noticed" if wanted < limit else "at_adequate_limit" if wanted == limit else "looser_than_adequate"
    return {"zone_n": answers, "adequate_limit": limit, "csat_within_limit": drop.before, "csat_from_limit": drop.within, "zone_note": note}


def _bands(tickets: Lazy, limits: Sequence[float]) -> list[tuple[int, int]]:
    """CSAT answers, and the satisfied ones, by how long the contact waited for its first reply; the quickest band first."""
    waited = nw.col("first_reply_seconds")
    passed = [nw.when(waited >= limit).then(nw.lit(1)).otherwise(nw.lit(0)) for limit in limits]
    counted = (
        tickets.filter(nw.col("is_contact") & ~nw.col("first_replied_at").is_null() & (nw.col("csat_n") > 0))
        .with_columns(first_reply_seconds=seconds_between("opened_at", "first_replied_at"))
        .with_columns(band=nw.sum_horizontal(*passed))
        .group_by("band")
        .agg(n=nw.col("csat_n").sum(), satisfied=nw.col("csat_satisfied").sum())
        .select("band", "n", "satisfied")
        .collect("polars")
    )
    found = {int(band): (int(n), int(satisfied)) for band, n, satisfied in counted.iter_rows()}
    return [found.get(place, (0, 0)) for place in range(len(limits) + 1)]
