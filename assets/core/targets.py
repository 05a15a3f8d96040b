"""Targets."""

import narwhals as nw

from assets.derivation import RECORD, by_record, derive
from assets.frames import Lazy
from schemas.core.targets import Targets
from schemas.projection import columns
from schemas.raw.targets import RawTargets
from schemas.vocabulary import ALL

GRAIN = ("channel", "touchpoint", "segment", "category", "team")


@derive(Targets, unit=RECORD, targets=by_record(RawTargets))
def targets(targets: Lazy) -> Lazy:
    """Take over every target; where it names no part of the company it holds for all of it."""
    return targets.with_columns(**{name: nw.coalesce(nw.col(name), nw.lit(ALL)) for name in GRAIN}).select(
        *(column.name for column in columns(Targets))
    )
