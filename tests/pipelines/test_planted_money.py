"""The tables about customers' worth, programmes and what the service ROI hangs on hold what the demo company planted."""

import pytest

from tests.pipelines.planted import Company, close, flat, truth_of

pytestmark = pytest.mark.slow

CENT = 0.01


def test_what_customers_are_worth_is_what_was_planted_segment_by_segment(company: Company) -> None:
    said = truth_of(company, "segment_values")[max(company.truth["months"])]
    rows = company.published("customer_lifetime_value")

    assert {row["segment"] for row in rows} == said.keys()
    for segment, figures in said.items():
        members = [row for row in rows if row["segment"] == segment]
        active = [row for row in members if row["reason"] != "inactive"]
        assert (len(members), len(active)) == (figures["customers"], figures["active"])
        assert sum(row["sale_count"] for row in members) == figures["sales"]
        assert sum(row["margin_unknown_count"] for row in members) == figures["unknown_margins"]
        assert f"{sum(row['margin_amount'] for row in members):.4f}" == figures["margin"]
        assert [row["retention"] for row in members] == [close(figures["retention"])] * len(members)
        assert sum(row["clv"] for row in active if row["clv"] is not None) == close(figures["worth"])
        assert {row["status"] for row in members if row["clv"] is not None} == {"ok"}


def test_what_an_active_customer_is_worth_is_what_was_planted_month_by_month(company: Company) -> None:
    found = {(row["month_on"], row["segment"]): row for row in company.published("segment_lifetime_value_monthly")}
    said = flat(truth_of(company, "segment_values"), 2)

    assert found.keys() == said.keys()
    for key, figures in said.items():
        row = found[key]
        assert (row["active_count"], row["sale_count"], row["margin_unknown_count"]) == (
            figures["active"],
            figures["sales"],
            figures["unknown_margins"],
        )
        assert (row["previous_count"], row["retained_count"]) == (figures["before"], figures["retained"])
        assert f"{row['margin_amount']:.4f}" == figures["margin"]
        assert row["applied_retention"] == close(figures["retention"])
        ends = [row["applied_retention_ci_low"], row["applied_retention_ci_high"]]
        assert ends == [close(end) for end in figures["retention_ends"] or (None, None)]
        assert row["clv"] == (None if figures["worth"] is None else close(figures["worth"] / figures["active"]))
        assert row["reason"] == ("no_retention" if figures["worth"] is None else None)
    assert {row["reason"] for row in found.values()} == {None, "no_retention"}


def test_what_programmes_return_is_what_was_planted(company: Company) -> None:
    found = {row["programme"]: row for row in company.published("programme_returns")}

    assert found.keys() == company.truth["programme_returns"].keys()
    for programme, said in company.truth["programme_returns"].items():
        row = found[programme]
        assert row["npv"] == pytest.approx(said["npv"], abs=CENT)
        assert (row["irr"], row["irr_reason"]) == (close(said["irr"]), said["reason"])
        roots = [float(root) for root in (row["irr_roots"] or "").split(", ") if root]
        assert roots == pytest.approx(said["rates"], abs=1e-6)
        assert (row["mirr"], row["payback_years"]) == (close(said["mirr"]), close(said["payback"]))
        assert row["flows_basis"] == said["basis"]
    assert {row["irr_reason"] for row in found.values()} == {None, "no_irr", "multiple_irr"}


def test_what_the_service_roi_hangs_on_is_what_was_planted(company: Company) -> None:
    rows = company.published("service_roi_sensitivity")
    found = {(row["month_on"], row["touchpoint"], row["assumption"]): row for row in rows if row["roi"] is not None}
    said = {key: figures for key, figures in flat(truth_of(company, "sensitivity"), 3).items() if key[2] != "weakest"}

    assert found.keys() == said.keys()
    for key, figures in said.items():
        row = found[key]
        ends = [row["roi_at_low"], row["roi_at_high"], row["break_even"]]
        assert ends == [None if figures[name] is None else pytest.approx(figures[name], abs=1e-6) for name in ("low", "high", "break_even")]
    weakest = {(month, touchpoint): each["weakest"] for (month, touchpoint), each in flat(truth_of(company, "sensitivity"), 2).items()}
    assert {key[:2]: key[2] for key, row in found.items() if row["is_weakest"]} == weakest
