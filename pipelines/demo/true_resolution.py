"""The truth about first contact resolution, told off contact by contact. What it costs is not here."""

from collections import Counter, defaultdict

from pipelines.demo.clock import Clock
from pipelines.demo.company import NOT_RESOLVABLE, WINDOW
from pipelines.demo.contacts import Contact
from pipelines.demo.identity import Identity
from pipelines.demo.surveys import Response
from pipelines.demo.true_satisfaction import Figures, share


def cases(contacts: list[Contact], identity: Identity) -> list[list[Contact]]:
    """The contacts of one customer about one category, in order of time."""
    found: dict[tuple[str, str], list[Contact]] = defaultdict(list)
    for contact in sorted(contacts, key=lambda each: (each.at, each.source, each.id)):
        found[identity.who(contact.customer), contact.category or "unknown"].append(contact)
    return list(found.values())


def fixed(case: list[Contact]) -> list[list[Contact]]:
    """Groups under the fixed rule: all that follow within the window of the group's first."""
    groups: list[list[Contact]] = []
    for contact in case:
        if groups and contact.at <= groups[-1][0].at + WINDOW:
            groups[-1].append(contact)
        else:
            groups.append([contact])
    return groups


def _sliding(case: list[Contact]) -> list[list[Contact]]:
    """Groups under the sliding rule: all that follow within the window of the one before."""
    groups: list[list[Contact]] = []
    for contact in case:
        if groups and contact.at - groups[-1][-1].at <= WINDOW:
            groups[-1].append(contact)
        else:
            groups.append([contact])
    return groups


def _is_resolved(case: list[Contact], place: int) -> bool:
    contact = case[place]
    is_solved_at_once = contact.first_solved is not None and not contact.asked_again
    marked = contact.flag == "ja" if contact.source == "phone_desk" else is_solved_at_once
    comes_back = place + 1 < len(case) and case[place + 1].at <= contact.at + WINDOW
    return marked and not comes_back and not contact.reopened


def survey_answers(responses: list[Response]) -> dict[str, int]:
    """By ticket of the ticket system: the last answer to whether it was resolved on first contact, 1 for yes."""
    latest: dict[str, tuple[int, str, int]] = {}
    for response in responses:
        if response.ticket and response.fcr is not None:
            latest[response.ticket] = max(latest.get(response.ticket, (0, "", 0)), (response.answered, response.id, response.fcr))
    return {ticket: said for ticket, (_, _, said) in latest.items()}


def _survey(clock: Clock, contacts: list[Contact], responses: list[Response], count: dict[str, Counter[str]]) -> None:
    answers = survey_answers(responses)
    for contact in contacts:
        if contact.source == "zendesk" and contact.id in answers:
            count[clock.month(contact.at)]["survey_yes" if answers[contact.id] else "survey_no"] += 1


def resolution(clock: Clock, contacts: list[Contact], responses: list[Response], identity: Identity) -> dict[str, Figures]:
    """By month of contact: repeat-based, gross, net and survey figures, as of the end of the last arrival day."""
    count: dict[str, Counter[str]] = defaultdict(Counter)
    handled = [contact for contact in contacts if contact.counts]
    for contact in handled:
        count[clock.month(contact.at)]["contacts" if contact.customer else "excluded"] += 1
    identified = [contact for contact in handled if contact.customer]
    for case in cases(identified, identity):
        for rule, groups in (("", fixed(case)), ("sliding_", _sliding(case))):
            for anchor, *others in groups:
                of_month = count[clock.month(anchor.at)]
                if anchor.at + WINDOW > clock.end:
                    of_month[f"{rule}anchors_immature"] += 1
                    continue
                of_month[f"{rule}anchors"] += 1
                of_month[f"{rule}repeats_any"] += bool(others)
                of_month[f"{rule}repeats_same"] += any(other.channel == anchor.channel for other in others)
        for place, contact in enumerate(case):
            of_month = count[clock.month(contact.at)]
            if contact.at + WINDOW > clock.end:
                of_month["contacts_immature"] += 1
                continue
            resolved = _is_resolved(case, place)
            of_month["contacts_mature"] += 1
            of_month["resolved"] += resolved
            if contact.category not in NOT_RESOLVABLE:
                of_month["contacts_resolvable"] += 1
                of_month["resolved_resolvable"] += resolved
    _survey(clock, identified, responses, count)
    result: dict[str, Figures] = {}
    for month, n in sorted(count.items()):
        result[month] = {
            **{
                name: n[name]
                for name in (
                    "contacts", "excluded", "contacts_mature", "contacts_immature", "contacts_resolvable", "resolved",
                    "resolved_resolvable", "survey_yes", "survey_no",
                )
            },
            **{
                rule + name: n[rule + name]
                for rule in ("", "sliding_")
                for name in ("anchors", "anchors_immature", "repeats_same", "repeats_any")
            },
            "fcr_repeat": share(n["anchors"] - n["repeats_same"], n["anchors"]),
            "ocr": share(n["anchors"] - n["repeats_any"], n["anchors"]),
            "fcr_repeat_sliding": share(n["sliding_anchors"] - n["sliding_repeats_same"], n["sliding_anchors"]),
            "ocr_sliding": share(n["sliding_anchors"] - n["sliding_repeats_any"], n["sliding_anchors"]),
            "gross": share(n["resolved"], n["contacts_mature"]),
            "net": share(n["resolved_resolvable"], n["contacts_resolvable"]),
            "survey": share(n["survey_yes"], n["survey_yes"] + n["survey_no"]),
        }  # fmt: skip
    return result
