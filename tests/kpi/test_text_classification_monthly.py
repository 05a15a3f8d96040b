import pytest

from assets.kpi.text_classification_monthly import text_classification_monthly
from assets.parameters import Parameters
from schemas.core.text_labels import TextLabels
from tests.core.rows import lazy, only, values
from tests.kpi.rows import MARCH, label

FEW = Parameters(small_sample=1)


def test_the_unclassified_share_is_what_neither_a_rule_nor_the_classifier_knows() -> None:
    labels = [label(source_record_id=str(place), method=method) for place, method in enumerate(["rule", "none", "rule", "none", "model"])]

    row = only(text_classification_monthly(lazy(TextLabels, *labels), FEW))

    assert (row["month_on"], row["text_count"], row["by_rule_count"], row["by_model_count"], row["unclassified_count"]) == (
        MARCH,
        5,
        2,
        1,
        2,
    )
    assert (row["unclassified"], row["status"]) == (0.4, "ok")
    assert (row["unclassified_ci_low"], row["unclassified_ci_high"]) == pytest.approx((0.1176, 0.7693), abs=5e-5)


def test_texts_whose_language_cannot_be_told_have_a_row_of_their_own() -> None:
    labels = [label(), label(source_record_id="2", language=None)]

    assert values(text_classification_monthly(lazy(TextLabels, *labels), FEW), "language", "text_count") == [("en", 1), ("unknown", 1)]
