"""The command line answers quickly, teaches by examples, and prints for scripts what it prints for people."""

import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from command_pages import examples_of
from typer.testing import CliRunner

from pipelines.cli.app import app
from schemas.catalogue import KPI
from tests.docs.reading import ROOT

COMMANDS: dict[str, Any] = vars(typer.main.get_command(app))["commands"]  # Typer brings its own click, without types
PROGRAM = (sys.executable, "-c", "from pipelines.cli.app import main; main()")


def started(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *words], env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, check=False, capture_output=True, text=True
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_ends_with_examples_that_can_be_called(name: str) -> None:
    shown = examples_of(COMMANDS[name])

    assert shown
    for example in shown:
        program, called, *words = example.split()
        assert (program, called) == ("kpis", name)
        COMMANDS[name].make_context(name, words)
    assert CliRunner().invoke(app, [name, "--help"]).output.rstrip().endswith("\n".join(["Examples:", *(f"    {line}" for line in shown)]))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_and_argument_says_what_it_is(name: str) -> None:
    assert [parameter.name for parameter in COMMANDS[name].params if not parameter.help] == []


def test_the_list_of_commands_cuts_no_sentence_off() -> None:
    assert "..." not in CliRunner().invoke(app, ["--help"]).output.partition("Commands:")[2]


def test_the_help_imports_nothing_heavy() -> None:
    looked = subprocess.run(
        [sys.executable, "-X", "importtime", *PROGRAM[1:], "--help"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )

    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in looked.stderr.splitlines()}
    assert "typer" in imported
    assert imported & {"dagster", "duckdb", "polars", "pandera", "pydantic", "rich", "narwhals", "fsspec"} == set()


@pytest.mark.slow
def test_the_help_takes_less_than_four_tenths_of_a_second() -> None:
    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert started("--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(5)) < 0.4


def test_without_a_name_show_lists_every_kpi_for_people_and_for_scripts() -> None:
    listed = json.loads(CliRunner().invoke(app, ["show", "--json"]).output)

    assert len(listed) == len(KPI)
    assert listed[0] == {
        "kpi": "satisfaction_daily",
        "grain": "answered_on, channel, touchpoint, segment",
        "says": "How satisfied customers are: CSAT top-box, NPS and CES of the answers given on a day.",
    }
    assert "satisfaction_daily" in CliRunner().invoke(app, ["show"]).output


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "offered"), [("kpis st", ["status"]), ("kpis status --j", ["--json"]), ("kpis q", ["quarantine"])])
def test_the_shell_is_offered_commands_and_options(typed: str, offered: list[str]) -> None:
    said = started(_KPIS_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=str(len(typed.split()) - 1))

    assert said.stdout.split() == offered


@pytest.mark.slow
def test_completion_is_installed_into_the_shell_that_asks(tmp_path: Path) -> None:
    (tmp_path / "kpis").write_text(f"#!/bin/sh\nexec {sys.executable} -c '{PROGRAM[2]}' \"$@\"\n")
    (tmp_path / "kpis").chmod(0o755)
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PATH": f"{tmp_path}:{os.environ['PATH']}"}

    # A second command, else the shell would replace itself by the first, and nobody would be there to be recognised.
    subprocess.run(["bash", "-c", "kpis --install-completion; true"], env=environment, check=True, capture_output=True)
    known = subprocess.run(["bash", "-c", ". ~/.bashrc; complete -p kpis"], env=environment, check=True, capture_output=True, text=True)

    assert re.search(r"complete .*-F \w+ kpis", known.stdout)


@pytest.mark.slow
def test_nothing_is_drawn_where_nobody_is_watching(tmp_path: Path) -> None:
    (tmp_path / "kpis.toml").write_text('[feeds.mails]\nadapter = "email_mime"\nexpected = false\n')

    ran = started("run", "--settings", str(tmp_path / "kpis.toml"))

    assert ran.returncode == 0, ran.stderr
    assert re.findall(r"[\x1b\r\x08]", ran.stdout + ran.stderr) == []
    assert len(ran.stdout.splitlines()) == 2
