"""The truth about messages and invitations: how many, and why some are no feedback."""

from collections import Counter, defaultdict

from pipelines.demo.clock import Clock
from pipelines.demo.surveys import Invite


def messages(clock: Clock, mails: list[tuple[int, str]], texts: list[tuple[int, str, bool]]) -> dict[str, dict[str, dict[str, int]]]:
    """By month and channel: inbound messages that may be feedback, the excluded ones by reason, the rest outbound."""
    result: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: {"email": {}, "sms": {}})
    count: Counter[tuple[str, str, str]] = Counter()
    for at, exclusion in mails:
        count[clock.month(at), "email", exclusion or "feedback"] += 1
    for at, exclusion, is_inbound in texts:
        count[clock.month(at), "sms", exclusion or ("feedback" if is_inbound else "outbound")] += 1
    for (month, channel, kind), n in sorted(count.items()):
        result[month][channel][kind] = n
    return result


def invites(clock: Clock, sent: list[Invite]) -> dict[str, dict[str, int]]:
    """By month of sending: invitations sent and delivered."""
    result: dict[str, dict[str, int]] = defaultdict(lambda: {"sent": 0, "delivered": 0})
    for invite in sent:
        month = result[clock.month(invite.at)]
        month["sent"] += 1
        month["delivered"] += invite.arrived
    return result


def texts(clock: Clock, written: dict[str, list[tuple[int, bool]]]) -> dict[str, dict[str, dict[str, int]]]:
    """By month and kind: texts that customers wrote, and those of them that the taxonomy knows nothing of."""
    result: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for kind, each in written.items():
        for at, is_known in each:
            month = result[clock.month(at)].setdefault(kind, {"texts": 0, "unclassified": 0})
            month["texts"] += 1
            month["unclassified"] += not is_known
    return result
