"""The phone desk: another team with another tool, its own words and its own file, one row for each state of a call."""

from dataclasses import dataclass
from random import Random
from typing import Final

from pipelines.demo.clock import Clock
from pipelines.demo.company import DESK_HOURS, draw, spread
from pipelines.demo.contacts import Contact, Demand, Matter
from pipelines.demo.deliveries import Delivery, Sheet, pack
from pipelines.demo.flaws import add_flawed_rows

HEADER: Final = "vorgang,rufnummer,eroeffnet_am,weg,thema,stelle,dringlichkeit,status,geloest_am,sofort_erledigt,aufgelegt,geaendert_am"
WAYS: Final = {"phone": "Telefon", "letter": "Brief"}
PLACES: Final = {
    "service_center": "Servicezentrale",
    "self_service": "Hilfeseiten",
    "account_management": "Kundenbetreuung",
    "field": "Außendienst",
    "executive_relations": "Geschäftsleitung",
}
STATUSES: Final = {"open": "offen", "pending": "wartend", "solved": "erledigt", "deleted": "gelöscht"}
PRIORITIES: Final = {"low": "niedrig", "normal": "normal", "high": "hoch", "urgent": "dringend"}
_PRIORITY_TABLE: Final = spread({"niedrig": 3, "normal": 12, "hoch": 4, "dringend": 1})


@dataclass(slots=True)
class _Call:
    contact: Contact
    head: str
    opened: str
    priority: str
    is_abandoned: str


class PhoneDesk:
    """Takes calls, solves most of them at once and the others on a later day."""

    def __init__(self, seed: str, clock: Clock, demand: Demand) -> None:
        self._rng: Final = Random(f"{seed} phone")
        self._clock: Final = clock
        self._demand: Final = demand
        self._next = 1
        self._today: list[tuple[_Call, str, str]] = []
        self._later: Final[dict[int, list[_Call]]] = {}
        self._late_rows: Final[dict[int, list[tuple[str, Contact]]]] = {}
        self.contacts: Final[list[Contact]] = []

    def open(self, day: int, matter: Matter) -> None:
        """Writes down a call or a letter."""
        rng, clock = self._rng, self._clock
        second = draw(rng, DESK_HOURS) * 3600 + int(rng.random() * 3600)
        at = clock.utc(day, second)
        customer = matter.customer
        known = customer.national != "" and rng.random() > 0.05
        number = (f"0{customer.national}", f"+44 {customer.national}", customer.phone)[int(rng.random() * 3)] if known else ""
        contact = Contact(
            "phone_desk", f"P{self._next:07}", at, customer.phone_key if known else "", matter.channel, matter.category,
            matter.touchpoint,
        )  # fmt: skip
        self._next += 1
        opened = f"{clock.german[day]} {clock.time(second)}"
        fate = rng.random()
        call = _Call(contact, f"{contact.id},{number},{opened}", opened, draw(rng, _PRIORITY_TABLE), "nein")
        if fate < 0.03 and matter.channel == "phone":
            call.is_abandoned, contact.counts = "ja", False
            self._today.append((call, "offen", ""))
        elif fate < 0.035:
            contact.counts, contact.is_deleted = False, True
            self._today.append((call, "gelöscht", ""))
        elif fate < 0.75:
            contact.flag = "ja" if rng.random() < 0.9 else "" if rng.random() < 0.5 else "nein"
            solved = min(second + 120 + int(rng.expovariate(1 / 700)), 86_390)
            contact.first_solved = clock.utc(day, solved)
            self._today.append((call, "erledigt", f"{clock.german[day]} {clock.time(solved)}"))
        else:
            self._today.append((call, "offen" if rng.random() < 0.6 else "wartend", ""))
            if rng.random() < 0.93:
                self._later.setdefault(day + 1 + int(rng.random() ** 2 * 6), []).append(call)
        if contact.counts and known:
            self._demand.opened(matter, at)

    def _row(self, call: _Call, status: str, solved: str, changed: str) -> str:
        contact = call.contact
        return (
            f"{call.head},{WAYS[contact.channel]},{contact.category},{PLACES[contact.touchpoint]},{call.priority},{status},"
            f"{solved},{contact.flag},{call.is_abandoned},{changed}"
        )

    def export(self, day: int) -> list[Delivery]:
        """Calls of the day, calls of earlier days solved today, and a few rows that were forgotten."""
        rng, clock = self._rng, self._clock
        sheet = Sheet(rng)
        for row, contact in self._late_rows.pop(day, []):
            sheet.add(row)
            self.contacts.append(contact)
        for call, status, solved in self._today:
            row = self._row(call, status, solved, solved or call.opened)
            if status == "erledigt" and rng.random() < 0.02:
                self._late_rows.setdefault(day + 1 + int(rng.random() * 4), []).append((row, call.contact))
            else:
                sheet.add(row)
                self.contacts.append(call.contact)
        self._today = []
        for call in self._later.pop(day, []):
            call.contact.flag = "nein" if rng.random() < 0.8 else ""
            if rng.random() < 0.04:
                call.contact.category = "returns" if call.contact.category != "returns" else "billing"
            second = draw(rng, DESK_HOURS) * 3600 + int(rng.random() * 3600)
            call.contact.first_solved = clock.utc(day, second)
            solved = f"{clock.german[day]} {clock.time(second)}"
            sheet.add_version(self._row(call, "erledigt", solved, solved))
        sound = (
            "PX{n}", "", "01.07.2026 10:00:00", "Telefon", "billing", "Servicezentrale", "normal", "erledigt",
            "01.07.2026 10:20:00", "ja", "nein", "01.07.2026 10:20:00",
        )  # fmt: skip
        add_flawed_rows(sheet, day, "phone_tickets", dict(zip(HEADER.split(","), sound, strict=True)), ",")
        name = f"vorgaenge_{clock.iso[day]}.csv.gz"
        return [pack("phone_tickets", name, "\n".join([HEADER, *sheet.records, ""]), sheet)]
