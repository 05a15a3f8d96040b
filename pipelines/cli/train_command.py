"""The command `train`: a classifier from labelled texts, and how well it does."""

import json
from pathlib import Path

import polars as pl
import typer

from pipelines.cli.console import console
from pipelines.cli.tables import as_table
from pipelines.training import train_from


def train(labels: Path, out: Path, least_confidence: float, *, as_json: bool) -> None:
    """See `app.train`."""
    made = train_from(labels, least_confidence)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(made.to_bytes())
    held_out = made.held_out
    if as_json:
        typer.echo(json.dumps({"file": str(out), "digest": made.digest, **held_out.__dict__}, indent=2))
        return
    screen = console()
    sure = "-" if held_out.covered_accuracy is None else f"{held_out.covered_accuracy:.1%}"
    for line in (
        f"{held_out.text_count:,} labelled texts, {len(made.categories)} categories. On texts not learnt from (five folds):",
        f"{held_out.accuracy:.1%} named rightly; always naming the largest category would reach {held_out.majority:.1%}.",
        f"Sure enough ({least_confidence:.0%}) of {held_out.covered:.1%}, and of these {sure} rightly; the others stay unclassified.",
    ):
        screen.print(line, markup=False)
    by_category = sorted(held_out.recall.items(), key=lambda item: item[1])
    screen.print(as_table("\nNamed rightly, by category", pl.DataFrame(by_category, schema=["category", "share"], orient="row")))
    screen.print(f'\nWritten to {out}. To use it, say in kpis.toml: classifier = "{out.name}"', markup=False, soft_wrap=True)
