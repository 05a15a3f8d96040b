"""What better handling, and easier access, would pay, by touchpoint."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import amount, count, figure, share
from schemas.table import Money, Table
from schemas.vocabulary import BASES, ROW_STATUSES, TOUCHPOINTS, UNKNOWN


class ServiceRecoveryRoi(Table):
    """Two levers on how problems end: handling complaints better, and hearing of more of them.

    *Recovery* moves a share Δ of complainants from dissatisfied to satisfied: ``N·p·c·Δ·(Ls − Ld)·V − cost``; Δ is `recovery_shift`, at
    most the share that is dissatisfied. *Solicitation* raises the share that complains by Δc (`solicitation_increase`):
    ``N·p·Δc·([s·Ls + m·Lm + d·Ld] − Ln)·V − N·p·Δc·cost_per_contact``. **It may be negative**: asking for complaints pays only where they
    are handled well.

    Cohort: answered_in, the last twelve months that were asked about, of all segments and types; fewer are brought to a year. N·p, c and
    the loyalties are those of kpi.revenue_at_risk_monthly, weighed by its customers with a problem. A touchpoint gets the share of them
    that the survey's complainants name by rating its handling; who told us and rated nothing stands at `unknown`. s, m, d: of the
    touchpoint where it has `small_sample` ratings, else of all touchpoints, else as declared.

    Low and high put V, Δ, Δc, s, d and the costs at their worst and best at once, and leave c and the loyalties at their middle: they are
    narrower than the doubt there is. A return is null while no cost is declared. `basis` is the weakest of all inputs.
    The table is computed whole.
    """

    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, UNKNOWN), description="Part of the company that handles the complaints.")
    from_on: dt.date = pa.Field(description="First month that the figures rest on.")
    to_on: dt.date = pa.Field(description="Last month that the figures rest on.")
    complained_count: int = count("Complainants in the survey.", "customers")
    rated_n: int = count("Of these, rated the handling.", "customers")
    satisfied_share: float = share("Share left satisfied (s).", method="of the touchpoint, of all, or as declared")
    mollified_share: float = share("Share left neither satisfied nor dissatisfied (m).", method="1 - s - d")
    dissatisfied_share: float = share("Share left dissatisfied (d).", method="as s")
    problem_customers: float = figure("Customers with a problem in a year.", "customers", method="N · p · share of complainants")
    complaining_customers: float = figure("Of these, tell us.", "customers", method="N · p · c · share of complainants")
    recovered_customers: float = figure("Customers kept by better handling.", "customers", method="N·p·c·Δ·(Ls − Ld)")
    recovered_margin_amount: Money = amount("Their yearly margin.")
    recovery_cost_amount: Money = amount("What better handling costs a year.")
    recovery_roi: float = figure(
        "Return on better handling.",
        "ratio",
        "CASE WHEN recovery_cost_amount > 0 THEN (recovered_margin_amount - recovery_cost_amount) / recovery_cost_amount END",
    )
    recovery_net_low_amount: Money = amount("Margin less cost, every input at its worst end.")
    recovery_net_high_amount: Money = amount("Margin less cost, every input at its best end.")
    solicited_customers: float = figure(
        "Customers kept by hearing of more problems; may be negative.", "customers", method="N·p·Δc·(told − Ln)"
    )
    solicited_margin_amount: Money = amount("Their yearly margin; may be negative.")
    solicited_contact_amount: Money = amount("Cost of the contacts that would come in addition.")
    solicitation_roi: float = figure(
        "Return on easier access.",
        "ratio",
        "CASE WHEN solicited_contact_amount > 0 THEN (solicited_margin_amount - solicited_contact_amount) / solicited_contact_amount END",
    )
    solicitation_net_low_amount: Money = amount("Margin less cost, every input at its worst end.")
    solicitation_net_high_amount: Money = amount("Margin less cost, every input at its best end.")
    basis: str = pa.Field(isin=BASES, description="Weakest basis of all inputs.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on complained_count.")

    class Config:
        name = "kpi.service_recovery_roi"
        unique = ["touchpoint"]
        metadata = {"cohort": "answered_in", "source": "CTMA market damage model; Goodman & Newman 2003", "owner": "team:customer-service"}
