"""The sightings: which delivery held which version, where."""

import pandera.polars as pa

from schemas.table import Table


class Sightings(Table):
    """A run of consecutive records of a delivery that held consecutive versions.

    A daily full dump that repeats what is known is one row here, not a copy of the dump.
    """

    delivery_id: int = pa.Field(description="The delivery.")
    first_record: int = pa.Field(ge=1, description="Place of the run's first record in the file.")
    first_version: int = pa.Field(description="Version sighted there.")
    run_length: int = pa.Field(ge=1, description="Records in the run.", metadata={"unit": "records"})

    class Config:
        name = "ledger.sightings"
        unique = ["delivery_id", "first_record"]
