"""Text messages: the provider's console log as CSV for one number, its API's pages for the other."""

from dataclasses import dataclass
from random import Random
from typing import Final

from pipelines.demo.clock import Clock
from pipelines.demo.company import HOURS, OWN_NUMBER, draw, how_many, spread
from pipelines.demo.customers import Crm
from pipelines.demo.deliveries import Delivery, Sheet, pack
from pipelines.demo.flaws import add_flawed_rows

HEADER: Final = "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit"
_ACCOUNT: Final = "AC" + "0" * 31 + "1"
_COMPLAINT: Final = "Paket fehlt noch"
_OPT_OUT: Final = "STOP"
_ANSWERS: Final = spread({"9": 6, "10": 5, "8": 5, "7": 3, "4": 2, "Danke, alles gut": 3, _COMPLAINT: 3, _OPT_OUT: 1})
_QUESTION: Final = "Alder & Finch: Wie zufrieden waren Sie mit uns? Antwort 0-10. Abmelden mit STOP."


@dataclass(slots=True)
class _Text:
    sid: str
    at: int
    number: str
    body: str
    is_inbound: bool
    segments: int
    price: str
    is_billed: bool


class TextMessages:
    """One number's messages. ``feed`` decides in which of both formats they are exported."""

    def __init__(self, seed: str, clock: Clock, crm: Crm, feed: str, average: float) -> None:
        self._rng: Final = Random(f"{seed} {feed}")
        self._clock: Final = clock
        self._crm: Final = crm
        self._feed: Final = feed
        self._average: Final = average
        self._unbilled: Final[dict[int, list[_Text]]] = {}
        self._yesterday: list[str] = []
        self.messages: Final[list[tuple[int, str, bool]]] = []
        """Instant, exclusion and whether it is inbound, of every message."""
        self.ours: Final[list[tuple[int, str]]] = []
        """Instant of every message of ours, and an identifier of the customer it went to."""
        self.texts: Final[list[tuple[int, bool]]] = []
        """Instant of every message that is feedback, and whether the taxonomy knows what it is about."""

    def _as_csv(self, text: _Text, _: int) -> str:
        own, other = OWN_NUMBER, text.number
        sender, to = (other, own) if text.is_inbound else (own, other)
        status = "received" if text.is_inbound else "delivered" if text.is_billed else "sent"
        body = f'"{text.body}"' if "," in text.body else text.body
        return (
            f"{sender},{to},{body},{status},{self._clock.utc_text(text.at)},2010-04-01,{text.segments},,{_ACCOUNT},{text.sid},"
            f"{'inbound' if text.is_inbound else 'outbound-api'},{text.price if text.is_billed else ''},USD"
        )

    def _as_json(self, text: _Text, updated: int) -> str:
        own, other = OWN_NUMBER, text.number
        sender, to = (other, own) if text.is_inbound else (own, other)
        status = "received" if text.is_inbound else "delivered" if text.is_billed else "sent"
        direction = "inbound" if text.is_inbound else "outbound-api"
        sent = self._clock.mail_text(text.at)
        price = f'"{text.price}"' if text.is_billed else "null"
        return (
            f'{{"body":"{text.body}","num_segments":"{text.segments}","direction":"{direction}",'
            f'"from":"{sender}","to":"{to}","date_updated":"{self._clock.mail_text(updated)}","price":{price},"error_message":null,'
            f'"account_sid":"{_ACCOUNT}","num_media":"0","status":"{status}","sid":"{text.sid}","date_sent":"{sent}",'
            f'"date_created":"{sent}","error_code":null,"price_unit":"USD","api_version":"2010-04-01"}}'
        )

    def export(self, day: int) -> list[Delivery]:
        """The day's messages, prices that came later, and a few of yesterday's once more."""
        rng, clock = self._rng, self._clock
        write = self._as_csv if self._feed == "sms" else self._as_json
        sheet = Sheet(rng)
        for record in self._yesterday:
            sheet.add_duplicate(record)
        for text in self._unbilled.pop(day, []):
            text.is_billed = True
            sheet.add_version(write(text, clock.midnights[day] + 7200))
        recent: list[str] = []
        for _ in range(how_many(rng, clock.dates[day], self._average)):
            inbound = rng.random() < 0.5
            at = clock.utc(day, clock.wall(day, draw(rng, HOURS) * 3600 + int(rng.random() * 3600)))
            body = draw(rng, _ANSWERS) if inbound else _QUESTION
            sid, customer = f"SM{rng.getrandbits(128):032x}", self._crm.pick(rng)
            text = _Text(
                sid, at, customer.phone, body, inbound, 1 if inbound else 2,
                "-0.00750" if inbound else "-0.14960", rng.random() < 0.9,
            )  # fmt: skip
            record = write(text, at + 3)
            sheet.add(record)
            self.messages.append((at, "opt_out" if body == _OPT_OUT else "", inbound))
            if not inbound:
                self.ours.append((at, customer.phone_key))
            if inbound and body != _OPT_OUT and not body.isdigit():
                self.texts.append((at, body == _COMPLAINT))
            if text.is_billed:
                recent.append(record)
            else:
                self._unbilled.setdefault(day + 2, []).append(text)
        self._yesterday = recent[-2:]
        name = clock.iso[day]
        if self._feed == "sms_api":
            page = f'{{"messages":[{",".join(sheet.records)}],"next_page_uri":null,"page":0,"page_size":1000}}'
            return [pack(self._feed, f"messages-{name}-0001.json", page, sheet)]
        sound = (
            self._crm.customers[0].phone, OWN_NUMBER, "9", "received", "2026-07-01T08:00:00Z", "2010-04-01", "1", "",
            _ACCOUNT, "SMx{n}", "inbound", "-0.00750", "USD",
        )  # fmt: skip
        add_flawed_rows(sheet, day, "sms", dict(zip(HEADER.split(","), sound, strict=True)), ",")
        return [pack(self._feed, f"sms-log-{name}.csv", "\n".join([HEADER, *sheet.records, ""]), sheet)]
