"""The data dictionary as a table, read off the contracts."""

import narwhals as nw
import polars as pl

from assets.derivation import derive
from assets.frames import Eager
from schemas.catalogue import KPI
from schemas.kpi.metric_catalogue import MetricCatalogue
from schemas.projection import catalogue_rows, columns


@derive(MetricCatalogue, is_eager=True)
def metric_catalogue() -> Eager:
    """Every column of every published table."""
    schema = {column.name: column.dtype for column in columns(MetricCatalogue)}
    return nw.from_native(pl.DataFrame(catalogue_rows(KPI), schema=schema), eager_only=True)
