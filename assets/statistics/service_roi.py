"""What customer service returns: the formula of the ROI, for the table that states it and the one that tries other inputs.

``prevented = h · (s·Ls + m·Lm + d·Ld − Ln) · V`` and ``roi = (prevented + recovered + new − cost) / cost``; s, m and d are the
shares of h customers left satisfied, mollified and dissatisfied, L is the loyalty of each group, Ln that of the silent, V a
customer's worth a year. Linear in each input but for the cost.
"""

import narwhals as nw

from assets.damage import of_complainants
from assets.expressions import return_on

LOYALTIES = ("loyalty_satisfied", "loyalty_mollified", "loyalty_dissatisfied", "loyalty_non_complainant")


def kept_per_customer(satisfied: nw.Expr, dissatisfied: nw.Expr, *loyalties: nw.Expr | float) -> nw.Expr:
    """s·Ls + m·Lm + d·Ld − Ln: loyalty kept per customer who came, over one who stayed silent; the loyalties as in `LOYALTIES`."""
    of_satisfied, of_mollified, of_dissatisfied, of_silent = loyalties
    return of_complainants(satisfied, dissatisfied, (of_satisfied, of_mollified, of_dissatisfied)) - of_silent


def return_on_cost(prevented: nw.Expr, recovered: nw.Expr, new: nw.Expr, cost: nw.Expr) -> nw.Expr:
    """What came in over what was spent, less one; null where nothing was spent on balance."""
    return return_on(prevented + recovered + new, cost)
