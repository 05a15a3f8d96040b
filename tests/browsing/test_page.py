"""The page shows a figure, what it is made of and the rows behind it; the command serves it on this machine alone."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from pipelines.cli.app import app
from tests.browsing.conftest import MONDAY, TUESDAY
from tests.docs.reading import ROOT

PAGE = ROOT / "pipelines" / "browsing" / "page.py"
WITHOUT = "Streamlit is not installed; it comes with the extra `app`"


@pytest.fixture
def page(published_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    testing = pytest.importorskip("streamlit.testing.v1", reason=WITHOUT)
    monkeypatch.setattr(sys, "argv", ["page.py", str(published_folder)])
    opened = testing.AppTest.from_file(str(PAGE), default_timeout=60).run()
    assert not opened.exception
    return opened


@pytest.mark.slow
def test_the_newest_day_is_shown_with_its_counts_and_its_rows(page: Any) -> None:
    (figure,) = page.metric

    assert (figure.label, figure.value) == ("csat_top2", "75.0 %")
    assert "csat_top2 = csat_satisfied / csat_n\n          = 3 / 4" in [said.value for said in page.code]
    assert [tab.label for tab in page.tabs] == ["facts.answers (4)"]
    assert page.dataframe[0].value["answered_on"].dt.date.tolist() == [TUESDAY] * 4


@pytest.mark.slow
def test_another_day_and_channel_are_chosen_at_the_side_and_the_interval_is_that_of_the_sums(page: Any) -> None:
    page.sidebar.selectbox(key="kpi.satisfaction_daily.answered_on").set_value(MONDAY).run()
    assert page.metric[0].value == "66.7 %"
    assert [said.value for said in page.caption][:2] == ["95 % interval: 20.8 % to 93.9 %", "of 2 published rows"]
    page.sidebar.selectbox(key="kpi.satisfaction_daily.channel").set_value("web").run()

    assert page.metric[0].value == "50.0 %"
    assert [tab.label for tab in page.tabs] == ["facts.answers (2)"]


@pytest.mark.slow
def test_a_kpi_without_rows_is_told_in_one_sentence(page: Any) -> None:
    page.sidebar.selectbox(key="kpi").set_value("response_rate_daily").run()

    assert not page.exception
    assert [said.value for said in page.error] == [
        "kpi.response_rate_daily has no rows; see `kpis show response_rate_daily` for those it has."
    ]


def test_without_streamlit_the_command_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    (tmp_path / "kpis.toml").write_text("")
    called = CliRunner().invoke(app, ["app", "--settings", str(tmp_path / "kpis.toml")])

    assert called.exit_code == 2
    assert "pip install 'feedback-kpis[app]'" in called.output


@pytest.mark.slow
def test_the_command_serves_the_page_on_the_loopback_address_alone(published_folder: Path) -> None:
    pytest.importorskip("streamlit", reason=WITHOUT)
    (published_folder / "kpis.toml").write_text("")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [sys.executable, "-c", "from pipelines.cli.app import main; main()", "app", "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(
        program, cwd=published_folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        assert answers(f"http://127.0.0.1:{port}/_stcore/health")
        listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        assert {fields[1] for fields in listening if fields[3] == "0A" and fields[1].endswith(f":{port:04X}")} == {f"0100007F:{port:04X}"}
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def answers(address: str) -> bool:
    for _ in range(240):
        try:
            return httpx2.get(address).text == "ok"
        except httpx2.TransportError:
            time.sleep(0.25)
    return False
