"""The closed vocabularies: every word a coded column may hold. A word used anywhere is declared here once."""

from typing import Final

CHOICE_METRICS: Final = ("choice", "problem", "complained", "reason")
"""Kinds of question that offer options. ``problem``: which problem the customer had last, `no_problem` among the options;
``complained``: whether they told us, by the words of `COMPLAINTS`; ``reason``: why they chose us; ``choice``: anything else."""

METRICS: Final = (
    *("csat", "nps", "ces", "fcr"),
    *("handling", "repurchase", "access", "price", "driver", "confidence"),
    *("told", "price_rise", "rating"),
    *CHOICE_METRICS,
)
"""Kinds of survey question. ``fcr`` asks whether the matter was resolved in the first contact (1 yes, 0 no). ``handling``: how a
complaint was handled; ``repurchase``: whether they would buy again; ``access``: how easily they could reach somebody; ``price``: how
fair the price is; ``driver``: one aspect of what we do, named by the question's key; ``confidence``: one statement of confidence, likewise.
``told``: to how many people they spoke of it; ``price_rise``: up to which rise, in percent, they would stay; ``rating`` is any other
scale, counted nowhere."""

NO_PROBLEM: Final = "no_problem"
"""The option of a ``problem`` question that says there was none."""

COMPLAINTS: Final = ("yes", "no", "tried")
"""What a customer with a problem did: told us; told nobody of us; tried to, and reached nobody."""

HANDLED: Final = ("satisfied", "mollified", "dissatisfied")
"""How customers who told us of a problem were left, by what they say of it."""

COMPLAINANTS: Final = (*HANDLED, "unrated")
"""All customers who told us of a problem, those included who did not say how it was handled."""

EXPERIENCES: Final = (NO_PROBLEM, "non_complainant", "blocked", *COMPLAINANTS)
"""What became of a customer: had no problem; had one and told us nothing; reached nobody; told us and was left satisfied, neither, or
dissatisfied; told us and did not say how it was handled."""

TALKING: Final = (NO_PROBLEM, "non_complainant", "blocked", *HANDLED)
"""Experiences of which it is known whether customers speak well or badly of us."""

LOYALTY_MEASURES: Final = ("observed", "intent", "declared")
"""What a loyalty rests on, the best first: orders that followed; what customers said they would do; an assumption."""
CONTACT_OUTCOMES: Final = ("resolved", "unresolved", "unknown")
"""What had become of a contact when the customer's next one came; ``unknown``: solved at a moment that nobody noted."""

CSAT_BOXES: Final = ("satisfied", "neither", "dissatisfied")
"""Where the ratings of a contact lie: all in the top boxes; anywhere else; at least one in the bottom boxes."""

CONFIDENCE_GAPS: Final = ("items_missing", "no_base", "no_link")
"""Why a month has no confidence index: the segment did not answer every item; no index in the base month; no item in common with the
months on the way to it, or none that anybody trusted."""

DRIVER_GAPS: Final = ("too_few_cases", "too_many_drivers", "no_variation")
"""Why no importance of drivers is known: fewer than ten complete cases a driver; more than twelve drivers; everybody equally satisfied."""

QUADRANTS: Final = ("concentrate_here", "keep_up", "low_priority", "possible_overkill")
"""Where a driver lies: important and done badly; important and done well; neither; done well though less important."""

COMPARISONS: Final = ("above", "below", "not_distinguishable", "not_comparable", "stale")
"""How our figure lies to a benchmark; ``not_comparable``: another definition, or a figure we do not have; ``stale``: too old."""

CALIBRATIONS: Final = ("too_low", "realistic", "too_high", "insufficient_data")
"""How a target is set, by what we reached."""

ZONE_NOTES: Final = ("stricter_than_noticed", "at_adequate_limit", "looser_than_adequate", "too_few_answers")
"""Where a target lies to what customers notice: inside the region in which CSAT is flat, so that meeting it costs money for nothing; on
its edge; beyond it, where fewer are satisfied; not known."""

OTHER: Final = "other"
"""What an option is called that a question lets its respondents write themselves."""

NO_CHOICE: Final = "none"
"""Stands in the grain of core.answers where no option was chosen, or none offered; no option may be called so."""

CHANNELS: Final = ("web", "email", "sms", "phone", "chat", "app", "social", "in_person", "letter")
TOUCHPOINTS: Final = (
    "account_management",
    "service_center",
    "executive_relations",
    "self_service",
    "field",
)
UNKNOWN: Final = "unknown"
"""Stands in a grain column where the source does not say; a period's rows then still add up to the total."""

EXPERIENCE_TIERS: Final = (NO_PROBLEM, "recovered", "not_recovered", "unheard", UNKNOWN)
"""How customers were served, the best first: had no problem; told us and were left satisfied; told us and were not; we never heard of it;
it is not known which of these."""

UNALLOCATED: Final = "unallocated"
"""Stands in a grain column for money that no declared key allocates; never spread by guess."""

VALUE_TIERS: Final = ("top", "middle", "rest", UNKNOWN)
"""What customers are worth: the first fifth by margin, the next three tenths, the others; those whose margin nobody knows."""

PRIORITIES: Final = ("low", "normal", "high", "urgent")
TICKET_STATUSES: Final = ("new", "open", "pending", "hold", "solved", "closed", "deleted")
FINISHED_STATUSES: Final = ("solved", "closed")
OPEN_STATUSES: Final = ("new", "open", "pending", "hold")
"""The statuses in which a ticket waits for somebody; the stages of its work."""
CLOCK_EVENTS: Final = (
    "work_started",
    "work_paused",
    "work_finished",
    "wait_started",
    "wait_paused",
    "wait_finished",
    "reply_awaited",
    "reply_given",
    "sla_breached",
)
"""What a source's own clocks say of a ticket: work from opened to solved, the customer's wait, the wait for a reply."""

TICKET_EVENTS: Final = (
    "created",
    "status",
    "public_reply",
    "customer_reply",
    "public_comment",
    "private_note",
    "assigned",
    "merged",
    "deleted",
    "other",
    *CLOCK_EVENTS,
)
"""What can happen to a ticket. A ``public_comment`` is a reply of which no delivery says whether a customer wrote it."""

HISTORIES: Final = ("events", "status_events", "last_values", "none")
"""What a source gives of a ticket's past: every change; every change of status but no replies; only last values and
totals, so that what is derived from them holds for the ticket's whole life; nothing."""

ACTORS: Final = ("customer", "agent", "bot", "system")

DIRECTIONS: Final = ("inbound", "outbound")
MESSAGE_CHANNELS: Final = ("email", "sms")
MESSAGE_EXCLUSIONS: Final = ("auto_reply", "bounce", "no_reply_sender", "own_staff", "opt_out", "feedback_loop", "in_ticket_system")
"""Why an inbound message is kept but is not feedback. ``feedback_loop``: a provider reports that somebody marked our mail as spam;
``in_ticket_system``: a ticket holds the same mail, and counts it."""

REPLY_METHODS: Final = ("whole", "quoted_lines", "attribution", "header_block", "divider", "markup", "signature", "too_long")
"""What told a reply from the rest of its message: nothing to cut; lines marked `>`; a line that says who wrote what follows; the
headers of an earlier message; a line such as `-----Original Message-----`; elements of HTML; only a signature; only the length read."""

TIME_BASES: Final = ("header", "received", "arrival_day")
"""Where a message's time came from; ``arrival_day`` is the start of the day its file arrived."""

TEXT_KINDS: Final = ("answer", "message", "ticket")
"""Where a customer's words stand: beside a rating, in a mail or SMS, in a ticket's subject."""

LABEL_METHODS: Final = ("rule", "model", "none")
"""Who says what a text is about."""

RECORD_KINDS: Final = ("answer", "message", "order", "ticket")
"""What a record that names a customer is about."""

COST_CATEGORIES: Final = ("service", "selling", "marketing", "remediation", "other")
ORDER_STATUSES: Final = ("completed", "cancelled", "test")
REFUND: Final = "refund"
"""Marks a row that is no order but gives money back for one, where the source books refunds apart."""

SERVICE_ROLES: Final = ("none", "recovered", "attributed")
"""What service did for an order: nothing known, won back a customer about to leave, or brought the sale."""

CALL_OUTCOMES: Final = ("answered", "abandoned", "blocked", "self_served", "callback", "voicemail")
"""How a call ended for its caller: with a person; hung up while waiting; turned away before the queue (busy, closed, no line);
served by the machine; asked to be called back; left a message. Only the first two were offered to people."""

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

LEAVING_REASONS: Final = ("voluntary", "involuntary", "other")
"""Why an employment ended: the employee's decision; the company's; neither (retirement, end of a fixed term, a move to another team)."""

EMPLOYEE_TOPICS: Final = ("obstacle", "confidence")
"""What an employee's answer is about: something that keeps from serving well; a statement of confidence that is rated."""

TARGET_DIRECTIONS: Final = ("at_least", "at_most")
"""Which side of a target is good."""

ALL: Final = "all"
"""Stands in a grain column of a target or benchmark that holds for every word of it."""

BASES: Final = ("measured", "benchmark", "assumed")
"""What an input rests on, strongest first; a figure inherits the weakest of its inputs."""

IRR_REASONS: Final = ("no_irr", "multiple_irr")
"""Why cash flows have no internal rate of return: they never change sign; they change it several times."""

VALUE_REASONS: Final = ("inactive", "no_margin", "no_retention", "never_ends")
"""Why a customer's worth is not known: bought nothing lately; no sale with a known margin; nobody to see come back; worth without end."""

QUALITY_COST_GAPS: Final = ("no_cost", "no_contacts")
"""Why the booked cost of poor quality is not known: no cost of service was booked; nobody contacted us to spend it on."""

PROBLEM_MONEY_GAPS: Final = ("no_cost", "no_damage", "neither")
"""What of a problem's money is not known: what its contacts cost; what damage it does; both."""

ROI_INPUTS: Final = (
    *("loyalty_satisfied", "loyalty_mollified", "loyalty_dissatisfied", "loyalty_non_complainant"),
    *("satisfied_share", "dissatisfied_share", "customer_value", "service_share"),
)
"""The inputs of the service ROI that may be declared, by the names of their assumptions. The mollified share is what the others leave."""

TEAM_MEASURES: Final = ("csat_top2", "fcr_gross", "handled_seconds_mean")
"""What of a team's service is held against its turnover."""

LINK_GAPS: Final = ("too_few_pairs", "no_variation")
"""Why two things have no correlation: fewer than three pairs; one of them is always the same."""

TRADES: Final = ("quality_for_cost", "speed_for_cost", "quality_for_speed", "cost_for_quality")
"""What was given for what was gained, when one figure improved while another worsened."""

ROW_STATUSES: Final = ("ok", "small_sample", "immature", "no_data")
"""How a KPI row may be read: as it is; with care; not yet; not at all."""

ALERT_KINDS: Final = ("target_missed", "outside_limits", "late_feed", "growing_quarantine")
"""What an alert is about: a figure against its target, or against its control limits; a feed that is late; records that are refused."""

DELIVERY_STATUSES: Final = ("loaded", "unreadable")

REFUSALS: Final = {
    "missing": "a required value is empty",
    "not_a_number": "the text is not a number in the declared notation",
    "not_an_instant": "the text is not a date and time in the declared format",
    "not_a_date": "the text is not a date in the declared format",
    "no_such_local_time": "the local time was skipped by a clock change in the declared zone",
    "not_yes_or_no": "the text is not one of the declared words for yes and no",
    "unknown_word": "the word is not in the vocabulary and the feed's settings map it to none",
    "out_of_scale": "the value lies outside the question's declared scale",
    "out_of_range": "the value lies outside what the contract allows",
    "time_reversed": "something ended before it began",
    "damaged_id": "a spreadsheet has rounded the id to scientific notation",
    "not_an_email": "the text is not an e-mail address",
    "not_a_phone": "the text is not a phone number in the declared region",
    "undeclared_currency": "the settings declare no rate for the currency",
    "wrong_column_count": "the row has more or fewer cells than the header",
    "not_json": "the text is not valid JSON",
    "wrong_shape": "the record lacks a part that every record of this format has",
    "too_long": "the record is longer than the settings allow",
    "not_text": "the bytes are not text in UTF-8 nor in the declared encoding",
    "not_a_real_response": "the row is a survey preview, test or spam response",
    "contradictory": "the record's lines give different values for one column",
    "own_transfer": "the row moves money between the company's own accounts and is neither a sale nor a cost",
    "parent_account": "the account is declared a parent, whose balance its children's postings add up to",
    "not_a_mail": "the bytes are no e-mail message",
    "too_complex": "the message has more parts, headers or nesting than the settings allow",
    "breaks_contract": "the row breaks a rule of the table's contract",
}
"""Why a record is refused: a code, and the sentence shown to people."""
