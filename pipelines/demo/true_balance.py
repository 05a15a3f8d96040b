"""The truth about what one gain was paid with: cost, satisfaction, first contacts and replies of a month against the month before."""

from typing import Any

from pipelines.demo.true_intervals import wilson

_MOVED = 0.05
"""From which part of last month's on a cost or a wait has moved."""

Months = dict[str, dict[str, Any]]


def balance(months: Months, replies: dict[str, float | None]) -> dict[str, dict[str, Any]]:
    """By month; ``months`` holds what is true of satisfaction, first contacts and cost."""
    result: dict[str, dict[str, Any]] = {}
    before: dict[str, Any] | None = None
    for month, said in sorted(months.items()):
        if not all(part in said for part in ("csat", "fcr", "cost")):
            continue
        csat, fcr = said["csat"], said["fcr"]
        now = {
            "cost_per_contact": said["cost"]["cost_per_contact"],
            "first_reply": replies.get(month),
            "csat": (csat["satisfied"], csat["n"]),
            "once": (fcr["anchors"] - fcr["repeats_same"], fcr["anchors"]),
        }
        trade = _trade(now, before) if before else None
        result[month] = {"cost_per_contact": now["cost_per_contact"], "first_reply": now["first_reply"], "trade": trade}
        before = now
    return result


def _trade(now: dict[str, Any], before: dict[str, Any]) -> str | None:
    cost, reply = (_way(now[name], before[name]) for name in ("cost_per_contact", "first_reply"))
    quality = [_apart(now[name], before[name]) for name in ("csat", "once")]
    if cost < 0 and min(quality) < 0:
        return "quality_for_cost"
    if cost < 0 < reply:
        return "speed_for_cost"
    if reply < 0 and min(quality) < 0:
        return "quality_for_speed"
    return "cost_for_quality" if cost > 0 and max(quality) > 0 else None


def _way(now: float | None, before: float | None) -> int:
    """Up, down, or about the same."""
    if now is None or before is None or abs(now - before) <= _MOVED * abs(before):
        return 0
    return 1 if now > before else -1


def _apart(now: tuple[int, int], before: tuple[int, int]) -> int:
    """Whether a share lies above or below another for sure."""
    if not now[1] or not before[1]:
        return 0
    (low, high), (low_before, high_before) = wilson(*now), wilson(*before)
    return 1 if low > high_before else -1 if high < low_before else 0
