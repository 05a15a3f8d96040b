"""The truth about reaching us: calls and self-service sessions by month."""

from collections import defaultdict

from pipelines.demo.clock import Clock
from pipelines.demo.relationship import Talk
from pipelines.demo.self_service import Session
from pipelines.demo.telephone import PROMPT, SHORT, Call


def calls(clock: Clock, log: list[Call]) -> dict[str, dict[str, int]]:
    """By month. Offered are answered and abandoned calls; the short ones of the abandoned are in both."""
    names = ("offered", "answered", "abandoned", "abandoned_short", "answered_promptly", "blocked", "waited_seconds")
    result: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    for call in log:
        month = result[clock.month(call.at)]
        month[call.outcome] += 1
        month["offered"] += call.outcome != "blocked"
        month["abandoned_short"] += call.outcome == "abandoned" and call.wait < SHORT
        month["answered_promptly"] += call.outcome == "answered" and call.wait <= PROMPT
        month["waited_seconds"] += call.wait if call.outcome == "answered" else 0
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


def reached(clock: Clock, talks: list[Talk]) -> dict[str, dict[str, int]]:
    """By month: who was asked how easily they reached us, and found it easy."""
    result: dict[str, dict[str, int]] = defaultdict(lambda: {"asked": 0, "easy": 0})
    for talk in talks:
        month = result[clock.month(talk.at)]
        month["asked"] += 1
        month["easy"] += talk.access >= 4
    return result
