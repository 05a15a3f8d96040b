"""A classifier learnt from labels: how well it does is known, it stays silent when unsure, and its file is only data."""

import io
import zipfile
from pathlib import Path
from random import Random

import numpy as np
import pytest
from typer.testing import CliRunner

from assets.classifier import Classifier, UnreadableClassifierError, UntrainableError, train
from pipelines.cli.app import app
from pipelines.errors import PipelineError
from pipelines.training import load_classifier
from tests.world import SETTINGS, World

pytestmark = pytest.mark.slow

WORDS = {
    "delivery": ("parcel", "late", "courier", "delivery", "arrived"),
    "billing": ("invoice", "refund", "charged", "amount", "wrong"),
    "website": ("login", "cart", "page", "password", "error"),
}


def labelled(per_category: int = 40) -> tuple[list[str], list[str]]:
    draw = Random(7)
    rows = [
        (" ".join(draw.choice(words) for _ in range(5)) + f" number {place}", category)
        for category, words in WORDS.items()
        for place in range(per_category)
    ]
    draw.shuffle(rows)
    return [text for text, _ in rows], [category for _, category in rows]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return train(*labelled(), least_confidence=0.6)


def test_it_names_texts_it_has_not_seen_and_says_how_sure_it_is(classifier: Classifier) -> None:
    (first, sure), (second, _) = classifier.predict(["the courier was late with my parcel", "I was charged the wrong amount"])

    assert (first, second) == ("delivery", "billing")
    assert 0.6 <= sure <= 1
    assert classifier.predict([]) == []


def test_a_text_it_is_not_sure_about_stays_unclassified(classifier: Classifier) -> None:
    ((category, chance),) = classifier.predict(["zzz qqq"])

    assert category is None
    assert chance < 0.6


def test_how_well_it_does_is_judged_on_texts_it_did_not_learn_from(classifier: Classifier) -> None:
    held_out = classifier.held_out

    assert held_out.text_count == 120
    assert held_out.accuracy > 0.95 > held_out.majority == pytest.approx(1 / 3)
    assert set(held_out.recall) == set(WORDS)


def test_labels_drawn_by_lot_are_not_believed_to_be_learnt() -> None:
    texts, categories = labelled()
    Random(1).shuffle(categories)

    assert train(texts, categories, 0.6).held_out.accuracy < 0.55


def test_two_categories_are_enough() -> None:
    texts, categories = labelled()
    pairs = [(text, category) for text, category in zip(texts, categories, strict=True) if category != "website"]

    made = train([text for text, _ in pairs], [category for _, category in pairs], 0.5)

    assert made.predict(["my parcel is late", "refund the invoice"])[0][0] == "delivery"


def test_too_few_labels_are_refused_with_what_to_do() -> None:
    with pytest.raises(UntrainableError, match="fewer than two categories"):
        train(["a"] * 20, ["x"] * 20, 0.5)
    with pytest.raises(UntrainableError, match=r"fewer than 10 texts are labelled y \(3\)"):
        train(["a"] * 23, ["x"] * 20 + ["y"] * 3, 0.5)


def test_a_written_classifier_is_read_back_the_same(classifier: Classifier) -> None:
    again = Classifier.from_bytes(classifier.to_bytes())

    assert again.predict(["late parcel"]) == classifier.predict(["late parcel"])
    assert (again.digest, again.held_out) == (classifier.digest, classifier.held_out)


def pickled() -> bytes:
    file = io.BytesIO()
    np.savez(file, about=np.array([{"code": "would run"}], dtype=object))
    return file.getvalue()


def cut() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("about.npy", b"x")
    return file.getvalue()


@pytest.mark.parametrize("content", [b"", b"no archive", pickled(), cut()])
def test_bytes_that_are_no_classifier_are_refused_and_nothing_in_them_runs(content: bytes) -> None:
    with pytest.raises(UnreadableClassifierError):
        Classifier.from_bytes(content)


def test_the_command_writes_a_classifier_that_a_run_uses(world: World, tmp_path: Path) -> None:
    rows = "\n".join(f'"{text}",{category}' for text, category in zip(*labelled(), strict=True))
    (tmp_path / "labels.csv").write_text(f"text,category\n{rows}\n")

    said = CliRunner().invoke(app, ["train", str(tmp_path / "labels.csv"), "--out", str(world.folder / "mine.npz")])

    assert said.exit_code == 0, said.output
    assert "named rightly" in said.output
    world.declare('classifier = "mine.npz"\n' + SETTINGS)
    loaded = load_classifier(world.settings)
    assert loaded is not None
    assert world.settings.parameters(None, loaded).classifier_digest == loaded.digest


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("text\na\n", "has no column 'category'"), ("", "is no CSV file"), ("text,category\na,x\n", "fewer than two categories")],
)
def test_labels_that_cannot_be_used_are_one_sentence_and_exit_code_2(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "labels.csv").write_text(content)

    said = CliRunner().invoke(app, ["train", str(tmp_path / "labels.csv"), "--out", str(tmp_path / "x.npz")])

    assert said.exit_code == 2
    assert sentence in said.output
    assert not (tmp_path / "x.npz").exists()


def test_a_classifier_that_is_not_there_is_named(world: World) -> None:
    world.declare('classifier = "gone.npz"\n' + SETTINGS)

    with pytest.raises(PipelineError, match="there is no file"):
        load_classifier(world.settings)
