"""The classifier's file: learning it from labelled texts, and finding it again for a run. What it is stands in `assets.classifier`."""

import importlib.util
from functools import lru_cache
from pathlib import Path

import polars as pl

from assets.classifier import Classifier, UnreadableClassifierError, UntrainableError, train
from pipelines.errors import PipelineError
from pipelines.settings import Settings

TEXT, CATEGORY = "text", "category"


def load_classifier(settings: Settings) -> Classifier | None:
    """The classifier that the settings name. Raises PipelineError when it is not there, or none."""
    if settings.classifier is None:
        return None
    _need_extra()
    path = settings.folder / settings.classifier
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        raise PipelineError(f"classifier: there is no file {path}; train one with `kpis train`, or take the setting out.") from None
    except UnreadableClassifierError as fault:
        raise PipelineError(f"classifier: {path}: {fault}.") from None


@lru_cache(maxsize=1)
def _read(path: Path, _changed_at: int) -> Classifier:
    """Read a file once for all tables of a run."""
    return Classifier.from_bytes(path.read_bytes())


def train_from(labels: Path, least_confidence: float) -> Classifier:
    """Learn from a CSV file with the columns `text` and `category`. Raises PipelineError."""
    _need_extra()
    try:
        table = pl.read_csv(labels, infer_schema=False)
    except OSError:
        raise PipelineError(f"There is no file {labels}.") from None
    except pl.exceptions.PolarsError:
        raise PipelineError(f"{labels} is no CSV file in UTF-8 with the columns {TEXT} and {CATEGORY}.") from None
    if missing := [name for name in (TEXT, CATEGORY) if name not in table.columns]:
        raise PipelineError(f"{labels} has no column {missing[0]!r}; it needs {TEXT} and {CATEGORY}.")
    labelled = table.select(pl.col(TEXT, CATEGORY).str.strip_chars()).filter(pl.all_horizontal(pl.col(TEXT, CATEGORY).str.len_chars() > 0))
    try:
        return train(labelled[TEXT].to_list(), labelled[CATEGORY].to_list(), least_confidence)
    except UntrainableError as fault:
        raise PipelineError(f"{labels}: {fault}.") from None


def _need_extra() -> None:
    if importlib.util.find_spec("sklearn") is None:
        raise PipelineError("A classifier needs scikit-learn; install the extra: pip install 'feedback-kpis[train]'.")
