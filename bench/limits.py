"""What no pipeline can do without: DuckDB looks at every value of a workload's files once, and keeps nothing.

Usage: python -m bench.limits FOLDER
"""

import sys
from pathlib import Path

import duckdb

_TABLE = """read_csv('{files}', all_varchar = true, header = true, delim = '{delimiter}', quote = '"', escape = '"')"""
_PAGES = "(SELECT unnest({feed}, recursive := true) FROM read_json('{files}', maximum_object_size = 64000000))"


def scan(folder: Path) -> None:
    """Read every file once, with every column of a table as text and the records of every page."""
    with duckdb.connect() as connection:
        for feed in sorted(path for path in (folder / "inbox").iterdir() if path.is_dir()):
            kind = next(feed.glob("*/*")).suffix
            delimiter = ";" if feed.name == "costs" else ","
            rows = (_PAGES if kind == ".json" else _TABLE).format(feed=feed.name, files=f"{feed}/*/*{kind}", delimiter=delimiter)
            connection.execute(f"SELECT count(COLUMNS(*)) FROM {rows}").fetchall()


if __name__ == "__main__":
    scan(Path(sys.argv[1]))
