"""The shop's own survey after a purchase: a spreadsheet export in German, in cp1252, without ids."""

from random import Random
from typing import Final, NamedTuple

from pipelines.demo.clock import Clock
from pipelines.demo.company import COMMENTS, HOURS, draw, how_many, is_late_time, spread
from pipelines.demo.customers import Crm
from pipelines.demo.deliveries import Delivery, Sheet, pack
from pipelines.demo.flaws import add_flawed_rows

HEADER: Final = "Bewertet am;E-Mail;Zufriedenheit;Bestellung;Bestellwert;Kommentar"
_SCORES: Final = spread({"5,0": 36, "4,5": 6, "4,0": 26, "3,5": 4, "3,0": 10, "2,0": 8, "1,0": 6, "": 4})
_POOR_SCORES: Final = spread({"5,0": 12, "4,0": 20, "3,0": 24, "2,0": 22, "1,0": 18, "": 4})


class Score(NamedTuple):
    """A row delivered: instant, score as written, and an identifier of the customer, empty when anonymous."""

    at: int
    text: str
    customer: str


class ShopSurvey:
    """Asks buyers for one score."""

    def __init__(self, seed: str, clock: Clock, crm: Crm) -> None:
        self._rng: Final = Random(f"{seed} shop")
        self._clock: Final = clock
        self._crm: Final = crm
        self._next = 4_000_001
        self._late: Final[dict[int, list[tuple[str, Score]]]] = {}
        self.scores: Final[list[Score]] = []

    def export(self, day: int) -> list[Delivery]:
        """The day's rows, and some of earlier days."""
        rng, clock = self._rng, self._clock
        rows = self._late.pop(day, [])
        scores = _POOR_SCORES if is_late_time(clock.dates[day]) else _SCORES
        for _ in range(how_many(rng, clock.dates[day], 62)):
            second = clock.wall(day, draw(rng, HOURS) * 3600 + int(rng.random() * 60) * 60)
            customer = self._crm.pick(rng)
            score = draw(rng, scores)
            email = customer.email if rng.random() < 0.9 else ""
            line = (
                f"{clock.german[day]} {clock.time(second)[:5]};{email};{score};"
                f"AF-{self._next};{int(rng.random() * 180) + 9},{int(rng.random() * 100):02};{draw(rng, COMMENTS)}"
            )
            self._next += 1
            row = (line, Score(clock.utc(day, second), score, f"email:{email}" if email else ""))
            if rng.random() < 0.02:
                self._late.setdefault(day + 1 + int(rng.random() * 5), []).append(row)
            else:
                rows.append(row)
        sheet = Sheet(rng)
        for line, given in rows:
            sheet.add(line)
            self.scores.append(given)
        sound = ("01.07.2026 10:15", "probe@example.com", "4,0", "AF-X{n}", "20,00", "für später")
        add_flawed_rows(sheet, day, "shop_survey", dict(zip(HEADER.split(";"), sound, strict=True)), ";")
        text = "\r\n".join([HEADER, *sheet.records, ""])
        return [pack("shop_survey", f"bewertungen_{clock.iso[day]}.csv", text, sheet, "cp1252")]
