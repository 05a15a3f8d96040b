"""A small company for tests: an inbox that can be delivered to, and a warehouse that can be looked into."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.catalogue import DERIVED
from assets.core.business_day import start_of_business_day
from pipelines.inbox import Inbox
from pipelines.ingest import ingest
from pipelines.progress import Progress
from pipelines.refresh import Refresh, refresh, write_references
from pipelines.settings import Settings, load_settings
from pipelines.warehouse.duckdb_store import DuckDBWarehouse, open_warehouse
from pipelines.warehouse.protocol import Loaded
from schemas.catalogue import CORE, KPI, STORED
from schemas.projection import table_name

SETTINGS = """
time_zone = "Europe/Berlin"
currency = "EUR"
start_day = 2026-01-01
[currency_rates]
USD = 0.5
[feeds.survey]
adapter = "survey_csv"
time_zone = "UTC"
ticket_source = "desk"
columns = { source_record_id = "id", answered_at = "at", updated_at = "changed", customer_id = "customer", invite_id = "invite", ticket_id = "ticket" }
constants = { channel = "web", touchpoint = "service_center" }
questions = { csat = { metric = "csat", scale = [1, 5] }, fcr = { metric = "fcr", labels = { yes = 1, no = 0 } } }
[feeds.desk]
adapter = "tickets_csv"
time_zone = "UTC"
columns = { source_record_id = "id", opened_at = "opened", updated_at = "changed", first_solved_at = "solved", customer_id = "customer", category = "category", channel = "channel" }
constants = { opened_by = "customer", status = "open", touchpoint = "service_center" }
[feeds.shop]
adapter = "orders_csv"
time_zone = "UTC"
columns = { source_record_id = "id", ordered_at = "at", updated_at = "changed", revenue_amount = "revenue", margin_amount = "margin", refunded_amount = "refund", customer_id = "customer" }
constants = { channel = "web", currency = "EUR", status = "completed" }
[feeds.refunds]
adapter = "orders_csv"
source = "shop"
time_zone = "UTC"
columns = { source_record_id = "id", ordered_at = "at", updated_at = "changed", revenue_amount = "amount", refund_of = "order" }
constants = { channel = "web", currency = "USD" }
[feeds.ledger]
adapter = "costs_csv"
columns = { source_record_id = "id", costed_on = "day", cost_amount = "amount", channel = "channel" }
constants = { cost_category = "service", currency = "EUR", touchpoint = "service_center" }
[feeds.crm]
adapter = "customers_csv"
time_zone = "UTC"
columns = { source_record_id = "id", customer_id = "id", email = "email", segment = "segment", updated_at = "changed" }
[feeds.telephone]
adapter = "calls_csv"
time_zone = "UTC"
columns = { source_record_id = "id", started_at = "at", ended_at = "end", updated_at = "changed", outcome = "outcome", customer_id = "customer" }
[feeds.staff]
adapter = "employees_csv"
time_zone = "UTC"
columns = { employee_id = "id", team = "team", hired_on = "hired", left_on = "left", updated_at = "changed" }
[feeds.plan]
adapter = "programme_cash_flows_csv"
time_zone = "UTC"
columns = { source_record_id = "id", programme = "programme", flowed_on = "day", cash_flow_amount = "amount", currency = "currency", updated_at = "changed" }
constants = { basis = "assumed" }
"""
RARER = """
[schedules.office]
hours = { saturday = ["09:00-17:00"], monday = ["09:00-24:00"] }
channels = ["web"]
[feeds.invited]
adapter = "invites_csv"
source = "survey"
time_zone = "UTC"
ticket_source = "desk"
columns = { source_record_id = "id", sent_at = "at", customer_id = "customer", ticket_id = "ticket" }
constants = { channel = "email" }
[feeds.help]
adapter = "self_service_csv"
time_zone = "UTC"
columns = { source_record_id = "id", started_at = "at", is_completed = "done", is_escalated = "escalated", customer_id = "customer" }
constants = { channel = "web" }
[feeds.crew]
adapter = "employee_answers_csv"
columns = { source_record_id = "id", answered_on = "day", topic = "topic", item = "item", employee_id = "who" }
[feeds.peers]
adapter = "benchmarks_csv"
columns = { source_record_id = "id", kpi = "kpi", figure = "figure", definition = "definition", value = "value", period_from_on = "from", period_to_on = "to", evidence = "says" }
[feeds.aims]
adapter = "targets_csv"
columns = { source_record_id = "id", kpi = "kpi", figure = "figure", value = "value", direction = "side", valid_from_on = "from" }
[feeds.audits]
adapter = "zendesk_json"
source = "helpdesk"
[feeds.texts]
adapter = "twilio_csv"
[feeds.talk]
adapter = "survey_csv"
time_zone = "UTC"
columns = { source_record_id = "id", answered_at = "at", updated_at = "changed", customer_id = "customer" }
constants = { channel = "email" }
[feeds.talk.questions]
problem = { metric = "problem", choices = { late = "late", broken = "broken", none = "no_problem" } }
told = { metric = "complained", choices = { yes = "yes", no = "no", tried = "tried" } }
handling = { metric = "handling", scale = [1, 5] }
again = { metric = "repurchase", scale = [1, 5] }
sure = { metric = "confidence", scale = [1, 5] }
speed = { metric = "driver", scale = [1, 5] }
csat = { metric = "csat", scale = [1, 5] }
reason = { metric = "reason", choices = { price = "price", service = "service" } }
people = { metric = "told", scale = [0, 50] }
price = { metric = "price", scale = [1, 5] }
rise = { metric = "price_rise", scale = [0, 30] }
"""
"""Feeds that few tests need, to be declared behind the others."""

HEADERS = {
    "invited": "id,at,customer,ticket",
    "help": "id,at,done,escalated,customer",
    "crew": "id,day,topic,item,who",
    "peers": "id,kpi,figure,definition,value,from,to,says",
    "aims": "id,kpi,figure,value,side,from",
    "talk": "id,at,changed,customer,problem,told,handling,again,sure,speed,csat,reason,people,price,rise",
    "survey": "id,at,changed,customer,invite,ticket,csat,fcr",
    "desk": "id,opened,changed,solved,customer,category,channel",
    "shop": "id,at,changed,revenue,margin,refund,customer",
    "refunds": "id,at,changed,amount,order",
    "ledger": "id,day,amount,channel",
    "crm": "id,email,segment,changed",
    "telephone": "id,at,end,changed,outcome,customer",
    "staff": "id,team,hired,left,changed",
    "plan": "id,programme,day,amount,currency,changed",
}
SURROGATES = {"delivery_id", "version_id", "owner_id"}
"""Columns whose values depend on the order of loading and carry no meaning."""

Row = tuple[Any, ...]


@dataclass
class World:
    """A folder with settings, an inbox and a warehouse."""

    folder: Path
    tables: tuple[str, ...] = ()
    """Derived tables that a loading brings up to date; all of them, unless given."""
    feeds: str = SETTINGS
    """What the settings file declares at first."""
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.declare(self.feeds)

    def declare(self, settings: str) -> None:
        """Write the settings file."""
        (self.folder / "kpis.toml").write_text(settings)
        self.settings = load_settings(self.folder / "kpis.toml")

    def deliver(self, feed: str, day: dt.date, *rows: str, file: str = "export.csv", header: str | None = None) -> Path:
        """Put a CSV file of these rows into the inbox, in place of the one that was there."""
        return self.put(feed, day, file, "\n".join([header or HEADERS[feed], *rows, ""]).encode())

    def put(self, feed: str, day: dt.date, file: str, content: bytes) -> Path:
        """Put a file into the inbox."""
        path = self.folder / "inbox" / feed / day.isoformat() / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def withdraw(self, feed: str, day: dt.date, file: str = "export.csv") -> None:
        """Take a file out of the inbox."""
        (self.folder / "inbox" / feed / day.isoformat() / file).unlink()

    @contextmanager
    def warehouse(self) -> Iterator[DuckDBWarehouse]:
        """The warehouse, open."""
        allowed = (self.settings.published_path,)
        with open_warehouse(self.settings.warehouse_path, STORED, DERIVED, also_allowed=allowed) as opened:
            yield opened

    def load(self, *days: dt.date) -> Loaded:
        """Load these arrival days (all there are, unless given) and bring every table up to date."""
        with self.warehouse() as opened:
            write_references(opened, self.settings.time_zone, self.settings.rates, self.settings.schedules)
            inbox = Inbox(self.settings.inbox_url)
            loaded = ingest(opened, inbox, self.settings, days or inbox.arrival_days(self.settings.feeds), Progress())
            refresh_all(opened, self.settings, only=self.tables)
        return loaded

    def rows(self, table: str, columns: str = "*", where: str = "TRUE") -> list[Row]:
        """Rows of a stored table, sorted."""
        with self.warehouse() as opened:
            found = opened.query(f"SELECT {columns} FROM {table} WHERE {where}").rows()
        return sorted(found, key=repr)

    def contents(self) -> dict[str, list[Row]]:
        """Every row of every table that people or tables rest on, but for surrogates."""
        with self.warehouse() as opened:
            return contents(opened)


def refresh_all(
    warehouse: DuckDBWarehouse, settings: Settings, *, only: Sequence[str] = (), rebuild: bool = False, as_of: dt.datetime | None = None
) -> dict[str, Refresh]:
    """Bring every derived table (or only these) up to date, in order; as of the end of the last arrival day, unless given."""
    newest = warehouse.last_arrival()
    if as_of is None and newest is not None:
        as_of = start_of_business_day(newest + dt.timedelta(days=1), settings.time_zone)
    parameters = settings.parameters(as_of)
    wanted = [derived for derived in DERIVED if not only or derived.name in only]
    return {derived.name: refresh(warehouse, derived, parameters, settings.references, rebuild=rebuild) for derived in wanted}


def contents(warehouse: DuckDBWarehouse) -> dict[str, list[Row]]:
    """See `World.contents`."""
    found: dict[str, list[Row]] = {}
    for name in ("ledger.deliveries", *(table_name(table) for table in (*CORE, *KPI))):
        frame = warehouse.query(f"SELECT * FROM {name}")
        found[name] = sorted(frame.select([column for column in frame.columns if column not in SURROGATES]).rows(), key=repr)
    quarantine = "SELECT feed, arrived_on, file, q.* FROM ledger.quarantine AS q JOIN ledger.deliveries USING (delivery_id)"
    frame = warehouse.query(quarantine)
    found["ledger.quarantine"] = sorted(frame.select([column for column in frame.columns if column not in SURROGATES]).rows(), key=repr)
    return found


def differences(one: dict[str, list[Row]], other: dict[str, list[Row]]) -> dict[str, tuple[Sequence[Row], Sequence[Row]]]:
    """The tables that differ, with the rows that only one side has."""
    return {
        name: ([row for row in rows if row not in other[name]], [row for row in other[name] if row not in rows])
        for name, rows in one.items()
        if rows != other[name]
    }
