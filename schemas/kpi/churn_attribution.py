"""How much churn goes with poor service, by quarter and segment."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, figure, share
from schemas.table import Table
from schemas.vocabulary import ROW_STATUSES

_R1 = "exposed_churned_count / exposed_count"
_R0 = "unexposed_churned_count / unexposed_count"
_RR = f"(({_R1}) / ({_R0}))"
_P = "(exposed_count / (exposed_count + unexposed_count))"
_NO_ZERO = (
    "LEAST(exposed_churned_count, exposed_count - exposed_churned_count, unexposed_churned_count, "
    "unexposed_count - unexposed_churned_count) > 0"
)


def _end(of: str, end: str, method: str = "Newcombe") -> float:
    value: float = figure(f"{end.capitalize()} end of the 95 % interval of `{of}`; null when that is.", "ratio", method=method)
    return value


class ChurnAttribution(Table):
    """How much churn is associated with poor service: churn of customers whom we served badly, beside that of the others.

    Cohort: customers at the start of the quarter: known customers whose first day (of their record, or of their first order where that is
    earlier or the record says none) lies before it, and who were active when the follow-up began: a completed order in the
    `value_window_days` up to the quarter's end, as in segment_lifetime_value_monthly. *Exposed*: at least one contact of the quarter that
    went wrong. *Unresolved*: the customer said so where asked ("resolved in the first contact?"), else it has not been solved; *low CSAT*:
    at least one answer about it in the bottom boxes; *repeated*: another contact on the matter within the repeat window.
    What became of a contact counts whenever it became known. Everybody else is unexposed, also who had no contact at all.

    *Churned*: no completed order in the `churn_horizon_days` after the quarter; the sources hold no ends of contracts, so a customer who
    leaves is known by the orders that stay away, and one who merely pauses counts too. Until these days are over the quarter is
    immature: its customers are in `immature_count` and in nothing else.

    ``RD = R1 − R0``, ``RR = R1 / R0``, ``AF = (RR − 1) / RR``, ``PAF = p(RR − 1) / (1 + p(RR − 1))`` (Levin) with p the exposed share;
    excess = exposed · RD. An empty cell of the four leaves no RR, AF and PAF, but an RD. *Adjusted* figures compare within strata (Mantel
    and Haenszel): of tenure at the quarter's start (under one year, one to three, longer) in the segment's own figures, of segment and
    tenure in those that begin with `all_`, which hold for the whole quarter and stand on each of its rows. Where crude and adjusted
    figures differ, tenure or segment explains part of the crude one. Everything here is association: who buys more also
    contacts us more, and nothing says that better service would have kept a customer. Negative figures say that the exposed churned less.
    For reference SQM Group found 5 % of customers defecting after a resolution at first contact, 9 % after two or more contacts, 25 %
    when unresolved. When an order changes, all quarters from shortly before it are
    computed anew.
    """

    quarter_on: dt.date = pa.Field(description="First day of the quarter in which customers were served.")
    segment: str = pa.Field(description="The customers' current segment.")
    customer_count: int = count("Customers at the quarter's start.", "customers")
    immature_count: int = count("Of these, those whose follow-up is not over: all of them or none.", "customers")
    exposed_count: int = count("Of the others, with at least one contact that went wrong.", "customers")
    exposed_churned_count: int = count("Of these, churned.", "customers")
    unexposed_count: int = count("Without any such contact.", "customers")
    unexposed_churned_count: int = count("Of these, churned.", "customers")
    exposed_churn: float = share("Churn of the exposed (R1).", _R1)
    exposed_churn_ci_low: float = bound("exposed_churn", "low")
    exposed_churn_ci_high: float = bound("exposed_churn", "high")
    unexposed_churn: float = share("Churn of the others (R0).", _R0)
    unexposed_churn_ci_low: float = bound("unexposed_churn", "low")
    unexposed_churn_ci_high: float = bound("unexposed_churn", "high")
    risk_difference: float = figure("Churn associated with exposure (RD), crude.", "ratio", f"{_R1} - {_R0}")
    risk_difference_ci_low: float = _end("risk_difference", "low")
    risk_difference_ci_high: float = _end("risk_difference", "high")
    adjusted_risk_difference: float = figure("RD within tenure.", "ratio", method="Mantel-Haenszel over tenure")
    adjusted_risk_difference_ci_low: float = _end("adjusted_risk_difference", "low", "Newcombe over strata")
    adjusted_risk_difference_ci_high: float = _end("adjusted_risk_difference", "high", "Newcombe over strata")
    risk_ratio: float = figure("Churn of the exposed per churn of the others (RR), crude.", "ratio", f"CASE WHEN {_NO_ZERO} THEN {_RR} END")
    adjusted_risk_ratio: float = figure("RR within tenure.", "ratio", method="Mantel-Haenszel over tenure")
    attributable_share: float = figure(
        "Share of the exposed's churn that is associated with exposure (AF).",
        "ratio",
        f"CASE WHEN {_NO_ZERO} THEN ({_RR} - 1) / {_RR} END",
    )
    population_attributable_share: float = figure(
        "Share of all churn that is associated with exposure (PAF).",
        "ratio",
        f"CASE WHEN {_NO_ZERO} THEN {_P} * ({_RR} - 1) / ({_P} * ({_RR} - 1) + 1) END",
    )
    excess_churned: float = figure(
        "Churned customers associated with exposure, by the crude RD.", "customers", f"exposed_count * ({_R1} - {_R0})"
    )
    unresolved_count: int = count("Exposed customers with an unresolved contact.", "customers")
    unresolved_churned_count: int = count("Of these, churned.", "customers")
    unresolved_churn: float = share("Churn of these.", "unresolved_churned_count / unresolved_count")
    low_csat_count: int = count("Exposed customers with a contact rated low.", "customers")
    low_csat_churned_count: int = count("Of these, churned.", "customers")
    low_csat_churn: float = share("Churn of these.", "low_csat_churned_count / low_csat_count")
    repeated_count: int = count("Exposed customers who had to come again.", "customers")
    repeated_churned_count: int = count("Of these, churned.", "customers")
    repeated_churn: float = share("Churn of these.", "repeated_churned_count / repeated_count")
    all_risk_ratio: float = figure("RR of the quarter's customers, crude.", "ratio", method="over all segments together")
    all_adjusted_risk_ratio: float = figure("Likewise, adjusted.", "ratio", method="Mantel-Haenszel over segment and tenure")
    all_risk_difference: float = figure("RD of the quarter's customers, crude.", "ratio", method="over all segments together")
    all_adjusted_risk_difference: float = figure("Likewise, adjusted.", "ratio", method="Mantel-Haenszel over segment and tenure")
    all_adjusted_risk_difference_ci_low: float = _end("all_adjusted_risk_difference", "low", "Newcombe over strata")
    all_adjusted_risk_difference_ci_high: float = _end("all_adjusted_risk_difference", "high", "Newcombe over strata")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on the smaller of both groups.")

    class Config:
        name = "kpi.churn_attribution"
        unique = ["quarter_on", "segment"]
        metadata = {
            "cohort": "customers at the quarter's start",
            "source": "Levin 1953; Mantel and Haenszel 1959; Newcombe 1998",
            "owner": "team:customer-insight",
        }
