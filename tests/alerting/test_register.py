"""An alert is opened once and closed once, whatever is judged again."""

import datetime as dt
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from pipelines.alerting.judging import Judgement
from pipelines.alerting.register import Alert, carried_on, onsets

MONDAY, TUESDAY, WEDNESDAY = (dt.datetime(2026, 3, day, 4, 0) for day in (2, 3, 4))
KINDS = ("late_feed", "growing_quarantine")
OUT = Judgement("late_feed", "shop", "The feed shop is late.", dt.date(2026, 3, 1), 1.0, 0.0)
WITHIN = Judgement("late_feed", "shop")
UNKNOWN = Judgement("late_feed", "shop", is_known=False)


def after(*judged: Sequence[Judgement], kinds: Sequence[str] = KINDS) -> list[Alert]:
    """The alerts after one judgement a day."""
    alerts: list[Alert] = []
    for number, judgements in enumerate(judged):
        alerts = carried_on(alerts, judgements, kinds, MONDAY + dt.timedelta(days=number))
    return alerts


def test_what_is_out_of_its_bounds_is_opened_with_what_was_found() -> None:
    (alert,) = after([OUT])

    assert (alert.kind, alert.subject, alert.reason) == ("late_feed", "shop", "The feed shop is late.")
    assert (alert.period_on, alert.value, alert.limit_value) == (dt.date(2026, 3, 1), 1.0, 0.0)
    assert (alert.opened_at, alert.notified_at, alert.closed_at) == (MONDAY, None, None)


def test_for_as_long_as_it_lasts_it_is_one_alert() -> None:
    assert after([OUT], [OUT], [OUT]) == after([OUT])


def test_back_within_its_bounds_it_is_closed_and_stays_closed() -> None:
    (alert,) = after([OUT], [WITHIN], [WITHIN])

    assert (alert.opened_at, alert.closed_at) == (MONDAY, TUESDAY)


def test_what_comes_again_is_another_alert() -> None:
    first, second = after([OUT], [WITHIN], [OUT])

    assert (first.closed_at, second.opened_at, second.closed_at) == (TUESDAY, WEDNESDAY, None)
    assert first.alert_id != second.alert_id


def test_what_could_not_be_judged_stays_as_it_is() -> None:
    assert after([OUT], [UNKNOWN]) == after([OUT])
    assert after([UNKNOWN]) == []


def test_what_is_watched_no_longer_is_closed() -> None:
    (alert,) = after([OUT], [])

    assert alert.closed_at == TUESDAY


def test_a_judgement_of_some_kinds_leaves_the_others_alone() -> None:
    opened = after([OUT])

    assert carried_on(opened, [], ["target_missed"], TUESDAY) == opened


def test_the_onset_is_the_period_of_what_is_open() -> None:
    assert onsets(after([OUT]), "late_feed") == {"shop": dt.date(2026, 3, 1)}
    assert onsets(after([OUT], [WITHIN]), "late_feed") == {}
    assert onsets(after([OUT]), "outside_limits") == {}


@given(st.lists(st.sampled_from([OUT, WITHIN, UNKNOWN]), max_size=12))
def test_there_are_as_many_alerts_as_onsets_and_at_most_one_is_open(found: list[Judgement]) -> None:
    alerts = after(*([one] for one in found))

    known = [one.is_out for one in found if one.is_known]
    assert len(alerts) == sum(is_out and not was_out for was_out, is_out in zip([False, *known], known, strict=False))
    assert [alert.is_open for alert in alerts] == [False] * (len(alerts) - 1) + ([known[-1]] if alerts else [])
