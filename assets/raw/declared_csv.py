"""Plain tables of any system, one row a record, mapped onto a raw table by the feed's settings alone; mostly CSV files."""

from collections.abc import Iterator
from typing import Final

from assets.raw.content_ids import ContentIds
from assets.raw.declared_rows import Form
from assets.raw.feed import Feed
from assets.raw.interpreting import as_declared
from assets.raw.ledger import COSTS
from assets.raw.mapped_csv import MappedCells, as_extract, mapped_cells, only_known, with_content_ids
from assets.raw.reading import Extract, File, Format, Interpreter, Reading

INVITES: Final = Form("raw.invites")
TICKETS: Final = Form("raw.tickets", defaults={"opened_by": "customer", "history": "last_values"})
CALLS: Final = Form("raw.calls", defaults={"channel": "phone", "direction": "inbound"})
SELF_SERVICE_SESSIONS: Final = Form("raw.self_service_sessions")
EMPLOYEES: Final = Form("raw.employees", has_employees_ids=True)
EMPLOYEE_ANSWERS: Final = Form("raw.employee_answers", has_employees_ids=True)
PROGRAMME_CASH_FLOWS: Final = Form("raw.programme_cash_flows")
BENCHMARKS: Final = Form("raw.benchmarks", defaults={"basis": "benchmark"})
TARGETS: Final = Form("raw.targets")

_MAY_LACK_IDS: Final = (COSTS, EMPLOYEE_ANSWERS)
"""Tables whose sources often have no ids; a record is then known by its content."""


def declared_csv(
    form: Form,
    *,
    has_naive_times: bool,
    interpret: Interpreter | None = None,
    further_keys: frozenset[str] = frozenset(),
    cells_of: MappedCells = mapped_cells,
) -> Format:
    """Make the format of one table, in CSV files or in the container that ``cells_of`` reads.

    What its cells mean is as declared, unless an interpreter of its own says more; ``further_keys`` are those that it
    understands beside the form's own.
    """

    def extract(file: File, feed: Feed, reading: Reading) -> Iterator[Extract]:
        only_known(feed.columns, form.keys() | further_keys)
        has_ids = "source_record_id" in feed.columns or form not in _MAY_LACK_IDS
        ids = ContentIds()
        for batch in cells_of(file, feed, reading.limits, feed.columns):
            cells = batch.cells if has_ids else with_content_ids(batch, ids)
            yield as_extract(batch, form.table, cells, reading.limits)

    return Format(extract, interpret or as_declared(form), (form.table,), has_naive_times)
