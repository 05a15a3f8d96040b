"""The command `app`: the page that goes from a figure down to its rows."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import typer

from pipelines.cli.console import console
from pipelines.errors import PipelineError
from pipelines.settings import load_settings

PAGE = Path(__file__).parents[1] / "browsing" / "page.py"


def app(settings_file: Path | None, port: int) -> None:
    """See `app.app_page`."""
    folder = load_settings(settings_file).published_path.resolve()
    if importlib.util.find_spec("streamlit") is None:
        raise PipelineError("The page needs Streamlit, which is not installed; install it with: pip install 'feedback-kpis[app]'")
    options = {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(PAGE), *(f"--{name}={value}" for name, value in options.items())]
    console().print(f"http://127.0.0.1:{port} (stop with Ctrl-C)")
    raise typer.Exit(subprocess.run([*command, "--", str(folder)], check=False).returncode)  # noqa: S603  # our own interpreter, no shell
