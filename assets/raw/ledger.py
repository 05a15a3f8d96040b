"""Postings of a ledger: what an account's money is spent on, and which side of the books an amount stands on."""

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from assets.raw import parsing
from assets.raw.declared_rows import Form, Rows, declared_rows
from assets.raw.feed import Account, Feed
from assets.raw.interpreting import interpreted
from assets.raw.reading import RECORD_NUMBER, Batch, Extract, Reading, UnreadableFileError
from assets.raw.refusing import NONE_REFUSED, all_refusals, refusal_frame

COSTS: Final = Form("raw.costs")

_SIDES: Final[Mapping[str, str]] = {"debit": "debit", "dr": "debit", "d": "debit", "credit": "credit", "cr": "credit", "c": "credit"}
_FOUND: Final = ("cost_category", "channel", "touchpoint")
_OTHER: Final = Account(cost_category="other")


def interpret_costs(extract: Extract, feed: Feed, reading: Reading) -> Batch:
    """Read postings: by their accounts where the feed declares them, and signed by their side where they have one."""
    cells = extract.cells[COSTS.table].with_columns(parsing.trimmed(pl.col(pl.String)))
    by_account = _by_account(cells, feed)
    by_side = _by_side(by_account.rows, feed)
    read = declared_rows(COSTS, by_side.rows, feed, reading)
    refusals = all_refusals([by_account.refusals, by_side.refusals, read.refusals])
    return interpreted(extract, {COSTS.table: Rows(read.rows, refusals)})


def _by_account(cells: pl.DataFrame, feed: Feed) -> Rows:
    """Fill in what the declared accounts say; a row's own channel or touchpoint comes first."""
    if not feed.accounts:
        return Rows(cells, NONE_REFUSED)
    if "account" not in cells.columns or "cost_category" in cells.columns:
        raise UnreadableFileError(
            "The feed declares `accounts`, which are to say what postings are; set `columns.account` to the header that holds the"
            " account, and leave out `columns.cost_category`, in the feed's settings."
        )
    meanings = _meanings(cells["account"].unique().to_list(), feed)
    faults = {name: found for name, found in meanings.items() if isinstance(found, str)}
    accounts = {name: found for name, found in meanings.items() if isinstance(found, Account)}
    refused = cells.filter(pl.col("account").is_in(list(faults), nulls_equal=True)).select(RECORD_NUMBER, "account")
    kept = cells.filter(pl.col("account").is_in(list(accounts), nulls_equal=True))
    said = {
        name: pl.col("account").replace_strict(
            {account: getattr(found, name) for account, found in accounts.items()}, default=None, return_dtype=pl.String
        )
        for name in _FOUND
    }
    return Rows(
        kept.with_columns((pl.coalesce(name, found) if name in cells.columns else found).alias(name) for name, found in said.items()),
        refusal_frame([(number, "account", faults[account]) for number, account in refused.rows()]),
    )


def _meanings(names: Iterable[str | None], feed: Feed) -> dict[str | None, Account | str]:
    """What each account's money is spent on, or the reason why its postings are refused."""
    exact = {name.strip(): account for name, account in feed.accounts.items() if not name.endswith("*")}
    beginnings = {name.removesuffix("*").strip(): account for name, account in feed.accounts.items() if name.endswith("*")}
    longest = max(map(len, beginnings), default=0)
    meanings: dict[str | None, Account | str] = {}
    for name in names:
        text = name or ""
        candidates = (beginnings.get(text[:length]) for length in range(min(longest, len(text)), 0, -1))
        account = exact.get(text) or next(filter(None, candidates), None)
        if account is None and feed.unmapped_accounts == "other":
            account = _OTHER
        if account is None:
            meanings[name] = "missing" if name is None else "unknown_word"
        else:
            meanings[name] = "parent_account" if account.is_parent else account
    return meanings


def _by_side(cells: pl.DataFrame, feed: Feed) -> Rows:
    """Put amounts without a sign on the side that their posting type names."""
    if "posting_type" not in cells.columns:
        return Rows(cells, NONE_REFUSED)
    if "cost_amount" not in cells.columns or {"debit", "credit"} & set(cells.columns):
        raise UnreadableFileError(
            "The feed maps `columns.posting_type`, which needs the amount in `columns.cost_amount` and neither `columns.debit`"
            " nor `columns.credit`; correct the feed's settings."
        )
    declared = {theirs.strip().lower(): ours.strip().lower() for theirs, ours in feed.values.get("posting_type", {}).items()}
    side = pl.col("posting_type").str.to_lowercase().replace(declared).replace_strict(_SIDES, default=None, return_dtype=pl.String)
    reasons = cells.with_columns(side.alias("side")).with_columns(
        pl.when(pl.col("posting_type").is_null())
        .then(pl.lit("missing"))
        .when(pl.col("side").is_null())
        .then(pl.lit("unknown_word"))
        .alias("type"),
        pl.when(pl.col("cost_amount").str.contains(r"^[+-]")).then(pl.lit("out_of_range")).alias("sign"),
    )
    faults = [
        reasons.drop_nulls(reason).select(RECORD_NUMBER, pl.lit(key).alias("column"), pl.col(reason).alias("reason"))
        for reason, key in (("type", "posting_type"), ("sign", "cost_amount"))
    ]
    sided = (pl.when(pl.col("side") == name).then(pl.col("cost_amount")).alias(name) for name in ("debit", "credit"))
    whole = reasons.filter(pl.col("type").is_null() & pl.col("sign").is_null()).with_columns(sided)
    return Rows(whole.drop("posting_type", "cost_amount", "side", "type", "sign"), all_refusals(faults))
