"""What head office keeps by hand: the money of programmes, figures of others, targets. Each is one file on the first day."""

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Final

from pipelines.demo.clock import Clock
from pipelines.demo.deliveries import Delivery, Sheet, pack

PROGRAMMES_HEADER: Final = "id,programme,day,amount,currency,basis,says"
BENCHMARKS_HEADER: Final = "id,kpi,figure,industry,definition,value,q1,q3,n,from,to,publisher"
TARGETS_HEADER: Final = "id,kpi,figure,channel,target,better,at worst,from,to"

_FEEDS: Final = """
[feeds.programmes]
adapter = "programme_cash_flows_csv"
expected = false
columns = { source_record_id = "id", programme = "programme", flowed_on = "day", cash_flow_amount = "amount", currency = "currency", \
basis = "basis", evidence = "says" }

[feeds.benchmarks]
adapter = "benchmarks_csv"
expected = false

[feeds.benchmarks.columns]
source_record_id = "id"
kpi = "kpi"
figure = "figure"
segment = "industry"
definition = "definition"
value = "value"
lower_quartile = "q1"
upper_quartile = "q3"
n = "n"
period_from_on = "from"
period_to_on = "to"
evidence = "publisher"

[feeds.targets]
adapter = "targets_csv"
expected = false

[feeds.targets.columns]
source_record_id = "id"
kpi = "kpi"
figure = "figure"
channel = "channel"
value = "target"
direction = "better"
minimum_acceptable = "at worst"
valid_from_on = "from"
valid_to_on = "to"

[feeds.targets.values]
direction = { higher = "at_least", lower = "at_most" }
"""


def declared() -> str:
    """The settings file's part about plans."""
    return _FEEDS


@dataclass(frozen=True, slots=True)
class Flow:
    """One amount of a programme, in cents of its currency."""

    programme: str
    on: dt.date
    amount: int
    currency: str
    basis: str


_PLANNED: Final = {
    "agent training": ("EUR", (-24_000_00, 9_000_00, 11_000_00, 12_000_00)),
    "new help pages": ("EUR", (-20_000_00, 50_000_00, -31_000_00)),
    "complaint line": ("USD", (-6_000_00, -2_500_00, -2_500_00)),
}
"""By programme: currency, and the cents of each year. One pays, one changes its sign twice, one only costs."""

_BENCHMARKS: Final = (
    ("B1", "satisfaction_daily,csat_top2", "satisfaction_daily.csat_top2", "0.72,0.64,0.79,1200", 1, "comparable"),
    ("B2", "satisfaction_daily,csat_top2", "csat mean score", "0.81,,,5400", 1, "not_comparable"),
    ("B3", "first_contact_resolution_daily,fcr_gross", "first_contact_resolution_daily.fcr_gross", "0.70,0.61,0.78,340", 12, "stale"),
)
"""Id, our figure, the publisher's definition, what was measured, how many years ago, and how it compares."""

_TARGETS: Final = (
    ("Z1", "satisfaction_daily,csat_top2,", "0.70,higher,0.60"),
    ("Z2", "first_contact_resolution_daily,fcr_gross,", "0.75,higher,0.65"),
    ("Z3", "ticket_times_daily,first_reply_seconds_mean,email", "14400,lower,28800"),
    ("Z4", "cost_per_sale_monthly,cost_per_sale_service_only,", "4.00,lower,5.00"),
)
"""Id, figure and channel, and what it is meant to reach."""


class Plans:
    """The three files."""

    def __init__(self, seed: str, clock: Clock) -> None:
        self._rng: Final = Random(f"{seed} plans")
        self._clock: Final = clock
        year = clock.dates[0].year
        self.flows: Final = [
            Flow(programme, dt.date(year + n, 1, 1), amount, currency, "measured" if n == 0 else "assumed")
            for programme, (currency, amounts) in _PLANNED.items()
            for n, amount in enumerate(amounts)
        ]
        self.comparisons: Final = {benchmark[0]: benchmark[-1] for benchmark in _BENCHMARKS}
        self.others: Final = {benchmark[0]: float(benchmark[3].split(",")[0]) for benchmark in _BENCHMARKS}
        """The value of each benchmark."""
        self.aims: Final = {number: (figure, *target.split(",")[:2]) for number, figure, target in _TARGETS}
        """Figure and channel of each target, its value, and whether higher or lower is better."""

    def export(self, day: int) -> list[Delivery]:
        """All three on the first day."""
        if day:
            return []
        year = self._clock.dates[0].year
        flows = [
            f"F{n},{flow.programme},{flow.on},{flow.amount / 100:.2f},{flow.currency},{flow.basis},"
            f"{'ledger' if flow.basis == 'measured' else 'head of service'}"
            for n, flow in enumerate(self.flows, 1)
        ]
        benchmarks = [
            f"{number},{figure},retail,{definition},{measured},{year - ago}-01-01,{year - ago}-12-31,a study that does not exist"
            for number, figure, definition, measured, ago, _ in _BENCHMARKS
        ]
        targets = [f"{number},{figure},{target},{year}-01-01," for number, figure, target in _TARGETS]
        return [
            self._file("programmes", PROGRAMMES_HEADER, flows),
            self._file("benchmarks", BENCHMARKS_HEADER, benchmarks),
            self._file("targets", TARGETS_HEADER, targets),
        ]

    def _file(self, feed: str, header: str, rows: list[str]) -> Delivery:
        sheet = Sheet(self._rng)
        for row in rows:
            sheet.add(row)
        return pack(feed, f"{feed}-{self._clock.iso[0]}.csv", "\n".join([header, *rows, ""]), sheet)
