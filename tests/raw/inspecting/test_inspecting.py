"""What `kpis inspect` makes of a file it has never seen."""

import gzip
import io
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.raw.feed import Feed
from assets.raw.inspecting.drafting import as_toml, draft
from assets.raw.inspecting.recognising import Recognised, recognise
from assets.raw.inspecting.sampling import sample
from assets.raw.reading import File, Reading
from assets.raw.registry import FORMATS
from tests.docs.reading import ROOT, Document, blocks_in
from tests.raw.conftest import ARRIVED_ON

SAMPLES = {
    adapter: next(text for language, text in blocks_in(section) if language != "toml")
    for adapter, section in Document(ROOT / "docs" / "sources.md").sections().items()
    if adapter in FORMATS
}


def drafted(content: str, adapter: str | None = None) -> Any:
    seen = sample(content.encode())
    return draft(seen, Recognised(adapter, "") if adapter else recognise(seen)[0], "Europe/Berlin", "EUR")


@pytest.mark.parametrize("adapter", SAMPLES)
def test_every_documented_sample_is_recognised_as_its_own_format(adapter: str) -> None:
    content = SAMPLES[adapter].encode()

    assert recognise(sample(content))[0].adapter == adapter
    assert recognise(sample(gzip.compress(content)))[0].adapter == adapter


@pytest.mark.parametrize("adapter", SAMPLES)
def test_the_draft_of_every_documented_sample_is_valid_settings(adapter: str) -> None:
    made = drafted(SAMPLES[adapter])

    block = tomllib.loads(as_toml("mine", made))["feeds"]["mine"]
    assert Feed.model_validate({"source": "s", **block}) == Feed.model_validate({"adapter": adapter, "source": "s", **made.settings})


ORDERS = """Bestellnummer;Bestelldatum;Umsatz;Kanal;E-Mail
A1;24.12.2025 18:30;1.234,50;Telefon;anna@example.org
A2;25.12.2025 08:00;9,90;Filiale;ben@example.org
"""


def test_a_foreign_export_is_read_whole_with_its_draft() -> None:
    made = drafted(ORDERS)
    feed = Feed.model_validate({"adapter": made.adapter, "source": "s", **made.settings})

    (batch,) = FORMATS[made.adapter].read(
        File(io.BytesIO(ORDERS.encode()), ARRIVED_ON), feed, Reading(lambda text: text, frozenset({"EUR"}))
    )

    assert made.adapter == "orders_csv"
    assert batch.refusals.is_empty()
    rows = batch.rows["raw.orders"].select("source_record_id", "channel", "customer_ref").rows()
    assert rows == [("A1", "phone", "email:anna@example.org"), ("A2", "in_person", "email:ben@example.org")]
    assert [float(amount) for amount in batch.rows["raw.orders"]["revenue_amount"]] == [1234.5, 9.9]


def test_what_only_a_person_knows_is_said_and_never_decided() -> None:
    said = " ".join(drafted(ORDERS).checks)

    assert "The times carry no offset" in said
    assert "The amounts carry no currency" in said
    assert "usual meaning" in said


def test_dates_that_may_be_read_two_ways_are_named() -> None:
    made = drafted("order id,order date,revenue,channel\n1,02/03/2026 10:00,5,web\n2,03/04/2026 11:00,6,web\n")

    assert made.settings["time_format"] == "%m/%d/%Y %H:%M"
    assert any("Which comes first, the month or the day?" in check for check in made.checks)


def test_a_word_that_nobody_but_its_people_knows_is_named() -> None:
    made = drafted("order id,order date,revenue,channel\n1,2026-03-02 10:00:00,5,kiosk 7\n")

    assert any("values.channel: say what kiosk 7 stand for" in check for check in made.checks)


def test_ratings_become_questions_to_be_checked() -> None:
    made = drafted("response id,submitted at,How was it?,Would you recommend us?,comment\n1,2026-03-02 10:00:00,4,9,fine\n", "survey_csv")

    assert made.settings["questions"] == {
        "How was it?": {"metric": "csat", "scale": [1, 5]},
        "Would you recommend us?": {"metric": "nps", "scale": [0, 10]},
    }
    assert made.settings["columns"]["comment"] == "comment"
    assert any("take them from the questionnaire" in check for check in made.checks)


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04rest", "xlsx"),
        (b"PAR1rest", "parquet"),
        (b"From a@b Mon\nSubject: x\n\ntext", "mail"),
        (b"Subject: x\nFrom: a@b\n\ntext", "mail"),
        (b"\x00\x01\x02", "unknown"),
        (b"\x1f\x8bbroken", "empty"),
    ],
)
def test_the_shape_of_a_file_is_told_by_its_first_bytes(content: bytes, shape: str) -> None:
    assert sample(content).shape == shape


def test_bytes_that_are_no_utf8_are_guessed_and_said_to_be() -> None:
    seen = sample("id;Größe\n1;2\n".encode("cp1252"))

    assert (seen.encoding, seen.is_guessed, seen.delimiter, seen.rows[0]) == ("cp1252", True, ";", ("id", "Größe"))


@pytest.mark.slow
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode) | st.sampled_from([text.encode() for text in SAMPLES.values()]))
@settings(max_examples=150)
def test_no_bytes_surprise_it(content: bytes) -> None:
    seen = sample(content)
    for found in recognise(seen):
        Feed.model_validate({"source": "s", **tomllib.loads(as_toml("mine", draft(seen, found, "UTC", "EUR")))["feeds"]["mine"]})
