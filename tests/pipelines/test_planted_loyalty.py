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


def test_customers_are_won_and_lost_by_talk_as_planted(company: Company) -> None:
    found = {(row["quarter_on"], row["experience"]): row for row in company.published("word_of_mouth")}

    planted = company.truth["word_of_mouth"]
    assert sorted(found) == sorted((quarter, word) for quarter, said in planted.items() for word in said["groups"])
    assert {row["told_per_teller_basis"] for row in found.values()} == {"measured", "assumed"}
    for quarter, said in planted.items():
        for word, group in said["groups"].items():
            row = found[quarter, word]
            assert (row["asked_n"], row["customer_n"]) == (said["asked"], said["customers"])
            assert (row["told_n"], row["teller_count"], row["told_count"]) == (group["answers"], group["tellers"], group["told"])
            assert row["people_reached"] == pytest.approx(group["reached"])
            assert row["net_customers"] == pytest.approx(group["net_customers"])
            assert float(row["sales_effect_amount"]) == pytest.approx(group["sales_effect"], abs=1e-4)


def test_prices_are_felt_and_tolerated_as_planted(company: Company) -> None:
    found = {
        (row["quarter_on"], row["experience_tier"], round(100 * row["price_rise"])): row for row in company.published("price_sensitivity")
    }

    planted = company.truth["price_sensitivity"]
    tiers = {(quarter, tier): (said, figures) for quarter, said in planted.items() for tier, figures in said["tiers"].items()}
    assert sorted(found) == sorted((*key, int(rise)) for key, (_, figures) in tiers.items() for rise in figures["stays"])
    for (quarter, tier), (said, figures) in tiers.items():
        for rise, stays in figures["stays"].items():
            row = found[quarter, tier, int(rise)]
            assert (row["price_n"], row["unfair_count"]) == (figures["answers"], figures["unfair"])
            assert (row["price_rise_n"], row["accept_count"]) == (figures["answers"], stays)
            assert row["price_problem_ratio"] == pytest.approx(said["price_problem_ratio"])
            assert row["revenue_index"] == pytest.approx((1 + int(rise) / 100) * stays / figures["answers"])
    assert {row["premium_share"] for (_, tier, rise), row in found.items() if (tier, rise) == ("recovered", 5)} == {1}


def test_churn_that_goes_with_poor_service_is_found_as_planted(company: Company) -> None:
    names = {
        "customer_count": "customers",
        "immature_count": "immature",
        "exposed_count": "exposed",
        "exposed_churned_count": "exposed_churned",
        "unexposed_count": "unexposed",
        "unexposed_churned_count": "unexposed_churned",
        "unresolved_count": "unresolved",
        "low_csat_count": "low_csat",
        "repeated_count": "repeated",
    }
    sums = ", ".join(f"sum({name})::BIGINT AS {name}" for name in names)
    found = company.query(f"SELECT quarter_on::VARCHAR AS quarter, {sums} FROM kpi.churn_attribution GROUP BY quarter")
    followed = company.query("SELECT * FROM kpi.churn_attribution WHERE quarter_on = DATE '2026-07-01'")

    planted = {quarter: said for quarter, said in company.truth["churn"].items() if said["customers"]}
    assert {row.pop("quarter"): row for row in found.iter_rows(named=True)} == {
        quarter: {mine: said[theirs] for mine, theirs in names.items()} for quarter, said in planted.items()
    }
    assert followed.height > 1
    for row in followed.iter_rows(named=True):
        assert row["all_adjusted_risk_difference_ci_low"] > 0.05
        assert row["all_adjusted_risk_ratio"] > 1
        assert row["repeated_churn"] > row["unexposed_churn"]
