"""Whether figures, feeds and quarantine are within their bounds.

A check fails for as long as one is not; people are told once, at its onset.
"""

from collections.abc import Mapping, Sequence

import dagster as dg

SPEC_TEXTS: Mapping[str, str] = {
    "target_missed": "Every watched figure with a target reaches it, or its interval does, in its newest mature month.",
    "outside_limits": "Every watched figure lies within the control limits of the periods before it.",
    "late_feed": "Every feed with `expected = true` has brought a readable file lately.",
    "growing_quarantine": "Of no feed's newest records clearly more are refused than of those before.",
}
"""What each check promises, by its name, which is the kind of alert that it stands for."""

Fault = tuple[str, str, float | None, float | None]
"""A subject that is out of its bounds: its name, the sentence that says so, its value, and the bound that it passed."""


def specs(asset: dg.AssetKey, *names: str) -> list[dg.AssetCheckSpec]:
    """The checks of an asset; none of them blocks."""
    return [dg.AssetCheckSpec(name, asset=asset, description=SPEC_TEXTS[name]) for name in names]


def within_bounds(name: str, faults: Sequence[Fault] | None, judged_count: int) -> dg.AssetCheckResult:
    """Warn of what is out of its bounds; ``faults`` is None where the data is too old to judge by."""
    if faults is None:
        text = "Not judged: the newest arrival day is older than `alerts.current_days`."
    else:
        text = " ".join(reason for _, reason, _, _ in faults) or f"All {judged_count} that could be judged are within their bounds."
    numbers = {subject: {"value": value, "limit": limit} for subject, _, value, limit in faults or ()}
    return dg.AssetCheckResult(
        passed=not faults,
        check_name=name,
        severity=dg.AssetCheckSeverity.WARN,
        description=text,
        metadata={"judged": judged_count, "out_of_bounds": dg.MetadataValue.json(numbers)},
    )
