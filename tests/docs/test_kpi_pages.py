"""Every KPI has a page whose worked example was computed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.catalogue import KPI
from schemas.projection import columns, explanation, table_name

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
EXAMPLE = re.compile(r"\| `(?P<figure>\w+)` = `[^`]+` \| `(?P<successes>[\d,]+) / (?P<n>[\d,]+)` \| (?P<value>[\d.,]+) ratio \|")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    out = tmp_path_factory.mktemp("pages")
    environment = {name: value for name, value in os.environ.items() if name not in {"DAGSTER_HOME", "KPIS_PSEUDONYM_KEY"}}
    subprocess.run(
        [sys.executable, "docs/kpi_pages.py", "--days", "40", "--out", str(out)],
        cwd=ROOT,
        check=True,
        env={**environment, "PYTHONPATH": str(ROOT)},
    )
    return {path.stem: path.read_text() for path in out.glob("*.md")}


def test_each_kpi_has_a_page_with_its_docstring_and_its_columns(pages: dict[str, str]) -> None:
    assert pages.keys() == {"index", *(table_name(contract).removeprefix("kpi.") for contract in KPI)}
    for contract in KPI:
        page = pages[table_name(contract).removeprefix("kpi.")]
        assert explanation(contract) in page
        for column in columns(contract):
            assert f"| `{column.name}` | {column.sql_type} |" in page


def test_the_numbers_of_an_example_give_its_value(pages: dict[str, str]) -> None:
    found = [example for page in pages.values() for example in EXAMPLE.finditer(page)]

    assert {example["figure"] for example in found} >= {"csat_top2", "fcr_gross", "one_touch"}
    for example in found:
        successes, n = (int(example[name].replace(",", "")) for name in ("successes", "n"))
        assert f"{successes / n:,.4f}" == example["value"]
