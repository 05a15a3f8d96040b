"""The company as a whole: its departments export a day, then the next."""

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path

from bench.workload.declaring import settings_text
from bench.workload.drawing import Draws
from bench.workload.files import Inbox, Planted
from bench.workload.people import People
from bench.workload.shop import Ledger, Shop
from bench.workload.survey import Survey
from bench.workload.texts import Texts
from bench.workload.tickets import Tickets

LAST_DAY = dt.date(2026, 10, 31)
FACTS = "workload.json"


def write_workload(folder: Path, *, items: int, days: int, seed: int) -> dict[str, Planted]:
    """Write inbox, settings and what was planted; gives the latter by feed. The folder must not hold an inbox yet."""
    if (folder / "inbox").exists():
        raise SystemExit(f"{folder} holds an inbox already; choose another folder for the workload")
    first = LAST_DAY - dt.timedelta(days=days - 1)
    draws, inbox = Draws(seed, first), Inbox(folder / "inbox", first)
    people = People(draws, inbox, max(items // 8, 200))
    survey, texts, shop = Survey(draws, inbox, people, days), Texts(draws, inbox, people, days), Shop(draws, inbox, people, days)
    tickets = Tickets(draws, inbox, people, survey, days)
    ledger = Ledger(draws, inbox, first, items // days)
    for day in range(days):
        share = items * (day + 1) // days - items * day // days
        people.export(day)
        tickets.export(day, share * 20 // 100)
        survey.export(day, share * 65 // 100)
        texts.export(day, share * 15 // 100)
        shop.export(day, share * 30 // 100)
        ledger.export(day)
        inbox.forget(day - 10)
    (folder / "kpis.toml").write_text(settings_text(first), encoding="utf-8")
    facts = {"items": items, "days": days, "seed": seed, "first_day": str(first), "last_day": str(LAST_DAY)}
    planted = {feed: asdict(counts) for feed, counts in inbox.planted.items()}
    (folder / FACTS).write_text(json.dumps({**facts, "planted": planted}, indent=1) + "\n", encoding="utf-8")
    return inbox.planted
