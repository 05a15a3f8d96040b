"""Ids for records of sources that give none: the record's text, and which of its equals in the file it is.

Loading a file twice gives the same ids; two equal postings of one file stay two.
"""

import hashlib
from collections import Counter

import polars as pl


class ContentIds:
    """Numbers equal texts through one file; holds eight bytes of each text's hash."""

    def __init__(self) -> None:
        self._seen: Counter[bytes] = Counter()

    def of(self, texts: pl.Series) -> pl.Series:
        """Give `<sha256 of the text>-<occurrence, from 1>` for each text in file order."""
        ids = []
        for text in texts.to_list():
            digest = hashlib.sha256(text.encode()).digest()
            self._seen[digest[:8]] += 1
            ids.append(f"{digest.hex()}-{self._seen[digest[:8]]}")
        return pl.Series(ids, dtype=pl.String)
