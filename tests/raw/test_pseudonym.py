import hashlib
import hmac

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.raw.pseudonym import pseudonym

KEY = "sixteen chars or"


def hashed(key: str, *identifiers: str | None) -> list[str | None]:
    return (
        pl.DataFrame({"identifier": identifiers}, schema={"identifier": pl.String})
        .select(pseudonym(key)(pl.col("identifier")))
        .to_series()
        .to_list()
    )


@settings(max_examples=25)
@given(
    key=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=16, max_size=100),
    identifiers=st.lists(st.text(st.characters(exclude_categories=["Cs"]))),
)
def test_a_pseudonym_is_the_keyed_hash_cut_to_32_digits(key: str, identifiers: list[str]) -> None:
    expected = [hmac.new(key.encode(), identifier.encode(), hashlib.sha256).hexdigest()[:32] for identifier in identifiers]

    assert hashed(key, *identifiers) == expected


def test_nothing_has_no_pseudonym() -> None:
    assert hashed(KEY, "id:7", None) == [*hashed(KEY, "id:7"), None]


def test_another_key_gives_another_pseudonym() -> None:
    assert hashed(KEY, "id:7") != hashed(KEY + "!", "id:7")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        pseudonym("short")


def test_no_error_tells_the_key() -> None:
    with pytest.raises(pl.exceptions.PolarsError) as refused:
        pl.DataFrame({"identifier": [1.5]}).select(pseudonym(KEY)(pl.col("identifier")))

    assert KEY not in f"{refused.value!r} {pseudonym(KEY)(pl.col('identifier'))!s}"
