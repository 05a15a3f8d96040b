"""A classifier of texts, trained on the user's own labels: words and their parts, weighed by a linear model (scikit-learn).

What is kept of it is numbers and words alone: loading a file runs no code of it. It speaks only where no rule of the
taxonomy hits, and only when it is sure enough.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

FEWEST_PER_CATEGORY: Final = 10
"""Labelled texts that a category must have to be learnt: with fewer, nothing can be held out."""

_FOLDS: Final = 5
_FEATURES: Final = 2**16
_LONGEST_TEXT: Final = 10_000
_SEED: Final = 0

Vector = npt.NDArray[np.float32]


class UntrainableError(Exception):
    """The labels do not suffice. The message is one sentence: what is wrong, what to do."""


class UnreadableClassifierError(Exception):
    """The bytes are no classifier of ours. The message is one sentence."""


@dataclass(frozen=True)
class HeldOut:
    """How it did on texts it had not seen, in five-fold cross-validation."""

    text_count: int
    accuracy: float
    """Share of all texts whose category it named."""
    covered: float
    """Share of texts of which it was sure enough."""
    covered_accuracy: float | None
    """Share of those whose category it named; None where it was never sure."""
    majority: float
    """Share of the largest category: what naming it always would reach."""
    recall: Mapping[str, float]
    """By category, the share of its texts that were named so."""


@dataclass(frozen=True)
class Classifier:
    """A linear model over hashed words and parts of words."""

    categories: tuple[str, ...]
    least_confidence: float
    """Below this probability a text stays unclassified."""
    held_out: HeldOut
    weights: Vector
    """A row a category."""
    offsets: Vector
    rarity: Vector
    """Weight of each feature by how rare it is in the texts learnt from."""

    @cached_property
    def digest(self) -> str:
        """Hash of the whole: another classifier, another digest."""
        return hashlib.sha256(self.to_bytes()).hexdigest()[:16]

    def predict(self, texts: Sequence[str]) -> list[tuple[str | None, float]]:
        """Give each text's likeliest category, None where it is not sure enough, and its probability."""
        if not texts:
            return []
        chances = _chances(_features(texts).multiply(self.rarity[None, :]).tocsr(), self.weights, self.offsets)
        best = chances.argmax(axis=1)
        found = zip(best.tolist(), chances.max(axis=1).tolist(), strict=True)
        return [(self.categories[place] if chance >= self.least_confidence else None, chance) for place, chance in found]

    def to_bytes(self) -> bytes:
        """Write it as a NumPy archive without pickled objects."""
        about = {"categories": self.categories, "least_confidence": self.least_confidence, "held_out": self.held_out.__dict__}
        file = io.BytesIO()
        np.savez_compressed(file, about=np.array(json.dumps(about)), weights=self.weights, offsets=self.offsets, rarity=self.rarity)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Classifier":
        """Read what `to_bytes` wrote. Raises UnreadableClassifierError."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as held:
                about = json.loads(str(held["about"]))
                made = cls(
                    categories=tuple(about["categories"]),
                    least_confidence=float(about["least_confidence"]),
                    held_out=HeldOut(**about["held_out"]),
                    weights=held["weights"],
                    offsets=held["offsets"],
                    rarity=held["rarity"],
                )
        except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as fault:
            raise UnreadableClassifierError("the file is no classifier that `kpis train` wrote") from fault
        if made.weights.shape != (len(made.categories), 2 * _FEATURES) or made.rarity.shape != (2 * _FEATURES,):
            raise UnreadableClassifierError("the classifier was made by another version; train it again")
        return made


def train(texts: Sequence[str], categories: Sequence[str], least_confidence: float) -> Classifier:
    """Learn which texts are about what. Raises UntrainableError; needs the extra ``train`` installed."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # noqa: PLC0415  # an optional extra

    labels = np.array(categories, dtype=object)
    known, counts = np.unique(labels.astype(str), return_counts=True)
    if len(known) < 2:  # noqa: PLR2004  # a choice needs two
        raise UntrainableError("the labels name fewer than two categories; label texts of at least two")
    if counts.min() < FEWEST_PER_CATEGORY:
        rare = ", ".join(f"{name} ({count})" for name, count in zip(known, counts, strict=True) if count < FEWEST_PER_CATEGORY)
        raise UntrainableError(f"fewer than {FEWEST_PER_CATEGORY} texts are labelled {rare}; label more of them, or leave the category out")
    features = _features(texts)
    rarity = _rarity(features)
    weighed = features.multiply(rarity[None, :]).tocsr()
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
    chances = cross_val_predict(_model(), weighed, labels.astype(str), cv=folds, method="predict_proba")
    fitted = _model().fit(weighed, labels.astype(str))
    return Classifier(
        categories=tuple(map(str, known)),
        least_confidence=least_confidence,
        held_out=_judged(known, labels.astype(str), chances, counts, least_confidence),
        weights=_all_weights(fitted.coef_).astype(np.float32),
        offsets=_all_weights(fitted.intercept_[:, None])[:, 0].astype(np.float32),
        rarity=rarity,
    )


def _features(texts: Sequence[str]) -> Any:
    """Count words and pairs of words, and parts of words of two to five letters, each hashed to a place."""
    from scipy.sparse import hstack  # noqa: PLC0415  # an optional extra
    from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415  # likewise

    cut = [text[:_LONGEST_TEXT] for text in texts]
    words = HashingVectorizer(n_features=_FEATURES, ngram_range=(1, 2), alternate_sign=False)
    parts = HashingVectorizer(n_features=_FEATURES, ngram_range=(2, 5), analyzer="char_wb", alternate_sign=False)
    return hstack([words.transform(cut), parts.transform(cut)]).tocsr()


def _rarity(features: Any) -> Vector:
    """Weigh rare features more: ln((1 + n) / (1 + texts that have it)) + 1."""
    held_by = np.asarray((features > 0).sum(axis=0)).ravel()
    rarity: Vector = (np.log((1 + features.shape[0]) / (1 + held_by)) + 1).astype(np.float32)
    return rarity


def _model() -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  # an optional extra

    return LogisticRegression(C=30.0, max_iter=500, random_state=_SEED)


def _all_weights(given: Any) -> Any:
    """Give a row a category, where scikit-learn gives two categories one row."""
    return np.vstack([-given / 2, given / 2]) if given.shape[0] == 1 else given


def _chances(weighed: Any, weights: Vector, offsets: Vector) -> Any:
    scores = np.asarray(weighed @ weights.T) + offsets
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _judged(known: Any, labels: Any, chances: Any, counts: Any, least_confidence: float) -> HeldOut:
    named = known[chances.argmax(axis=1)]
    is_right, is_sure = named == labels, chances.max(axis=1) >= least_confidence
    return HeldOut(
        text_count=len(labels),
        accuracy=float(is_right.mean()),
        covered=float(is_sure.mean()),
        covered_accuracy=float(is_right[is_sure].mean()) if is_sure.any() else None,
        majority=float(counts.max() / counts.sum()),
        recall={str(name): float(is_right[labels == name].mean()) for name in known},
    )
