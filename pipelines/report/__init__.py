"""The page for whoever looks once a morning: one HTML file that needs nothing else."""

from typing import Final

REPORT_NAME: Final = "report.html"
"""Name of the file, beside the published tables."""
