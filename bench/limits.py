"""What no pipeline can do without: DuckDB looks at every value of a workload's files once, and keeps nothing.

Usage: python -m bench.limits FOLDER
"""

import sys
from pathlib import Path

import duckdb

_PAGES = "read_json('{files}', maximum_object_size = 64000000)"


def scan(folder: Path) -> None:
    """Read every file once, with every column of a table as text and the records of every page."""
    with duckdb.connect() as connection:
        for feed in sorted(path for path in (folder / "inbox").iterdir() if path.is_dir()):
            is_json = next(feed.glob("*/*")).suffix == ".json"
            files = f"{feed}/*/*.{'json' if is_json else 'csv'}"
            rows = (
                f"(SELECT unnest({feed.name}, recursive := true) FROM {_PAGES.format(files=files)})"
                if is_json
                else f"read_csv('{files}', all_varchar = true, header = true, null_padding = true)"
            )
            connection.execute(f"SELECT count(COLUMNS(*)) FROM {rows}").fetchall()


if __name__ == "__main__":
    scan(Path(sys.argv[1]))
