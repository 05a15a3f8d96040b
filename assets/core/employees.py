"""Employments."""

import narwhals as nw

from assets.derivation import RECORD, by_record, derive
from assets.frames import Lazy
from schemas.core.employees import Employees
from schemas.projection import columns
from schemas.raw.employees import RawEmployees
from schemas.vocabulary import UNKNOWN


@derive(Employees, unit=RECORD, employees=by_record(RawEmployees))
def employees(employees: Lazy) -> Lazy:
    """Take over every employment; a team or role that nobody named says so."""
    return employees.with_columns(
        team=nw.coalesce(nw.col("team"), nw.lit(UNKNOWN)),
        role=nw.coalesce(nw.col("role"), nw.lit(UNKNOWN)),
    ).select(*(column.name for column in columns(Employees)))
