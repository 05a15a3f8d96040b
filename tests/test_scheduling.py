from pathlib import Path

from tests.scheduling import TOGETHER, unit_of

ROOT = Path(__file__).parents[1]


def test_all_files_of_planted_truth_share_a_worker_and_so_the_run_of_the_demo() -> None:
    units = {unit_of(f"{file.relative_to(ROOT)}::test_it") for file in (ROOT / "tests" / "pipelines").glob("test_planted_*.py")}

    assert units == {"tests/pipelines/test_planted_"}


def test_any_other_test_is_scheduled_by_itself() -> None:
    assert unit_of("tests/kpi/test_figures.py::test_it[one]") == "tests/kpi/test_figures.py::test_it[one]"


def test_every_file_that_is_named_is_there() -> None:
    assert [beginning for beginning in TOGETHER if not list(ROOT.glob(f"{beginning}*"))] == []
