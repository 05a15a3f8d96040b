"""From declarations to Dagster: what the orchestrator shows of a table is read off its contract and derivation."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg

from assets.derivation import Derivation
from schemas.projection import columns, explanation, facts, layer, table_name
from schemas.table import Table

INGEST_KEY = dg.AssetKey(["ledger", "deliveries"])
"""The one partitioned asset: it loads all raw tables, whose rows no run could tell apart by partition."""

RECONCILES = "adds_up"
DEFAULT_OWNER = "team:data"

Outcome = tuple[Mapping[str, Any], list[str]]
"""Metadata of a refresh, and the sentences that say where it does not add up."""


def asset_key(contract: type[Table]) -> dg.AssetKey:
    """The table's name as an asset key."""
    return dg.AssetKey(table_name(contract).split("."))


def table_metadata(contract: type[Table]) -> dict[str, Any]:
    """What the Columns tab shows."""
    return {
        "dagster/table_name": table_name(contract),
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(
                    name=column.name,
                    type=column.sql_type,
                    description=column.description,
                    constraints=dg.TableColumnConstraints(nullable=column.is_nullable),
                )
                for column in columns(contract)
            ]
        ),
    }


def as_asset(
    derived: Derivation, refresh: Callable[[dg.AssetExecutionContext, Derivation], Outcome], *, kinds: set[str], pool: str
) -> dg.AssetsDefinition:
    """The asset that refreshes a derived table and says whether it adds up to its inputs.

    The check is blocking: when it fails nothing was written, and nothing downstream runs. ``pool`` names both
    the resource that is the warehouse and the pool that lets one run at a time use it.
    """
    contract = derived.contract
    key = asset_key(contract)
    specs = [dg.AssetCheckSpec(RECONCILES, asset=key, blocking=True, description=_rules(derived))] if derived.adds_up else []

    @dg.asset(
        key=key,
        deps=sorted({_upstream(given.contract) for given in derived.inputs.values()} - {key}) or [INGEST_KEY],
        description=explanation(contract),
        group_name=layer(contract),
        owners=[facts(contract).get("owner", DEFAULT_OWNER)],
        kinds=kinds,
        metadata=table_metadata(contract),
        check_specs=specs,
        freshness_policy=_freshness() if layer(contract) == "kpi" else None,
        required_resource_keys={pool},
        pool=pool,
    )
    def refreshed(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster takes a parametrised annotation for a tuple of outputs
        metadata, faults = refresh(context, derived)
        results = [
            dg.AssetCheckResult(passed=not faults, check_name=RECONCILES, description="; ".join(faults) or "It adds up.") for _ in specs
        ]
        return dg.MaterializeResult(metadata=metadata, check_results=results)

    return refreshed


def _upstream(contract: type[Table]) -> dg.AssetKey:
    """Raw tables are loaded, and reference tables written, by the ingest asset; all others are assets of their own."""
    of_the_settings = {"Calendar", "ExchangeRates", "OpeningHours", "ChannelSchedules"}
    derived_by_us = layer(contract) in {"core", "kpi"} and contract.__name__ not in of_the_settings
    return asset_key(contract) if derived_by_us else INGEST_KEY


def _rules(derived: Derivation) -> str:
    named = ", ".join(f"{rule.column} with {rule.input}" for rule in derived.adds_up)
    return f"The computed rows add up to the rows they were computed from: {named}."


def _freshness() -> dg.FreshnessPolicy:
    return dg.FreshnessPolicy.time_window(fail_window=dt.timedelta(hours=36), warn_window=dt.timedelta(hours=26))
