"""The facts behind the truth stand in the files: told again from what the files say, the truth is the same.

The rules that turn facts into figures are tested on literal cases in ``test_demo_truth``; here they are given.
"""

import json
from collections import defaultdict
from typing import Any

import pytest

from pipelines.demo.clock import Clock
from pipelines.demo.company import WINDOW
from pipelines.demo.contacts import Contact
from pipelines.demo.customers import Record
from pipelines.demo.identity import People
from pipelines.demo.ledger import ACCOUNTS, PLACES, Posting
from pipelines.demo.opening import Opening
from pipelines.demo.orders import Order
from pipelines.demo.phone import PLACES as DESKS
from pipelines.demo.phone import WAYS
from pipelines.demo.surveys import Invite, Response
from pipelines.demo.true_answers import invitations
from pipelines.demo.true_costs import costs
from pipelines.demo.true_history import history
from pipelines.demo.true_resolution import resolution
from pipelines.demo.true_roi import service_roi
from pipelines.demo.true_stages import backlog, stages
from pipelines.demo.true_tickets import neglect, waits
from pipelines.demo.true_value import segment_values
from pipelines.demo.zendesk import TOUCHPOINT_WORDS, VIA
from tests.demo.reading import FilesOf, berlin, cents, ours, rows, score, utc

SETTLED = {"solved", "closed"}


def zendesk_contacts(files_of: FilesOf) -> list[Contact]:
    tickets: dict[int, dict[str, Any]] = {}
    for path in files_of("zendesk_tickets"):
        if not path.name.endswith("-broken.json"):
            for ticket in json.loads(path.read_text(encoding="utf-8"))["tickets"]:
                if 2_000_000 < ticket.get("id", 0) < 9_000_000:
                    tickets[ticket["id"]] = max(
                        ticket, tickets.get(ticket["id"], ticket), key=lambda each: int(each["generated_timestamp"])
                    )
    audits: dict[int, dict[str, Any]] = {}
    for path in files_of("zendesk_audits"):
        for audit in json.loads(path.read_text(encoding="utf-8"))["audits"]:
            if audit["id"] > 50_000_000:
                audits[audit["id"]] = audit
    history: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for audit in sorted(audits.values(), key=lambda each: (each["created_at"], each["id"])):
        history[audit["ticket_id"]].append(audit)
    return [_zendesk_contact(ticket, history[number]) for number, ticket in tickets.items()]


def _zendesk_contact(ticket: dict[str, Any], history: list[dict[str, Any]]) -> Contact:
    fields = {field["id"]: field["value"] for field in ticket["custom_fields"]}
    contact = Contact(
        "zendesk",
        str(ticket["id"]),
        utc(ticket["created_at"]),
        f"id:{ticket['requester_id']}",
        ours(VIA)[ticket["via"]["channel"]],
        fields[27642] or "",
        ours(TOUCHPOINT_WORDS)[fields[27643]],
        counts=ticket["status"] != "deleted"
        and "closed_by_merge" not in ticket["tags"]
        and ticket["submitter_id"] == ticket["requester_id"],
        by_us=ticket["submitter_id"] != ticket["requester_id"],
        is_deleted=ticket["status"] == "deleted",
    )
    for audit in history:
        at = utc(audit["created_at"])
        for event in audit["events"]:
            if event.get("field_name") == "status":
                contact.moves.append((at, event["value"]))
            if event["type"] == "Change" and event["field_name"] == "status":
                before, after = event["previous_value"] in SETTLED, event["value"] in SETTLED
                if after and contact.first_solved is None:
                    contact.first_solved = at
                contact.reopened |= before and not after and at <= contact.at + WINDOW
            is_creation = audit["events"][0]["type"] == "Create"
            is_reply = event["type"] == "Comment" and event["author_id"] == ticket["requester_id"] and not is_creation
            contact.asked_again |= is_reply and contact.first_solved is None
            is_ours = event["type"] == "Comment" and event["public"] and event["author_id"] != ticket["requester_id"]
            if is_ours and not is_creation:
                contact.replies.append(at)
    return contact


def phone_contacts(files_of: FilesOf) -> list[Contact]:
    def is_sound(row: dict[str, str]) -> bool:
        return row["vorgang"].startswith("P0") and row["geaendert_am"] != ""

    newest: dict[str, dict[str, str]] = {}
    for row in filter(is_sound, rows(files_of("phone_tickets"))):
        known = newest.get(row["vorgang"])
        if known is None or berlin(known["geaendert_am"], "%d.%m.%Y %H:%M:%S") <= berlin(row["geaendert_am"], "%d.%m.%Y %H:%M:%S"):
            newest[row["vorgang"]] = row
    contacts = []
    for row in newest.values():
        number = row["rufnummer"].replace(" ", "")
        number = "+44" + number[1:] if number.startswith("0") else number
        contacts.append(
            Contact(
                "phone_desk",
                row["vorgang"],
                berlin(row["eroeffnet_am"], "%d.%m.%Y %H:%M:%S"),
                f"phone:{number}" if number else "",
                ours(WAYS)[row["weg"]],
                row["thema"],
                ours(DESKS)[row["stelle"]],
                counts=row["aufgelegt"] == "nein" and row["status"] != "gelöscht",
                flag=row["sofort_erledigt"],
                first_solved=berlin(row["geloest_am"], "%d.%m.%Y %H:%M:%S") if row["geloest_am"] else None,
                is_deleted=row["status"] == "gelöscht",
            )
        )
    return contacts


def responses_in(files_of: FilesOf) -> list[Response]:
    newest: dict[str, dict[str, str]] = {}
    for row in rows(files_of("qualtrics")):
        known = newest.get(row["ResponseId"])
        is_real = row["Status"] == "0" and not row["ResponseId"].startswith("R_x")
        if is_real and (known is None or known["RecordedDate"] <= row["RecordedDate"]):
            newest[row["ResponseId"]] = row
    return [
        Response(
            row["ResponseId"],
            berlin(row["EndDate"], "%Y-%m-%d %H:%M:%S"),
            row["InviteID"],
            row["TicketID"],
            score(row["Q1"]),
            score(row["Q2"]),
            score(row["Q3"]),
            {"Ja": 1, "Nein": 0, "": None}[row["Q4"]],
            f"id:{row['CustomerID']}" if row["CustomerID"] else "",
            row["Finished"] == "1",
        )
        for row in newest.values()
    ]


def orders_in(files_of: FilesOf) -> list[Order]:
    newest: dict[str, dict[str, str]] = {}
    for row in rows(files_of("orders")):
        known = newest.get(row["order_id"])
        is_sound = row["order_id"].startswith("AF-2")
        if is_sound and (known is None or utc(known["changed_at"]) <= utc(row["changed_at"])):
            newest[row["order_id"]] = row
    return [
        Order(
            utc(row["ordered_at"]),
            row["status"],
            cents(row["net"]),
            cents(row["margin"]) if row["margin"] else None,
            cents(row["refunded"]),
            row["currency"],
            row["service_role"],
            row["touchpoint"],
            f"id:{row['customer_id']}" if row["customer_id"] else "",
        )
        for row in newest.values()
    ]


def invites_in(files_of: FilesOf, contacts: list[Contact]) -> list[Invite]:
    tickets = {contact.id: contact for contact in contacts}
    return [
        Invite(
            row["invite_id"],
            utc(row["sent_at"]),
            int(row["customer_id"]),
            row["touchpoint"],
            row["ticket_id"],
            tickets.get(row["ticket_id"]),
            row["channel"],
            row["delivered"] == "yes",
        )
        for row in rows(files_of("invites"))
        if not row["invite_id"].startswith("IX") and row["invite_id"]
    ]


def postings_in(files_of: FilesOf) -> list[Posting]:
    booked = {row["Buchungsnr"]: row for row in rows(files_of("costs"), ";") if "X" not in row["Buchungsnr"]}
    return [
        Posting(
            f"{row['Buchungsdatum'][6:]}-{row['Buchungsdatum'][3:5]}",
            ACCOUNTS[row["Konto"]],
            ours(PLACES).get(row["Kostenstelle"], ""),
            cents(row["Soll"]) - cents(row["Haben"]),
        )
        for row in booked.values()
    ]


def people_in(files_of: FilesOf) -> People:
    newest: dict[int, Record] = {}
    for row in rows(files_of("customers")):
        if not row["customer_number"].startswith("199"):
            known = (row["email"], row["phone"].replace(" ", ""), row["segment"], row["customer_since"], row["last_changed"])
            newest[int(row["customer_number"])] = Record(*known)
    return People(newest)


def as_read(told: Any) -> Any:
    """As it comes back from a JSON file."""
    return json.loads(json.dumps(told))


@pytest.fixture(scope="module")
def contacts(files_of: FilesOf) -> list[Contact]:
    return zendesk_contacts(files_of) + phone_contacts(files_of)


def test_first_contact_resolution_told_from_the_files_is_the_truth(
    clock: Clock, contacts: list[Contact], files_of: FilesOf, truth: dict[str, Any]
) -> None:
    told = resolution(clock, contacts, responses_in(files_of), people_in(files_of))

    assert told == {month: figures["fcr"] for month, figures in truth["months"].items()}


@pytest.mark.slow
def test_costs_told_from_the_files_are_the_truth(clock: Clock, contacts: list[Contact], files_of: FilesOf, truth: dict[str, Any]) -> None:
    told = costs(clock, postings_in(files_of), orders_in(files_of), contacts)

    assert told == {month: figures["cost"] for month, figures in truth["months"].items()}


def test_service_roi_told_from_the_files_is_the_truth(
    clock: Clock, contacts: list[Contact], files_of: FilesOf, truth: dict[str, Any]
) -> None:
    told = service_roi(clock, people_in(files_of), contacts, responses_in(files_of), orders_in(files_of), postings_in(files_of))

    assert told == {month: figures["service_roi"] for month, figures in truth["months"].items()}


def test_waits_and_what_lay_about_told_from_the_files_are_the_truth(clock: Clock, contacts: list[Contact], truth: dict[str, Any]) -> None:
    told = {
        "waits": waits(clock, contacts, Opening(clock)),
        "neglect": neglect(clock, contacts),
        "backlog": backlog(clock, contacts),
        "stages": stages(clock, contacts, Opening(clock)),
    }

    for part, by_month in told.items():
        assert as_read(by_month) == {month: figures[part] for month, figures in truth["months"].items()}, part


@pytest.mark.slow
def test_answered_invitations_told_from_the_files_are_the_truth(
    clock: Clock, contacts: list[Contact], files_of: FilesOf, truth: dict[str, Any]
) -> None:
    told = invitations(clock, invites_in(files_of, contacts), responses_in(files_of))

    assert as_read(told) == {month: figures["invitations"] for month, figures in truth["months"].items()}


def test_what_had_happened_before_each_contact_told_from_the_files_is_the_truth(
    clock: Clock, contacts: list[Contact], files_of: FilesOf, truth: dict[str, Any]
) -> None:
    told = history(clock, people_in(files_of), contacts, responses_in(files_of))

    assert as_read(told) == {month: figures["history"] for month, figures in truth["months"].items()}


def test_what_customers_are_worth_told_from_the_files_is_the_truth(clock: Clock, files_of: FilesOf, truth: dict[str, Any]) -> None:
    told = segment_values(clock, people_in(files_of), orders_in(files_of))

    assert as_read(told) == {month: figures["segment_values"] for month, figures in truth["months"].items()}
