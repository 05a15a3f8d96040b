"""The queries that make the facts: projections of core for the publisher. What the columns mean stands in `schemas/facts`."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pipelines.publishing.parts import Source
from schemas.catalogue import FACTS, KPI
from schemas.facts.categories import FactCategories
from schemas.facts.channels import FactChannels
from schemas.facts.copied import MADE_OF, REFERS_TO
from schemas.facts.customers import FactCustomers
from schemas.facts.dates import FactDates
from schemas.facts.segments import FactSegments
from schemas.facts.touchpoints import FactTouchpoints
from schemas.ops.publication import Publication
from schemas.projection import columns, facts, grain, literal, period_column, quoted, table_name
from schemas.table import Table
from schemas.vocabulary import UNKNOWN, WEEKDAYS

_PART_END = "chr(31)"
"""Between the parts of a key, so that two parts never read like two others."""


def fact_queries(holidays: Collection[dt.date]) -> Mapping[type[Table], Source]:
    """For each table of facts the query of the warehouse that makes it; ``holidays`` are those that the schedules declare."""
    listed: tuple[type[Table], ...] = (FactChannels, FactTouchpoints, FactSegments, FactCategories)
    words = {contract: Source(_words(columns(contract)[0].name)) for contract in listed}
    # A quick hash of a key's parts tells as well whether a row is another.
    projected: dict[type[Table], Source] = {
        contract: Source(_projection(contract, "md5"), decided_by=_projection(contract, "hash"))
        for contract in FACTS
        if _is_projection(contract)
    }
    return {**projected, FactDates: Source(_dates(holidays)), FactCustomers: Source(_customers()), **words}


def event_day(contract: type[Table]) -> str:
    """The column of a table of facts that says on which day a row happened."""
    return facts(contract)["day"]


def _is_projection(contract: type[Table]) -> bool:
    return "of" in facts(contract)


def _projection(contract: type[Table], hashing: str) -> str:
    """The rows of a core table: columns as they are, keys hashed by this function, a reference only where it leads somewhere."""
    fields = contract.to_schema().columns
    chosen, joins = [], []
    for column in columns(contract):
        said: Mapping[str, Any] = fields[column.name].metadata or {}
        found = f"own.{quoted(column.name)}"
        if made_of := said.get(MADE_OF):
            found = _hashed(made_of, hashing)
        elif target := said.get(REFERS_TO):
            found = f"referred.{quoted(column.name)}"
            joins.append(f"LEFT JOIN {quoted(target)} AS referred USING ({quoted(column.name)})")
        chosen.append(f"{found} AS {quoted(column.name)}")
    return f"SELECT {', '.join(chosen)} FROM {quoted(facts(contract)['of'])} AS own {' '.join(joins)}"


def _hashed(made_of: Sequence[str], hashing: str) -> str:
    return f"{hashing}(concat_ws({_PART_END}, {', '.join(f'own.{quoted(name)}' for name in made_of)}))"


def _where_told_apart_by(column: str) -> list[str]:
    """The tables that the facts and KPIs with this column rest on, each once: a KPI's own where the column tells its rows apart."""
    rest_on = [facts(contract)["of"] for contract in FACTS if _is_projection(contract) and _has(contract, column)]
    return [*dict.fromkeys(rest_on), *(table_name(contract) for contract in KPI if column in grain(contract))]


def _has(contract: type[Table], column: str) -> bool:
    return column in {found.name for found in columns(contract)}


def _distinct(column: str, tables: Sequence[str]) -> str:
    return " UNION ".join(f"SELECT {quoted(column)} FROM {quoted(table)} WHERE {quoted(column)} IS NOT NULL" for table in tables)


def _words(column: str) -> str:
    return _distinct(column, _where_told_apart_by(column))


def _customers() -> str:
    every = _distinct("customer_key", [*_where_told_apart_by("customer_key"), "core.customers"])
    return f"""
        SELECT customer_key, recorded.customer_key IS NOT NULL AS is_recorded, coalesce(segment, {literal(UNKNOWN)}) AS segment,
               coalesce(region, {literal(UNKNOWN)}) AS region, customer_since_on
        FROM ({every}) AS every_one LEFT JOIN core.customers AS recorded USING (customer_key)
    """


def _dates(holidays: Collection[dt.date]) -> str:
    """Whole years around every event day and every period of a KPI; a day is open where a schedule in force is open at some time of it."""
    named = [(facts(contract)["of"], event_day(contract)) for contract in FACTS if _is_projection(contract)]
    named += [(table_name(contract), period) for contract in KPI if (period := period_column(contract))]
    ends = [f"SELECT unnest([min({quoted(column)}), max({quoted(column)})]) AS day FROM {quoted(table)}" for table, column in named]
    names = "[" + ", ".join(map(literal, WEEKDAYS)) + "]"
    declared = "[" + ", ".join(literal(day.isoformat()) for day in sorted(holidays)) + "]::DATE[]"
    known = f"(SELECT newest_arrived_on FROM {quoted(table_name(Publication))})"
    return f"""
        WITH bounds AS (
            SELECT date_trunc('year', min(day)) AS first_on, date_trunc('year', max(day)) + INTERVAL 1 YEAR AS end_on
            FROM ({" UNION ALL ".join([*ends, f"SELECT {known}"])}) AS ends(day)
        ), days AS (
            SELECT CAST(unnest(range(CAST(first_on AS TIMESTAMP), CAST(end_on AS TIMESTAMP), INTERVAL 1 DAY)) AS DATE) AS day_on FROM bounds
        ), stretches AS (
            SELECT greatest(starts_at, valid_from_at) AS from_at, least(ends_at, valid_until_at) AS until_at, utc_on, is_open
            FROM core.opening_hours JOIN core.channel_schedules USING (schedule)
            WHERE starts_at < valid_until_at AND ends_at > valid_from_at
              AND utc_on BETWEEN (SELECT first_on FROM bounds) - INTERVAL 1 DAY AND (SELECT end_on FROM bounds)
        ), opened AS (
            SELECT day_on, bool_or(is_open) AS is_open
            FROM (
                SELECT is_open, unnest([CASE WHEN from_at < turns_at THEN before_on END, CASE WHEN until_at > turns_at THEN after_on END])
                       AS day_on
                FROM stretches JOIN core.calendar USING (utc_on)
            ) GROUP BY day_on
        )
        SELECT day_on, {names}[isodow(day_on)] AS weekday, isodow(day_on) AS weekday_number,
               CAST(date_trunc('week', day_on) AS DATE) AS week_on, weekofyear(day_on) AS week_number, isoyear(day_on) AS week_year,
               CAST(date_trunc('month', day_on) AS DATE) AS month_on, month(day_on) AS month_number,
               CAST(date_trunc('quarter', day_on) AS DATE) AS quarter_on, quarter(day_on) AS quarter_number, year(day_on) AS year,
               opened.is_open, list_contains({declared}, day_on) AS is_holiday, coalesce(day_on <= {known}, FALSE) AS is_known
        FROM days LEFT JOIN opened USING (day_on)
    """
