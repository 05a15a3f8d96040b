"""Which adapter reads a file: by what gives each format away, else by the words of its header."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assets.raw.inspecting.sampling import Sample

HEADER_ROWS: Final = 3


@dataclass(frozen=True)
class Signature:
    """What no other format has: all of these headers among a CSV's first rows, or all of these keys in a JSON record."""

    headers: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()
    """Keys under which a JSON document of this format may hold its records; any, unless given."""


def csv_with(*headers: str) -> Signature:
    """A CSV that has all of these headers."""
    return Signature(headers=frozenset(headers))


def json_with(*keys: str, under: tuple[str, ...] = ()) -> Signature:
    """A JSON whose records have all of these keys."""
    return Signature(keys=frozenset(keys), holders=frozenset(under))


SIGNATURES: Final[Mapping[str, tuple[Signature, ...]]] = {
    "qualtrics_csv": (csv_with("ResponseId", "RecordedDate"), csv_with("V1", "V2"), csv_with("StartDate", "EndDate", "Finished")),
    "surveymonkey_csv": (csv_with("Respondent ID"), csv_with("RespondentID"), csv_with("respondent_id", "collector_id")),
    "typeform_csv": (csv_with("#", "Submit Date (UTC)"),),
    "typeform_json": (json_with("landed_at", "answers"), json_with("landed_at", "token")),
    "delighted_csv": (csv_with("Survey Type", "Score"), csv_with("Person ID", "Score")),
    "google_forms_csv": (csv_with("Timestamp"), csv_with("Zeitstempel"), csv_with("Horodateur"), csv_with("Marca temporal")),
    "sns_csv": (csv_with("MessageId", "DestinationPhoneNumber", "PartNumber"),),
    "vonage_csv": (csv_with("msisdn", "message-timestamp"), csv_with("messageId", "msisdn")),
    "twilio_csv": (csv_with("Sid", "NumSegments", "Direction"),),
    "twilio_json": (json_with("sid", "num_segments"),),
    "servicenow_csv": (csv_with("number", "incident_state", "sys_mod_count"),),
    "jira_csv": (csv_with("Issue key", "Issue id"), csv_with("Issue key", "Summary")),
    "intercom_json": (json_with("conversation_parts"), json_with("statistics", "source"), json_with("id", under=("conversations",))),
    "freshdesk_json": (
        json_with("fr_due_by"),
        json_with("status", "requester_id", "spam"),
        json_with("fr_escalated"),
        json_with("survey_id", "ratings"),
    ),
    "shopify_csv": (csv_with("Financial Status", "Name"),),
    "stripe_csv": (csv_with("balance_transaction_id"),),
    "zendesk_json": (
        json_with("generated_timestamp"),
        json_with("id", under=("tickets",)),
        json_with("ticket_id", "events"),
        json_with("id", under=("ticket_audits", "audits", "ticket_metric_events", "satisfaction_ratings", "survey_responses")),
    ),
}
"""By adapter; the formats without one are told by the words of their headers."""

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "survey": {
        "source_record_id": "responseid surveyid antwortid id",
        "answered_at": "answeredat submittedat submitted responsedate completedat answeredon ratedat bewertetam timestamp date datum",
        "ticket_id": "ticketid ticket caseid casenumber ticketnumber",
        "invite_id": "inviteid invitationid invitation",
        "comment": "comment comments feedback remark kommentar verbatim",
        "channel": "channel kanal",
    },
    "invites": {
        "source_record_id": "inviteid invitationid id",
        "sent_at": "sentat sent senton versandtam invitedat",
        "is_delivered": "delivered isdelivered zugestellt deliverystatus",
        "ticket_id": "ticketid ticket caseid",
        "channel": "channel kanal",
    },
    "tickets": {
        "source_record_id": "ticketid ticketnumber caseid casenumber vorgang vorgangsnummer number id",
        "opened_at": "openedat opened createdat created eroeffnetam angelegtam eingang creationdate",
        "first_replied_at": "firstrepliedat firstreplyat firstresponse firstresponseat ersteantwort",
        "first_solved_at": "firstsolvedat solvedat solved resolvedat resolved geloestam erledigtam",
        "closed_at": "closedat closed geschlossenam",
        "status": "status state",
        "priority": "priority urgency prioritaet dringlichkeit",
        "category": "category topic kategorie thema anliegen type",
        "subject": "subject betreff title",
        "channel": "channel kanal via weg",
        "is_abandoned": "abandoned aufgelegt",
    },
    "orders": {
        "source_record_id": "orderid ordernumber orderno bestellnummer bestellung id",
        "ordered_at": "orderedat orderdate ordertime bestelltam bestelldatum purchasedat createdat date datum",
        "revenue_amount": "revenue revenueamount net netamount subtotal total totalamount amount umsatz netto betrag summe",
        "margin_amount": "margin marginamount profit contribution deckungsbeitrag marge",
        "refunded_amount": "refund refunded refundedamount erstattet erstattung",
        "status": "status orderstatus",
        "channel": "channel saleschannel kanal shop",
    },
    "costs": {
        "source_record_id": "postingid entryid documentnumber buchungsnr belegnummer beleg id",
        "costed_on": "postingdate bookingdate bookedon buchungsdatum costdate day date datum",
        "cost_amount": "cost costs costamount amount betrag kosten",
        "debit": "debit soll",
        "credit": "credit haben",
        "cost_category": "account accountcode costcategory konto category",
        "channel": "channel kanal costcentre costcenter kostenstelle",
    },
    "customers": {
        "source_record_id": "customerid customernumber contactid clientid kundennummer crmid id",
        "segment": "segment tier plan kundengruppe",
        "region": "region country land",
        "customer_since_on": "customersince since kundeseit signupdate firstorder",
    },
    "calls": {
        "source_record_id": "callid call id",
        "started_at": "start started startedat starttime calltime beginn",
        "answered_at": "answered answeredat angenommen",
        "ended_at": "end ended endedat endtime ende",
        "outcome": "result outcome disposition ergebnis callresult",
        "wait_seconds": "wait waitseconds waittime wartezeit queuetime",
        "handled_seconds": "handletime handled handledseconds aht bearbeitungszeit",
        "talk_seconds": "talktime talk talkseconds gespraechsdauer duration",
        "queue": "queue line skill warteschlange",
        "team": "team group",
        "ticket_id": "ticketid ticket case caseid",
    },
    "self_service": {
        "source_record_id": "session sessionid id",
        "started_at": "begin start started startedat",
        "ended_at": "end ended endedat",
        "topic": "topic article page intent",
        "is_completed": "solved completed iscompleted deflected",
        "is_escalated": "agent escalated isescalated handoff",
        "channel": "channel kanal",
    },
    "employees": {
        "employee_id": "employeeid employee personalnummer staffid number",
        "team": "team department abteilung",
        "role": "role position jobtitle",
        "hired_on": "hired hiredon hiredate startdate eintritt from",
        "left_on": "left lefton leavedate enddate austritt to",
        "leaving_reason": "leavingreason reason why austrittsgrund",
    },
    "employee_answers": {
        "answered_on": "answeredon day surveydate",
        "topic": "about topic",
        "item": "what item statement question",
        "value": "rating value score",
        "team": "team department",
        "employee_id": "who employeeid employee",
    },
    "programme_cash_flows": {
        "source_record_id": "id flowid",
        "programme": "programme program project",
        "flowed_on": "day date flowedon",
        "cash_flow_amount": "amount cashflow flow",
        "basis": "basis",
        "evidence": "says evidence origin",
    },
    "benchmarks": {
        "source_record_id": "id benchmarkid",
        "kpi": "kpi metric",
        "figure": "figure measure",
        "segment": "industry segment",
        "definition": "definition",
        "value": "value benchmark",
        "lower_quartile": "q1 lowerquartile",
        "upper_quartile": "q3 upperquartile",
        "n": "n samplesize",
        "period_from_on": "from periodfrom",
        "period_to_on": "to periodto",
        "evidence": "publisher evidence study",
    },
    "targets": {
        "source_record_id": "id targetid",
        "kpi": "kpi metric",
        "figure": "figure measure",
        "channel": "channel",
        "value": "target value goal",
        "direction": "better direction",
        "minimum_acceptable": "atworst minimum minimumacceptable",
        "valid_from_on": "from validfrom",
        "valid_to_on": "to validto",
    },
}
"""For the tables that any system may export: words that headers are made of, by contract-side key, the likeliest first."""

OF_EVERY_TABLE: Final[Mapping[str, str]] = {
    "customer_id": "customerid customer customerno clientid kundennummer kunde requesterid userid",
    "email": "email emailaddress mail requesteremail customeremail",
    "phone": "phone phonenumber telephone telefon rufnummer mobile caller",
    "currency": "currency currencycode waehrung",
    "updated_at": "updatedat updated changed changedat lastchanged lastmodified modifiedat geaendertam",
    "touchpoint": "touchpoint",
}

MEANINGS: Final[Mapping[str, str]] = {
    "phone": "telefon telephone call voice hotline telefono telefonisch phoneorder",
    "email": "mail e-mail emails correo courriel",
    "web": "website webshop shop online webform internet",
    "letter": "brief post mail-in fax lettre carta",
    "in_person": "filiale store branch laden boutique",
    "chat": "livechat webchat messenger",
    "social": "facebook twitter instagram x",
    "new": "neu nouveau nuevo",
    "open": "offen inprogress in-bearbeitung bearbeitung ouvert abierto active",
    "pending": "wartend waiting awaiting warten",
    "hold": "onhold zurueckgestellt",
    "solved": "geloest erledigt resolved done completed resuelto resolu",
    "closed": "geschlossen closed ferme cerrado",
    "low": "niedrig gering minor basse baja p4",
    "normal": "mittel medium standard moyenne media p3",
    "high": "hoch major haute alta p2",
    "urgent": "dringend critical kritisch blocker sofort urgente p1",
    "completed": "fulfilled paid complete abgeschlossen bezahlt shipped delivered versandt",
    "cancelled": "canceled storniert storno annule voided",
    "true": "ja oui si wahr vrai verdadero x",
    "false": "nein non falsch faux falso",
}
"""Words that exports use for the words of the vocabularies."""

_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_FEWEST_WORDS: Final = 2


@dataclass(frozen=True)
class Recognised:
    """An adapter that may read the file, and why."""

    adapter: str
    why: str


def word(header: str) -> str:
    """Write a header as one lower-case word of plain letters and digits."""
    plain = unicodedata.normalize("NFKD", header.lower().translate(_UMLAUTS))
    return re.sub(r"[^a-z0-9]", "", plain)


def recognise(seen: Sample) -> list[Recognised]:
    """Name the adapters that may read a file, the likeliest first."""
    if seen.shape == "mail":
        return [Recognised("email_mime", "it begins with the headers of a mail")]
    if seen.shape == "csv":
        return _by_headers(seen) or _by_words([*seen.rows[0]], "csv")
    if seen.shape in {"xlsx", "parquet"} and seen.rows:
        return _by_words([*seen.rows[0]], seen.shape)
    if seen.shape in {"json", "lines"}:
        names = list(dict.fromkeys(key for record in seen.records for key in record))
        return _by_keys(seen) or (_by_words(names, "jsonl") if seen.shape == "lines" else [])
    return []


def usual_meaning(said: str) -> str | None:
    """Give the vocabularies' word that a source's word usually stands for."""
    plain = word(said)
    return next((ours for ours, theirs in MEANINGS.items() if plain in {ours, *map(word, theirs.split())}), None)


def mapped(names: list[str], table: str) -> dict[str, str]:
    """Find the header of each contract-side key of a table; each header serves once."""
    by_word = {word(name): name for name in reversed(names)}
    found: dict[str, str] = {}
    for key, words in {**WORDS[table], **OF_EVERY_TABLE}.items():
        header = next((by_word[each] for each in words.split() if each in by_word and by_word[each] not in found.values()), None)
        if header is not None:
            found[key] = header
    return found


def _by_headers(seen: Sample) -> list[Recognised]:
    headers = {cell.strip() for row in seen.rows[:HEADER_ROWS] for cell in row}
    return [
        Recognised(adapter, f"it has the columns {', '.join(sorted(signature.headers))}")
        for adapter, signatures in SIGNATURES.items()
        for signature in signatures
        if signature.headers and signature.headers <= headers
    ][:1]


def _by_keys(seen: Sample) -> list[Recognised]:
    if not seen.records:
        return []
    keys = set(seen.records[0])
    return [
        Recognised(adapter, f"its records have {', '.join(sorted(signature.keys))}")
        for adapter, signatures in SIGNATURES.items()
        for signature in signatures
        if signature.keys and signature.keys <= keys and (not signature.holders or signature.holders & set(seen.keys))
    ][:1]


def _by_words(names: list[str], container: str) -> list[Recognised]:
    scores = {table: _telling(names, table) for table in WORDS}
    likely = sorted((table for table, score in scores.items() if score >= _FEWEST_WORDS), key=lambda table: -scores[table])
    return [
        Recognised(f"{table}_{container}", f"{', '.join(sorted(mapped(names, table).values()))} are words of {table}") for table in likely
    ]


def _telling(names: list[str], table: str) -> float:
    """Weigh the headers that a table's words explain: those that no other table has count most."""
    found = mapped(names, table)
    own = [word(header) for key, header in found.items() if key in WORDS[table]]
    elsewhere = {each for other, keys in WORDS.items() if other != table for words in keys.values() for each in words.split()}
    rare = [each for each in own if each not in elsewhere]
    return len(own) + 2 * len(rare) + 0.25 * (len(found) - len(own))
