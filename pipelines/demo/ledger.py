"""The cost ledger: what service, selling and the rest cost, posted on several days of each month."""

from dataclasses import dataclass
from random import Random
from typing import Final

from pipelines.demo.clock import Clock
from pipelines.demo.deliveries import Delivery, Sheet, pack
from pipelines.demo.flaws import add_flawed_rows

HEADER: Final = "Buchungsnr;Buchungsdatum;Konto;Soll;Haben;Währung;Kanal;Kostenstelle;Text"
ACCOUNTS: Final = {"6100": "service", "6200": "selling", "6300": "marketing", "6400": "remediation", "6900": "other"}
PLACES: Final = {
    "service_center": "KS10",
    "self_service": "KS20",
    "account_management": "KS30",
    "field": "KS40",
    "executive_relations": "KS50",
}
CHANNELS: Final = {"phone": "Telefon", "email": "E-Mail", "web": "Web", "chat": "Chat", "sms": "SMS"}

_SERVICE: Final = (
    ("service_center", "phone", 1_150_00), ("service_center", "email", 620_00), ("service_center", "chat", 410_00),
    ("self_service", "web", 380_00), ("account_management", "phone", 520_00), ("field", "phone", 610_00),
    ("executive_relations", "email", 240_00),
)  # fmt: skip
"""Touchpoint, channel and the usual amount of one posting in cents; posted four times a month."""

_SERVICE_DAYS: Final = frozenset({3, 10, 17, 24})
_SELLING_DAYS: Final = frozenset({5, 20})


@dataclass(slots=True)
class Posting:
    """One posting as delivered. ``amount`` in cents, negative for a reversal; empty touchpoint: booked to none."""

    month: str
    category: str
    touchpoint: str
    amount: int


class Ledger:
    """Books the company's costs."""

    def __init__(self, seed: str, clock: Clock) -> None:
        self._rng: Final = Random(f"{seed} ledger")
        self._clock: Final = clock
        self._next = 300_001
        self._to_reverse: list[tuple[int, str, str, int]] = []
        self.postings: Final[list[Posting]] = []

    def _post(self, sheet: Sheet, on: int, account: str, touchpoint: str, channel: str, cents: int, text: str) -> None:
        euros = f"{abs(cents) // 100},{abs(cents) % 100:02}"
        debit, credit = (euros, "") if cents >= 0 else ("", euros)
        sheet.add(
            f"B{self._next};{self._clock.german[on]};{account};{debit};{credit};EUR;{CHANNELS.get(channel, '')};"
            f"{PLACES.get(touchpoint, '')};{text}"
        )
        self._next += 1
        self.postings.append(Posting(self._clock.months[on], ACCOUNTS[account], touchpoint, cents))

    def _book(self, sheet: Sheet, day: int) -> None:
        """The usual postings of a day of the month."""
        rng, of_month = self._rng, self._clock.dates[day].day
        if day == 0 or of_month in _SERVICE_DAYS:
            for touchpoint, channel, usual in _SERVICE:
                cents = usual * (90 + int(rng.random() * 21)) // 100 + int(rng.random() * 100)
                self._post(sheet, day, "6100", touchpoint, channel, cents, "Personal und Technik")
                if rng.random() < 0.1:
                    self._to_reverse.append((day, touchpoint, channel, cents))
        if of_month in _SELLING_DAYS:
            for channel, usual in (("web", 2_900_00), ("phone", 1_400_00)):
                self._post(sheet, day, "6200", "", channel, usual * (90 + int(rng.random() * 21)) // 100, "Vertrieb")
            self._post(sheet, day, "6300", "", "", 1_800_00 + int(rng.random() * 500_00), "Werbung")
        if of_month == 15:
            self._post(sheet, day, "6400", "", "", 300_00 + int(rng.random() * 200_00), "Kulanz")
            self._post(sheet, day, "6900", "", "", 75_50, "Büromaterial")

    def _put_right(self, sheet: Sheet, day: int) -> None:
        """Reversals, and invoices that came after a month was over and are booked into it."""
        rng, of_month = self._rng, self._clock.dates[day].day
        if of_month in {12, 26}:
            for on, touchpoint, channel, cents in self._to_reverse:
                self._post(sheet, on, "6100", touchpoint, channel, -cents, "Storno")
                self._post(sheet, on, "6100", touchpoint, channel, cents + 10_00, "Neu gebucht nach Storno")
            self._to_reverse = []
        if of_month == 4 and day >= 4:
            late, text = day - of_month, "Nachbuchung"
            self._post(sheet, late, "6100", "service_center", "phone", 210_00 + int(rng.random() * 90_00), text)
            self._post(sheet, late, "6200", "", "web", 160_00 + int(rng.random() * 90_00), text)

    def export(self, day: int) -> list[Delivery]:
        """The day's postings; most days have none, and then no file."""
        clock, sheet = self._clock, Sheet(self._rng)
        self._book(sheet, day)
        self._put_right(sheet, day)
        sound = ("BX{n}", clock.german[day], "6900", "10,00", "", "EUR", "", "", "für Büro")
        add_flawed_rows(sheet, day, "costs", dict(zip(HEADER.split(";"), sound, strict=True)), ";")
        if not sheet.records:
            return []
        return [pack("costs", f"buchungen_{clock.iso[day]}.csv", "\r\n".join([HEADER, *sheet.records, ""]), sheet)]
