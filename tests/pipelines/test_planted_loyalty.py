"""The tables about problems, loyalty and damage hold what the demo company planted."""

import pytest

from tests.pipelines.planted import Company, close, counted, flat, planted, truth_of, truth_of_quarters

pytestmark = pytest.mark.slow

TOLD = ("satisfied", "mollified", "dissatisfied", "unrated")
CENT = 0.01
"""Amounts are rounded to ten-thousandths in every row before they are added up."""


def test_who_has_problems_and_tells_us_is_what_was_planted(company: Company) -> None:
    rows = company.published("problem_experience_monthly")
    found = {(row["month_on"], row["segment"], row["problem_type"]): row for row in rows}
    said = flat(truth_of(company, "problems_by_segment"), 3)

    names = ("customer_count", "silent_count", "blocked_count", *(f"{word}_count" for word in TOLD))
    assert counted(found, names) == planted(said, ("customers", "non_complainant", "blocked", *TOLD))
    for (month, _, problem), row in found.items():
        told = sum(said[month, row["segment"], problem][word] for word in TOLD)
        assert row["complained_count"] == told
        assert row["asked_n"] == sum(figures["customers"] for key, figures in said.items() if key[:2] == (month, row["segment"]))
        assert row["multiplier"] == (pytest.approx((told + row["silent_count"] + row["blocked_count"]) / told) if told else None)


def test_how_loyal_customers_of_each_experience_are_is_what_was_planted(company: Company) -> None:
    rows = company.published("loyalty_by_experience")
    found = {(row["quarter_on"], row["segment"], row["experience"]): row for row in rows}
    said = flat(truth_of_quarters(company, "loyalty"), 3)

    assert found.keys() == said.keys()
    for key, figures in said.items():
        row = found[key]
        assert (row["response_count"], row["immature_count"]) == (figures["customers"], figures["immature"])
        assert [row["intent_loyal"], row["intent_n"]] == figures["said"]
        assert [row["observed_loyal"], row["observed_n"]] == figures["done"]
        assert (row["measure"], row["is_pooled"], row["loyalty_basis"]) == (figures["measure"], figures["pooled"], figures["basis"])
        assert row["loyalty"] == close(figures["loyalty"])
        assert [row[f"loyalty_lost{end}"] for end in ("", "_low", "_high")] == [close(lost) for lost in figures["lost"] or [None] * 3]
    assert {figures["measure"] for figures in said.values()} >= {"intent", "declared"}


def test_what_problems_put_at_risk_is_what_was_planted(company: Company) -> None:
    found = {(row["month_on"], row["segment"], row["problem_type"]): row for row in company.published("revenue_at_risk_monthly")}
    said = flat(truth_of(company, "at_risk"), 3)

    assert found.keys() == said.keys()
    for key, figures in said.items():
        row = found[key]
        for name in ("complaint_rate_basis", "shares_basis", "loyalty_basis"):
            assert row[name] == figures[name]
        for name in ("problem_customers", "complaint_rate", "satisfied_share", "dissatisfied_share"):
            assert row[name] == close(figures[name])
        assert [row[f"lost_{group}"] for group in ("silent", "satisfied", "mollified", "dissatisfied")] == list(map(close, figures["lost"]))
        for place, end in enumerate(("", "_low", "_high")):
            assert row[f"customers_at_risk{end}"] == close(figures["customers"][place])
            assert float(row[f"margin_at_risk{end}_amount"]) == pytest.approx(figures["margin"][place], abs=CENT)
        assert row["basis"] == "assumed"
    assert {figures["complaint_rate_basis"] for figures in said.values()} == {"measured"}


def test_what_preventing_problems_would_pay_is_what_was_planted(company: Company) -> None:
    found = {row["problem_type"]: row for row in company.published("problem_prevention_roi")}

    assert found.keys() == company.truth["prevention"].keys()
    for problem, said in company.truth["prevention"].items():
        row = found[problem]
        assert row["asked_n"] == said["asked"]
        assert row["problem_customers"] == close(said["problem_customers"])
        assert row["customers_at_risk"] == close(said["customers_at_risk"])
        assert float(row["prevented_margin_amount"]) == pytest.approx(said["prevented_margin"], abs=CENT)
        assert float(row["avoided_contact_amount"]) == pytest.approx(said["avoided_contacts"], abs=CENT)
        assert row["roi"] == pytest.approx(said["roi"], abs=1e-4)
    assert min(said["roi"] for said in company.truth["prevention"].values()) < 0 < max(row["roi"] for row in found.values())


def test_what_better_handling_and_easier_access_would_pay_is_what_was_planted(company: Company) -> None:
    (row,) = company.published("service_recovery_roi")
    said = company.truth["recovery"]

    assert (row["touchpoint"], row["complained_count"], row["rated_n"]) == ("unknown", said["complained"], said["rated"])
    for name in ("satisfied_share", "dissatisfied_share", "problem_customers", "complaining_customers"):
        assert row[name] == close(said[name])
    assert row["recovered_customers"] == close(said["recovered_customers"])
    assert row["solicited_customers"] == close(said["solicited_customers"])
    assert row["recovery_roi"] == pytest.approx(said["recovery_roi"], abs=1e-4)
    assert row["solicitation_roi"] == pytest.approx(said["solicitation_roi"], abs=1e-4)
