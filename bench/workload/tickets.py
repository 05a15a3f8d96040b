"""Support tickets and their audits, as Zendesk's incremental exports give them, page by page."""

import numpy as np
import polars as pl

from bench.workload.drawing import DAY, Draws, Waiting, Whole, instant
from bench.workload.files import Beside, Inbox
from bench.workload.lives import STATUS, STEP, WINDOW, lives
from bench.workload.people import FIRST_NUMBER, SECOND_NUMBERS, People
from bench.workload.survey import Survey

CATEGORY_FIELD, TOUCHPOINT_FIELD = 27642, 27643
_FIRST_TICKET = 100_000_001
_FIRST_AUDIT = 5_000_000_001
_AGENTS = tuple(range(700_001, 700_019))
_CHANNELS: dict[str | None, int] = {"email": 8, "web": 5, "chat": 4, "voice": 3}
_CATEGORIES: dict[str | None, int] = {"delivery": 8, "product": 5, "returns": 4, "billing": 3, "account": 2, None: 1}
_TOUCHPOINTS: dict[str | None, int] = {"service_center": 8, "self_service": 3, "field": 2, "account_management": 1}
_PRIORITIES: dict[str | None, int] = {"low": 3, "normal": 12, "high": 4, "urgent": 1}
_BARE = (
    '{{"id":{},"created_at":"2026-06-30T08:00:00Z","generated_timestamp":1782892800,"via":{{"channel":"web"}},"status":"open","tags":[],'
    '"requester_id":1,"submitter_id":1,"custom_fields":[]}}'
)
_FLAWED_TICKETS = (
    _BARE.replace('"open"', '"vanished"'),
    _BARE.replace("2026-06-30", "2026-06-31", 1),
    _BARE.replace('"id":{},', '"no":{},'),
    _BARE.replace('"web"', '"pigeon"'),
)
_FLAWED_AUDITS = (
    '{{"id":{},"ticket_id":100000001,"created_at":"2026-06-30T08:00:00Z","author_id":1}}',
    '{{"id":{},"created_at":"2026-06-30T08:00:00Z","author_id":1,"events":[]}}',
    '{{"id":{},"ticket_id":100000001,"created_at":"yesterday","author_id":1,"events":[]}}',
)


class Tickets:
    """Opens tickets, lets them live, exports what changed each day."""

    def __init__(self, draws: Draws, inbox: Inbox, people: People, survey: Survey, days: int) -> None:
        self._draws, self._inbox, self._people, self._survey = draws, inbox, people, survey
        self._followers, self._steps = Waiting(days), Waiting(days)
        self._audits = _FIRST_AUDIT
        self._tickets = _FIRST_TICKET
        self._listed: set[int] = set()
        self._known = pl.DataFrame(schema={"audits": pl.String, "requester": pl.Int64})

    def export(self, day: int, target: int) -> None:
        """Write the day's pages of tickets that changed and of their audits, a few of the day before once more among the latter."""
        self._open(day, target)
        steps = pl.concat([_NO_STEPS, *self._steps.due(day)]).sort("at", "id", "step")
        self._export_tickets(day, steps)
        self._export_audits(day, steps.filter((pl.col("step") != "delete") & (pl.col("id") % 300 != 0)))

    def _open(self, day: int, target: int) -> None:
        draws = self._draws
        due = pl.concat([_FOLLOWING, *self._followers.due(day)])
        fresh = max(target - due.height, 0)
        opened = pl.concat(
            [
                due,
                pl.DataFrame(
                    {
                        "person": self._people.some(fresh),
                        "opened": draws.moments(day, fresh),
                        "channel": draws.words(_CHANNELS, fresh),
                        "category": draws.words(_CATEGORIES, fresh),
                    }
                ),
            ]
        )
        count = opened.height
        tickets = opened.with_columns(
            id=pl.int_range(self._tickets, self._tickets + count, eager=True),
            touchpoint=draws.words(_TOUCHPOINTS, count),
            priority=draws.words(_PRIORITIES, count),
            agent=pl.Series(np.array(_AGENTS)[draws.within(0, len(_AGENTS), count)]),
            luck=pl.Series(draws.random.random(count)),
            place=pl.int_range(count, eager=True),
        ).with_columns(
            requester=pl.when(pl.col("luck") < 0.03)
            .then(None)
            .when((pl.col("person") % 100 == 7) & (pl.col("luck") < 0.5))
            .then(pl.col("person") + SECOND_NUMBERS)
            .otherwise(pl.col("person") + FIRST_NUMBER),
            submitter=pl.when(pl.col("luck") > 0.96).then("agent"),
        )
        self._tickets += count
        self._follow(tickets)
        steps = lives(draws, tickets["opened"].to_numpy()).join(tickets, on="place", maintain_order="left")
        self._steps.put(steps.select(_NO_STEPS.columns), np.maximum(draws.arrival(steps["at"].to_numpy()), day))
        self._ask(steps)

    def _follow(self, tickets: pl.DataFrame) -> None:
        """Some customers come again, mostly about the same thing, a few exactly when the repeat window ends."""
        again = tickets.filter(pl.Series(self._draws.chance(0.16, tickets.height)))
        count = again.height
        gap = self._draws.within(3_600, 9 * DAY, count)
        gap[self._draws.chance(0.02, count)] = WINDOW
        rows = again.select(
            "person",
            pl.col("opened") + pl.Series(gap),
            pl.when(pl.Series(self._draws.chance(0.6, count)))
            .then("channel")
            .otherwise(self._draws.words(_CHANNELS, count))
            .alias("channel"),
            pl.when(pl.Series(self._draws.chance(0.9, count)))
            .then("category")
            .otherwise(self._draws.words(_CATEGORIES, count))
            .alias("category"),
        )
        self._followers.put(rows, self._draws.arrival(rows["opened"].to_numpy()))

    def _ask(self, steps: pl.DataFrame) -> None:
        """Ask customers of solved tickets, who answer on one of the next days."""
        has_returned = pl.col("step").is_in(["reopen", "ask"]).any().over("id")
        solved = steps.with_columns(is_content=~has_returned).filter((pl.col("step") == "solve") & (pl.col("luck") < 0.4))
        later: Whole = self._draws.arrival(solved["at"].to_numpy()) + self._draws.within(1, 4, solved.height)
        at = self._draws.start_of(0) + later * DAY + self._draws.within(6 * 3600, 20 * 3600, solved.height)
        answers = solved.select(ticket="id", person="person", touchpoint="touchpoint", at=pl.Series(at), is_content="is_content")
        self._survey.after_tickets.put(answers, later)

    def _export_tickets(self, day: int, steps: pl.DataFrame) -> None:
        changed = steps.unique("id", keep="last", maintain_order=True)
        records = changed.select(_as_ticket().alias("tickets")).to_series()
        flawed = [
            _FLAWED_TICKETS[(day + n) % 4].format(900_000_001 + day * 1_000 + n) for n in range(len(records) // 1_000 + (day % 5 == 2))
        ]
        self._inbox.pages("tickets", day, records, lambda _start, _stop: Beside(), flawed=flawed)

    def _export_audits(self, day: int, steps: pl.DataFrame) -> None:
        steps = steps.with_columns(audit=pl.int_range(self._audits, self._audits + steps.height, eager=True))
        self._audits += steps.height
        fresh = steps.select(_as_audit().alias("audits"), "requester")
        records = pl.concat([self._known, fresh])
        agents = ",".join(f'{{"id":{agent},"role":"agent"}}' for agent in _AGENTS)

        def users(start: int, stop: int) -> Beside:
            customers = records["requester"][start:stop].drop_nulls().unique(maintain_order=True)
            known = len(self._listed)
            self._listed.update(_AGENTS, customers)
            new = len(self._listed) - known
            return Beside(f',"users":[{agents}{_users(customers)}]', new, len(_AGENTS) + len(customers) - new)

        flawed = [
            _FLAWED_AUDITS[(day + n) % 3].format(9_000_000_001 + day * 1_000 + n) for n in range(len(records) // 2_000 + (day % 6 == 3))
        ]
        self._inbox.pages("audits", day, records["audits"], users, duplicate=len(self._known), flawed=flawed)
        self._known = fresh.tail(len(fresh) // 50)


_FOLLOWING = pl.DataFrame(schema={"person": pl.Int64, "opened": pl.Int64, "channel": pl.String, "category": pl.String})
_NO_STEPS = pl.DataFrame(
    schema={
        "id": pl.Int64,
        "at": pl.Int64,
        "step": STEP,
        "before": STATUS,
        "after": STATUS,
        "opened": pl.Int64,
        "requester": pl.Int64,
        "submitter": pl.Int64,
        "agent": pl.Int64,
        "channel": pl.String,
        "category": pl.String,
        "touchpoint": pl.String,
        "priority": pl.String,
    }
)


def _users(customers: pl.Series) -> str:
    return "".join(f',{{"id":{customer},"role":"end-user"}}' for customer in customers)


def _text(*parts: pl.Expr | str) -> pl.Expr:
    return pl.concat_str([pl.lit(part) if isinstance(part, str) else part for part in parts])


def _time(column: str) -> pl.Expr:
    return instant(column).dt.to_string("%Y-%m-%dT%H:%M:%SZ")


def _or_null(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).fill_null("null")


def _word_or_null(word: pl.Expr) -> pl.Expr:
    return pl.when(word.is_null()).then(pl.lit("null")).otherwise(_text('"', word, '"'))


def _as_ticket() -> pl.Expr:
    is_put_right = (pl.col("id") % 50 == 0) & pl.col("after").is_in(["solved", "closed"])
    category = pl.when(is_put_right).then(pl.lit("product")).otherwise("category")
    tags = pl.when(pl.col("step") == "merge").then(pl.lit('["closed_by_merge"]')).otherwise(pl.lit('["shop"]'))
    submitter = pl.coalesce("submitter", "requester").cast(pl.String).fill_null("null")
    return _text(
        '{"id":', pl.col("id").cast(pl.String), ',"created_at":"', _time("opened"), '","updated_at":"', _time("at"),
        '","generated_timestamp":', (pl.col("at") + 1).cast(pl.String), ',"via":{"channel":"', pl.col("channel"),
        '"},"subject":"Bestellung","status":"', pl.col("after").cast(pl.String), '","priority":"', pl.col("priority"),
        '","requester_id":', _or_null("requester"), ',"submitter_id":', submitter, ',"assignee_id":', pl.col("agent").cast(pl.String),
        ',"tags":', tags, ',"satisfaction_rating":{"score":"unoffered"},"custom_fields":[', f'{{"id":{CATEGORY_FIELD},"value":',
        _word_or_null(category), f'}},{{"id":{TOUCHPOINT_FIELD},"value":"', pl.col("touchpoint"), '"}]}',
    )  # fmt: skip


def _as_audit() -> pl.Expr:
    step = pl.col("step")
    by_customer = step.is_in(["ask", "reopen"]) | ((step == "create") & pl.col("submitter").is_null())
    author = pl.when(by_customer).then(pl.col("requester").fill_null(-1)).otherwise("agent").cast(pl.String)
    comment = _text(',{"type":"Comment","public":true,"author_id":', author, ',"body":"Guten Tag, …"}')
    created = _text('{"type":"Create","field_name":"status","value":"new"}', comment)
    change = _text(
        '{"type":"Change","field_name":"status","previous_value":"', pl.col("before").cast(pl.String), '","value":"',
        pl.col("after").cast(pl.String), '"}',
    )  # fmt: skip
    tagged = _text(change, ',{"type":"Change","field_name":"tags","previous_value":[],"value":["closed_by_merge"]}')
    events = (
        pl.when(step == "create")
        .then(created)
        .when(step == "merge")
        .then(tagged)
        .when(step == "close")
        .then(change)
        .otherwise(_text(change, comment))
    )
    return _text(
        '{"id":', pl.col("audit").cast(pl.String), ',"ticket_id":', pl.col("id").cast(pl.String), ',"created_at":"', _time("at"),
        '","author_id":', author, ',"via":{"channel":"web"},"events":[', events, "]}",
    )  # fmt: skip
