"""Channels that published rows came through."""

import pandera.polars as pa

from schemas.table import Table


class FactChannels(Table):
    """Every channel that a row of facts or KPIs is told apart by: one filter on it holds for them all."""

    channel: str = pa.Field(description="The channel; `unallocated` for costs that nothing allocates.")

    class Config:
        name = "facts.channels"
        unique = ["channel"]
