"""Figures of others."""

import narwhals as nw

from assets.derivation import RECORD, by_record, derive
from assets.frames import Lazy
from schemas.core.benchmarks import Benchmarks
from schemas.projection import columns
from schemas.raw.benchmarks import RawBenchmarks
from schemas.vocabulary import ALL


@derive(Benchmarks, unit=RECORD, benchmarks=by_record(RawBenchmarks))
def benchmarks(benchmarks: Lazy) -> Lazy:
    """Take over every benchmark; one for no segment holds for all."""
    return benchmarks.with_columns(segment=nw.coalesce(nw.col("segment"), nw.lit(ALL))).select(
        *(column.name for column in columns(Benchmarks))
    )
