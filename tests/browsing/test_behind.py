"""Chosen rows of a KPI lead to the published facts that go into them."""

from pathlib import Path

import pytest

from pipelines.browsing.behind import FACT_OF, facts_behind, made_of
from schemas.catalogue import FACTS, KPI
from schemas.facts.answers import FactAnswers
from schemas.kpi.churn_attribution import ChurnAttribution
from schemas.kpi.cost_per_sale_monthly import CostPerSaleMonthly
from schemas.kpi.recurring_problems_monthly import RecurringProblemsMonthly
from schemas.kpi.satisfaction_daily import SatisfactionDaily
from schemas.projection import columns, facts, grain, table_name
from schemas.table import Table
from tests.browsing.conftest import FILLER, MONDAY, TUESDAY


def test_a_day_leads_to_the_answers_of_that_day(published_folder: Path) -> None:
    (found,) = facts_behind(published_folder, SatisfactionDaily, {"answered_on": MONDAY}, 10)

    assert (found.contract, found.count, found.rows.height) == (FactAnswers, 3, 3)
    assert set(found.rows["answered_on"]) == {MONDAY}


def test_a_channel_narrows_them_and_no_more_are_read_than_asked_for(published_folder: Path) -> None:
    (found,) = facts_behind(published_folder, SatisfactionDaily, {"answered_on": TUESDAY, "channel": "web"}, 3)

    assert (found.count, found.rows.height) == (4, 3)
    assert set(found.rows["channel"]) == {"web"}


def test_a_value_that_nothing_has_leads_to_no_rows(published_folder: Path) -> None:
    (found,) = facts_behind(published_folder, SatisfactionDaily, {"answered_on": TUESDAY, "channel": "email"}, 3)

    assert (found.count, found.rows.height) == (0, 0)


@pytest.mark.slow
def test_the_rows_of_every_kpi_can_be_asked_for_by_any_of_its_columns(published_folder: Path) -> None:
    for contract in KPI[:-1]:
        types = {column.name: column.sql_type for column in columns(contract)}
        for part in facts_behind(published_folder, contract, {name: FILLER[types[name]] for name in grain(contract)}, 5):
            assert part.rows.columns == [column.name for column in columns(part.contract)]


def test_facts_of_all_that_is_computed_from_are_named_with_their_kpi(published_folder: Path) -> None:
    behind = [table_name(part.contract) for part in facts_behind(published_folder, CostPerSaleMonthly, {"month_on": MONDAY}, 1)]

    assert behind == ["facts.contacts", "facts.orders", "facts.costs"]
    assert set(FACT_OF.values()) == {fact for fact in FACTS if "of" in facts(fact)}


@pytest.mark.parametrize(
    ("contract", "others"),
    [
        (SatisfactionDaily, []),
        (RecurringProblemsMonthly, ["kpi.first_contact_resolution_daily", "kpi.cost_per_sale_monthly", "kpi.revenue_at_risk_monthly"]),
        (ChurnAttribution, ["core.orders", "core.customers"]),
    ],
)
def test_what_no_rows_can_be_told_of_is_named(contract: type[Table], others: list[str]) -> None:
    assert made_of(contract) == others
