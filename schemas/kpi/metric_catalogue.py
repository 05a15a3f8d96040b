"""The data dictionary as a table."""

import pandera.polars as pa

from schemas.table import Table


class MetricCatalogue(Table):
    """One row per column of every published table: what it means, how it is computed, who answers for it. The table is computed whole."""

    table_name: str = pa.Field(description="Published table.")
    column_name: str = pa.Field(description="Column.")
    position: int = pa.Field(ge=1, description="Place of the column in its table.")
    description: str = pa.Field(description="What the column says.")
    data_type: str = pa.Field(description="Type in the published database.")
    is_nullable: bool = pa.Field(description="Whether it may be null.")
    is_grain: bool = pa.Field(description="Whether it is part of the table's grain.")
    unit: str = pa.Field(nullable=True, description="Unit, for a figure.")
    formula: str = pa.Field(
        nullable=True, description="SQL over the table's additive columns; over their sums it gives the figure of any rows."
    )
    method: str = pa.Field(nullable=True, description="How a figure that cannot be re-aggregated is computed.")
    cohort: str = pa.Field(nullable=True, description="What puts a thing into a period.")
    source: str = pa.Field(nullable=True, description="Where the definition comes from.")
    owner: str = pa.Field(nullable=True, description="Who answers for the table.")

    class Config:
        name = "kpi.metric_catalogue"
        unique = ["table_name", "column_name"]
        metadata = {"owner": "team:customer-insight"}
