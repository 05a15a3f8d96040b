"""The command `kpis inspect`, as a newcomer calls it."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli.app import app
from tests.raw.containers import texts_workbook
from tests.world import World

CONTENT = "order id,order date,revenue,channel,email\n1,2026-03-02 10:00:00,5,web,a@example.org\n2,yesterday,6,web,b@example.org\n"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_shows_the_rows_the_refusals_and_the_settings_without_any_settings(tmp_path: Path) -> None:
    (tmp_path / "orders-2026.csv").write_text(CONTENT)

    said = CliRunner().invoke(app, ["inspect", "orders-2026.csv"])

    assert said.exit_code == 0, said.output
    for part in ("orders_csv", "2 records: 1 accepted, 1 refused", "email:a@example.org", "not a date and time", "[feeds.orders]"):
        assert part in said.output


def test_it_looks_into_parquet_files_and_workbooks(tmp_path: Path) -> None:
    rows = pl.DataFrame({"order id": ["1"], "order date": ["2026-03-02 10:00:00"], "revenue": [5.5], "channel": ["web"]})
    rows.write_parquet(tmp_path / "orders.parquet")
    (tmp_path / "orders.xlsx").write_bytes(texts_workbook(rows.columns, ["1", "2026-03-02 10:00:00", "5.5", "web"]))

    for name in ("parquet", "xlsx"):
        said = CliRunner().invoke(app, ["inspect", f"orders.{name}"])
        assert said.exit_code == 0, said.output
        assert f"Adapter: orders_{name}" in said.output
        assert "1 records: 1 accepted, 0 refused." in said.output


def test_it_answers_scripts_in_json(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(CONTENT)

    said = json.loads(CliRunner().invoke(app, ["inspect", "orders.csv", "--json"]).output)

    assert (said["adapters"][0]["adapter"], said["records"], said["rows"]) == ("orders_csv", 2, {"raw.orders": 1})
    assert said["refused"] == [
        {"record": 2, "column": "ordered_at", "reason": "not_an_instant", "original": "2,yesterday,6,web,b@example.org"}
    ]


def test_it_reads_a_file_as_a_feed_of_the_settings_would(world: World) -> None:
    path = world.folder / "more.csv"
    path.write_text("id,at,changed,revenue,margin,refund,customer\n1,2026-03-02 10:00:00,,5,,,c1\n")

    said = CliRunner().invoke(app, ["inspect", str(path), "--feed", "shop", "--settings", str(world.folder / "kpis.toml")])

    assert said.exit_code == 0, said.output
    assert "1 records: 1 accepted, 0 refused." in said.output
    assert "To paste" not in said.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.csv"], "There is no file nowhere.csv."),
        (["strange.csv"], "are those of no format that is known"),
        (["empty.csv"], "it is empty"),
        (["strange.csv", "--adapter", "sheet"], "'sheet' is no adapter"),
    ],
)
def test_what_it_cannot_do_is_one_sentence_and_exit_code_2(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    (tmp_path / "strange.csv").write_text("alpha,beta\n1,2\n")
    (tmp_path / "empty.csv").write_text("")

    said = CliRunner().invoke(app, ["inspect", *arguments])

    assert said.exit_code == 2
    assert sentence in said.output


def test_a_file_that_cannot_be_read_so_is_exit_code_1_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("order id,revenue,channel\n1,5,web\n")

    said = CliRunner().invoke(app, ["inspect", "orders.csv"])

    assert said.exit_code == 1
    assert "Nothing says where ordered_at is found" in said.output
