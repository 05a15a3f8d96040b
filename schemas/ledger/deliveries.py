"""The deliveries: one line per file that ever arrived."""

import datetime as dt

import pandera.polars as pa

from schemas.table import Table
from schemas.vocabulary import DELIVERY_STATUSES


class Deliveries(Table):
    """One file of a feed. For a loaded file: records read = accepted + quarantined + duplicate.

    A record is a duplicate when an earlier delivery (by arrival day, feed, file, place) holds the same id with
    the same content; the split follows the order of arrival, not the order of loading.
    """

    delivery_id: int = pa.Field(description="Surrogate, in order of first loading; carries no meaning.")
    feed: str = pa.Field(description="The feed.")
    arrived_on: dt.date = pa.Field(description="Arrival day: the folder the file lies in.")
    file: str = pa.Field(description="File name within the arrival day's folder.")
    sha256: str = pa.Field(description="Hash of the file's bytes, as they lie in the inbox.")
    size_bytes: int = pa.Field(ge=0, description="Size of the file.", metadata={"unit": "bytes"})
    reader: str = pa.Field(description="Hash of the feed's settings and of the code that read the file.")
    status: str = pa.Field(isin=DELIVERY_STATUSES, description="Whether the file could be read.")
    error: str = pa.Field(nullable=True, description="Why it could not, in one sentence.")
    records_read: int = pa.Field(ge=0, description="Records in the file.", metadata={"unit": "records"})
    records_accepted: int = pa.Field(ge=0, description="Records first seen here.", metadata={"unit": "records"})
    records_quarantined: int = pa.Field(ge=0, description="Records refused.", metadata={"unit": "records"})
    records_duplicate: int = pa.Field(ge=0, description="Records that repeat what had arrived before.", metadata={"unit": "records"})

    class Config:
        name = "ledger.deliveries"
        unique = ["feed", "arrived_on", "file"]
