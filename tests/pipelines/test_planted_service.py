"""The tables about answering, neglect, waiting and stages hold what the demo company planted."""

from typing import Any

import pytest

from tests.pipelines.planted import Company, counted, flat, planted, truth_of

pytestmark = pytest.mark.slow

WAITS = ("first_reply", "first_resolution", "full_resolution")


def test_who_answers_invitations_is_what_was_planted(company: Company) -> None:
    found = company.months("response_rate_daily", "channel")
    said = flat(truth_of(company, "invitations"), 2)

    names = {
        "invite_count": "sent",
        "delivered_count": "arrived",
        "n_immature": "immature",
        "n_eligible": "mature",
        "answered_count": "answered",
        "completed_count": "completed",
        "answered_in_month_count": "answered_in_month",
        "invited_ticket_count": "about_tickets",
        "answered_ticket_count": "answered_about_tickets",
    }
    assert counted(found, names) == planted(said, names.values())
    for key, figures in said.items():
        if figures.get("mature"):
            assert found[key]["response_rate"] == pytest.approx(figures["answered"] / figures["mature"])


def test_what_was_open_at_the_end_of_each_day_is_what_was_planted(company: Company) -> None:
    found = company.months("ticket_backlog_daily", "ticket_status", "channel")
    said = flat(truth_of(company, "backlog"), 3)

    assert counted(found, ("ticket_count", "age_seconds_sum")) == planted(said, ("tickets", "age_seconds"))
    assert {status for _, status, _ in said} == {"new", "open", "pending", "unknown"}


def test_neglect_is_what_was_planted(company: Company) -> None:
    found = company.months("neglect_daily", "channel")
    said = flat(truth_of(company, "neglect"), 2)

    names = {
        "contact_count": "contacts",
        "n_live": "live",
        "n_without_history": "without_history",
        "n_immature": "immature",
        "n_eligible": "judged",
        "unacknowledged_count": "unanswered",
        "unanswered_count": "unanswered",
        "closed_unanswered_count": "closed_unanswered",
        "acknowledged_count": "answered",
        "acknowledge_seconds_sum": "answered_seconds",
    }
    assert counted(found, names) == planted(said, names.values())


def test_whether_customers_reached_us_is_what_was_planted(company: Company) -> None:
    found = company.months("accessibility_daily", "channel")
    calls, sessions, answers = (truth_of(company, part) for part in ("calls", "self_service", "reached"))

    assert counted({month: row for (month, channel), row in found.items() if channel == "phone"}, ("attempt_count", "abandoned_count",
        "short_abandoned_count", "blocked_count", "answered_count", "answered_in_time_count", "wait_seconds_sum")) == planted(
        calls, (lambda said: said["offered"] + said["blocked"], lambda said: said["abandoned"] - said["abandoned_short"],
        "abandoned_short", "blocked", "answered", "answered_promptly", "waited_seconds"),
    )  # fmt: skip
    names = {
        "session_count": "sessions",
        "completion_known_count": "completion_known",
        "completed_count": "completed",
        "escalation_known_count": "escalation_known",
        "escalated_count": "escalated",
    }
    assert counted({month: row for (month, channel), row in found.items() if channel == "web"}, names) == planted(sessions, names.values())
    by_email = {month: row for (month, channel), row in found.items() if channel == "email"}
    assert counted(by_email, ("access_n", "access_easy_count")) == planted(answers, ("asked", "easy"))


def test_what_follows_unhappy_answers_is_what_was_planted(company: Company) -> None:
    found = company.months("follow_up_daily", "channel")
    said = flat(truth_of(company, "follow_up"), 2)

    names = {
        "unhappy_count": "unhappy",
        "n_excluded": "by_nobody",
        "n_immature": "immature",
        "n_eligible": "judged",
        "followed_up_count": "followed_up",
        "replied_count": "replied",
        "messaged_count": "messaged",
        "follow_up_seconds_sum": "seconds",
    }
    assert counted(found, names) == planted(said, names.values())
    assert all(any(figures.get(word) for figures in said.values()) for word in ("replied", "messaged"))


def test_where_tickets_wait_is_what_was_planted(company: Company) -> None:
    found = {(row["month_on"], row["stage"]): row for row in company.published("stage_bottlenecks")}
    said = flat(truth_of(company, "stages"), 2)

    names = {
        "visit_count": "left",
        "rework_count": "rework",
        "dwell_seconds_sum": "dwell_seconds",
        "business_dwell_seconds_sum": "business_dwell_seconds",
        "open_count": "open",
        "open_age_seconds_oldest": "oldest_seconds",
        "occupied_seconds_sum": "occupied_seconds",
    }
    assert counted({key: _with_zero_age(row) for key, row in found.items()}, names) == planted(said, names.values())
    for key, figures in said.items():
        assert found[key]["wip"] == pytest.approx(figures["wip"])
        assert found[key]["is_bottleneck"] == figures["is_bottleneck"]


def _with_zero_age(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"open_age_seconds_oldest": row["open_age_seconds_oldest"] or 0}


def test_how_long_customers_waited_while_somebody_was_there_is_what_was_planted(company: Company) -> None:
    found = company.months("ticket_times_daily", "channel")
    said = flat(truth_of(company, "waits"), 2)

    names = {
        "ticket_count": "tickets",
        "replied_count": "first_reply_n",
        "solved_count": "first_resolution_n",
        "reopen_count": "reopens",
        "zero_touch_count": "zero_touch",
        "one_touch_count": "one_touch",
        "two_touch_count": "two_touch",
        "multi_touch_count": "multi_touch",
        **{f"{wait}_seconds_sum": f"{wait}_seconds" for wait in WAITS},
        **{f"{rule}_{wait}_seconds_sum": f"{wait}_{rule}_seconds" for wait in WAITS for rule in ("business", "last_schedule")},
    }
    assert counted(found, names) == planted(said, names.values())
    chat = [figures for (_, channel), figures in said.items() if channel == "chat"]
    assert any(figures["first_reply_business_seconds"] != figures["first_reply_last_schedule_seconds"] for figures in chat)
