"""The command `report`: the page for people, from the published tables."""

from pathlib import Path

from pipelines.cli.console import console
from pipelines.errors import PipelineError
from pipelines.report import REPORT_NAME
from pipelines.report.page import write_report
from pipelines.settings import load_settings


def report(settings_file: Path | None, out: Path | None) -> None:
    """See `app.report`."""
    settings = load_settings(settings_file)
    target = out or settings.published_path / REPORT_NAME
    if not target.parent.is_dir():
        raise PipelineError(f"There is no folder {target.parent} to write the report into; make it, or name another file with --out.")
    size = write_report(settings.published_path, target)
    console().print(f"{target.resolve().as_uri()} ({size / 1000:,.0f} kB)", soft_wrap=True)
