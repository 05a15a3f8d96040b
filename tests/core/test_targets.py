from assets.core.targets import targets
from schemas.raw.targets import RawTargets
from tests.core.rows import lazy, only, target


def test_a_target_holds_for_all_that_it_does_not_speak_of() -> None:
    row = only(targets(lazy(RawTargets, target(channel="phone"))))

    assert [row[name] for name in ("channel", "touchpoint", "segment", "category", "team")] == ["phone", "all", "all", "all", "all"]
    assert (row["value"], row["direction"], row["valid_to_on"]) == (0.8, "at_least", None)
