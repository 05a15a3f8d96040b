"""Targets."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import ALL, CHANNELS, TARGET_DIRECTIONS, TOUCHPOINTS


class Targets(Table):
    """What a figure is meant to reach; a grain column that is not spoken of holds `all`."""

    source: str = pa.Field(description="File or system the target comes from.")
    source_record_id: str = pa.Field(description="The target.")
    kpi: str = pa.Field(description="Table of the figure, without its layer.")
    figure: str = pa.Field(description="The figure, by its column.")
    channel: str = pa.Field(isin=(*CHANNELS, ALL), description="Channel it holds for.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, ALL), description="Touchpoint it holds for.")
    segment: str = pa.Field(description="Segment it holds for.")
    category: str = pa.Field(description="Ticket category it holds for.")
    team: str = pa.Field(description="Team it holds for.")
    value: float = pa.Field(description="The target, in the unit of the figure.", metadata={"unit": "as the figure"})
    direction: str = pa.Field(isin=TARGET_DIRECTIONS, description="Which side of it is good.")
    minimum_acceptable: float = pa.Field(
        nullable=True, description="The worst value still acceptable; null where none is set.", metadata={"unit": "as the figure"}
    )
    valid_from_on: dt.date = pa.Field(description="First day it holds.")
    valid_to_on: dt.date = pa.Field(nullable=True, description="Last day it holds; null while it goes on.")

    class Config:
        name = "core.targets"
        unique = ["source", "source_record_id"]
