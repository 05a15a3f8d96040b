"""A small company of which every KPI knows something: one file of each feed, which random histories leave alone."""

import datetime as dt
import json
from pathlib import Path

from tests.world import RARER, SETTINGS, World

FILE = "0.csv"
ROWS = {
    "survey": ["y1,2026-03-25 09:00:00,,b1,i9,t1,1,no"],
    "desk": ["t1,2026-03-21 09:00:00,,2026-03-21 12:00:00,b1,x,web", "t2,2026-03-24 09:00:00,,,b1,x,phone"],
    "shop": ["y0,2025-11-20 09:00:00,,10,4,0,b1", "y1,2026-03-20 09:00:00,,10,4,0,b1", "y2,2026-03-27 09:00:00,,20,8,2,b1"],
    "ledger": ["y1,2026-03-20,100,web"],
    "crm": ["b1,b1@example.com,gold,2026-03-01 09:00:00"],
    "telephone": ["y1,2026-03-24 09:00:00,2026-03-24 09:01:00,,answered,b1"],
    "staff": ["y1,north,2026-02-01,2026-03-20,"],
    "plan": ["y1,p,2026-01-01,-100,EUR,", "y2,p,2026-03-20,120,EUR,"],
    "invited": ["i9,2026-03-10 09:00:00,b1,t1"],
    "help": ["y1,2026-03-24 09:00:00,yes,no,b1"],
    "crew": [f"y{number},2026-03-24,obstacle,slow tools,{number}" for number in range(5)],
    "peers": ["y1,satisfaction_daily,csat_top2,satisfaction_daily.csat_top2,0.7,2025-01-01,2025-12-31,a study"],
    "aims": ["y1,satisfaction_daily,csat_top2,0.8,at_least,2026-01-01"],
    "talk": [
        "y1,2026-03-24 09:00:00,,b1,late,yes,5,5,4,4,4,price,3,2,5",
        "y2,2026-03-24 09:00:00,,b2,none,,,4,3,5,5,service,1,5,20",
    ],
}
USERS = [{"id": 7, "role": "end-user"}, {"id": 9, "role": "agent"}]
RECORDS = sum(map(len, ROWS.values())) + 4 + 2 * len(USERS)
"""With the ticket, its audits, those whom either page lists, and a text message."""


def whole_company(folder: Path, day: dt.date) -> World:
    """A deployment in which these files arrived on a day."""
    world = World(folder, feeds=SETTINGS + RARER)
    for feed, rows in ROWS.items():
        world.deliver(feed, day, *rows, file=FILE)
    for part, records in _ticket().items():
        world.put("audits", day, f"{part}.json", json.dumps({part: records, "users": USERS}).encode())
    sent = "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit"
    world.put("texts", day, FILE, f"{sent}\n+447700900123,+44,late,received,2026-03-24T09:00:00Z,,1,,A,S1,inbound,,\n".encode())
    return world


def _ticket() -> dict[str, list[dict[str, object]]]:
    """A ticket that was opened and solved, and its course."""
    told = {"id": 1, "status": "solved", "requester_id": 7, "submitter_id": 7, "tags": [], "custom_fields": [], "via": {"channel": "email"}}
    moments = {"created_at": "2026-03-20T09:00:00Z", "updated_at": "2026-03-21T09:00:00Z", "generated_timestamp": 1_774_080_000}
    steps = [
        (7, moments["created_at"], {"type": "Create", "field_name": "status", "value": "new"}),
        (9, moments["updated_at"], {"type": "Change", "field_name": "status", "previous_value": "new", "value": "solved"}),
    ]
    audits: list[dict[str, object]] = [
        {"id": number, "ticket_id": 1, "author_id": author, "created_at": at, "via": {"channel": "web"}, "events": [event]}
        for number, (author, at, event) in enumerate(steps, 1)
    ]
    return {"tickets": [told | moments], "audits": audits}
