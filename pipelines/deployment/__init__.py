"""A deployment: the folder in which the program runs for a company. What it starts with, and how `kpis init` writes it."""

from pathlib import Path
from typing import Final

TEMPLATES: Final = Path(__file__).parent / "templates"
"""What a deployment starts with, as text with `$names` to be filled in."""

INSTANCE: Final = ".dagster"
"""Folder of the Dagster instance, beside the settings."""
