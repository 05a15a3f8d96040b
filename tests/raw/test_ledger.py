import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from assets.raw.feed import Feed
from assets.raw.reading import UnreadableFileError
from tests.raw.conftest import Take

LEDGER: dict[str, Any] = {
    "delimiter": ";",
    "decimal": ",",
    "date_format": "%d.%m.%Y",
    "currency": "EUR",
    "columns": {"source_record_id": "No", "costed_on": "Date", "account": "Account", "cost_amount": "Amount", "channel": "Channel"},
    "accounts": {
        "6200": {"cost_category": "service", "channel": "phone", "touchpoint": "service_center"},
        "62*": {"cost_category": "service"},
        "6*": {"cost_category": "other"},
        "6900": {"cost_category": "selling"},
        "6": {"is_parent": True},
        "69": {"is_parent": True},
    },
}
HEADER = "No;Date;Account;Amount;Channel\n"
JOURNAL: dict[str, Any] = {
    "currency": "EUR",
    "columns": {"source_record_id": "id", "costed_on": "day", "cost_amount": "amount", "posting_type": "posting_type"},
    "constants": {"cost_category": "service"},
}
JOURNAL_HEADER = "id,day,amount,posting_type\n"


def test_an_account_says_what_its_money_is_spent_on_and_where(take: Take) -> None:
    taken = take("costs_csv", (HEADER + "1;30.04.2026;6200;1.250,50;\n").encode(), **LEDGER)

    assert taken.rows("costed_on", "account", "cost_category", "channel", "touchpoint", "cost_amount") == [
        (dt.date(2026, 4, 30), "6200", "service", "phone", "service_center", Decimal("1250.5"))
    ]


def test_an_account_named_whole_comes_before_its_first_signs_and_more_signs_before_fewer(take: Take) -> None:
    lines = "1;30.04.2026;6210;1;\n2;30.04.2026;6300;1;\n3;30.04.2026;6900;1;\n"
    taken = take("costs_csv", (HEADER + lines).encode(), **LEDGER)

    assert taken.rows("account", "cost_category", "channel") == [
        ("6210", "service", None),
        ("6300", "other", None),
        ("6900", "selling", None),
    ]


def test_the_rows_own_channel_comes_before_its_accounts(take: Take) -> None:
    taken = take("costs_csv", (HEADER + "1;30.04.2026;6200;1;chat\n2;30.04.2026;6200;1;smoke\n").encode(), **LEDGER)

    assert taken.rows("channel", "touchpoint") == [("chat", "service_center")]
    assert taken.refusals == [(2, "channel", "unknown_word")]


def test_balances_of_parents_accounts_that_nobody_declared_and_no_account_at_all_are_refused(take: Take) -> None:
    lines = "1;30.04.2026;6;1000;\n2;30.04.2026;69;500;\n3;30.04.2026;7000;1;\n4;30.04.2026;;1;\n5;30.04.2026;6200;1;\n"
    taken = take("costs_csv", (HEADER + lines).encode(), **LEDGER)

    assert taken.rows("source_record_id") == ["5"]
    assert taken.refusals == [
        (1, "account", "parent_account"),
        (2, "account", "parent_account"),
        (3, "account", "unknown_word"),
        (4, "account", "missing"),
    ]


def test_accounts_that_nobody_declared_are_kept_as_other_where_the_feed_says_so(take: Take) -> None:
    lines = "1;30.04.2026;7000;1;\n2;30.04.2026;;1;\n3;30.04.2026;6;1;\n"
    taken = take("costs_csv", (HEADER + lines).encode(), **LEDGER, unmapped_accounts="other")

    assert taken.rows("account", "cost_category", "channel", "touchpoint") == [("7000", "other", None, None), (None, "other", None, None)]
    assert taken.refusals == [(3, "account", "parent_account")]


def test_accounts_need_the_column_that_holds_them_and_no_second_word(take: Take) -> None:
    for columns in ({"costed_on": "Date", "cost_amount": "Amount"}, LEDGER["columns"] | {"cost_category": "Account"}):
        with pytest.raises(UnreadableFileError, match=r"`columns\.account`"):
            take("costs_csv", (HEADER + "1;30.04.2026;6200;1;\n").encode(), **LEDGER | {"columns": columns})


@pytest.mark.parametrize(
    "accounts",
    [
        {"6200": {}},
        {"6200": {"cost_category": "service", "is_parent": True}},
        {"6200": {"cost_category": "fun"}},
        {"*": {"cost_category": "other"}},
        {"6*0": {"cost_category": "other"}},
    ],
)
def test_settings_of_accounts_that_say_nothing_or_two_things_are_mistakes(accounts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Feed.model_validate({"adapter": "costs_csv", "accounts": accounts})


def test_an_unsigned_amount_is_signed_by_its_posting_type(take: Take) -> None:
    lines = "1,2026-04-30,100.00,Debit\n2,2026-04-30,20.00,Credit\n3,2026-04-30,5,DR\n4,2026-04-30,0,cr\n"
    taken = take("costs_csv", (JOURNAL_HEADER + lines).encode(), **JOURNAL)

    assert taken.rows("cost_amount") == [Decimal(100), Decimal(-20), Decimal(5), Decimal(0)]


def test_posting_types_in_other_words_are_declared(take: Take) -> None:
    taken = take(
        "costs_csv",
        (JOURNAL_HEADER + "1,2026-04-30,100.00,H\n").encode(),
        **JOURNAL,
        values={"posting_type": {"S": "debit", "H": "credit"}},
    )

    assert taken.rows("cost_amount") == [Decimal(-100)]


def test_a_signed_amount_beside_a_posting_type_could_mean_either_and_is_refused(take: Take) -> None:
    lines = "1,2026-04-30,-100.00,Debit\n2,2026-04-30,1,Sideways\n3,2026-04-30,1,\n4,2026-04-30,,Debit\n5,2026-04-30,x,Debit\n"
    taken = take("costs_csv", (JOURNAL_HEADER + lines).encode(), **JOURNAL)

    assert sorted(taken.refusals) == [
        (1, "cost_amount", "out_of_range"),
        (2, "posting_type", "unknown_word"),
        (3, "posting_type", "missing"),
        (4, "cost_amount", "missing"),
        (5, "cost_amount", "not_a_number"),
    ]


def test_a_posting_type_without_an_amount_or_beside_two_sides_is_a_mistake_of_the_settings(take: Take) -> None:
    for columns in ({"costed_on": "day", "posting_type": "posting_type"}, JOURNAL["columns"] | {"debit": "amount"}):
        with pytest.raises(UnreadableFileError, match=r"`columns\.cost_amount`"):
            take("costs_csv", (JOURNAL_HEADER + "1,2026-04-30,1,Debit\n").encode(), **JOURNAL | {"columns": columns})


def test_money_spent_that_a_bank_writes_as_negative_is_a_cost(take: Take) -> None:
    columns = {"costed_on": "day", "credit": "amount"}
    taken = take("costs_csv", b"day,amount\n2026-04-30,-12.50\n2026-04-30,2\n", **JOURNAL | {"columns": columns})

    assert taken.rows("cost_amount") == [Decimal("12.5"), Decimal(-2)]
