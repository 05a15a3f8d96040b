"""Customers won and lost by what others say of us, by quarter and experience."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import amount, bound, count, figure, share
from schemas.table import Money, Table
from schemas.vocabulary import BASES, ROW_STATUSES, TALKING


class WordOfMouth(Table):
    """How many people hear of us from customers of each experience, and what that brings or costs in new customers.

    ``people_reached = group_customers · tell_rate · told_per_teller``, ``net_customers = ± people_reached · potential_share · influence``,
    ``sales_effect = net_customers · V``; + for `no_problem` and `satisfied`, whose talk wins, − for all others, whose talk loses. The net
    of a quarter is the sum of its rows.

    Cohort: answered_in, the quarter of the survey answer; each customer at most once a month (see core.experiences). Customers who told us
    and do not say how it was handled, and those with a problem who do not say whether they told us, are in `asked_n` and in no row: nobody
    knows whether they speak well of us.

    * `group_customers` brings the survey to all customers: N · group_share · 3 / R. N (`customer_n`): customers of core.customers by the
      end of the quarter; who left is not known. The same on every row, as is `asked_n`: never add them over experiences. R
      (`problem_recall_months`) is how far back the survey asks, so that the quarters of a year add up to the year, as the months of
      revenue_at_risk_monthly do. A quarter that has not ended stands for the whole of it.
    * `tell_rate` and `told_per_teller` come from the question to how many people customers spoke, where `small_sample` customers of the
      group answered it, or, for the latter, told anybody; else as declared: by default the numbers of TARP and CTMA, whose basis is
      `assumed`. The interval of the rate is Wilson's, that of the mean is the normal one, not below 1, which few and very unequal tellers
      make too narrow.
    * `influence`, the share of potential customers whom good talk wins (`won_by_talk`) or bad talk loses (`lost_by_talk`), is declared, as
      is V (`customer_value`): the margin of a year, not revenue.

    *Apart from revenue_at_risk_monthly*: that table holds customers who may leave, all of them in N. This one holds people who are none
    yet, and `potential_share` takes from those reached whoever already is one. So the two may be added. A person who hears of us from two
    customers is reached twice.

    Low and high put every interval and every assumption at its worst and its best end at once: they are bounds, not a confidence
    interval. `basis` is the weakest of all inputs. Nobody has been seen to come or stay away: the effect is expected.
    The table is computed whole.
    """

    quarter_on: dt.date = pa.Field(description="First day of the quarter of the answers.")
    experience: str = pa.Field(isin=TALKING, description="What became of the customers who talk.")
    response_count: int = count("Customers in the group who were asked, once a month.", "responses")
    told_n: int = count("Of these, said to how many people they spoke.", "responses")
    teller_count: int = count("Of these, spoke to anybody.", "responses")
    told_count: int = count("People to whom these spoke.", "people")
    asked_n: float = pa.Field(
        ge=0,
        description="Customers of the quarter who were asked; the same on every row.",
        metadata={"unit": "customers", "method": "counted responses of all experiences, known or not"},
    )
    customer_n: float = pa.Field(
        ge=0, description="All customers (N); the same on every row.", metadata={"unit": "customers", "method": "customers"}
    )
    group_share: float = share("Share of the group among those asked.", method="response_count / asked_n")
    group_share_ci_low: float = bound("group_share", "low")
    group_share_ci_high: float = bound("group_share", "high")
    group_customers: float = figure("Customers of this experience in the quarter.", "customers", method="N · group_share · 3 / R")
    tell_rate: float = share("Share of them who speak of it to anybody.", method="teller_count / told_n, or as declared")
    tell_rate_low: float = share("Low end of its interval, or of the assumption.", method="as tell_rate")
    tell_rate_high: float = share("High end, likewise.", method="as tell_rate")
    tell_rate_basis: str = pa.Field(isin=BASES, description="What it rests on.")
    told_per_teller: float = figure("People to whom each of these speaks.", "people", method="told_count / teller_count, or as declared")
    told_per_teller_low: float = figure("Low end of its interval, or of the assumption.", "people", method="as told_per_teller")
    told_per_teller_high: float = figure("High end, likewise.", "people", method="as told_per_teller")
    told_per_teller_basis: str = pa.Field(isin=BASES, description="What it rests on.")
    people_reached: float = figure("People who hear of us.", "people", method="group_customers · tell_rate · told_per_teller")
    people_reached_low: float = figure("Every input at its low end.", "people", method="as people_reached")
    people_reached_high: float = figure("Every input at its high end.", "people", method="as people_reached")
    potential_reached: float = figure("Of these, no customers yet.", "people", method="people_reached · potential_share")
    potential_share_basis: str = pa.Field(isin=BASES, description="What the share of those who are no customers yet rests on.")
    influence: float = share("Share of these whom the talk wins or loses.", method="as declared")
    influence_basis: str = pa.Field(isin=BASES, description="What it rests on.")
    customers_won: float = figure("Customers won by the talk.", "customers", method="potential_reached · influence where the talk is good")
    customers_lost: float = figure(
        "Customers who would have come and do not.", "customers", method="potential_reached · influence where the talk is bad"
    )
    net_customers: float = figure("Won less lost.", "customers", method="customers_won - customers_lost")
    net_customers_low: float = figure("Every input at its worst end for us.", "customers", method="as net_customers")
    net_customers_high: float = figure("Every input at its best end for us.", "customers", method="as net_customers")
    customer_value_basis: str = pa.Field(isin=BASES, description="What V rests on.")
    sales_effect_amount: Money = amount("Yearly margin of the net customers; negative where they are lost.")
    sales_effect_low_amount: Money = amount("Every input at its worst end for us.")
    sales_effect_high_amount: Money = amount("Every input at its best end for us.")
    basis: str = pa.Field(isin=BASES, description="Weakest basis of all inputs.")
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on response_count.")

    class Config:
        name = "kpi.word_of_mouth"
        unique = ["quarter_on", "experience"]
        metadata = {
            "cohort": "answered_in",
            "source": "TARP (ACHR News); CTMA; Goodman & Newman 2003",
            "owner": "team:customer-insight",
        }
