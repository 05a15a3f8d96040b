"""The files that Superset imports fit each other and the contracts."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from typer.testing import CliRunner

from pipelines.cli.app import app
from pipelines.errors import PipelineError
from pipelines.superset.boards import BOARDS
from pipelines.superset.bundle import Bundle
from pipelines.superset.database import Database, at, published_file
from pipelines.superset.metrics import metrics
from schemas.catalogue import PUBLISHED
from schemas.projection import columns, grain, table_name
from schemas.table import Table

FILE = Path("/srv/feedback/published/kpis.duckdb")
BY_NAME = {table_name(table): table for table in PUBLISHED}
Files = dict[str, Any]


def bundle(name: str = "Feedback KPIs", database: Database | None = None) -> Bundle:
    return Bundle(name, database or published_file(FILE), "EUR")


@pytest.fixture(scope="module")
def files() -> Files:
    return read(bundle())


def read(made: Bundle) -> Files:
    return {path: json.loads(text) for path, text in made.files().items()}


def below(files: Files, folder: str) -> Files:
    return {path: said for path, said in files.items() if path.startswith(f"{folder}/")}


def contract_of(dataset: Any) -> type[Table]:
    return BY_NAME[f"{dataset['schema']}.{dataset['table_name']}"]


def named_metrics(chart: Any) -> Iterator[Any]:
    params = chart["params"]
    yield from [params["metric"]] if "metric" in params else params.get("metrics", [])


# --- the archive --------------------------------------------------------------------------------------------------------


def test_the_same_content_is_the_same_bytes_and_opens_as_an_archive() -> None:
    first, again = bundle().zipped(), bundle().zipped()

    assert first == again
    names = zipfile.ZipFile(io.BytesIO(first)).namelist()
    assert names[0] == "kpis/metadata.yaml"
    assert len(names) == len(set(names))
    assert {name.split("/")[0] for name in names} == {"kpis"}


def test_every_file_has_an_id_of_its_own_which_follows_from_the_name_alone(files: Files) -> None:
    ids = [said["uuid"] for said in files.values() if "uuid" in said]
    elsewhere = read(bundle(database=at("postgresql://bi@db/feedback", "kpis")))
    other = read(bundle("Shop"))

    assert len(ids) == len(set(ids)) == len(files) - 1
    assert [said["uuid"] for said in elsewhere.values() if "uuid" in said] == ids
    assert {said["uuid"] for said in other.values() if "uuid" in said} & set(ids) == set()
    assert other["dashboards/money.yaml"]["slug"] == "shop-money"


def test_a_reader_of_yaml_reads_the_same(files: Files) -> None:
    smallest = sorted(bundle().files().items(), key=lambda file: len(file[1]))[:12]

    assert {path: yaml.safe_load(text) for path, text in smallest} == {path: files[path] for path, _ in smallest}


# --- datasets -----------------------------------------------------------------------------------------------------------


def test_a_dataset_has_the_columns_of_its_contract_with_their_descriptions(files: Files) -> None:
    for dataset in below(files, "datasets").values():
        expected = [(column.name, column.sql_type, column.description) for column in columns(contract_of(dataset))]

        assert [(column["column_name"], column["type"], column["description"]) for column in dataset["columns"]] == expected


def test_a_dataset_has_the_metrics_of_its_contract_each_with_its_description(files: Files) -> None:
    for dataset in below(files, "datasets").values():
        described = {metric["metric_name"]: metric["description"] for metric in dataset["metrics"]}

        assert set(described) == set(metrics(contract_of(dataset)))
        assert all(described.values())
        assert dataset["description"]
    (csat,) = [metric for metric in files["datasets/kpis/kpi_satisfaction_daily.yaml"]["metrics"] if metric["metric_name"] == "csat_top2"]
    assert csat["description"] == "Share of satisfied answers = csat_satisfied / csat_n, over sums."


def test_money_is_shown_in_the_reporting_currency(files: Files) -> None:
    (cost,) = [
        metric for metric in files["datasets/kpis/kpi_cost_per_sale_monthly.yaml"]["metrics"] if metric["metric_name"] == "cost_per_contact"
    ]

    assert cost["currency"] == {"symbol": "EUR", "symbolPosition": "suffix"}
    assert files["charts/money_cost-per-contact.yaml"]["params"]["currency_format"] == cost["currency"]


# --- charts -------------------------------------------------------------------------------------------------------------


def test_every_metric_of_a_chart_is_one_of_its_dataset(files: Files) -> None:
    datasets = {dataset["uuid"]: dataset for dataset in below(files, "datasets").values()}
    for path, chart in below(files, "charts").items():
        known = {metric["metric_name"]: metric["expression"] for metric in datasets[chart["dataset_uuid"]]["metrics"]}
        for metric in named_metrics(chart):
            assert metric["sqlExpression"] in known.values() if isinstance(metric, dict) else metric in known, path


def test_every_column_of_a_chart_is_one_of_its_dataset(files: Files) -> None:
    datasets = {dataset["uuid"]: dataset for dataset in below(files, "datasets").values()}
    for path, chart in below(files, "charts").items():
        known = {column["column_name"] for column in datasets[chart["dataset_uuid"]]["columns"]}
        params = chart["params"]
        named = [params["x_axis"]] if "x_axis" in params else []
        named += [*params.get("groupby", []), *params.get("all_columns", []), *(given["subject"] for given in params["adhoc_filters"])]

        assert named, path
        assert set(named) <= known, path


def test_a_chart_without_sums_shows_whole_rows_and_one_with_sums_no_figure_of_a_row(files: Files) -> None:
    datasets = {dataset["uuid"]: dataset for dataset in below(files, "datasets").values()}
    for path, chart in below(files, "charts").items():
        contract = contract_of(datasets[chart["dataset_uuid"]])
        if chart["params"].get("query_mode") == "raw":
            assert set(grain(contract)) <= set(chart["params"]["all_columns"]), path
        else:
            assert set(chart["params"].get("groupby", [])) <= set(grain(contract)), path


def test_every_chart_says_what_it_shows(files: Files) -> None:
    for path, chart in below(files, "charts").items():
        assert chart["description"].startswith("* `"), path


# --- dashboards ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_a_row_of_a_dashboard_is_as_wide_as_the_page_or_narrower(board: Any) -> None:
    assert [sum(chart.width for chart in row) for row in board.rows] == [12] * len(board.rows)


def test_every_chart_stands_on_its_dashboard_once(files: Files) -> None:
    placed = [
        part["meta"]["uuid"]
        for dashboard in below(files, "dashboards").values()
        for part in dashboard["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    ]

    assert sorted(placed) == sorted(chart["uuid"] for chart in below(files, "charts").values())


def test_the_children_of_every_part_are_there_and_know_their_parents(files: Files) -> None:
    for dashboard in below(files, "dashboards").values():
        parts = {name: part for name, part in dashboard["position"].items() if isinstance(part, dict)}
        for name, part in parts.items():
            for child in part.get("children", []):
                assert parts[child]["parents"][-1] == name


def test_a_filter_leaves_out_exactly_the_charts_that_lack_its_column(files: Files) -> None:
    datasets = {dataset["uuid"]: dataset for dataset in below(files, "datasets").values()}
    charts = {chart["uuid"]: chart for chart in below(files, "charts").values()}
    for path, dashboard in below(files, "dashboards").items():
        placed = [part["meta"] for part in dashboard["position"].values() if isinstance(part, dict) and part["type"] == "CHART"]
        for chosen in dashboard["metadata"]["native_filter_configuration"]:
            (target,) = chosen["targets"]
            if chosen["filterType"] == "filter_time":
                assert chosen["scope"]["excluded"] == [], path
                continue
            column = target["column"]["name"]
            assert contract_of(datasets[target["datasetUuid"]]) is BY_NAME[{"category": "facts.categories"}.get(column, f"facts.{column}s")]
            without = [
                meta["chartId"] for meta in placed if column not in grain(contract_of(datasets[charts[meta["uuid"]]["dataset_uuid"]]))
            ]
            assert chosen["scope"]["excluded"] == without, (path, column)
            assert len(without) < len(placed)


# --- where it reads -----------------------------------------------------------------------------------------------------


def test_the_file_is_opened_without_the_right_to_write(files: Files) -> None:
    database = files["databases/kpis.yaml"]

    assert database["sqlalchemy_uri"] == "duckdb:////srv/feedback/published/kpis.duckdb"
    assert database["extra"]["engine_params"] == {"connect_args": {"read_only": True}}
    assert not any(database[allowed] for allowed in ("allow_ctas", "allow_cvas", "allow_dml", "allow_csv_upload"))


def test_postgresql_has_the_same_tables_in_one_schema_and_is_only_read() -> None:
    made = read(bundle(database=at("postgresql://bi@db/feedback", "figures")))
    dataset, database = (made[path] for path in ("datasets/kpis/kpi_satisfaction_daily.yaml", "databases/kpis.yaml"))

    assert (dataset["schema"], dataset["table_name"]) == ("figures", "satisfaction_daily")
    assert database["extra"]["engine_params"] == {"connect_args": {"options": "-c default_transaction_read_only=on"}}


@pytest.mark.parametrize("address", ["nonsense", "mysql://db/feedback", "sqlite:///kpis.db"])
def test_an_address_of_anything_else_is_an_error(address: str) -> None:
    with pytest.raises(PipelineError, match="no address of DuckDB or PostgreSQL"):
        at(address, "kpis")


def test_a_password_never_stands_in_the_file() -> None:
    with pytest.raises(PipelineError, match="password") as refused:
        at("postgresql://bi:s3cr3t@db/feedback", "kpis")

    assert "s3cr3t" not in str(refused.value)


def test_a_path_with_words_of_its_own_stays_one_path() -> None:
    address = published_file(Path("/srv/a b/kpis.duckdb")).address

    assert sa.make_url(address.render_as_string()).database == "/srv/a b/kpis.duckdb"


# --- the command --------------------------------------------------------------------------------------------------------


def test_the_command_writes_an_archive_or_the_same_files_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "kpis.toml").write_text('currency = "USD"\n')
    for target in ("dashboards.zip", "dashboards"):
        called = CliRunner().invoke(app, ["superset", str(tmp_path / target), "--settings", str(tmp_path / "kpis.toml")])
        assert (called.exit_code, called.output.strip()) == (0, str(tmp_path / target))

    with zipfile.ZipFile(tmp_path / "dashboards.zip") as archive:
        within = {name.removeprefix("kpis/"): archive.read(name).decode() for name in archive.namelist()}
    folder = tmp_path / "dashboards"
    assert within == {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.yaml")}
    assert f"duckdb:///{tmp_path}/published/kpis.duckdb" in within["databases/kpis.yaml"]
    assert '"symbol": "USD"' in within["charts/money_cost-per-contact.yaml"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "kpis.toml").write_text("")
    called = CliRunner().invoke(app, ["superset", str(tmp_path / "no" / "d.zip"), "--settings", str(tmp_path / "kpis.toml")])

    assert called.exit_code == 2
    assert f"There is no folder {tmp_path / 'no'}" in called.output
