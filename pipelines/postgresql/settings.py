"""The block `[publish.postgresql]`: into which server and schema the published tables are copied."""

from pydantic import Field

from assets.raw.feed import Declared
from pipelines.connectors.settings import Variable


class PostgresqlSettings(Declared):
    """A schema of a PostgreSQL server that is always the newest publication."""

    uri_variable: Variable = Field(description="Environment variable with the connection URI, `postgresql://user:password@host/database`.")
    schema_name: str = Field(
        default="kpis",
        pattern=r"^[a-z_][a-z0-9_]{0,39}$",
        description="Schema that holds the tables; the pipeline's own, nothing else in it.",
    )
