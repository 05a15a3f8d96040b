"""Whether matters were resolved the first time, by day of contact."""

import datetime as dt

import narwhals as nw

from assets.derivation import AddsUp, by_column, derive
from assets.expressions import count_where, ratio, row_status, share_with_interval
from assets.frames import Lazy
from assets.parameters import Parameters
from assets.resolution import is_mature, is_resolved_at_first
from schemas.core.interactions import Interactions
from schemas.kpi.first_contact_resolution_daily import FirstContactResolutionDaily
from schemas.projection import columns, grain


def _maturity(parameters: Parameters) -> dt.timedelta:
    return parameters.repeat_window


@derive(
    FirstContactResolutionDaily,
    unit=("contacted_on",),
    matures_after=_maturity,
    adds_up=(
        AddsUp("contact_count", "interactions", nw.len()),
        AddsUp("n_excluded", "interactions", nw.col("customer_key").is_null().cast(nw.Int64).sum()),
    ),
    interactions=by_column(
        Interactions,
        "contacted_on",
        reads=(
            *("customer_key", "contacted_at", "channel", "category", "touchpoint"),
            *("is_anchor", "is_repeated", "is_repeated_same_channel"),
            *("is_sliding_anchor", "is_sliding_repeated", "is_sliding_repeated_same_channel"),
            *("is_reopened", "is_marked_resolved", "is_resolution_known", "has_events", "is_resolved_by_survey"),
        ),
    ),
)
def first_contact_resolution_daily(interactions: Lazy, parameters: Parameters) -> Lazy:
    """Count what followed each contact, once enough time has passed to know."""
    identified = ~nw.col("customer_key").is_null()
    mature = is_mature(parameters)
    judged = mature & nw.col("is_resolution_known")
    resolved = judged & is_resolved_at_first()
    resolvable = ~nw.col("category").is_in(list(parameters.not_resolvable_categories))
    anchor, sliding = mature & nw.col("is_anchor"), mature & nw.col("is_sliding_anchor")
    said = identified & ~nw.col("is_resolved_by_survey").is_null()
    again, yes = nw.col("is_repeated_same_channel"), nw.col("is_resolved_by_survey")
    return (
        interactions.group_by(*grain(FirstContactResolutionDaily))
        .agg(
            contact_count=nw.len().cast(nw.Int64),
            n_excluded=count_where(~identified),
            n_immature=count_where(identified & ~mature),
            n_eligible=count_where(mature),
            resolved_count=count_where(resolved),
            resolvable_count=count_where(judged & resolvable),
            resolvable_resolved_count=count_where(resolved & resolvable),
            anchor_count=count_where(anchor),
            anchor_immature_count=count_where(identified & ~mature & nw.col("is_anchor")),
            anchor_repeated_same_channel_count=count_where(anchor & nw.col("is_repeated_same_channel")),
            anchor_repeated_count=count_where(anchor & nw.col("is_repeated")),
            sliding_anchor_count=count_where(sliding),
            sliding_repeated_same_channel_count=count_where(sliding & nw.col("is_sliding_repeated_same_channel")),
            sliding_repeated_count=count_where(sliding & nw.col("is_sliding_repeated")),
            survey_n=count_where(said),
            survey_yes_count=count_where(said & nw.col("is_resolved_by_survey")),
            judged_count=count_where(judged),
            n_without_history=count_where(mature & ~nw.col("is_resolution_known")),
            n_marked_only=count_where(judged & ~nw.col("has_events")),
            both_resolved_count=count_where(anchor & ~again & yes),
            repeat_only_resolved_count=count_where(anchor & ~again & ~yes),
            survey_only_resolved_count=count_where(anchor & again & yes),
            neither_resolved_count=count_where(anchor & again & ~yes),
        )
        .with_columns(
            once_same_channel=nw.col("anchor_count") - nw.col("anchor_repeated_same_channel_count"),
            once=nw.col("anchor_count") - nw.col("anchor_repeated_count"),
            sliding_once_same_channel=nw.col("sliding_anchor_count") - nw.col("sliding_repeated_same_channel_count"),
            sliding_once=nw.col("sliding_anchor_count") - nw.col("sliding_repeated_count"),
        )
        .with_columns(
            **share_with_interval("fcr_gross", "resolved_count", "judged_count"),
            **share_with_interval("fcr_net", "resolvable_resolved_count", "resolvable_count"),
            **share_with_interval("fcr_repeat", "once_same_channel", "anchor_count"),
            **share_with_interval("ocr", "once", "anchor_count"),
            **share_with_interval("fcr_repeat_sliding", "sliding_once_same_channel", "sliding_anchor_count"),
            **share_with_interval("ocr_sliding", "sliding_once", "sliding_anchor_count"),
            **share_with_interval("fcr_survey", "survey_yes_count", "survey_n"),
            agreement_kappa=_kappa(),
            status=row_status("n_eligible", parameters.small_sample, immature="n_immature"),
        )
        .select(*(column.name for column in columns(FirstContactResolutionDaily)))
    )


def _kappa() -> nw.Expr:
    """Cohen's κ of a table of two by two; null where chance alone would agree always."""
    both, repeat_only = nw.col("both_resolved_count").cast(nw.Float64), nw.col("repeat_only_resolved_count").cast(nw.Float64)
    survey_only, neither = nw.col("survey_only_resolved_count").cast(nw.Float64), nw.col("neither_resolved_count").cast(nw.Float64)
    by_chance = (both + repeat_only) * (repeat_only + neither) + (both + survey_only) * (survey_only + neither)
    return ratio((both * neither - repeat_only * survey_only) * 2.0, by_chance)
