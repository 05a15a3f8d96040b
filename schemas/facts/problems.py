"""Problems that customers told of when asked."""

import datetime as dt

from schemas.core import experiences as core
from schemas.facts.copied import as_in, key
from schemas.table import Table


class FactProblems(Table):
    """One response to the question which problem the customer had; `problem_type` is `no_problem` where there was none.

    Behind `kpi.problem_experience_monthly` stand the rows that are counted: each customer once a month, by the gravest problem.
    """

    response_key: str = key("Names the response; joins `facts.answers`.", "source", "source_record_id")
    answered_on: dt.date = as_in(core.Experiences, "answered_on")
    answered_at: dt.datetime = as_in(core.Experiences, "answered_at")
    source: str = as_in(core.Experiences, "source")
    problem_type: str = as_in(core.Experiences, "problem_type")
    problem_count: int = as_in(core.Experiences, "problem_count")
    experience: str = as_in(core.Experiences, "experience")
    is_counted: bool = as_in(core.Experiences, "is_counted")
    is_handling_top_box: bool = as_in(core.Experiences, "is_handling_top_box")
    is_handling_bottom_box: bool = as_in(core.Experiences, "is_handling_bottom_box")
    would_repurchase: bool = as_in(core.Experiences, "would_repurchase")
    is_promoter: bool = as_in(core.Experiences, "is_promoter")
    told_count: int = as_in(core.Experiences, "told_count")
    finds_price_fair: bool = as_in(core.Experiences, "finds_price_fair")
    finds_price_unfair: bool = as_in(core.Experiences, "finds_price_unfair")
    price_rise: float = as_in(core.Experiences, "price_rise")
    first_reordered_at: dt.datetime = as_in(core.Experiences, "first_reordered_at")
    channel: str = as_in(core.Experiences, "channel")
    touchpoint: str = as_in(core.Experiences, "touchpoint")
    segment: str = as_in(core.Experiences, "segment")
    customer_key: str = as_in(core.Experiences, "customer_key")

    class Config:
        name = "facts.problems"
        unique = ["response_key"]
        metadata = {"of": "core.experiences", "day": "answered_on"}
