"""The truth about programmes: their flows in the reporting currency, in order of time."""

from collections import defaultdict

from pipelines.demo.plans import Flow
from pipelines.demo.true_costs import amount_text, euros


def programmes(flows: list[Flow]) -> dict[str, list[dict[str, str]]]:
    """By programme: day, amount and basis of each flow."""
    result: dict[str, list[dict[str, str]]] = defaultdict(list)
    for flow in sorted(flows, key=lambda each: each.on):
        result[flow.programme].append({"on": str(flow.on), "amount": amount_text(euros(flow.amount, flow.currency)), "basis": flow.basis})
    return result
