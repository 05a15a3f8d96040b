"""What is wrong on purpose: records that must be refused, each for exactly one reason.

A flawed record never shares its id with a sound one, so that the truth needs to know it only by its count.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pipelines.demo.deliveries import Mishap, Sheet

BROKEN_UTF8: Final = "\udcfc"
"""Stands for the byte FC: an ``ü`` in Latin-1, nothing in UTF-8."""

BROKEN_CP1252: Final = "\udc81"
"""Stands for the byte 81, which cp1252 leaves undefined."""


@dataclass(frozen=True)
class Flaw(Mishap):
    """A flaw of a CSV row: other text in some cells of a sound one, or another number of cells."""

    reason: str
    cells: Mapping[str, str] = field(default_factory=dict)
    extra_cells: int = 0


@dataclass(frozen=True)
class RecordFlaw(Mishap):
    """A flaw of a record that is written out whole; ``#`` stands for a fresh number."""

    reason: str
    record: str

    def text(self, day: int) -> str:
        """The record."""
        return self.record.replace("#", str(9_000_000 + day))


def add_flawed_rows(sheet: Sheet, day: int, feed: str, sound: Mapping[str, str], delimiter: str) -> None:
    """Puts the day's flawed rows of a feed between the others; ``{n}`` in a sound cell stands for a fresh number."""
    for n, flaw in enumerate(FLAWS[feed]):
        if flaw.on(day):
            cells = [text.replace("{n}", f"{day * 20 + n:06}") for text in ({**sound, **flaw.cells}).values()]
            if flaw.extra_cells < 0:
                cells = cells[: flaw.extra_cells]
            sheet.add_flawed(delimiter.join([*cells, *[""] * flaw.extra_cells]), flaw.reason)


FLAWS: Final[Mapping[str, tuple[Flaw, ...]]] = {
    "qualtrics": (
        Flaw(0, 1, "not_a_real_response", {"Status": "1"}),
        Flaw(1, 3, "not_a_real_response", {"Status": "8"}),
        Flaw(1, 19, "out_of_scale", {"Q2": "11"}),
        Flaw(5, 27, "out_of_scale", {"Q1": "0"}),
        Flaw(2, 23, "wrong_column_count", extra_cells=1),
        Flaw(3, 31, "not_an_instant", {"EndDate": "2026-02-30 10:00:00"}),
        Flaw(4, 29, "not_a_number", {"Q3": "leicht"}),
        Flaw(6, 37, "unknown_word", {"Touchpoint": "Pförtner"}),
    ),
    "shop_survey": (
        Flaw(2, 17, "out_of_scale", {"Zufriedenheit": "6,0"}),
        Flaw(1, 21, "not_an_instant", {"Bewertet am": "31.06.2026 10:15"}),
        Flaw(3, 26, "wrong_column_count", extra_cells=-1),
        Flaw(4, 33, "not_text", {"Kommentar": f"Tr{BROKEN_CP1252}ffel"}),
        Flaw(5, 35, "not_an_email", {"E-Mail": "keine Angabe"}),
        Flaw(6, 39, "missing", {"Bewertet am": ""}),
        Flaw(7, 41, "not_a_number", {"Zufriedenheit": "sehr gut"}),
    ),
    "sms": (
        Flaw(3, 34, "not_a_phone", {"From": "GARTEN"}),
        Flaw(5, 38, "damaged_id", {"Sid": "5.70306E+17"}),
        Flaw(6, 45, "not_an_instant", {"SentDate": "2026-13-01T10:00:00Z"}),
    ),
    "phone_tickets": (
        Flaw(1, 15, "time_reversed", {"geloest_am": "01.07.2026 09:00:00"}),
        Flaw(2, 24, "damaged_id", {"vorgang": "5.70306E+17"}),
        Flaw(3, 22, "unknown_word", {"status": "verschollen"}),
        Flaw(4, 36, "not_yes_or_no", {"sofort_erledigt": "vielleicht"}),
        Flaw(5, 32, "not_a_phone", {"rufnummer": "unterdrückt"}),
        Flaw(6, 44, "wrong_column_count", extra_cells=2),
    ),
    "orders": (
        Flaw(2, 18, "undeclared_currency", {"currency": "CHF"}),
        Flaw(1, 25, "damaged_id", {"order_id": "5.70306E+17"}),
        Flaw(3, 30, "not_text", {"place": f"M{BROKEN_UTF8}nchen"}),
        Flaw(4, 28, "not_a_number", {"net": "12.50 EUR"}),
        Flaw(5, 40, "out_of_range", {"net": "-12.50"}),
        Flaw(6, 43, "unknown_word", {"shop": "market stall"}),
        Flaw(7, 46, "missing", {"ordered_at": ""}),
    ),
    "costs": (
        Flaw(1, 42, "not_a_date", {"Buchungsdatum": "31.04.2026"}),
        Flaw(3, 48, "unknown_word", {"Konto": "9999"}),
        Flaw(5, 51, "not_a_number", {"Soll": "hundert"}),
    ),
    "invites": (
        Flaw(3, 20, "not_an_instant", {"sent_at": "gestern"}),
        Flaw(7, 47, "missing", {"invite_id": ""}),
    ),
    "relationship": (
        Flaw(0, 1, "out_of_scale", {"Kauft wieder": "6"}),
        Flaw(0, 1, "unknown_word", {"Letztes Problem": "Wetter"}),
    ),
    "calls": (
        Flaw(6, 21, "time_reversed", {"Angenommen": "01.07.2026 09:00:00"}),
        Flaw(6, 35, "unknown_word", {"Ergebnis": "verschollen"}),
        Flaw(6, 49, "not_a_number", {"Bearbeitung": "3:25"}),
    ),
    "self_service": (Flaw(6, 28, "not_yes_or_no", {"solved": "maybe"}),),
    "employees": (Flaw(0, 1, "not_a_date", {"Eintritt": "31.02.2024"}),),
    "employee_survey": (Flaw(0, 1, "out_of_scale", {"rating": "6"}),),
}

MAIL_FLAWS: Final = (
    RecordFlaw(2, 35, "not_a_mail", "Fax ohne Kopfzeilen Nr. #.\n\nSeite 1 von 1\n"),
    RecordFlaw(3, 50, "not_an_email", "From: Unbekannt\nSubject: Brief Nr. #\n\nGuten Tag!\n"),
    RecordFlaw(5, 70, "too_complex", "Subject: Kette Nr. #\n" + "X-Hop: 1\n" * 1_001 + "\nHallo.\n"),
)
"""Mails without the line that an mbox puts before each."""

GAP_FLAW: Final = Flaw(0, 1, "no_such_local_time", {"EndDate": "{gap}"})
"""Planted in the survey on the day on which the clocks are put forward, if there is one."""

_TICKET: Final = (
    '{"id":#,"created_at":"2026-07-01T08:00:00Z","updated_at":"2026-07-01T08:00:00Z","generated_timestamp":1782892800,'
    '"via":{"channel":"web"},"status":"open","priority":"normal","requester_id":100001,"submitter_id":100001,"tags":[],'
    '"custom_fields":[]}'
)
ZENDESK_FLAWS: Final = (
    RecordFlaw(1, 28, "unknown_word", _TICKET.replace('"open"', '"vanished"')),
    RecordFlaw(2, 33, "not_an_instant", _TICKET.replace("2026-07-01T08:00:00Z", "2026-07-32T08:00:00Z", 1)),
    RecordFlaw(4, 39, "missing", _TICKET.replace('"id":#,', "")),
)
AUDIT_FLAWS: Final = (
    RecordFlaw(2, 31, "wrong_shape", '{"id":#,"ticket_id":2000001,"created_at":"2026-07-01T08:00:00Z","author_id":1}'),
    RecordFlaw(
        5,
        44,
        "unknown_word",
        '{"id":#,"ticket_id":#,"created_at":"2026-07-01T08:00:00Z","author_id":1,"events":'
        '[{"type":"Change","field_name":"status","previous_value":"open","value":"vanished"}]}',
    ),
)
