import hashlib
import hmac

import pytest

from assets.raw.pseudonym import pseudonym

KEY = b"sixteen bytes or"


def test_a_pseudonym_is_the_keyed_hash_cut_to_32_digits() -> None:
    expected = hmac.new(KEY, b"email:a@example.org", hashlib.sha256).hexdigest()[:32]

    assert pseudonym(KEY)("email:a@example.org") == expected


def test_another_key_gives_another_pseudonym() -> None:
    assert pseudonym(KEY)("id:7") != pseudonym(KEY + b"!")("id:7")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        pseudonym(b"short")
