"""Whether every feed that is expected daily has delivered something readable."""

import datetime as dt
from collections.abc import Mapping, Sequence

import dagster as dg

NAME = "expected_feeds"
SPEC_TEXT = "Every feed with `expected = true` has a readable file on the newest arrival day of the run."


def expected_feeds(missing: Mapping[dt.date, Sequence[str]], newest: dt.date) -> dg.AssetCheckResult:
    """Fail when the newest day lacks a feed: its figures would look final and be incomplete.

    ``missing`` maps each arrival day of the run to the expected feeds without a readable file. Gaps on older days
    are past mending by waiting: they are a warning that names them.
    """
    today = list(missing.get(newest, ()))
    older = {day.isoformat(): list(feeds) for day, feeds in sorted(missing.items()) if feeds and day != newest}
    if today:
        text = f"{newest}: nothing readable from {', '.join(today)}. Deliver it and run the day again, or set `expected = false`."
    elif older:
        text = f"Nothing readable from a feed on {len(older)} earlier days; see `missing`."
    else:
        text = "Every expected feed has delivered."
    return dg.AssetCheckResult(
        passed=not today and not older,
        check_name=NAME,
        severity=dg.AssetCheckSeverity.ERROR if today else dg.AssetCheckSeverity.WARN,
        description=text,
        metadata={"missing": dg.MetadataValue.json({**older, **({newest.isoformat(): today} if today else {})})},
    )
