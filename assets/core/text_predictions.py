"""What offline models say of the texts that customers wrote: the language, and the category of the user's own classifier."""

from collections.abc import Callable
from functools import lru_cache

import narwhals as nw
import polars as pl

from assets.core import texts as of
from assets.derivation import derive
from assets.frames import Eager
from assets.parameters import Parameters
from schemas.core.text_predictions import TextPredictions

FEWEST_LETTERS = 12
"""Below this a text is too short to tell: names and single words are alike in many languages."""

LEAST_CONFIDENCE = 0.8


@derive(
    TextPredictions,
    unit=of.UNIT,
    is_eager=True,
    uses=("languages", "classifier_digest"),
    answers=of.ANSWERS,
    messages=of.MESSAGES,
    tickets=of.TICKETS,
)
def text_predictions(answers: Eager, messages: Eager, tickets: Eager, parameters: Parameters) -> Eager:
    """Tell the language of every text, among the declared ones, and its category where a classifier is given."""
    written = of.texts(answers.lazy(), messages.lazy(), tickets.lazy()).select(*of.UNIT, "text").collect()
    told = identifier(parameters.languages)
    texts = written["text"].unique().to_list()
    categories = parameters.classifier.predict(texts) if parameters.classifier else [(None, None)] * len(texts)
    said = pl.DataFrame(
        {
            "text": texts,
            "language": [told(text) for text in texts],
            "category": [category for category, _ in categories],
            "confidence": [confidence for _, confidence in categories],
        },
        schema={"text": pl.String, "language": pl.String, "category": pl.String, "confidence": pl.Float64},
    )
    return written.join(nw.from_native(said, eager_only=True), on="text", how="left").drop("text")


def identifier(languages: tuple[str, ...]) -> Callable[[str], str | None]:
    """Make the function that tells a text's language, an ISO 639-1 code, or None where it cannot be told.

    With one declared language every text of some length is in it; with none, no language is told.
    """
    if not languages:
        return lambda _: None
    classify = _classifier(languages) if len(languages) > 1 else lambda _: (languages[0], 1.0)

    def told(text: str) -> str | None:
        if sum(map(str.isalpha, text[: 8 * FEWEST_LETTERS])) < FEWEST_LETTERS:
            return None
        language, confidence = classify(text)
        return language if confidence >= LEAST_CONFIDENCE else None

    return told


@lru_cache(maxsize=4)
def _classifier(languages: tuple[str, ...]) -> Callable[[str], tuple[str, float]]:
    """Load the model, which takes most of a second, once and only where a choice is to be made."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  # loaded where a language is to be told

    restricted = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    restricted.set_languages(languages)
    classify: Callable[[str], tuple[str, float]] = restricted.classify
    return classify
