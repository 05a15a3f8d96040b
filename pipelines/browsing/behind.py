"""The published facts behind a KPI, found by what the KPI is computed from. Showing them is the page's work."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import narwhals as nw
import polars as pl

from assets.catalogue import KPI
from assets.derivation import By, Reference
from pipelines.explaining import belonging
from pipelines.publishing.publish import DATABASE_NAME
from schemas.catalogue import FACTS
from schemas.projection import facts, table_name
from schemas.table import Table

FACT_OF: Final[Mapping[str, type[Table]]] = {facts(fact)["of"]: fact for fact in FACTS if "of" in facts(fact)}
"""The facts by the core table that they show."""


@dataclass(frozen=True)
class FactsBehind:
    """Facts of one table that go into chosen rows of a KPI."""

    contract: type[Table]
    count: int
    rows: pl.DataFrame
    """The first of them, in the order in which they are published."""


def facts_behind(folder: Path, table: type[Table], chosen: Mapping[str, object], limit: int) -> list[FactsBehind]:
    """The facts of every input whose rows each belong to one period or record of the KPI, as far as their columns tell."""
    (derived,) = (derived for derived in KPI if derived.contract is table)
    found = []
    with duckdb.connect(folder / DATABASE_NAME, read_only=True) as connection:
        for given in derived.inputs.values():
            fact = FACT_OF.get(table_name(given.contract))
            if fact is None or not isinstance(given, By):
                continue
            rows = belonging(nw.from_native(connection.table(table_name(fact))), fact, derived, given, chosen)
            count = int(rows.select(nw.len()).collect("polars").item())
            first: pl.DataFrame = rows.head(limit).collect("polars").to_native()
            found.append(FactsBehind(fact, count, first))
    return found


def made_of(table: type[Table]) -> list[str]:
    """The tables that the KPI also looks at, none of whose rows belong to a part of it alone; or that are not published as facts."""
    (derived,) = (derived for derived in KPI if derived.contract is table)
    others = (given for given in derived.inputs.values() if not isinstance(given, Reference))
    return [table_name(given.contract) for given in others if not isinstance(given, By) or table_name(given.contract) not in FACT_OF]
