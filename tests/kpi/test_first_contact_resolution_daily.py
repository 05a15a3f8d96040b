import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.kpi.first_contact_resolution_daily import first_contact_resolution_daily
from assets.parameters import Parameters
from schemas.core.interactions import Interactions
from tests.core.rows import NOON, lazy, only, values
from tests.kpi.rows import MONDAY, Row, interaction

WEEK = dt.timedelta(days=7)
SECOND = dt.timedelta(seconds=1)
RATES = ("fcr_gross", "fcr_net", "fcr_repeat", "ocr", "fcr_repeat_sliding", "ocr_sliding")


def told(*rows: Row, as_of: dt.datetime | None = NOON + WEEK, **settings: Any) -> Any:
    numbered = (dict(row, ticket_ref=f"s:{place}") for place, row in enumerate(rows))
    return first_contact_resolution_daily(lazy(Interactions, *numbered), Parameters(**{"small_sample": 1, **settings}, as_of=as_of))


def test_resolved_initially_is_marked_so_and_neither_repeated_nor_reopened() -> None:
    row = only(
        told(
            interaction(),
            interaction(),
            interaction(is_marked_resolved=False),
            interaction(is_repeated=True),
            interaction(is_reopened=True),
        )
    )

    assert (row["contact_count"], row["n_eligible"], row["resolved_count"], row["fcr_gross"]) == (5, 5, 2, 0.4)
    assert (row["fcr_gross_ci_low"], row["fcr_gross_ci_high"]) == pytest.approx((0.1176, 0.7693), abs=5e-5)


def test_net_leaves_out_what_level_one_cannot_resolve() -> None:
    rows = (interaction(category="outage"), interaction(category="outage", is_marked_resolved=False))

    assert values(
        told(*rows, interaction(), not_resolvable_categories=("outage",)), "category", "resolvable_count", "fcr_net", "fcr_gross"
    ) == [
        ("outage", 0, None, 0.5),
        ("x", 1, 1.0, 1.0),
    ]


def test_repeat_fcr_looks_at_the_same_channel_and_ocr_at_any_under_both_rules() -> None:
    both: dict[str, Any] = {"is_repeated": True, "is_sliding_repeated": True}
    same: dict[str, Any] = {"is_repeated_same_channel": True, "is_sliding_repeated_same_channel": True}
    later: dict[str, Any] = {"is_anchor": False, "is_sliding_anchor": False}

    row = only(told(interaction(), interaction(**both), interaction(**both, **same), interaction(), interaction(**later)))

    assert (row["anchor_count"], row["anchor_repeated_count"], row["anchor_repeated_same_channel_count"]) == (4, 2, 1)
    assert (row["fcr_repeat"], row["ocr"], row["fcr_repeat_sliding"], row["ocr_sliding"]) == (0.75, 0.5, 0.75, 0.5)


def test_a_contact_repeated_that_is_no_anchor_counts_against_gross_but_not_against_repeat() -> None:
    row = only(told(interaction(), interaction(is_anchor=False, is_repeated=True)))

    assert (row["fcr_gross"], row["ocr"]) == (0.5, 1.0)


def test_a_contact_is_mature_exactly_one_window_later_and_not_a_second_before() -> None:
    assert only(told(interaction(), as_of=NOON + WEEK))["n_eligible"] == 1
    assert only(told(interaction(), as_of=NOON + WEEK - SECOND))["n_eligible"] == 0


def test_an_immature_day_has_no_rates_and_says_so_and_counts_what_it_leaves_out() -> None:
    row = only(told(interaction(), interaction(is_anchor=False), as_of=NOON + WEEK - SECOND))

    assert (row["n_immature"], row["anchor_immature_count"], row["anchor_count"], row["status"]) == (2, 1, 0, "immature")
    assert [row[name] for name in RATES] == [None] * 6


def test_on_a_day_partly_mature_the_rates_rest_on_the_mature_contacts_alone() -> None:
    row = only(told(interaction(), interaction(NOON + SECOND, is_repeated=True, is_marked_resolved=False)))

    assert (row["n_eligible"], row["n_immature"], row["fcr_gross"], row["ocr"], row["status"]) == (1, 1, 1.0, 1.0, "ok")


def test_contacts_without_a_customer_are_excluded_and_counted() -> None:
    row = only(told(interaction(customer_key=None), interaction(customer_key=None), interaction(is_marked_resolved=False)))

    assert (row["contact_count"], row["n_excluded"], row["n_eligible"], row["fcr_gross"]) == (3, 2, 1, 0.0)


def test_a_day_of_anonymous_contacts_alone_has_no_data() -> None:
    row = only(told(interaction(customer_key=None, is_resolved_by_survey=True)))

    assert (row["n_eligible"], row["survey_n"], row["fcr_survey"], row["status"]) == (0, 0, None, "no_data")


def test_survey_fcr_is_the_share_of_yes_and_needs_no_maturity() -> None:
    said = [interaction(is_resolved_by_survey=answer) for answer in (True, True, False, None)]

    row = only(told(*said, as_of=NOON))

    assert (row["survey_n"], row["survey_yes_count"], row["fcr_survey"], row["n_eligible"]) == (3, 2, pytest.approx(2 / 3), 0)


def test_the_status_is_judged_on_the_eligible() -> None:
    assert only(told(interaction(), interaction(), small_sample=3))["status"] == "small_sample"
    assert only(told(interaction(), interaction(), small_sample=2))["status"] == "ok"


def test_without_a_known_end_of_data_everything_is_mature() -> None:
    assert only(told(interaction(), as_of=None))["n_eligible"] == 1


def test_days_channels_categories_and_touchpoints_are_rows_of_their_own() -> None:
    tuesday = NOON + dt.timedelta(days=1)

    frame = told(
        interaction(), interaction(tuesday), interaction(channel="sms"), interaction(category="y"), interaction(touchpoint="field")
    )

    assert values(frame, "contacted_on", "channel", "category", "touchpoint", "contact_count") == [
        (MONDAY, "sms", "x", "service_center", 1),
        (MONDAY, "web", "x", "field", 1),
        (MONDAY, "web", "x", "service_center", 1),
        (MONDAY, "web", "y", "service_center", 1),
        (tuesday.date(), "web", "x", "service_center", 1),
    ]


def test_what_neither_a_history_nor_a_mark_tells_of_is_in_no_gross_or_net_rate_and_counted() -> None:
    unknown: dict[str, Any] = {"is_resolution_known": False, "is_marked_resolved": False, "has_events": False}

    row = only(told(interaction(), interaction(is_marked_resolved=False), interaction(**unknown), interaction(**unknown)))

    assert (row["n_eligible"], row["judged_count"], row["n_without_history"], row["resolvable_count"]) == (4, 2, 2, 2)
    assert (row["fcr_gross"], row["fcr_net"], row["ocr"]) == (0.5, 0.5, 1.0)


def test_what_the_source_marked_without_a_history_is_judged_and_counted() -> None:
    row = only(told(interaction(has_events=False), interaction(has_events=False, is_reopened=True), interaction()))

    assert (row["judged_count"], row["n_marked_only"], row["resolved_count"]) == (3, 2, 2)


def agreed(both: int, repeat_only: int, survey_only: int, neither: int) -> Any:
    """Anchors by whether they were repeated, and by what the customer said."""
    cells = {(False, True): both, (False, False): repeat_only, (True, True): survey_only, (True, False): neither}
    told_of = [
        interaction(is_repeated=again, is_repeated_same_channel=again, is_resolved_by_survey=yes)
        for (again, yes), times in cells.items()
        for _ in range(times)
    ]
    return only(told(*told_of, interaction(), interaction(is_anchor=False, is_resolved_by_survey=True)))


def test_survey_and_repeats_are_held_against_each_other_on_the_anchors_of_which_both_tell() -> None:
    row = agreed(20, 5, 10, 15)

    names = ("both_resolved_count", "repeat_only_resolved_count", "survey_only_resolved_count", "neither_resolved_count")
    assert [row[name] for name in names] == [20, 5, 10, 15]
    assert row["agreement_kappa"] == pytest.approx(0.4)


def test_where_both_always_say_the_same_or_nothing_agreement_is_unknown() -> None:
    assert agreed(9, 0, 0, 0)["agreement_kappa"] is None
    assert agreed(0, 0, 0, 0)["agreement_kappa"] is None


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(cells=st.tuples(*[st.integers(1, 12)] * 4))
def test_the_agreement_is_that_of_statsmodels(cells: tuple[int, int, int, int]) -> None:
    from statsmodels.stats.inter_rater import cohens_kappa  # noqa: PLC0415  # heavy, and needed here alone

    both, repeat_only, survey_only, neither = cells

    known = cohens_kappa([[both, repeat_only], [survey_only, neither]]).kappa

    assert agreed(*cells)["agreement_kappa"] == pytest.approx(known)
