"""`kpis init` starts a deployment that runs, keeps what is the user's, and follows the package in the rest."""

import datetime as dt
import re
import shutil
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

from pipelines.deployment import TEMPLATES, contents
from pipelines.deployment.contents import UNITS, Place
from pipelines.deployment.folder import Initialised, initialise
from pipelines.errors import PipelineError
from pipelines.inbox import Inbox
from pipelines.settings import Settings, load_settings
from tests.docs.reading import ROOT

SURVEY = "response_id,answered_at,email,satisfied,recommend\nr-1,2026-11-19 09:12:00,ann@example.com,5,9\nr-2,2026-11-19 10:40:00,,9,7\n"
FILES = {
    ".dagster/dagster.yaml",
    ".gitignore",
    ".kpis-init.json",
    "inbox/survey/README.md",
    "kpis.env",
    "kpis.toml",
    "systemd/feedback-kpis-daemon.service",
    "systemd/feedback-kpis-webserver.service",
    "workspace.yaml",
}


def made(folder: Path, programs: Path = Path("/opt/kpis/bin")) -> Initialised:
    return initialise(Place(folder, programs, "feedback"), "Europe/Berlin", "EUR")


def all_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_deployment_has_settings_that_are_accepted_and_a_note_for_each_feed(tmp_path: Path) -> None:
    done = made(tmp_path / "company")

    assert set(all_of(tmp_path / "company")) == FILES
    assert set(done.written) == FILES - {".kpis-init.json"}
    settings = load_settings(tmp_path / "company" / "kpis.toml")
    assert (settings.time_zone, settings.currency, list(settings.feeds)) == ("Europe/Berlin", "EUR", ["survey"])


def test_every_commented_block_of_the_settings_is_accepted_once_it_is_uncommented(tmp_path: Path) -> None:
    made(tmp_path)
    text = (tmp_path / "kpis.toml").read_text()

    uncommented = re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.MULTILINE)

    settings = Settings.model_validate(tomllib.loads(uncommented))
    assert list(settings.feeds) == ["survey", "tickets", "orders", "email"]
    assert list(settings.connectors) == ["mailbox"]


def test_the_key_is_random_in_one_file_alone_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    made(tmp_path / "one")
    made(tmp_path / "other")

    keys = [
        re.findall(r"^KPIS_PSEUDONYM_KEY=([0-9a-f]{64})$", (tmp_path / name / "kpis.env").read_text(), re.MULTILINE)[0]
        for name in ("one", "other")
    ]
    assert keys[0] != keys[1]
    assert stat.S_IMODE((tmp_path / "one" / "kpis.env").stat().st_mode) == 0o600
    assert [name for name, content in all_of(tmp_path / "one").items() if keys[0].encode() in content] == ["kpis.env"]


def test_a_folder_that_somebody_else_has_filled_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(PipelineError, match=r"holds thesis\.txt, which `kpis init` did not write; choose a folder that is empty"):
        made(tmp_path)

    assert set(all_of(tmp_path)) == {"thesis.txt"}


def test_a_marker_that_another_program_wrote_is_no_marker(tmp_path: Path) -> None:
    (tmp_path / ".kpis-init.json").write_text("[]")

    with pytest.raises(PipelineError, match="is not what `kpis init` wrote"):
        made(tmp_path)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "company").write_text("")

    with pytest.raises(PipelineError, match="is no folder"):
        made(tmp_path / "company")


def test_a_time_zone_that_does_not_exist_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="--time-zone: 'Mars/Base' is no IANA time zone"):
        initialise(Place(tmp_path / "company", Path("/opt"), "feedback"), "Mars/Base", "EUR")

    assert not (tmp_path / "company").exists()


def test_a_path_that_a_unit_cannot_name_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="choose another folder"):
        made(tmp_path / 'say "no"')

    assert all_of(tmp_path) == {}


def test_a_second_call_changes_nothing(tmp_path: Path) -> None:
    made(tmp_path)
    before = all_of(tmp_path)

    done = made(tmp_path)

    assert (done.written, done.kept, all_of(tmp_path)) == ([], [], before)


def test_a_call_that_died_half_way_is_made_up_for_by_the_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(_: str) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.deployment.folder.secrets_text", die)
        with pytest.raises(KeyboardInterrupt):
            made(tmp_path)
    made(tmp_path)

    assert set(all_of(tmp_path)) == FILES


def test_after_an_upgrade_files_that_nobody_changed_follow_the_package_and_all_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path)
    (tmp_path / "kpis.toml").write_text((tmp_path / "kpis.toml").read_text() + "\n[schedule]\ndaily_at = 05:30:00\n")
    (tmp_path / ".dagster" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    mine = {name: content for name, content in all_of(tmp_path).items() if name in {"kpis.toml", "kpis.env", ".dagster/dagster.yaml"}}
    templates = shutil.copytree(TEMPLATES, tmp_path / "next")
    for name in ("kpis.toml", "kpis.env", "dagster.yaml", "workspace.yaml"):
        (templates / name).write_text((templates / name).read_text() + "# of the next version\n")
    monkeypatch.setattr(contents, "TEMPLATES", templates)

    done = made(tmp_path, programs=Path("/opt/newer/bin"))

    assert (sorted(done.written), done.kept) == (
        ["systemd/feedback-kpis-daemon.service", "systemd/feedback-kpis-webserver.service", "workspace.yaml"],
        [".dagster/dagster.yaml"],
    )
    after = all_of(tmp_path)
    assert {name: after[name] for name in mine} == mine
    assert b"# of the next version" in after["workspace.yaml"]
    assert b'"/opt/newer/bin/dagster-daemon"' in after["systemd/feedback-kpis-daemon.service"]


def test_a_feed_that_was_declared_later_gets_its_folder(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "kpis.toml").write_text((tmp_path / "kpis.toml").read_text() + '\n[feeds.mails]\nadapter = "email_mime"\n')

    assert made(tmp_path).written == ["inbox/mails/README.md"]


def test_a_key_that_was_moved_away_is_not_made_again(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "kpis.env").unlink()

    done = made(tmp_path)

    assert not done.has_secrets
    assert not (tmp_path / "kpis.env").exists()


def test_the_note_in_a_feeds_folder_is_no_delivery(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "inbox" / "survey" / "export.csv").write_text(SURVEY)

    moved = Inbox(str(tmp_path / "inbox")).file_loose(["survey"], dt.date(2026, 11, 20))

    assert [path.removeprefix(str(tmp_path)) for path in moved] == ["/inbox/survey/2026-11-20/export.csv"]
    assert (tmp_path / "inbox" / "survey" / "README.md").exists()


def test_a_repository_of_the_folder_holds_neither_secrets_nor_deliveries(tmp_path: Path) -> None:
    made(tmp_path)
    for path in (
        "inbox/survey/2026-11-20/export.csv",
        "inbox/survey/.mailbox.cursor.json",
        "warehouse/kpis.duckdb",
        ".dagster/history/runs.db",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)

    listed = subprocess.run(["git", "ls-files", "-o", "--exclude-standard"], cwd=tmp_path, check=True, capture_output=True, text=True)

    assert set(listed.stdout.splitlines()) == FILES - {"kpis.env"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", ["company", "my company 100%"])
def test_systemd_accepts_the_units(tmp_path: Path, name: str) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in ("dagster-daemon", "dagster-webserver"):
        (programs / program).symlink_to("/bin/true")
    initialise(Place(tmp_path / name, programs, "root"), "UTC", "EUR")

    verified = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name / "systemd" / unit) for unit in UNITS)],
        check=False,
        capture_output=True,
        text=True,
    )

    assert (verified.returncode, [line for line in verified.stderr.splitlines() if "feedback-kpis" in line]) == (0, [])


def test_the_webserver_listens_on_the_loopback_address_alone(tmp_path: Path) -> None:
    made(tmp_path)

    (start,) = re.findall(r"^ExecStart=.*$", (tmp_path / "systemd" / UNITS[1]).read_text(), re.MULTILINE)
    assert " -h 127.0.0.1 " in start


def test_an_installed_package_holds_every_file_that_is_no_module() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    packaged = {
        path for package, patterns in declared.items() for pattern in patterns for path in ROOT.joinpath(*package.split(".")).glob(pattern)
    }
    files = {path for room in ("pipelines", "assets", "schemas") for path in (ROOT / room).rglob("*") if path.is_file()}

    left_by_tools = {
        path for path in files if "__pycache__" in path.parts or any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    }
    assert {path for path in files - left_by_tools if path.suffix != ".py"} == packaged
