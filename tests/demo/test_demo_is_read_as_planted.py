"""The adapters read every file of the demo and find what was planted: no more, no less."""

import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.raw.acceptance import accept
from assets.raw.feed import Feed
from assets.raw.pseudonym import pseudonym
from assets.raw.reading import RECORD_NUMBER, Batch, File, Reading, Records, UnreadableFileError, all_records
from assets.raw.registry import FORMATS

pytestmark = pytest.mark.slow

KEYS = ("source", "source_record_id")


@dataclass
class Found:
    """What reading a feed's files in their order of arrival comes to."""

    files: int = 0
    records: int = 0
    accepted: int = 0
    duplicates: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)
    versions: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)

    def take(self, table: str, rows: pl.DataFrame) -> None:
        """Counts accepted records, in their order of arrival, as versions of something or as known already."""
        self.frames[table] = rows.drop(RECORD_NUMBER)
        is_mail = table == "raw.messages" and "email" in rows["channel"]
        known = rows.select(*KEYS, RECORD_NUMBER, rows.drop(RECORD_NUMBER).hash_rows().alias("form"))
        records = known.group_by(*KEYS, RECORD_NUMBER).agg("form").sort(RECORD_NUMBER).drop(RECORD_NUMBER)
        for source, key, forms in records.rows():
            form = 0 if is_mail else hash(tuple(forms))
            seen = self.versions.setdefault((source, key), set())
            if form in seen:
                self.duplicates += 1
            else:
                seen.add(form)
                self.accepted += 1


FILE = 1_000_000
"""More records than a file of the demo has; keeps record numbers of several files apart."""


def numbered(frame: pl.DataFrame, file: int) -> pl.DataFrame:
    return frame.with_columns(pl.col(RECORD_NUMBER) + file * FILE)


def read_feed(name: str, declared: Mapping[str, Any], inbox: Path, currencies: frozenset[str]) -> Found:
    """Reads a feed file by file and holds all of it against the contracts at once."""
    feed = Feed.model_validate({"source": name, **declared})
    hashed = pseudonym("a key of the test, 32 bytes long")
    reading = Reading(pseudonym=hashed, currencies=currencies)
    found = Found()
    batches: list[Batch] = []
    paths = sorted((inbox / name).glob("*/*"), key=lambda path: (path.parent.name, path.name))
    for found.files, path in enumerate(paths, 1):
        try:
            with path.open("rb") as stream:
                for batch in FORMATS[feed.adapter].read(File(stream, dt.date.fromisoformat(path.parent.name)), feed, reading):
                    rows = {table: numbered(frame, found.files) for table, frame in batch.rows.items()}
                    refusals = numbered(batch.refusals, found.files)
                    batches.append(Batch(Records.of(numbered(batch.records.table(), found.files)), rows, refusals))
        except UnreadableFileError:
            found.unreadable.append(f"{path.parent.name}/{path.name}")
    tables = {table for batch in batches for table in batch.rows}
    everything = accept(
        Batch(
            records=all_records([batch.records for batch in batches]),
            rows={table: pl.concat([batch.rows[table] for batch in batches if table in batch.rows]) for table in tables},
            refusals=pl.concat([batch.refusals for batch in batches]),
        )
    )
    found.records = everything.records.height
    found.refused.update(everything.refusals.unique([RECORD_NUMBER, "reason"])["reason"].to_list())
    for table, frame in everything.rows.items():
        if frame.height:
            found.take(table, frame)
    return found


@pytest.fixture(scope="module")
def found(demo: Path) -> dict[str, Found]:
    settings = tomllib.loads((demo / "kpis.toml").read_text(encoding="utf-8"))
    currencies = frozenset({settings["currency"], *settings["currency_rates"]})
    return {name: read_feed(name, feed, demo / "inbox", currencies) for name, feed in settings["feeds"].items()}


def test_records_refusals_duplicates_and_items_are_those_of_the_truth(found: dict[str, Found], truth: dict[str, Any]) -> None:
    read = {
        name: {
            "files": feed.files,
            "records": feed.records,
            "items": len(feed.versions),
            "accepted": feed.accepted,
            "duplicates": feed.duplicates,
            "refused": dict(sorted(feed.refused.items())),
        }
        for name, feed in sorted(found.items())
    }

    assert read == truth["feeds"]


def test_the_unreadable_files_are_those_of_the_truth(found: dict[str, Found], truth: dict[str, Any]) -> None:
    planted = {(line["feed"], f"{line['arrived_on']}/{line['file']}") for line in truth["unreadable"]}

    assert {(name, file) for name, feed in found.items() for file in feed.unreadable} == planted


def test_messages_are_excluded_for_the_reasons_planted(found: dict[str, Found], truth: dict[str, Any]) -> None:
    for channel, names in (("email", ["email"]), ("sms", ["sms", "sms_api"])):
        rows = pl.concat([found[name].frames["raw.messages"] for name in names])
        newest = rows.unique(KEYS, keep="last", maintain_order=True)
        kinds = Counter(
            exclusion or ("feedback" if direction == "inbound" else "outbound")
            for exclusion, direction in newest.select("exclusion", "direction").rows()
        )
        planted = sum((Counter(month["messages"][channel]) for month in truth["months"].values()), Counter[str]())

        assert kinds == planted


def test_contract_columns_are_filled_from_the_sources_own_words(found: dict[str, Found]) -> None:
    tickets = pl.concat([found[name].frames["raw.tickets"] for name in ("zendesk_tickets", "phone_tickets")])
    events = found["zendesk_audits"].frames["raw.ticket_events"]

    assert set(tickets["channel"]) == {"email", "web", "chat", "social", "phone", "letter"}
    assert tickets["touchpoint"].null_count() == 0
    assert set(tickets["category"].drop_nulls()) == {"delivery", "product", "returns", "billing", "website", "account"}
    assert tickets["is_merged"].any()
    assert set(tickets["opened_by"]) == {"customer", "agent"}
    assert set(events["event"]) == {"created", "status", "public_comment", "private_note", "merged"}
    people = found["zendesk_audits"].frames["raw.ticket_people"]
    assert set(people["actor"]) == {"customer", "agent"}
    assert set(events["author_ref"].drop_nulls()) <= set(people["source_record_id"])


def test_the_relationship_survey_is_read_question_by_question(found: dict[str, Found], truth: dict[str, Any]) -> None:
    answers = found["relationship"].frames["raw.answers"]
    kinds = Counter(answers.group_by("question").agg(pl.col("metric").first())["metric"].to_list())
    problems, reasons = (answers.filter(metric=metric)["choice"].drop_nulls() for metric in ("problem", "reason"))
    planted = [month["problems"] for month in truth["months"].values()]
    named = Counter[str]()
    for quarter in truth["quarters"].values():
        named.update({reason: n for reason, n in quarter["reasons"].items() if reason != "asked"})

    assert kinds == {
        **dict.fromkeys(("problem", "complained", "handling", "repurchase", "told", "price", "price_rise", "access", "csat", "reason"), 1),
        "confidence": 5,
        "driver": 4,
    }
    assert len(problems) == sum(month["asked"] for month in planted)
    assert (problems != "no_problem").sum() == sum(month["with_problem"] for month in planted)
    assert Counter(reasons.to_list()) == named


def test_calls_sessions_and_people_are_read_in_our_words(found: dict[str, Found], truth: dict[str, Any]) -> None:
    months = truth["months"].values()
    calls = found["calls"].frames["raw.calls"]
    sessions = found["self_service"].frames["raw.self_service_sessions"]
    people = found["employees"].frames["raw.employees"]
    answers = found["employee_survey"].frames["raw.employee_answers"]

    assert Counter(calls["outcome"]) == {
        outcome: sum(month["calls"][outcome] for month in months) for outcome in ("answered", "abandoned", "blocked")
    }
    assert calls.filter(outcome="answered").select("answered_at", "handled_seconds", "team").null_count().row(0) == (0, 0, 0)
    assert sessions["is_completed"].sum() == sum(month["self_service"]["completed"] for month in months)
    assert sessions["is_escalated"].count() == sum(month["self_service"]["escalation_known"] for month in months)
    assert set(people["team"]) == {"elbe", "isar", "rhein", "spree"}
    assert set(people["leaving_reason"].drop_nulls()) <= {"voluntary", "involuntary", "other"}
    assert set(answers["topic"]) == {"obstacle", "confidence"}
    assert answers.filter(topic="obstacle").height == sum(each["named"] for month in months for each in month["obstacles"].values())


def test_what_head_office_keeps_is_read_with_its_definitions_and_directions(found: dict[str, Found], truth: dict[str, Any]) -> None:
    flows = found["programmes"].frames["raw.programme_cash_flows"]
    benchmarks = found["benchmarks"].frames["raw.benchmarks"]
    targets = found["targets"].frames["raw.targets"]

    assert Counter(flows["programme"]) == {name: len(planted) for name, planted in truth["programmes"].items()}
    assert dict(benchmarks.select("source_record_id", "definition").rows()) == {
        "B1": "satisfaction_daily.csat_top2",
        "B2": "csat mean score",
        "B3": "first_contact_resolution_daily.fcr_gross",
    }
    assert set(truth["benchmarks"]) == set(benchmarks["source_record_id"])
    assert Counter(targets["direction"]) == {"at_least": 2, "at_most": 2}
