"""The truth about reaching us: calls and self-service sessions by month."""

from collections import defaultdict

from pipelines.demo.clock import Clock
from pipelines.demo.self_service import Session
from pipelines.demo.telephone import PROMPT, SHORT, Call


def calls(clock: Clock, log: list[Call]) -> dict[str, dict[str, int]]:
    """By month. Offered are answered and abandoned calls; the short ones of the abandoned are in both."""
    names = ("offered", "answered", "abandoned", "abandoned_short", "answered_promptly", "blocked")
    result: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    for call in log:
        month = result[clock.month(call.at)]
        month[call.outcome] += 1
        month["offered"] += call.outcome != "blocked"
        month["abandoned_short"] += call.outcome == "abandoned" and call.wait < SHORT
        month["answered_promptly"] += call.outcome == "answered" and call.wait <= PROMPT
    return result


def self_service(clock: Clock, sessions: list[Session]) -> dict[str, dict[str, int]]:
    """By month: sessions; those of which the end is known, and which were completed; likewise for a person's help."""
    names = ("sessions", "completion_known", "completed", "escalation_known", "escalated")
    result: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    for session in sessions:
        month = result[clock.month(session.at)]
        month["sessions"] += 1
        month["completion_known"] += session.is_completed is not None
        month["completed"] += session.is_completed is True
        month["escalation_known"] += session.is_escalated is not None
        month["escalated"] += session.is_escalated is True
    return result
