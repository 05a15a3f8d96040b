"""From the network to raw: what a connector lands, its feed reads, and a message that comes again is a version, not a copy."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.connectors.registry import land_connector
from tests.connectors.conftest import SECRET, StandingClock
from tests.connectors.server import Server, in_turn, said
from tests.world import World

MONDAY, TUESDAY = dt.date(2026, 3, 2), dt.date(2026, 3, 3)
SETTINGS = """
time_zone = "Europe/Berlin"
currency = "EUR"
start_day = 2026-01-01

[currency_rates]
USD = 0.5

[feeds.sms]
adapter = "twilio_json"
phone_region = "GB"

[connectors.sms]
kind = "twilio"
feed = "sms"
address = "{address}"
account = "AC1"
secret_variable = "SMS_SECRET"
start_day = 2026-03-02
window_days = 3
"""
MESSAGE = {
    "sid": "SM1",
    "from": "+447700900123",
    "to": "+442071838750",
    "body": "Thanks!",
    "status": "receiving",
    "direction": "inbound",
    "date_created": "Mon, 02 Mar 2026 10:00:00 +0000",
    "date_sent": "Mon, 02 Mar 2026 10:00:00 +0000",
    "date_updated": "Mon, 02 Mar 2026 10:00:01 +0000",
    "num_segments": "1",
    "num_media": "0",
    "price": None,
    "price_unit": "USD",
}
BILLED = {**MESSAGE, "status": "received", "price": "-0.0075", "date_updated": "Mon, 02 Mar 2026 11:00:00 +0000"}


@pytest.mark.slow
def test_a_message_that_is_billed_later_is_a_new_version_of_the_same_message(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMS_SECRET", SECRET)
    world = World(tmp_path, tables=("core.identities",))
    world.declare(SETTINGS.replace("{address}", server.address))
    time = StandingClock()
    server.play = in_turn(said({"messages": [MESSAGE]}))
    land_connector(world.settings, "sms", time.clock)
    first = world.load(MONDAY)
    time.moment += dt.timedelta(days=1)
    server.play = in_turn(said({"messages": [BILLED]}), said({"messages": []}))

    land_connector(world.settings, "sms", time.clock)
    second = world.load(TUESDAY)

    assert [(loaded.deliveries, loaded.records_accepted, loaded.records_quarantined) for loaded in (first, second)] == [
        (1, 1, 0),
        (1, 1, 0),
    ]
    assert world.rows("raw.messages", "source_record_id, delivery_status, cost_amount") == [
        ("SM1", "received", Decimal("0.0075")),
        ("SM1", "receiving", None),
    ]
