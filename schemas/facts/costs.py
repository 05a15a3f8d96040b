"""Costs behind the figures of money."""

import datetime as dt

from schemas.core import costs as core
from schemas.facts.copied import as_in, key
from schemas.table import Money, Table


class FactCosts(Table):
    """One cost posting, in the reporting currency.

    `kpi.cost_per_sale_monthly` spreads those of service, selling and remediation over contacts: sums by month are equal, sums by channel
    are not.
    """

    cost_key: str = key("Names the posting.", "source", "source_record_id")
    costed_on: dt.date = as_in(core.Costs, "costed_on")
    source: str = as_in(core.Costs, "source")
    cost_category: str = as_in(core.Costs, "cost_category")
    channel: str = as_in(core.Costs, "channel")
    touchpoint: str = as_in(core.Costs, "touchpoint")
    cost_amount: Money = as_in(core.Costs, "cost_amount")

    class Config:
        name = "facts.costs"
        unique = ["cost_key"]
        metadata = {"of": "core.costs", "day": "costed_on"}
