"""Try the dashboards on a real Superset: import them, compare their figures with the published tables, take their pictures.

    python docs/superset/trial.py COMPANY ENVIRONMENT

COMPANY is a folder with `kpis.toml` and a publication, such as that of `kpis demo`. ENVIRONMENT is made from `requirements.txt` where it is
not there yet, and keeps Superset's own database; delete it to begin anew. Superset answers on the loopback address alone and is stopped at
the end. Exits 1 with a line for whatever is wrong; the pictures are in `docs/images`.
"""

import argparse
import json
import math
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2

from pipelines.published import query
from pipelines.settings import load_settings

HERE: Final = Path(__file__).parent
PICTURES: Final = HERE.parent / "images"
USER: Final = "admin"
PATIENCE: Final = 120
"""Seconds."""
CLOSE: Final = 1e-9
"""How far a figure may lie from the published one, relatively: both are doubles, summed in another order."""

HEADLINES: Final[Mapping[str, str]] = {
    "CSAT": "sum(csat_satisfied) / sum(csat_n) FROM kpi.satisfaction_daily",
    "NPS": "100 * (sum(nps_promoters) - sum(nps_detractors)) / sum(nps_n) FROM kpi.satisfaction_daily",
    "CES": "sum(ces_easy) / sum(ces_n) FROM kpi.satisfaction_daily",
    "Response rate": "sum(answered_count) / sum(n_eligible) FROM kpi.response_rate_daily",
    "FCR gross": "sum(resolved_count) / sum(judged_count) FROM kpi.first_contact_resolution_daily",
    "FCR net": "sum(resolvable_resolved_count) / sum(resolvable_count) FROM kpi.first_contact_resolution_daily",
    "Repeat-window FCR": "1 - sum(anchor_repeated_same_channel_count) / sum(anchor_count) FROM kpi.first_contact_resolution_daily",
    "FCR by survey": "sum(survey_yes_count) / sum(survey_n) FROM kpi.first_contact_resolution_daily",
    "Cost per sale": "sum(service_cost_amount)::DOUBLE / sum(sale_count) FROM kpi.cost_per_sale_monthly",
    "Cost per contact": "sum(service_cost_amount)::DOUBLE / sum(contact_count) FROM kpi.cost_per_sale_monthly",
    "Cost per resolution": "sum(service_cost_amount)::DOUBLE / sum(resolution_count) FROM kpi.cost_per_sale_monthly",
    "Service ROI": (
        "(sum(prevented_damage_amount) + sum(recovered_margin_amount) + sum(new_margin_amount) - sum(service_cost_amount))::DOUBLE "
        "/ sum(service_cost_amount)::DOUBLE FROM kpi.service_roi_monthly"
    ),
    "Yearly margin at risk": "sum(margin_at_risk_amount)::DOUBLE FROM kpi.revenue_at_risk_monthly",
    "Never told us": (
        "(sum(silent_count) + sum(blocked_count)) / (sum(complained_count) + sum(silent_count) + sum(blocked_count)) "
        "FROM kpi.problem_experience_monthly"
    ),
    "Multiplier": (
        "(sum(complained_count) + sum(silent_count) + sum(blocked_count)) / sum(complained_count) FROM kpi.problem_experience_monthly"
    ),
    "Effect of talk": "sum(sales_effect_amount)::DOUBLE FROM kpi.word_of_mouth",
}
"""What each large figure must be, written apart from the code that makes the dashboards."""


@dataclass(frozen=True)
class Trial:
    """A Superset in its environment."""

    folder: Path
    password: str
    variables: Mapping[str, str]

    def program(self, name: str) -> str:
        """A program of the environment."""
        return str(self.folder / "environment" / "bin" / name)

    def superset(self, *words: str) -> None:
        """Run a command of Superset's own; what it says is kept beside it."""
        with (self.folder / "superset.log").open("a") as log:
            subprocess.run([self.program("superset"), *words], check=True, env=self.variables, stdout=log, stderr=log)


def main() -> int:
    """Try it, and print what is wrong."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("company", type=Path)
    asked.add_argument("environment", type=Path)
    given = asked.parse_args()
    published = load_settings(given.company / "kpis.toml").published_path
    trial = made(given.environment.resolve())
    export = exported(given.company, trial.folder)
    trial.superset("import-dashboards", "-p", f"{export}.zip", "-u", USER)
    faults = brought_up_to_date(trial, export)
    found = charts_of(trial)
    with serving(trial) as address:
        rows, wrong = looked_at(trial, address)
    faults += [*wrong, *wrong_figures({found[chart]: shown for chart, shown in rows.items()}, published)]
    faults += [f"{name}: Superset was not asked for it" for chart, name in found.items() if chart not in rows]
    print(f"{len(rows)} charts asked, {len(HEADLINES)} figures compared with {published}")
    print("\n".join(faults) or "nothing is wrong")
    return 1 if faults else 0


def made(folder: Path) -> Trial:
    """The environment, with Superset's database and its administrator, made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "secret.json"
    is_new = not secret.exists()
    if not (folder / "environment" / "bin" / "superset").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / "environment")], check=True)
        pip = [str(folder / "environment" / "bin" / "pip"), "install", "--quiet", "-r", str(HERE / "requirements.txt")]
        subprocess.run(pip, check=True)
    said = {"key": secrets.token_hex(32), "password": secrets.token_hex(8)} if is_new else json.loads(secret.read_text())
    variables = {
        **{name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}},
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        "SUPERSET_HOME": str(folder),
        "SUPERSET_METADATA_URI": f"sqlite:///{folder / 'superset.db'}",
        "SUPERSET_SECRET_KEY": said["key"],
    }
    trial = Trial(folder, said["password"], variables)
    if is_new:
        trial.superset("db", "upgrade")
        person = ("--username", USER, "--firstname", "A", "--lastname", "Reader", "--email", "reader@example.org")
        trial.superset("fab", "create-admin", *person, "--password", said["password"])
        trial.superset("init")
        secret.touch(mode=0o600)
        secret.write_text(json.dumps(said))
    return trial


def exported(company: Path, folder: Path) -> Path:
    """The dashboards of a company as a folder, and beside it as one file."""
    target = folder / "dashboards"
    shutil.rmtree(target, ignore_errors=True)
    for place in (target, target.with_suffix(".zip")):
        command = ["superset", str(place), "--settings", str(company / "kpis.toml")]
        subprocess.run(
            [sys.executable, "-c", "from pipelines.cli.app import main; main()", *command], check=True, stdout=subprocess.DEVNULL
        )
    return target


def brought_up_to_date(trial: Trial, export: Path) -> list[str]:
    """Change the charts by hand and import again, as after an update; what is not put back, or is there twice."""
    before = charts_of(trial)
    with sqlite3.connect(trial.folder / "superset.db") as metadata:
        metadata.execute("UPDATE slices SET slice_name = 'changed by hand'")
    # The first leaves charts on a dashboard that are gone, the second alone leaves charts and datasets that are there as they are.
    trial.superset("import-directory", "--overwrite", str(export))
    trial.superset("import-dashboards", "-p", f"{export}.zip", "-u", USER)
    return [] if charts_of(trial) == before else [f"{len(before)} charts are others after importing them again"]


def charts_of(trial: Trial) -> dict[str, str]:
    """The names of the charts that Superset has, by their ids."""
    with sqlite3.connect(trial.folder / "superset.db") as metadata:
        return {str(chart): str(name) for chart, name in metadata.execute("SELECT id, slice_name FROM slices")}


@contextmanager
def serving(trial: Trial) -> Iterator[str]:
    """Superset on a free port of the loopback address, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [trial.program("gunicorn"), "-k", "gthread", "--threads", "8", "--timeout", str(PATIENCE)]
    with (trial.folder / "server.log").open("a") as log:
        server = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{port}", "superset.app:create_app()"], env=trial.variables, stdout=log, stderr=log
        )
    try:
        wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(PATIENCE)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return when Superset answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx2.get(f"{address}/health").status_code == httpx2.codes.OK:
                return
        except httpx2.TransportError:
            time.sleep(1)
    raise RuntimeError("Superset does not answer; see server.log in its environment.")


def looked_at(trial: Trial, address: str) -> tuple[dict[str, Any], list[str]]:
    """Open every dashboard in a browser and take its picture; the rows of every chart by its id, and what went wrong."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        return {}, ["no Chromium is installed"]
    PICTURES.mkdir(exist_ok=True)
    names = [file.stem for file in sorted((trial.folder / "dashboards" / "dashboards").glob("*.yaml"))]
    looked = subprocess.run(
        [trial.program("python"), str(HERE / "pictures.py"), address, str(PICTURES), chromium, *names],
        check=False,
        env={**trial.variables, "SUPERSET_TRY_USER": USER, "SUPERSET_TRY_PASSWORD": trial.password},
        capture_output=True,
        text=True,
    )
    return json.loads(looked.stdout or "{}"), looked.stderr.splitlines() if looked.returncode else []


def wrong_figures(shown: Mapping[str, Any], published: Path) -> list[str]:
    """Charts without rows, and large figures that are not those of the published tables; ``shown`` has the rows by the chart's name."""
    faults = [f"{name} has no rows" for name, rows in shown.items() if not rows]
    for name, sql in HEADLINES.items():
        expected = query(published, f"SELECT {sql}").item()
        (value,) = shown[name][0].values() if shown.get(name) else (math.nan,)
        if not math.isclose(value, expected, rel_tol=CLOSE):
            faults.append(f"{name}: Superset says {value}, the published tables say {expected}")
    return faults


if __name__ == "__main__":
    sys.exit(main())
