"""The truth about answers: CSAT, NPS and CES by month of the answer. Answers about first contact are not here."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeAlias

from pipelines.demo.clock import Clock
from pipelines.demo.contacts import Contact
from pipelines.demo.relationship import Talk
from pipelines.demo.shop import Score
from pipelines.demo.surveys import Response

BAND_HOURS = (1, 4, 8, 24)
"""Where one band of waiting for a reply ends and the next begins."""

Figures: TypeAlias = dict[str, int | float | str | None]


def superseded_responses(responses: Iterable[Response]) -> set[str]:
    """Ids of the responses that a later one to the same invitation replaces."""
    last: dict[str, Response] = {}
    lost: set[str] = set()
    for response in responses:
        if response.invite:
            other = last.get(response.invite)
            if other is None:
                last[response.invite] = response
            else:
                earlier, later = sorted((other, response), key=lambda each: (each.answered, each.id))
                lost.add(earlier.id)
                last[response.invite] = later
    return lost


def share(part: int, whole: int) -> float | None:
    """A ratio; none where there is nothing to divide by."""
    return part / whole if whole else None


def satisfied_by_wait(contacts: list[Contact], responses: list[Response]) -> dict[str, list[list[int]]]:
    """By channel: CSAT answers about contacts with a first reply and the satisfied ones, for each band of waiting, the quickest first."""
    lost = superseded_responses(responses)
    scores: dict[str, list[int]] = defaultdict(list)
    for response in responses:
        if response.ticket and response.csat is not None and response.id not in lost:
            scores[response.ticket].append(response.csat)
    result: dict[str, list[list[int]]] = {}
    for contact in contacts:
        if contact.counts and contact.source == "zendesk" and contact.first_reply is not None:
            bands = result.setdefault(contact.channel, [[0, 0] for _ in range(len(BAND_HOURS) + 1)])
            cell = bands[sum(contact.first_reply - contact.at >= hours * 3600 for hours in BAND_HOURS)]
            cell[0] += len(scores[contact.id])
            cell[1] += sum(score >= 4 for score in scores[contact.id])
    return result


def satisfaction(clock: Clock, responses: list[Response], shop: list[Score], talks: list[Talk]) -> dict[str, dict[str, Figures]]:
    """By month: the three measures with what they are made of."""
    lost = superseded_responses(responses)
    given: dict[tuple[str, str], list[int]] = defaultdict(list)  # in tenths: half stars stay whole numbers
    skipped: dict[tuple[str, str], int] = defaultdict(int)
    superseded: dict[tuple[str, str], int] = defaultdict(int)
    for response in responses:
        month = clock.month(response.answered)
        for metric, value in (("csat", response.csat), ("nps", response.nps), ("ces", response.ces)):
            if value is None:
                skipped[month, metric] += 1
            elif response.id in lost:
                superseded[month, metric] += 1
            else:
                given[month, metric].append(10 * value)
    others = [(score.at, int(score.text.replace(",", "")) if score.text else None) for score in shop]
    others += [(talk.at, None if talk.csat is None else 10 * talk.csat) for talk in talks]
    for at, tenths in others:
        if tenths is None:
            skipped[clock.month(at), "csat"] += 1
        else:
            given[clock.month(at), "csat"].append(tenths)
    result: dict[str, dict[str, Figures]] = {}
    for month in sorted({month for month, _ in [*given, *skipped, *superseded]}):
        csat, nps, ces = (given[month, metric] for metric in ("csat", "nps", "ces"))
        satisfied, dissatisfied = sum(value >= 40 for value in csat), sum(value <= 20 for value in csat)
        promoters, detractors = sum(value >= 90 for value in nps), sum(value <= 60 for value in nps)
        easy = sum(value >= 50 for value in ces)
        result[month] = {
            "csat": {"n": len(csat), "satisfied": satisfied, "dissatisfied": dissatisfied},
            "nps": {
                "n": len(nps),
                "promoters": promoters,
                "passives": len(nps) - promoters - detractors,
                "detractors": detractors,
            },
            "ces": {"n": len(ces), "easy": easy},
        }
        values = {
            "csat": share(satisfied, len(csat)),
            "nps": share(100 * (promoters - detractors), len(nps)),
            "ces": share(easy, len(ces)),
        }
        for metric, figures in result[month].items():
            figures["skipped"], figures["superseded"] = skipped[month, metric], superseded[month, metric]
            figures["value"] = values[metric]
    return result
