"""First contact resolution, by day of contact, channel, category and touchpoint."""

import datetime as dt

import pandera.polars as pa

from schemas.kpi.figures import bound, count, figure, share
from schemas.table import Table
from schemas.vocabulary import CHANNELS, ROW_STATUSES, TOUCHPOINTS, UNKNOWN


class FirstContactResolutionDaily(Table):
    """Whether matters were resolved the first time, told in every usual way side by side.

    Cohort: contacted_in. A contact is a ticket that a customer opened, neither deleted, merged nor abandoned.
    Contacts without a customer cannot be followed up: they are excluded and counted (counting them as
    resolved would flatter every rate). A contact is *mature* when the repeat window W after it has passed;
    until then its row's rates leave it out and `n_immature` counts it.

    * `fcr_repeat`: share of mature anchors (first contacts of a case: one customer, one category) that no
      contact through the same channel follows within W of the anchor (fixed rule; SQM: call-centre FCR).
      `ocr`: likewise, no contact through any channel (one-contact resolution). The `sliding` columns cut cases where a
      contact lies more than W after the one before it.
    * `fcr_gross`: share of mature contacts resolved initially, that is marked resolved on the contact, with
      no later contact of the case and no reopen within W. `fcr_net`: likewise among contacts whose category
      can be resolved at level one (MetricNet). Both rest on a history, or on the source's own mark: a contact of
      which neither tells is in neither rate and in `n_without_history`. `n_marked_only` are judged by a mark alone;
      a reopen of theirs counts if the source has a total, whenever it was, so theirs is a figure for life.
    * `fcr_survey`: share of customers who said yes to "resolved in the first contact?", by day of the contact;
      no maturity needed.
    * `agreement_kappa`: how far survey and repeat window agree on the mature anchors of which both tell, beyond what chance
      would bring (Cohen 1960): ``2(ad − bc) / ((a + b)(b + d) + (a + c)(c + d))``, where a and d are the contacts that both call
      resolved and both call unresolved. 1 is full agreement, 0 that of chance; null where both always say the same.
    """

    contacted_on: dt.date = pa.Field(description="Business day on which the customers contacted us.")
    channel: str = pa.Field(isin=CHANNELS, description="Channel of the contacts.")
    category: str = pa.Field(description="What they were about.")
    touchpoint: str = pa.Field(isin=(*TOUCHPOINTS, UNKNOWN), description="Part of the company that handled them.")
    contact_count: int = count("All handled inbound contacts.", "contacts")
    n_excluded: int = count("Of these, without a known customer.", "contacts")
    n_immature: int = count("Of these, identified but not yet mature.", "contacts")
    n_eligible: int = count("Of these, identified and mature.", "contacts")
    resolved_count: int = count("Of the eligible, resolved initially.", "contacts")
    fcr_gross: float = share("Gross first contact resolution.", "resolved_count / judged_count")
    fcr_gross_ci_low: float = bound("fcr_gross", "low")
    fcr_gross_ci_high: float = bound("fcr_gross", "high")
    resolvable_count: int = count("Of the judged, in a category that level one can resolve.", "contacts")
    resolvable_resolved_count: int = count("Of the resolvable, resolved initially.", "contacts")
    fcr_net: float = share("Net first contact resolution.", "resolvable_resolved_count / resolvable_count")
    fcr_net_ci_low: float = bound("fcr_net", "low")
    fcr_net_ci_high: float = bound("fcr_net", "high")
    anchor_count: int = count("Mature anchors, fixed rule.", "contacts")
    anchor_immature_count: int = count("Anchors not yet mature, fixed rule.", "contacts")
    anchor_repeated_same_channel_count: int = count("Mature anchors repeated through the same channel.", "contacts")
    fcr_repeat: float = share("Repeat-window FCR.", "1 - anchor_repeated_same_channel_count / anchor_count")
    fcr_repeat_ci_low: float = bound("fcr_repeat", "low")
    fcr_repeat_ci_high: float = bound("fcr_repeat", "high")
    anchor_repeated_count: int = count("Mature anchors repeated through any channel.", "contacts")
    ocr: float = share("One-contact resolution.", "1 - anchor_repeated_count / anchor_count")
    ocr_ci_low: float = bound("ocr", "low")
    ocr_ci_high: float = bound("ocr", "high")
    sliding_anchor_count: int = count("Mature anchors, sliding rule.", "contacts")
    sliding_repeated_same_channel_count: int = count("Of these, repeated through the same channel.", "contacts")
    fcr_repeat_sliding: float = share("Repeat-window FCR, sliding rule.", "1 - sliding_repeated_same_channel_count / sliding_anchor_count")
    fcr_repeat_sliding_ci_low: float = bound("fcr_repeat_sliding", "low")
    fcr_repeat_sliding_ci_high: float = bound("fcr_repeat_sliding", "high")
    sliding_repeated_count: int = count("Sliding anchors repeated through any channel.", "contacts")
    ocr_sliding: float = share("One-contact resolution, sliding rule.", "1 - sliding_repeated_count / sliding_anchor_count")
    ocr_sliding_ci_low: float = bound("ocr_sliding", "low")
    ocr_sliding_ci_high: float = bound("ocr_sliding", "high")
    survey_n: int = count("Identified contacts whose customer said whether it was resolved.", "contacts")
    survey_yes_count: int = count("Of these, yes.", "contacts")
    fcr_survey: float = share("Survey FCR.", "survey_yes_count / survey_n")
    fcr_survey_ci_low: float = bound("fcr_survey", "low")
    fcr_survey_ci_high: float = bound("fcr_survey", "high")
    judged_count: int = count("Of the eligible, of which a history or a mark tells whether they were resolved.", "contacts")
    n_without_history: int = count("Of the eligible, of which nothing tells.", "contacts")
    n_marked_only: int = count("Of the judged, by the source's mark without a history.", "contacts")
    both_resolved_count: int = count("Mature anchors with a survey answer: not repeated through the channel, and survey yes.", "contacts")
    repeat_only_resolved_count: int = count("Likewise: not repeated, yet survey no.", "contacts")
    survey_only_resolved_count: int = count("Likewise: repeated, yet survey yes.", "contacts")
    neither_resolved_count: int = count("Likewise: repeated, and survey no.", "contacts")
    agreement_kappa: float = figure(
        "Agreement of fcr_repeat and fcr_survey on the same contacts, beyond chance.",
        "-1 to 1",
        "2.0 * (both_resolved_count * neither_resolved_count - repeat_only_resolved_count * survey_only_resolved_count) / "
        "((both_resolved_count + repeat_only_resolved_count) * (repeat_only_resolved_count + neither_resolved_count) + "
        "(both_resolved_count + survey_only_resolved_count) * (survey_only_resolved_count + neither_resolved_count))",
    )
    status: str = pa.Field(isin=ROW_STATUSES, description="How the row may be read; judged on n_eligible.")

    class Config:
        name = "kpi.first_contact_resolution_daily"
        unique = ["contacted_on", "channel", "category", "touchpoint"]
        metadata = {"cohort": "contacted_in", "source": "SQM, MetricNet, QueueMetrics", "owner": "team:customer-service"}
