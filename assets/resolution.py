"""When a contact counts as resolved the first time, said once: over the columns of core.interactions."""

import narwhals as nw

from assets.parameters import Parameters


def is_mature(parameters: Parameters) -> nw.Expr:
    """Whether the customer is known and the repeat window has passed, so that a repeat would have been seen."""
    return ~nw.col("customer_key").is_null() & (nw.col("contacted_at") <= parameters.mature_until(parameters.repeat_window))


def is_resolved_at_first() -> nw.Expr:
    """Marked resolved on this contact, and neither repeated nor reopened within the repeat window; asked of judged contacts alone."""
    return nw.col("is_marked_resolved") & ~nw.col("is_repeated") & ~nw.col("is_reopened")
