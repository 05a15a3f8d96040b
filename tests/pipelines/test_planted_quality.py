"""The tables about poor service and the problems that come back hold what the demo company planted."""

import duckdb
import polars as pl
import pytest

from pipelines.publishing.publish import DATABASE_NAME
from tests.pipelines.planted import Company, truth_of

pytestmark = pytest.mark.slow


def test_what_poor_service_cost_is_what_was_planted(company: Company) -> None:
    with duckdb.connect(company.settings.published_path / DATABASE_NAME, read_only=True) as connection:
        found = {
            f"{row['month_on']:%Y-%m}": row for row in connection.sql("FROM kpi.cost_of_poor_quality_monthly").pl().iter_rows(named=True)
        }
        at_risk = dict(
            connection.sql(
                "SELECT strftime(month_on, '%Y-%m'), sum(margin_at_risk_amount) FROM kpi.revenue_at_risk_monthly GROUP BY ALL"
            ).fetchall()
        )

    for month, said in truth_of(company, "poor_quality").items():
        row = found[month]
        counts = tuple(row[f"{name}_count"] for name in ("repeat", "escalated", "reopened"))
        assert counts == (said["repeats"], said["escalated"], said["reopened"]), month
        assert str(row["remediation_amount"] or "0.0000") == said["remediation"]
        assert (None if row["booked_amount"] is None else float(row["booked_amount"])) == pytest.approx(said["booked"], abs=0.0003)
        assert (row["expected_margin_amount"], row["refunded_amount"]) == (at_risk.get(month), 0)


def test_recurring_problems_are_what_was_planted_and_ranked_by_cost_and_damage(company: Company) -> None:
    with duckdb.connect(company.settings.published_path / DATABASE_NAME, read_only=True) as connection:
        found = connection.sql("SELECT *, strftime(month_on, '%Y-%m') AS month FROM kpi.recurring_problems_monthly").pl()
        lost = connection.sql(
            "SELECT strftime(month_on, '%Y-%m'), problem_type, sum(margin_at_risk_amount) FROM kpi.revenue_at_risk_monthly GROUP BY ALL"
        ).fetchall()
    damage = {(month, problem): float(amount) for month, problem, amount in lost}

    for month, planted in truth_of(company, "recurring").items():
        rows_of_month = {row["category"]: row for row in found.filter(pl.col("month") == month).iter_rows(named=True)}
        assert set(rows_of_month) == {*planted, *(problem for of_month, problem in damage if of_month == month)}
        for category, said in planted.items():
            row = rows_of_month[category]
            counts = (row["contact_count"], row["case_count"], row["frequent_month_count"])
            assert counts == (said["contacts"], said["cases"], said["frequent_months"]), (month, category)
            assert float(row["contact_cost_amount"]) == pytest.approx(said["contact_cost"], abs=0.0001)
        coming_back = [name for name, said in planted.items() if said["frequent_months"] > 1 or said["contacts"] > said["cases"]]
        money = {name: planted[name]["contact_cost"] + damage.get((month, name), 0) for name in coming_back}
        ranked = sorted((row["money_rank"], name) for name, row in rows_of_month.items() if row["money_rank"])
        assert [name for _, name in ranked] == sorted(coming_back, key=lambda name: -money[name]), month
        total, so_far, few = sum(max(worth, 0) for worth in money.values()), 0.0, set()
        for _, name in ranked:
            if so_far < 0.8 * total:
                few.add(name)
            so_far += max(money[name], 0)
        assert {name for name, row in rows_of_month.items() if row["is_vital"]} == few, month
