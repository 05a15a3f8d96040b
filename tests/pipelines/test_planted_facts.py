"""The rows behind the KPIs of the demo company: what a KPI counts is found among them, and whatever they refer to is there."""

from collections.abc import Iterator

import pytest

from schemas.catalogue import FACTS, KPI
from schemas.facts.copied import MADE_OF
from schemas.projection import columns, facts, grain, table_name
from schemas.table import Table
from tests.pipelines.planted import Company

pytestmark = pytest.mark.slow

MONTH = "CAST(date_trunc('month', {}) AS DATE) AS month_on"
COUNTED = "value IS NOT NULL AND NOT is_superseded AND metric"
INBOUND = "FILTER (WHERE direction = 'inbound')"
RECONCILED = {
    "kpi.satisfaction_daily": (
        "answered_on, channel, touchpoint, segment, csat_n, csat_satisfied, csat_score_points, nps_promoters, nps_detractors, ces_n, superseded_count",
        f"""SELECT answered_on, channel, touchpoint, segment, count(*) FILTER (WHERE {COUNTED} = 'csat'),
                  count(*) FILTER (WHERE {COUNTED} = 'csat' AND is_top_box), coalesce(sum(score_points) FILTER (WHERE {COUNTED} = 'csat'), 0),
                  count(*) FILTER (WHERE {COUNTED} = 'nps' AND is_top_box), count(*) FILTER (WHERE {COUNTED} = 'nps' AND is_bottom_box),
                  count(*) FILTER (WHERE {COUNTED} = 'ces'), count(*) FILTER (WHERE is_superseded)
           FROM facts.answers WHERE metric IN ('csat', 'nps', 'ces') GROUP BY ALL""",
    ),
    "kpi.first_contact_resolution_daily": (
        "contacted_on, channel, category, touchpoint, contact_count, n_excluded, survey_n, survey_yes_count",
        """SELECT contacted_on, channel, category, touchpoint, count(*), count(*) FILTER (WHERE customer_key IS NULL),
                  count(*) FILTER (WHERE customer_key IS NOT NULL AND is_resolved_by_survey IS NOT NULL),
                  count(*) FILTER (WHERE customer_key IS NOT NULL AND is_resolved_by_survey)
           FROM facts.contacts GROUP BY ALL""",
    ),
    "kpi.ticket_times_daily": (
        "opened_on, channel, priority, ticket_count, replied_count, solved_count, first_reply_seconds_sum, reopen_count",
        """SELECT opened_on, channel, priority, count(*), count(first_replied_at), count(first_solved_at),
                  coalesce(sum(epoch_ms(first_replied_at - opened_at) // 1000), 0), coalesce(sum(reopen_count), 0)
           FROM facts.tickets WHERE is_contact GROUP BY ALL""",
    ),
    "(FROM kpi.identity_match_monthly WHERE kind = 'message')": (
        "month_on, source, record_count, identified_count, matched_count",
        f"""SELECT {MONTH.format("sent_on")}, source, count(*), count(customer_key), count(*) FILTER (WHERE is_matched)
           FROM facts.messages WHERE direction = 'inbound' GROUP BY ALL""",
    ),
    "kpi.text_classification_monthly": (
        "month_on, kind, channel, language, text_count, by_rule_count",
        f"""SELECT {MONTH.format("written_on")}, kind, channel, coalesce(language, 'unknown'), count(*), count(*) FILTER (WHERE method = 'rule')
           FROM facts.texts GROUP BY ALL""",
    ),
    "kpi.problem_experience_monthly": (
        "month_on, problem_type, segment, customer_count, blocked_count",
        f"""SELECT {MONTH.format("answered_on")}, problem_type, segment, count(*),
                  count(*) FILTER (WHERE problem_type <> 'no_problem' AND experience = 'blocked')
           FROM facts.problems WHERE is_counted GROUP BY ALL""",
    ),
    "kpi.response_rate_daily": (
        "sent_on, channel, invite_count, undelivered_count",
        """SELECT sent_on, channel, count(*), count(*) FILTER (WHERE answered_at IS NULL AND NOT is_delivered)
           FROM facts.invites GROUP BY ALL""",
    ),
    "(FROM kpi.accessibility_daily WHERE attempt_count > 0)": (
        "contacted_on, channel, attempt_count, answered_count, blocked_count",
        f"""SELECT started_on, channel, count(*) {INBOUND}, count(*) FILTER (WHERE direction = 'inbound' AND outcome = 'answered'),
                  count(*) FILTER (WHERE direction = 'inbound' AND outcome = 'blocked')
           FROM facts.calls GROUP BY ALL HAVING count(*) {INBOUND} > 0""",
    ),
    "(FROM kpi.accessibility_daily WHERE session_count > 0)": (
        "contacted_on, channel, session_count, completed_count, escalated_count",
        """SELECT started_on, channel, count(*), count(*) FILTER (WHERE is_completed), count(*) FILTER (WHERE is_escalated)
           FROM facts.self_service_sessions GROUP BY ALL""",
    ),
    "(FROM kpi.cost_per_sale_monthly WHERE sale_count > 0)": (
        "month_on, channel, segment, sale_count, returned_order_count, CAST(revenue_amount AS DECIMAL(18,4)), CAST(margin_amount AS DECIMAL(18,4))",
        f"""SELECT {MONTH.format("ordered_on")}, channel, segment, count(*), count(*) FILTER (WHERE is_returned),
                  CAST(sum(revenue_amount) AS DECIMAL(18,4)), CAST(coalesce(sum(margin_amount), 0) AS DECIMAL(18,4))
           FROM facts.orders WHERE is_sale GROUP BY ALL""",
    ),
    """(SELECT month_on, sum(service_cost_amount) AS service, sum(selling_cost_amount) AS selling FROM kpi.cost_per_sale_monthly
        GROUP BY month_on HAVING service <> 0 OR selling <> 0)""": (
        "month_on, CAST(service AS DECIMAL(18,4)), CAST(selling AS DECIMAL(18,4))",
        f"""SELECT {MONTH.format("costed_on")}, CAST(coalesce(sum(cost_amount) FILTER (WHERE cost_category = 'service'), 0) AS DECIMAL(18,4)),
                  CAST(coalesce(sum(cost_amount) FILTER (WHERE cost_category = 'selling'), 0) AS DECIMAL(18,4))
           FROM facts.costs WHERE cost_category IN ('service', 'selling') GROUP BY ALL""",
    ),
}
"""What a KPI counts, as columns of it and as a query of the facts."""

LISTS = {"channel": "channels", "touchpoint": "touchpoints", "segment": "segments", "category": "categories", "customer_key": "customers"}
NO_EVENT_DAYS = {"facts.customers", "facts.dates"}
OF_A_TARGET_OR_BENCHMARK = {"kpi.target_calibration", "kpi.benchmark_comparison"}
"""There a word may be `all`: the row holds for each."""


def references() -> Iterator[tuple[str, str, str, str]]:
    """Every column that refers to another table: table, column, target, its column."""
    for contract in (*FACTS, *KPI):
        name = table_name(contract)
        for column in columns(contract):
            if column.name in LISTS and name not in {f"facts.{LISTS[column.name]}", *OF_A_TARGET_OR_BENCHMARK}:
                yield name, column.name, f"facts.{LISTS[column.name]}", column.name
            is_day = column.sql_type == "DATE" and (column.name in grain(contract) if contract in KPI else name not in NO_EVENT_DAYS)
            if is_day:
                yield name, column.name, "facts.dates", "day_on"
            if contract in FACTS and column.name == "ticket_ref" and name != "facts.tickets":
                yield name, "ticket_ref", "facts.tickets", "ticket_ref"


@pytest.mark.parametrize("kpi", RECONCILED)
def test_what_a_kpi_counts_is_counted_in_the_facts(company: Company, kpi: str) -> None:
    of_kpi, of_facts = RECONCILED[kpi]

    counted, published = company.query(of_facts).rows(), company.query(f"SELECT {of_kpi} FROM {kpi}").rows()

    assert counted
    assert sorted(counted, key=repr) == sorted(published, key=repr)


@pytest.mark.parametrize("contract", FACTS, ids=table_name)
def test_facts_keep_their_contract_and_name_each_row_once(company: Company, contract: type[Table]) -> None:
    found = company.query(f"FROM {table_name(contract)}")

    assert found.height
    contract.validate(found.cast({column.name: column.dtype for column in columns(contract)}), lazy=True)


@pytest.mark.parametrize(("table", "column", "target", "key"), list(references()))
def test_whatever_is_referred_to_is_there(company: Company, table: str, column: str, target: str, key: str) -> None:
    lost = company.query(
        f"SELECT DISTINCT {column} FROM {table} WHERE {column} NOT IN (SELECT {key} FROM {target}) AND {column} IS NOT NULL"
    )

    assert lost.rows() == []


def test_the_texts_of_messages_lead_to_these(company: Company) -> None:
    found = "record_key IN (SELECT message_key FROM facts.messages)"

    (counts,) = company.query(f"SELECT count(*), count(*) FILTER (WHERE {found}) FROM facts.texts WHERE kind = 'message'").rows()

    assert counts[0] == counts[1] > 0


def test_a_fact_is_there_for_every_row_of_core(company: Company) -> None:
    for contract in FACTS:
        if of := facts(contract).get("of"):
            in_core = company.result.metadata[of.replace(".", "/")]["dagster/row_count"]
            assert company.query(f"FROM {table_name(contract)}").height == in_core, of


def test_the_days_have_no_gap_and_are_whole_years(company: Company) -> None:
    days = company.query("SELECT day_on FROM facts.dates ORDER BY day_on")["day_on"].to_list()

    assert (days[-1] - days[0]).days + 1 == len(days) == len(set(days))
    assert [(day.month, day.day) for day in (days[0], days[-1])] == [(1, 1), (12, 31)]


def test_keys_are_hashes_and_nothing_in_facts_looks_like_an_address_or_a_number_to_call(company: Company) -> None:
    for contract in FACTS:
        rows = company.query(f"FROM {table_name(contract)}")
        fields = contract.to_schema().columns
        for column in columns(contract):
            if (fields[column.name].metadata or {}).get(MADE_OF):
                assert rows[column.name].str.contains("^[0-9a-f]{32}$").all(), column.name
            elif column.sql_type == "VARCHAR":
                written = rows[column.name].drop_nulls().unique()
                assert written.filter(written.str.contains(r"@|^\+?[0-9 ()/-]{7,}$")).to_list() == [], column.name
