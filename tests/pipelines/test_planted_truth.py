"""The pipeline finds exactly what the demo company planted, which the demo computed by itself."""

import pytest

from tests.conftest import warehouse_of
from tests.pipelines.planted import Company, truth_of

pytestmark = pytest.mark.slow


def test_the_run_succeeds_and_every_check_passes(company: Company) -> None:
    assert (company.result.succeeded, list(company.result.findings)) == (True, [])


def test_satisfaction_is_what_was_planted(company: Company) -> None:
    found = company.months("satisfaction_daily")

    for month, csat in truth_of(company, "csat").items():
        row, nps, ces = found[month], company.truth["months"][month]["nps"], company.truth["months"][month]["ces"]
        assert (row["csat_n"], row["csat_satisfied"], row["csat_dissatisfied"]) == (csat["n"], csat["satisfied"], csat["dissatisfied"])
        assert row["csat_top2"] == pytest.approx(csat["value"])
        assert (row["nps_n"], row["nps_promoters"], row["nps_passives"], row["nps_detractors"]) == (
            nps["n"],
            nps["promoters"],
            nps["passives"],
            nps["detractors"],
        )
        assert row["nps"] == pytest.approx(nps["value"])
        assert (row["ces_n"], row["ces_easy"]) == (ces["n"], ces["easy"])


def test_first_contact_resolution_is_what_was_planted(company: Company) -> None:
    found = company.months("first_contact_resolution_daily")
    names = {
        "n_excluded": "excluded",
        "n_immature": "contacts_immature",
        "n_eligible": "contacts_mature",
        "resolved_count": "resolved",
        "resolvable_count": "contacts_resolvable",
        "resolvable_resolved_count": "resolved_resolvable",
        "anchor_count": "anchors",
        "anchor_immature_count": "anchors_immature",
        "anchor_repeated_same_channel_count": "repeats_same",
        "anchor_repeated_count": "repeats_any",
        "sliding_anchor_count": "sliding_anchors",
        "sliding_repeated_same_channel_count": "sliding_repeats_same",
        "sliding_repeated_count": "sliding_repeats_any",
        "survey_yes_count": "survey_yes",
    }

    for month, fcr in truth_of(company, "fcr").items():
        row = found[month]
        assert {mine: row[mine] for mine in names} == {mine: fcr[theirs] for mine, theirs in names.items()}
        assert row["survey_n"] == fcr["survey_yes"] + fcr["survey_no"]
        for mine, theirs in {
            "fcr_gross": "gross",
            "fcr_net": "net",
            "fcr_repeat": "fcr_repeat",
            "ocr": "ocr",
            "fcr_survey": "survey",
        }.items():
            assert row[mine] == (None if fcr[theirs] is None else pytest.approx(fcr[theirs]))


def test_cost_per_sale_is_what_was_planted(company: Company) -> None:
    found = company.months("cost_per_sale_monthly")

    for month, cost in truth_of(company, "cost").items():
        row = found[month]
        assert str(row["service_cost_amount"]) == cost["service_cost"]
        assert str(row["selling_cost_amount"]) == cost["selling_cost"]
        assert str(row["revenue_amount"]) == cost["revenue"]
        assert (row["sale_count"], row["contact_count"]) == (cost["sales"], cost["contacts"])
        assert row["cost_per_sale_service_only"] == pytest.approx(cost["service_only"])
        assert row["cost_per_sale_service_plus_selling"] == pytest.approx(cost["service_plus_selling"])


def test_the_unclassified_share_of_what_customers_wrote_is_what_was_planted(company: Company) -> None:
    found = company.months("text_classification_monthly", "kind")

    for month, kinds in truth_of(company, "texts").items():
        for kind, said in kinds.items():
            row = found[month, kind]
            assert (row["text_count"], row["unclassified_count"]) == (said["texts"], said["unclassified"]), (month, kind)


def test_service_roi_is_what_was_planted_touchpoint_by_touchpoint(company: Company) -> None:
    found = {(row["month_on"], row["touchpoint"]): row for row in company.published("service_roi_monthly")}

    for month, roi in truth_of(company, "service_roi").items():
        for touchpoint, said in roi.items():
            if touchpoint == "total":
                continue
            row = found[month, touchpoint]
            assert (row["customer_count"], row["rated_n"], row["shares_basis"]) == (said["customers"], said["csat_n"], said["shares_basis"])
            assert str(row["service_cost_amount"]) == said["cost"]
            assert float(row["prevented_damage_amount"]) == pytest.approx(said["prevented"], abs=1e-4)
            assert str(row["recovered_margin_amount"]) == said["recovered"]
            assert str(row["new_margin_amount"]) == said["new_margin"]
            # Two of its amounts are stored at whole ten-thousandths, which shows where the return is near 0.
            assert row["roi"] == (None if said["roi"] is None else pytest.approx(said["roi"], abs=1e-4 / float(said["cost"])))


def test_calls_sessions_and_what_customers_said_of_us_reach_the_tables_as_planted(company: Company) -> None:
    calls, sessions = truth_of(company, "calls"), truth_of(company, "self_service")
    problems, statements = truth_of(company, "problems"), truth_of(company, "confidence")
    with warehouse_of(company.settings) as warehouse:
        found_calls = warehouse.query(
            "SELECT strftime(started_on, '%Y-%m'), count(*) FILTER (is_offered), count(*) FILTER (outcome = 'answered'), "
            "count(*) FILTER (outcome = 'abandoned' AND wait_seconds < 10), "
            "count(*) FILTER (outcome = 'answered' AND wait_seconds <= 20) FROM core.calls GROUP BY ALL"
        ).rows()
        found_sessions = warehouse.query(
            "SELECT strftime(started_on, '%Y-%m'), count(*), count(is_completed), count(*) FILTER (is_completed), "
            "count(*) FILTER (is_escalated) FROM core.self_service_sessions GROUP BY ALL"
        ).rows()
        found_problems = warehouse.query(
            "SELECT strftime(answered_on, '%Y-%m'), count(*), count(*) FILTER (choice <> 'no_problem') FROM core.answers "
            "WHERE metric = 'problem' AND choice <> 'none' GROUP BY ALL"
        ).rows()
        found_statements = warehouse.query(
            "SELECT strftime(answered_on, '%Y-%m'), question, count(value), count(*) FILTER (is_top_box), count(*) FILTER (is_bottom_box) "
            "FROM core.answers WHERE metric = 'confidence' GROUP BY ALL"
        ).rows()

    counted = ("offered", "answered", "abandoned_short", "answered_promptly")
    assert sorted(found_calls) == [(month, *(said[name] for name in counted)) for month, said in calls.items()]
    counted = ("sessions", "completion_known", "completed", "escalated")
    assert sorted(found_sessions) == [(month, *(said[name] for name in counted)) for month, said in sessions.items()]
    assert sorted(found_problems) == [(month, said["asked"], said["with_problem"]) for month, said in problems.items()]
    assert sorted(found_statements) == sorted(
        (month, key, said["n"], said["favourable"], said["unfavourable"])
        for month, planted in statements.items()
        for key, said in planted.items()
    )


def test_people_programmes_benchmarks_and_targets_reach_the_tables_as_planted(company: Company) -> None:
    with warehouse_of(company.settings) as warehouse:
        gone = warehouse.query(
            "SELECT strftime(left_on, '%Y-%m'), team, count(*), count(*) FILTER (leaving_reason = 'voluntary') FROM core.employees "
            "WHERE left_on IS NOT NULL GROUP BY ALL"
        ).rows()
        named = warehouse.query(
            "SELECT strftime(answered_on, '%Y-%m'), item, count(*), count(score_points) FROM core.employee_answers "
            "WHERE topic = 'obstacle' GROUP BY ALL"
        ).rows()
        flows = warehouse.query(
            "SELECT programme, flowed_on::VARCHAR, cash_flow_amount::VARCHAR, basis FROM core.programme_cash_flows"
        ).rows()
        others = warehouse.query("SELECT (SELECT count(*) FROM core.benchmarks), (SELECT count(*) FROM core.targets)").rows()

    months = company.truth["months"]
    assert sorted(gone) == sorted(
        (month, team, said["separations"], said["voluntary"])
        for month, planted in months.items()
        for team, said in planted["staff"].items()
        if said["separations"]
    )
    assert sorted(named) == sorted(
        (month, item, said["named"], said["rated"]) for month, planted in months.items() for item, said in planted["obstacles"].items()
    )
    assert sorted(flows) == sorted(
        (programme, said["on"], said["amount"], said["basis"])
        for programme, planted in company.truth["programmes"].items()
        for said in planted
    )
    assert others == [(3, 4)]


def test_every_refused_record_is_found_under_its_reason_and_nothing_else_is(company: Company) -> None:
    with warehouse_of(company.settings) as warehouse:
        refused = warehouse.query(
            "SELECT feed, reason, count(DISTINCT (delivery_id, record_number)) AS n FROM ledger.quarantine "
            "JOIN ledger.deliveries USING (delivery_id) GROUP BY ALL"
        ).rows()
        counts = warehouse.query(
            "SELECT feed, count(*), sum(records_read)::BIGINT, sum(records_accepted)::BIGINT, sum(records_duplicate)::BIGINT "
            "FROM ledger.deliveries GROUP BY feed"
        ).rows()
        unreadable = warehouse.query("SELECT feed, arrived_on::VARCHAR, file FROM ledger.deliveries WHERE status = 'unreadable'").rows()

    feeds = company.truth["feeds"]
    assert sorted(refused) == sorted((feed, reason, n) for feed, said in feeds.items() for reason, n in said["refused"].items())
    assert sorted(counts) == sorted(
        (feed, said["files"], said["records"], said["accepted"], said["duplicates"]) for feed, said in feeds.items()
    )
    assert sorted(unreadable) == sorted((said["feed"], said["arrived_on"], said["file"]) for said in company.truth["unreadable"])
