"""Figures of the truth, counted again from the files with the standard library's readers, and on literal cases."""

import contextlib
import csv
import datetime as dt
import gzip
import io
import json
import mailbox
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipelines.demo import write_demo
from pipelines.demo.clock import Clock
from pipelines.demo.company import WINDOW
from pipelines.demo.contacts import Contact
from pipelines.demo.flaws import AUDIT_FLAWS, FLAWS, GAP_FLAW, MAIL_FLAWS, ZENDESK_FLAWS
from pipelines.demo.identity import Identity
from pipelines.demo.opening import Opening
from pipelines.demo.surveys import Response
from pipelines.demo.true_answers import follow_up
from pipelines.demo.true_resolution import resolution
from pipelines.demo.true_satisfaction import satisfaction
from pipelines.demo.true_stages import backlog

MONTH = "2026-10"
FilesOf = Callable[[str], list[Path]]


def rows(path: Path, encoding: str = "utf-8", delimiter: str = ",", skip: int = 0) -> Iterator[dict[str, str]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    reader = csv.reader(io.StringIO(content.decode(encoding, "replace"), newline=""), delimiter=delimiter)
    header = next(reader, [])
    for number, row in enumerate(reader):
        if number >= skip and len(row) == len(header):
            yield dict(zip(header, row, strict=True))


def scores(files_of: FilesOf, column: str, low: int, high: int) -> list[int]:
    """The last word of every real response on one question, its invitation's last response only."""
    newest: dict[str, dict[str, str]] = {}
    for path in files_of("qualtrics"):
        for row in rows(path, skip=2):
            known = newest.get(row["ResponseId"])
            if row["Status"] == "0" and (known is None or known["RecordedDate"] <= row["RecordedDate"]):
                newest[row["ResponseId"]] = row
    sound = [
        row for row in newest.values() if not row["ResponseId"].startswith(("R_x", "R_gap"))
    ]  # every other flawed row is a real response's look-alike
    last: dict[str, dict[str, str]] = {}
    for row in sorted(sound, key=lambda row: row["EndDate"]):
        last[row["InviteID"]] = row
    return [int(row[column]) for row in last.values() if row[column] and low <= int(row[column]) <= high]


def shop_scores(files_of: FilesOf) -> list[float]:
    lines = {line for path in files_of("shop_survey") for line in path.read_bytes().decode("cp1252", "replace").split("\r\n")[1:]}
    cells = [line.split(";") for line in lines if "AF-X" not in line]
    return [float(row[2].replace(",", ".")) for row in cells if len(row) > 2 and row[2]]


def relationship_scores(files_of: FilesOf) -> list[int]:
    found = [row for path in files_of("relationship") for row in rows(path) if not row["Nummer"].startswith("RX")]
    return [int(row["Zufriedenheit"]) for row in found if row["Zufriedenheit"]]


def test_csat_is_what_a_recount_of_all_three_surveys_gives(files_of: FilesOf, truth: dict[str, Any]) -> None:
    given = scores(files_of, "Q1", 1, 5) + shop_scores(files_of) + relationship_scores(files_of)
    csat = truth["months"][MONTH]["csat"]

    assert csat["n"] == len(given)
    assert csat["satisfied"] == sum(score >= 4 for score in given)
    assert csat["dissatisfied"] == sum(score <= 2 for score in given)
    assert csat["value"] == csat["satisfied"] / csat["n"]


def test_nps_and_ces_are_what_a_recount_gives(files_of: FilesOf, truth: dict[str, Any]) -> None:
    nps, ces = scores(files_of, "Q2", 0, 10), scores(files_of, "Q3", 1, 7)
    month = truth["months"][MONTH]

    assert (month["nps"]["n"], month["nps"]["promoters"], month["nps"]["detractors"]) == (
        len(nps),
        sum(score >= 9 for score in nps),
        sum(score <= 6 for score in nps),
    )
    assert (month["ces"]["n"], month["ces"]["easy"]) == (len(ces), sum(score >= 5 for score in ces))


def test_sales_revenue_and_costs_are_what_a_recount_gives(files_of: FilesOf, truth: dict[str, Any]) -> None:
    newest: dict[str, dict[str, str]] = {}
    for path in files_of("orders"):
        for row in rows(path):
            known = newest.get(row["order_id"])
            if known is None or dt.datetime.fromisoformat(known["changed_at"]) < dt.datetime.fromisoformat(row["changed_at"]):
                newest[row["order_id"]] = row
    sold = [row for number, row in newest.items() if row["status"] == "fulfilled" and "X" not in number and "+" not in number]
    rate = {"EUR": Decimal(1), "USD": Decimal("0.92")}
    revenue = sum((Decimal(row["net"]) - Decimal(row["refunded"])) * rate[row["currency"]] for row in sold)
    postings = {row["Buchungsnr"]: row for path in files_of("costs") for row in rows(path, delimiter=";")}
    service = sum(
        Decimal(row["Soll"].replace(",", ".") or "0") - Decimal(row["Haben"].replace(",", ".") or "0")
        for number, row in postings.items()
        if row["Konto"] == "6100" and "X" not in number
    )
    cost = truth["months"][MONTH]["cost"]

    assert cost["sales"] == len(sold)
    assert Decimal(cost["revenue"]) == revenue
    assert Decimal(cost["service_cost"]) == service
    assert cost["service_only"] == pytest.approx(float(service) / len(sold))


def newest_tickets(files_of: FilesOf) -> dict[int, dict[str, Any]]:
    newest: dict[int, dict[str, Any]] = {}
    for path in files_of("zendesk_tickets"):
        if "broken" in path.name:
            continue
        for ticket in json.loads(path.read_text(encoding="utf-8"))["tickets"]:
            number = ticket.get("id", 9_000_000)
            known = newest.get(number)
            if number < 9_000_000 and (not known or known["generated_timestamp"] < ticket["generated_timestamp"]):
                newest[number] = ticket
    return newest


def test_contacts_are_what_a_recount_of_both_desks_gives(files_of: FilesOf, truth: dict[str, Any]) -> None:
    tickets = [
        ticket
        for ticket in newest_tickets(files_of).values()
        if ticket["status"] != "deleted" and not ticket["tags"] and ticket["requester_id"] == ticket["submitter_id"]
    ]
    calls = {row["vorgang"]: row for path in files_of("phone_tickets") for row in rows(path) if row["vorgang"].startswith("P0")}
    taken = [row for row in calls.values() if row["aufgelegt"] == "nein" and row["status"] != "gelöscht"]
    fcr = truth["months"][MONTH]["fcr"]

    assert fcr["excluded"] == sum(not row["rufnummer"] for row in taken)
    assert fcr["contacts"] == len(tickets) + sum(bool(row["rufnummer"]) for row in taken)
    assert fcr["contacts"] == fcr["contacts_mature"] + fcr["contacts_immature"]
    assert truth["months"][MONTH]["cost"]["contacts"] == fcr["contacts"] + fcr["excluded"]


def test_mails_are_as_many_as_the_mailbox_module_finds(files_of: FilesOf, truth: dict[str, Any], tmp_path: Path) -> None:
    found, automatic = 0, 0
    for number, path in enumerate(files_of("email")):
        if not path.name.endswith(".mbox"):
            found += 1
            continue
        (tmp_path / str(number)).write_bytes(path.read_bytes())
        with contextlib.closing(mailbox.mbox(tmp_path / str(number))) as box:
            found += len(box)
            automatic += sum("Auto-Submitted" in message for message in box)

    assert found == truth["feeds"]["email"]["records"]
    assert 0 < truth["months"][MONTH]["messages"]["email"]["auto_reply"] <= automatic + 5


def test_every_reason_that_is_planted_is_counted(truth: dict[str, Any]) -> None:
    planted = {feed: {flaw.reason for flaw in flaws} for feed, flaws in FLAWS.items()}
    planted["zendesk_tickets"] = {flaw.reason for flaw in ZENDESK_FLAWS}
    planted["zendesk_audits"] = {flaw.reason for flaw in AUDIT_FLAWS}
    planted["email"] = {flaw.reason for flaw in MAIL_FLAWS}
    planted["customers"] = {"not_an_email", "not_a_date"}
    counted = {feed: set(count["refused"]) for feed, count in truth["feeds"].items() if count["refused"]}

    # The ledger posts on a few days only, but a file of nothing but flaws is a file too.
    assert counted == planted


def test_records_are_accepted_refused_or_duplicates(truth: dict[str, Any]) -> None:
    for count in truth["feeds"].values():
        assert count["records"] == count["accepted"] + count["duplicates"] + sum(count["refused"].values())
        assert count["items"] <= count["accepted"]


def test_two_files_cannot_be_read_at_all(demo: Path, truth: dict[str, Any]) -> None:
    assert {line["feed"] for line in truth["unreadable"]} == {"invites", "zendesk_tickets"}
    empty, broken = sorted(
        (demo / "inbox" / line["feed"] / line["arrived_on"] / line["file"] for line in truth["unreadable"]),
        key=lambda path: path.stat().st_size,
    )
    assert empty.read_bytes() == b""
    with pytest.raises(json.JSONDecodeError):
        json.loads(broken.read_text(encoding="utf-8"))


def test_the_skipped_hour_of_spring_is_planted_when_the_range_holds_it(tmp_path: Path) -> None:
    write_demo(tmp_path, days=3, last_day=dt.date(2026, 3, 30))
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))

    assert truth["feeds"]["qualtrics"]["refused"][GAP_FLAW.reason] == 1


@pytest.mark.parametrize("last_day", [dt.date(2026, 3, 31), dt.date(2026, 10, 27), dt.date(2026, 7, 3)])
def test_the_clock_agrees_with_the_zone_database_at_every_quarter_of_an_hour(last_day: dt.date) -> None:
    clock = Clock(last_day, 4)
    zone = ZoneInfo("Europe/Berlin")
    for day in range(4):
        for second in range(0, 86_400, 900):
            second_shown = clock.wall(day, second)
            moment = dt.datetime.combine(clock.dates[day], dt.time(), zone) + dt.timedelta(seconds=second_shown)
            at = clock.utc(day, second_shown)
            assert at == round(moment.timestamp())
            assert clock.day(at) == day
            assert (
                dt.datetime.fromisoformat(f"{clock.iso[day]}T{clock.time(second_shown)}{clock.offset(day, second_shown)}").timestamp() == at
            )


AT = 1_790_000_000


def contact(number: int, at: int, channel: str = "email") -> Contact:
    return Contact("zendesk", str(number), at, "id:1", channel, "delivery", "field", first_solved=at + 60)


def told(*contacts: Contact) -> Counter[str]:
    """The counts of all months together."""
    count: Counter[str] = Counter()
    for figures in resolution(Clock(dt.date(2026, 11, 30), 90), list(contacts), [], Identity({})).values():
        count.update({name: value for name, value in figures.items() if isinstance(value, int)})
    return count


def test_a_contact_exactly_at_the_end_of_the_window_is_a_repeat_and_one_second_later_is_not() -> None:
    assert told(contact(1, AT), contact(2, AT + WINDOW))["repeats_any"] == 1
    assert told(contact(1, AT), contact(2, AT + WINDOW + 1))["repeats_any"] == 0
    assert told(contact(1, AT), contact(2, AT + WINDOW + 1))["anchors"] == 2


def test_a_chain_of_contacts_is_one_sliding_case_and_two_fixed_ones() -> None:
    chain = told(*(contact(n, AT + n * (WINDOW - 1)) for n in range(3)))

    assert (chain["anchors"], chain["sliding_anchors"]) == (2, 1)


def test_another_channel_is_a_repeat_for_the_company_but_not_for_the_channel() -> None:
    both = told(contact(1, AT), contact(2, AT, "chat"))

    assert (both["anchors"], both["repeats_any"], both["repeats_same"]) == (1, 1, 0)


def test_records_that_share_an_address_or_a_number_are_one_customer() -> None:
    identity = Identity(
        {
            1: ("a@example.com", "", ""),
            2: ("A@example.com", "+441", ""),
            3: ("", "+441", ""),
            4: ("b@example.com", "", ""),
        }
    )

    assert identity.who("id:1") == identity.who("phone:+441") == identity.who("id:3") != identity.who("id:4")
    assert identity.who("id:9") == identity.who("id:9") != identity.who("phone:+449")


def test_the_last_response_to_an_invitation_counts_and_a_skipped_question_does_not() -> None:
    clock = Clock(dt.date(2026, 11, 30), 90)
    responses = [
        Response("R1", AT, "I1", "", 1, 0, 1),
        Response("R2", AT + 5, "I1", "", 5, 10, 7),
        Response("R3", AT, "I2", "", None, 8, None),
    ]
    (month,) = satisfaction(clock, responses, [], []).values()

    assert month["csat"] == {"n": 1, "satisfied": 1, "dissatisfied": 0, "skipped": 1, "superseded": 1, "value": 1.0}
    assert month["nps"] == {
        "n": 2,
        "promoters": 1,
        "passives": 1,
        "detractors": 0,
        "skipped": 0,
        "superseded": 1,
        "value": 50.0,
    }


def berlin(text: str) -> int:
    return round(dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp())


def test_open_time_leaves_out_the_break_the_night_and_the_holiday() -> None:
    opening = Opening(Clock(dt.date(2026, 11, 30), 90))

    assert opening.seconds("email", berlin("2026-09-08 12:00"), berlin("2026-09-08 13:30")) == 3600
    assert opening.seconds("phone", berlin("2026-09-08 17:00"), berlin("2026-09-09 09:00")) == 7200
    assert opening.seconds("email", berlin("2026-10-03 08:00"), berlin("2026-10-03 20:00")) == 0


def test_open_time_of_the_chat_is_counted_on_the_hours_of_each_part_or_of_the_end() -> None:
    opening = Opening(Clock(dt.date(2026, 11, 30), 90))
    last_evening, next_evening = berlin("2026-10-31 22:00"), berlin("2026-11-01 21:00")

    assert opening.seconds("chat", last_evening, next_evening) == 3600 + 2 * 3600 + 3600
    assert opening.seconds_on_last("chat", last_evening, next_evening) == 4 * 3600 + 3600


def test_a_reply_at_the_very_end_of_the_window_follows_up_and_one_second_later_does_not() -> None:
    def followed(seconds: int) -> int:
        asked = contact(1, AT)
        asked.replies.append(AT + seconds)
        answers = [Response("R1", AT, "", "1", 1)]
        (figures,) = follow_up(Clock(dt.date(2026, 11, 30), 90), Identity({}), (answers, [], []), [asked], []).values()
        return figures["web"]["replied"]

    assert [followed(seconds) for seconds in (0, 1, WINDOW, WINDOW + 1)] == [0, 1, 1, 0]


def test_a_ticket_left_in_the_night_is_open_at_the_end_of_the_day_before_alone() -> None:
    clock = Clock(dt.date(2026, 11, 30), 90)
    waiting = contact(1, clock.midnights[3] - 60)
    waiting.moves = [(waiting.at, "new"), (clock.midnights[3] + 60, "solved")]

    assert backlog(clock, [waiting]) == {"2026-09": {"new": {"email": {"tickets": 1, "age_seconds": 60}}}}
