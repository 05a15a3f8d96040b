"""The truth about how far the return of service hangs on each of its inputs: the same account with one of them moved."""

from typing import Any, TypeAlias

from pipelines.demo.assumptions import ASSUMPTIONS
from pipelines.demo.true_satisfaction import Figures

Inputs: TypeAlias = dict[str, float]
_LOYALTIES = ("loyalty_satisfied", "loyalty_mollified", "loyalty_dissatisfied", "loyalty_non_complainant")
INPUTS = (*_LOYALTIES, "satisfied_share", "dissatisfied_share", "customer_value", "service_share")
_ROOM = {"satisfied_share": "dissatisfied_share", "dissatisfied_share": "satisfied_share"}


def _roi(cell: Figures, inputs: Inputs) -> float:
    """Benefit over cost, from nothing but the inputs and what was counted."""
    s, d = inputs["satisfied_share"], inputs["dissatisfied_share"]
    loyal = s * inputs["loyalty_satisfied"] + (1 - s - d) * inputs["loyalty_mollified"] + d * inputs["loyalty_dissatisfied"]
    prevented = float(cell["customers"] or 0) * (loyal - inputs["loyalty_non_complainant"]) * inputs["customer_value"]
    benefit = prevented + float(cell["recovered"] or 0) + float(cell["attributed"] or 0) * inputs["service_share"]
    return benefit / float(cell["cost"] or 0) - 1


def sensitivity(cells: dict[str, Figures]) -> dict[str, dict[str, Any]]:
    """Of one month, by touchpoint and input: the return with a fifth less and more of it, and where the return is nothing."""
    result: dict[str, dict[str, Any]] = {}
    for touchpoint, cell in cells.items():
        if touchpoint == "total" or cell["roi"] is None:
            continue
        inputs: Inputs = {name: float(ASSUMPTIONS[name].value) for name in INPUTS}
        inputs |= {name: float(cell[name] or 0) for name in _ROOM}
        result[touchpoint] = {name: _moved(cell, inputs, name) for name in INPUTS}
        measured = cell["shares_basis"] == "measured"
        doubted = [name for name in INPUTS if not (measured and name in _ROOM)]
        widest = max(abs(result[touchpoint][name]["high"] - result[touchpoint][name]["low"]) for name in doubted)
        found = [name for name in doubted if abs(result[touchpoint][name]["high"] - result[touchpoint][name]["low"]) == widest]
        result[touchpoint]["weakest"] = min(found)
    return result


def _moved(cell: Figures, inputs: Inputs, name: str) -> dict[str, float | None]:
    most = 1 - inputs[_ROOM[name]] if name in _ROOM else float("inf") if name == "customer_value" else 1.0
    value = inputs[name]
    low, high = (_roi(cell, inputs | {name: moved}) for moved in (0.8 * value, min(1.2 * value, most)))
    at_none, at_one = (_roi(cell, inputs | {name: moved}) for moved in (0.0, 1.0))
    zero = at_none / (at_none - at_one) if at_none != at_one else None
    return {"low": low, "high": high, "break_even": zero if zero is not None and 0 <= zero <= most else None}
