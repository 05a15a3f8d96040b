"""A draft of a feed's settings from the head of a file: what can be seen is filled in, what only a person knows is marked to be checked."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from assets.raw.contract import contract_columns
from assets.raw.inspecting.recognising import WORDS, Recognised, mapped, usual_meaning
from assets.raw.inspecting.sampling import Sample
from assets.raw.parsing import YES_AND_NO
from assets.raw.registry import FORMATS

TIME_FORMATS: Final = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S %z",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%d/%b/%y %I:%M %p",
)
DATE_FORMATS: Final = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y%m%d", "%d.%m.%y")
_WRITTEN_BY_DEFAULT: Final = {
    "encoding": "utf-8",
    "delimiter": ",",
    "decimal": ".",
    "time_format": TIME_FORMATS[0],
    "date_format": DATE_FORMATS[0],
}
_TIMES: Final = (
    "answered_at",
    "sent_at",
    "opened_at",
    "ordered_at",
    "started_at",
    "ended_at",
    "updated_at",
    "first_solved_at",
    "closed_at",
)
_DATES: Final = (
    *("costed_on", "customer_since_on", "hired_on", "left_on", "answered_on", "flowed_on"),
    *("period_from_on", "period_to_on", "valid_from_on", "valid_to_on"),
)
_AMOUNTS: Final = ("revenue_amount", "margin_amount", "refunded_amount", "cost_amount", "debit", "credit", "cash_flow_amount")
_REQUIRED_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "survey": {"channel": "web"},
    "invites": {"channel": "email"},
    "tickets": {"channel": "phone", "status": "open"},
    "orders": {"channel": "web"},
    "costs": {"cost_category": "service"},
    "customers": {},
    "calls": {"outcome": "answered"},
    "self_service": {"channel": "web"},
    "employees": {},
    "employee_answers": {"topic": "confidence"},
    "programme_cash_flows": {"basis": "assumed"},
    "benchmarks": {},
    "targets": {"direction": "at_least"},
}
"""What a table cannot do without: where no column says it, a constant must, and only a person knows which."""

_MOMENT: Final[Mapping[str, tuple[str | None, tuple[str, ...]]]] = {
    "survey": ("answered_at", TIME_FORMATS),
    "invites": ("sent_at", TIME_FORMATS),
    "tickets": ("opened_at", TIME_FORMATS),
    "orders": ("ordered_at", TIME_FORMATS),
    "costs": ("costed_on", DATE_FORMATS),
    "customers": (None, ()),
    "calls": ("started_at", TIME_FORMATS),
    "self_service": ("started_at", TIME_FORMATS),
    "employees": ("hired_on", DATE_FORMATS),
    "employee_answers": ("answered_on", DATE_FORMATS),
    "programme_cash_flows": ("flowed_on", DATE_FORMATS),
    "benchmarks": ("period_from_on", DATE_FORMATS),
    "targets": ("valid_from_on", DATE_FORMATS),
}
"""The instant or date that every record of a table must have."""

_RATING: Final = re.compile(r"(\d{1,2})([.,]0)?")
_MOSTLY: Final = 0.8
_WORDS_NAMED: Final = 8
_HIGHEST: Final = 10
_ONE_TO_FIVE: Final = 5
_ONE_TO_SEVEN: Final = 7
_MAY_LACK_IDS: Final = ("survey", "costs", "employees", "employee_answers")


@dataclass
class Draft:
    """A feed's settings as far as the file shows them."""

    adapter: str
    settings: dict[str, Any] = field(default_factory=dict)
    checks: list[str] = field(default_factory=list)
    """What the file cannot say and the draft only assumes: one sentence each."""


def draft(seen: Sample, recognised: Recognised, time_zone: str, currency: str) -> Draft:
    """Draft the settings of a feed; ``time_zone`` and ``currency`` stand in where the file names none."""
    made = Draft(recognised.adapter)
    if seen.is_guessed:
        made.settings["encoding"] = seen.encoding
        made.checks.append(f"The bytes are no UTF-8; {seen.encoding} is the likeliest encoding. Look at names and umlauts.")
    if seen.shape == "csv" and seen.delimiter != _WRITTEN_BY_DEFAULT["delimiter"]:
        made.settings["delimiter"] = seen.delimiter
    table = recognised.adapter.rpartition("_")[0]
    if table in WORDS:
        _map(made, table, _columns(seen), currency)
    if FORMATS[recognised.adapter].has_naive_times and "%z" not in made.settings.get("time_format", ""):
        made.settings["time_zone"] = time_zone
        made.checks.append(f"The times carry no offset; {time_zone} is assumed. Ask in which zone the export was made.")
    if recognised.adapter == "email_mime":
        made.settings["own_addresses"] = ["example.com"]
        made.checks.append("own_addresses: your own mail domains, so that what your staff writes is no feedback.")
    if recognised.adapter == "qualtrics_csv":
        made.settings["questions"] = _questions(made, _qualtrics_questions(seen))
    return made


def as_toml(name: str, made: Draft) -> str:
    """Write the block to paste into the settings file, the checks as comments before it."""
    lines = [f"# Check: {check}" for check in made.checks]
    lines += [f"[feeds.{name}]", f"adapter = {json.dumps(made.adapter)}"]
    tables = []
    for key, value in made.settings.items():
        if isinstance(value, dict):
            tables.append((key, value))
        else:
            lines.append(f"{key} = {_value(value)}")
    for key, value in tables:
        lines += ["", f"[feeds.{name}.{key}]", *(f"{_key(inner)} = {_value(each)}" for inner, each in value.items())]
    return "\n".join(lines)


def _map(made: Draft, table: str, columns: Mapping[str, Sequence[str]], currency: str) -> None:
    found = mapped(list(columns), table)
    _find_moment(found, table, columns)
    said = {key: [cell.strip() for cell in columns[header] if cell.strip()] for key, header in found.items()}
    _notation(made, "time_format", TIME_FORMATS, [cell for key in _TIMES for cell in said.get(key, ())])
    _notation(made, "date_format", DATE_FORMATS, [cell for key in _DATES for cell in said.get(key, ())])
    amounts = [cell for key in _AMOUNTS for cell in said.get(key, ())]
    if any(re.search(r",\d{1,2}$", amount) for amount in amounts):
        made.settings["decimal"] = ","
    if amounts and "currency" not in found:
        made.settings["currency"] = currency
        made.checks.append(f"The amounts carry no currency; {currency} is assumed.")
    if "source_record_id" not in found and table not in _MAY_LACK_IDS:
        made.checks.append("No column looks like the record's id; map `source_record_id` to the one that never repeats.")
    made.settings["columns"] = found
    constants = {key: word for key, word in _REQUIRED_WORDS[table].items() if key not in found}
    if constants:
        made.settings["constants"] = constants
        made.checks.append(f"No column says {' or '.join(constants)}; the constants are only examples.")
    _word_meanings(made, table, said)
    if table == "survey":
        rest = {header: cells for header, cells in columns.items() if header not in found.values()}
        made.settings["questions"] = _questions(made, rest)


def _word_meanings(made: Draft, table: str, said: Mapping[str, Sequence[str]]) -> None:
    """Give the source's words their meaning where it is usual, and name those that only a person knows."""
    (filled,) = FORMATS[f"{table}_csv"].tables
    described = contract_columns(filled)
    vocabularies = {column.name: column.words for column in described if column.words}
    vocabularies |= {column.name: ("true", "false") for column in described if column.dtype == pl.Boolean}
    values: dict[str, dict[str, str]] = {}
    for key, words in vocabularies.items():
        theirs = [
            word for word in dict.fromkeys(said.get(key, ())) if word.lower() not in {*words, *(YES_AND_NO if "true" in words else ())}
        ]
        usual = {word: meaning for word in theirs if (meaning := usual_meaning(word)) in words}
        if usual:
            values[key] = usual
        if unknown := [word for word in theirs if word not in usual]:
            more = ", …" if len(unknown) > _WORDS_NAMED else ""
            named = ", ".join(unknown[:_WORDS_NAMED])
            made.checks.append(f"values.{key}: say what {named}{more} stand for, each one of {', '.join(words)}.")
    if values:
        made.settings["values"] = values
        made.checks.append("values: the words are given their usual meaning.")


def _find_moment(found: dict[str, str], table: str, columns: Mapping[str, Sequence[str]]) -> None:
    """Take the first column of times or dates where no header names the one that the table turns on."""
    key, formats = _MOMENT[table]
    if key is None or key in found:
        return
    for header, cells in columns.items():
        given = [cell.strip() for cell in cells if cell.strip()]
        if header not in found.values() and given and any(all(_reads(written, cell) for cell in given) for written in formats):
            found[key] = header
            return


def _notation(made: Draft, key: str, formats: Iterable[str], cells: Sequence[str]) -> None:
    """Take the first notation that reads every cell; say so when another would read them too."""
    fitting = [written for written in formats if cells and all(_reads(written, cell) for cell in cells)]
    if not fitting:
        if cells:
            made.checks.append(
                f"{key}: none of the usual notations reads {key.partition('_')[0]}s such as the ones in the file; declare yours."
            )
        return
    if fitting[0] != _WRITTEN_BY_DEFAULT[key]:
        made.settings[key] = fitting[0]
    if len(fitting) > 1 and {"%m", "%d"} <= {part for written in fitting for part in re.findall("%[md]", written[:2])}:
        made.checks.append(f"{key}: {fitting[0]} and {fitting[1]} both read every value. Which comes first, the month or the day?")


def _reads(written: str, cell: str) -> bool:
    try:
        dt.datetime.strptime(cell, written)  # noqa: DTZ007  # only whether it can be read matters
    except ValueError:
        return False
    return True


def _questions(made: Draft, columns: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Take the columns that hold nothing but small whole numbers for ratings; their meaning is for a person to say."""
    questions: dict[str, Any] = {}
    for header, cells in columns.items():
        given = [cell.strip() for cell in cells if cell.strip()]
        ratings = [int(read[1]) for cell in given if (read := _RATING.fullmatch(cell)) and int(read[1]) <= _HIGHEST]
        if header and ratings and len(ratings) >= _MOSTLY * len(given):
            low, high = min(ratings), max(ratings)
            if any("," in cell for cell in given):
                made.settings["decimal"] = ","
            if low > 0 and high <= _ONE_TO_SEVEN:
                questions[header] = {"metric": "csat", "scale": [1, _ONE_TO_FIVE if high <= _ONE_TO_FIVE else _ONE_TO_SEVEN]}
            else:
                questions[header] = {"metric": "nps", "scale": [0, _HIGHEST]}
    if questions:
        made.checks.append("questions: metric and scale are only what the numbers look like; take them from the questionnaire.")
    else:
        made.checks.append("questions: no column holds ratings only; declare each question with its metric and scale.")
    return questions


def _columns(seen: Sample) -> dict[str, list[str]]:
    """Give the cells seen under each header."""
    if seen.rows:
        header, *rows = seen.rows
        whole = [row for row in rows if len(row) == len(header)]
        return {name.strip(): [row[place] for row in whole] for place, name in enumerate(header)}
    names = dict.fromkeys(key for record in seen.records for key in record)
    return {name: [_text(record.get(name)) for record in seen.records] for name in names}


def _qualtrics_questions(seen: Sample) -> dict[str, list[str]]:
    header, *rows = seen.rows
    is_answer: Callable[[str], bool] = re.compile(r"Q\d+(_\d+)?").fullmatch  # type: ignore[assignment]  # a match is as good as true
    answers = [row for row in rows[2:] if len(row) == len(header)]
    return {name: [row[place] for row in answers] for place, name in enumerate(header) if is_answer(name)}


def _text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def _value(value: object) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + " }"
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
