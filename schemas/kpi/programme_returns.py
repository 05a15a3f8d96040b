"""What a service programme returns on the money put into it, by programme."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import amount, count, figure
from schemas.table import Money, Table
from schemas.vocabulary import BASES, IRR_REASONS, ROW_STATUSES


class ProgrammeReturns(Table):
    """Present value, internal rates of return and payback of a service programme's cash flows, past and planned.

    Cohort: flowed_in, all flows of the programme at once. Flows stand on their actual days: a year is 365 actual days
    from the programme's first flow (act/365, as XNPV and XIRR count), rates are annual, and everything is worth what it is
    worth on the day of that first flow. Flows of one day are netted before anything is judged.

    * ``npv = Σ flow / (1 + i)^(days / 365)`` at the declared `discount_rate`; `npv_low` and `npv_high` are the smallest
      and the largest at its low, value and high. Worth on different days: NPVs of programmes that begin apart do not add up.
    * `irr` is the rate at which the NPV is 0, given only where the flows change sign exactly once: then there is one, and
      one alone. Otherwise it is null, and `irr_reason` says why: `no_irr`, no change of sign (or a rate above 100,000,000 %);
      `multiple_irr`, several changes, so that several rates may do. `irr_roots` lists every rate that does; there may be none.
    * `mirr` is one rate in any case: what is earned is reinvested, and what is spent financed, at the `discount_rate`.
    * Payback: years from the first flow to the day from which the running total, plain or discounted, is never negative
      again; no interpolation between days. Null while it ends negative, and where nothing is spent.

    A programme without a flow has no row. `basis` is the weakest of the flows and of the rate; the IRR and the plain payback
    rest on the flows alone (`flows_basis`).
    """

    programme: str = pa.Field(description="The programme.")
    first_flow_on: dt.date = pa.Field(description="Day of the first flow, on which everything is valued.")
    last_flow_on: dt.date = pa.Field(description="Day of the last flow.")
    flow_count: int = count("Cash flows.", "flows")
    spent_amount: Money = amount("Money spent, as a positive amount; flows as booked, not netted.")
    earned_amount: Money = amount("Money earned or saved.")
    npv: float = figure("Net present value.", "money", method="sum of amount / (1 + i)^(days / 365)")
    npv_low: float = figure("Smallest at the low, the value and the high of the discount rate.", "money", method="as npv")
    npv_high: float = figure("Largest of these.", "money", method="as npv")
    irr: float = figure("Internal rate of return, a year.", "ratio", method="the only rate at which npv is 0")
    irr_reason: str = pa.Field(nullable=True, isin=IRR_REASONS, description="Why there is no irr; null where there is one.")
    irr_roots: str = pa.Field(
        nullable=True, description="Every rate at which the flows are worth nothing, ascending, as text; null where there is none."
    )
    mirr: float = figure("Modified internal rate of return, a year.", "ratio", method="(FV earned / PV spent)^(365 / days) - 1")
    payback_years: float = figure("Years until the money is back for good.", "years", method="last day on which the running total turns")
    discounted_payback_years: float = figure("Likewise, discounted.", "years", method="as payback_years, over discounted flows")
    flows_basis: str = pa.Field(isin=BASES, description="Weakest basis of the flows.")
    basis: str = pa.Field(isin=BASES, description="Weakest basis of the flows and of the discount rate.")
    status: str = pa.Field(isin=ROW_STATUSES, description="`no_data` where the flows of every day cancel out, else `ok`.")

    class Config:
        name = "kpi.programme_returns"
        unique = ["programme"]
        metadata = {"cohort": "flowed_in", "source": "XNPV and XIRR conventions; Descartes' rule of signs", "owner": "team:finance"}
