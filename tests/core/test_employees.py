from assets.core.employees import employees
from schemas.core.employees import Employees
from schemas.projection import columns
from schemas.raw.employees import RawEmployees
from tests.core.rows import at, employee, lazy, only


def test_an_employment_is_taken_over_and_a_team_that_nobody_named_is_unknown() -> None:
    row = only(employees(lazy(RawEmployees, employee(left_on=at("05 00:00").date(), leaving_reason="voluntary"))))

    assert list(row) == [column.name for column in columns(Employees)]
    assert (row["employee_ref"], row["team"], row["role"], row["leaving_reason"]) == ("e", "unknown", "unknown", "voluntary")
