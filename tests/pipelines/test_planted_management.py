"""The tables about confidence, drivers, people, targets and the course of contacts hold what the demo company planted."""

from typing import Any

import pytest

from tests.pipelines.planted import Company, close, counted, flat, planted, truth_of, truth_of_quarters

pytestmark = pytest.mark.slow

FEWEST_SHOWN = 5


def test_how_confident_customers_are_is_what_was_planted(company: Company) -> None:
    found = {(row["month_on"], row["segment"]): row for row in company.published("customer_confidence_index_monthly")}
    said = truth_of(company, "confidence_index")
    by_segment = {key: figures for key, figures in flat(said, 2).items() if key[1] != "all"}

    assert found.keys() == by_segment.keys()
    for (month, segment), figures in by_segment.items():
        row = found[month, segment]
        assert (row["answer_count"], row["favourable_count"], row["unfavourable_count"]) == (
            figures["all"],
            figures["good"],
            figures["bad"],
        )
        assert (row["confidence_index"], row["overall_index"]) == (close(figures["index"]), close(said[month]["all"]))
    assert min(said) in {month for month, each in said.items() if each["all"] == 100}


def test_what_moves_satisfaction_is_what_satisfaction_was_made_of(company: Company) -> None:
    weights: dict[str, float] = company.truth["driver_weights"]
    found = {(row["quarter_on"], row["driver"]): row for row in company.published("satisfaction_drivers")}

    for quarter, said in truth_of_quarters(company, "drivers").items():
        for driver, weight in weights.items():
            row = found[quarter, driver]
            assert (row["answer_count"], row["top_count"], row["case_count"]) == (said["rated"], said["good"][driver], said["cases"])
            # Drivers are drawn independently and alike, so each explains as much as the square of its weight.
            assert row["importance"] / row["r_squared"] == pytest.approx(weight**2 / sum(w**2 for w in weights.values()), abs=0.1)
        ranked = sorted(weights, key=lambda driver: float(found[quarter, driver]["importance"]), reverse=True)
        assert ranked[:2] == ["speed", "knowledge"]
    assert len(found) == len(weights) * len(truth_of_quarters(company, "drivers"))


def test_why_customers_choose_us_is_what_was_planted_tier_by_tier(company: Company) -> None:
    found = {(row["quarter_on"], row["value_tier"], row["reason"]): row for row in company.published("reasons_for_choice")}
    said = truth_of_quarters(company, "reasons_by_tier")

    assert {key: (row["answer_count"], row["respondent_count"]) for key, row in found.items()} == {
        (quarter, tier, reason): (count, figures["asked"])
        for (quarter, tier), figures in flat(said, 2).items()
        for reason, count in figures.items()
        if reason != "asked"
    }
    for quarter, reasons in truth_of_quarters(company, "reasons").items():
        for reason, count in reasons.items():
            if reason != "asked":
                assert sum(row["answer_count"] for key, row in found.items() if (key[0], key[2]) == (quarter, reason)) == count
    assert {tier for _, tier, _ in found} == {"top", "middle", "rest", "unknown"}


def test_who_comes_and_goes_is_what_was_planted(company: Company) -> None:
    found = {(row["month_on"], row["team"]): row for row in company.published("employee_turnover_monthly")}
    said = flat(truth_of(company, "staff"), 2)

    for key, figures in said.items():
        row = found[key]
        assert (row["hire_count"], row["separation_count"], row["voluntary_count"]) == (
            figures["hires"],
            figures["separations"],
            figures["voluntary"],
        )
        assert (row["closing_count"], row["new_hire_separation_count"]) == (figures["headcount"], figures["new_hires"])
        average = (row["opening_count"] + row["closing_count"]) / 2
        assert row["opening_count"] == figures["headcount"] - figures["hires"] + figures["separations"]
        assert row["turnover"] == pytest.approx(figures["separations"] / average)
    assert max(found)[0] == max(said)[0]
    assert sum(figures["separations"] for figures in said.values()) > 0


def test_what_keeps_employees_from_serving_well_is_what_was_planted_and_what_few_name_is_withheld(company: Company) -> None:
    found = {(row["month_on"], row["obstacle"]): row for row in company.published("employee_obstacles_monthly")}
    said = flat(truth_of(company, "obstacles"), 2)

    shown = {key: figures["named"] for key, figures in said.items() if figures["named"] >= FEWEST_SHOWN}
    assert {key: row["answer_count"] for key, row in found.items()} == {key: shown.get(key) for key in said}
    for (month, _), row in found.items():
        total = sum(count for (other, _), count in shown.items() if other == month)
        assert row["share_of_shown"] == (None if row["is_withheld"] else pytest.approx(row["answer_count"] / total))
    assert {obstacle for (_, obstacle), row in found.items() if row["is_withheld"]} == {"noise"}


def test_how_we_lie_to_others_is_what_was_planted(company: Company) -> None:
    found = {(row["source_record_id"], row["month_on"]): row["verdict"] for row in company.published("benchmark_comparison")}
    comparable = [benchmark for benchmark, how in company.truth["benchmarks"].items() if how == "comparable"]

    assert comparable == ["B1"]
    for benchmark, how in company.truth["benchmarks"].items():
        verdicts = {month: verdict for (number, month), verdict in found.items() if number == benchmark}
        assert verdicts == (company.truth["verdicts"][benchmark] if how == "comparable" else dict.fromkeys(verdicts, how))
        assert verdicts


def test_how_often_targets_were_reached_is_what_was_planted(company: Company) -> None:
    found = {row["source_record_id"]: row for row in company.published("target_calibration")}

    assert {target: (row["month_count"], row["met_count"], row["verdict"]) for target, row in found.items()} == {
        target: (said["months"], said["met"], said["verdict"]) for target, said in company.truth["calibration"].items()
    }


def test_what_a_gain_was_paid_with_is_what_was_planted(company: Company) -> None:
    found = {row["month_on"]: row for row in company.published("balance_monthly")}

    assert found.keys() == truth_of(company, "balance").keys()
    before: dict[str, Any] | None = None
    for month, said in sorted(truth_of(company, "balance").items()):
        row, csat = found[month], company.truth["months"][month]["csat"]
        assert (row["cost_per_contact"], row["first_reply_seconds_median"]) == (close(said["cost_per_contact"]), close(said["first_reply"]))
        assert (row["csat_top2_target"], row["csat_top2_is_met"]) == (0.7, csat["value"] >= 0.7)
        assert row["cost_per_contact_change"] == (close(said["cost_per_contact"] - before["cost_per_contact"]) if before else None)
        assert row["trade"] == said["trade"]
        before = said


def test_what_had_happened_before_each_contact_is_what_was_planted(company: Company) -> None:
    found: dict[str, dict[str, int]] = {}
    for row in company.published("contact_history"):
        of_month = found.setdefault(f"{row['contacted_on']:%Y-%m}", {})
        for name, held in _told(row).items():
            of_month[name] = of_month.get(name, 0) + held

    names = (
        *("contacts", "of_nobody", "first", "switched", "repeated", "open_tickets", "after_resolved", "after_unresolved"),
        *("after_satisfied", "after_neither", "after_dissatisfied"),
    )
    assert counted(found, names) == planted(truth_of(company, "history"), names)


def _told(row: dict[str, Any]) -> dict[str, int]:
    told = {f"after_{word}": 0 for word in ("resolved", "unresolved", "satisfied", "neither", "dissatisfied")}
    for after in (row["previous_outcome"], row["previous_csat_box"]):
        if after:
            told[f"after_{after}"] += 1
    return told | {
        "contacts": row["status"] == "ok",
        "of_nobody": row["status"] == "no_data",
        "first": row["place"] == 1,
        "switched": bool(row["is_channel_switched"]),
        "repeated": bool(row["had_to_repeat"]),
        "open_tickets": row["open_ticket_count"] or 0,
    }
