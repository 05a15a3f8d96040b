"""The facts behind the truth stand in the weekly and monthly files too, and are what they were planted to be."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest

from pipelines.demo import LAST_DAY, SEED
from pipelines.demo.clock import Clock
from pipelines.demo.plans import Flow
from pipelines.demo.relationship import COMPLAINTS, CONFIDENCE, DRIVER_WEIGHTS, DRIVERS, PROBLEMS, REASONS, Talk
from pipelines.demo.self_service import Session
from pipelines.demo.staff import LEAVING, RARE, Employee, Obstacle
from pipelines.demo.story import Story
from pipelines.demo.telephone import OUTCOMES, Call
from pipelines.demo.true_access import calls, reached, self_service
from pipelines.demo.true_opinions import drivers
from pipelines.demo.true_plans import programmes
from pipelines.demo.true_relationship import confidence, loyalty, problems
from pipelines.demo.true_staff import obstacles, staff
from tests.demo.reading import FilesOf, berlin, cents, ours, rows, score, utc

SECONDS = "%d.%m.%Y %H:%M:%S"


def month_of(truth: dict[str, Any], part: str) -> dict[str, Any]:
    return {month: figures[part] for month, figures in truth["months"].items()}


def talks_in(files_of: FilesOf) -> list[Talk]:
    return [
        Talk(
            berlin(row["Beantwortet am"], "%d.%m.%Y %H:%M"),
            ours(PROBLEMS).get(row["Letztes Problem"], ""),
            ours(COMPLAINTS).get(row["Gemeldet"], ""),
            score(row["Umgang damit"]),
            score(row["Kauft wieder"]),
            score(row["Zufriedenheit"]),
            tuple(score(row[header]) for header in CONFIDENCE.values()),
            tuple(ours(REASONS)[text] for text in row["Gründe"].split("; ") if text),
            told=int(row["Erzählt"]),
            price=int(row["Preis ist fair"]),
            rise=int(row["Duldet mehr"]),
            customer=f"id:{row['Kundennummer']}",
            access=int(row["Erreichbar"]),
            drivers=tuple(int(row[header]) for header in DRIVERS.values()),
        )
        for row in rows(files_of("relationship"))
        if not row["Nummer"].startswith("RX")
    ]


def calls_in(files_of: FilesOf) -> list[Call]:
    found = []
    for row in rows(files_of("calls"), ";"):
        if not row["Anruf"].startswith("TX"):
            begun, end = berlin(row["Beginn"], SECONDS), berlin(row["Angenommen"] or row["Ende"], SECONDS)
            found.append(Call(begun, ours(OUTCOMES)[row["Ergebnis"]], end - begun))
    return found


def sessions_in(files_of: FilesOf) -> list[Session]:
    known = {"yes": True, "no": False, "": None}
    return [
        Session(utc(f"{row['begin']}+00:00"), known[row["solved"]], known[row["agent"]])
        for row in rows(files_of("self_service"))
        if not row["session"].startswith("sx")
    ]


def employees_in(files_of: FilesOf) -> list[Employee]:
    def day(text: str) -> dt.date:
        return dt.date.fromisoformat("-".join(reversed(text.split("."))))

    newest = {row["Personalnr"]: row for row in rows(files_of("employees"), ";") if not row["Personalnr"].startswith("MX")}
    return [
        Employee(
            number,
            row["Team"],
            row["Rolle"],
            day(row["Eintritt"]),
            day(row["Austritt"]) if row["Austritt"] else None,
            ours(LEAVING).get(row["Grund"], ""),
        )
        for number, row in newest.items()
    ]


def obstacles_in(files_of: FilesOf) -> list[Obstacle]:
    return [
        Obstacle(dt.date.fromisoformat(row["day"]), row["what"], score(row["rating"]))
        for row in rows(files_of("employee_survey"))
        if row["about"] == "obstacle" and not row["who"].startswith("MX")
    ]


def flows_in(files_of: FilesOf) -> list[Flow]:
    return [
        Flow(row["programme"], dt.date.fromisoformat(row["day"]), cents(row["amount"]), row["currency"], row["basis"])
        for row in rows(files_of("programmes"))
    ]


def test_problems_confidence_and_loyalty_told_from_the_files_are_the_truth(clock: Clock, files_of: FilesOf, truth: dict[str, Any]) -> None:
    talks = talks_in(files_of)

    assert problems(clock, talks) == month_of(truth, "problems")
    assert confidence(clock, talks) == month_of(truth, "confidence")
    assert loyalty(clock, talks) == {
        quarter: {part: said[part] for part in ("experience", "reasons")} for quarter, said in truth["quarters"].items()
    }
    assert reached(clock, talks) == month_of(truth, "reached")
    assert drivers(clock, talks) == {quarter: said["drivers"] for quarter, said in truth["quarters"].items()}


def test_calls_and_sessions_told_from_the_files_are_the_truth(clock: Clock, files_of: FilesOf, truth: dict[str, Any]) -> None:
    assert calls(clock, calls_in(files_of)) == month_of(truth, "calls")
    assert self_service(clock, sessions_in(files_of)) == month_of(truth, "self_service")


def test_people_and_their_obstacles_told_from_the_files_are_the_truth(clock: Clock, files_of: FilesOf, truth: dict[str, Any]) -> None:
    assert staff(clock, employees_in(files_of)) == month_of(truth, "staff")
    assert obstacles(obstacles_in(files_of)) == month_of(truth, "obstacles")


def test_flows_of_programmes_told_from_the_file_are_the_truth(files_of: FilesOf, truth: dict[str, Any]) -> None:
    assert programmes(flows_in(files_of)) == truth["programmes"]


def test_one_programme_pays_one_changes_its_sign_twice_and_one_only_costs(truth: dict[str, Any]) -> None:
    amounts = {name: [Decimal(flow["amount"]) for flow in flows] for name, flows in truth["programmes"].items()}
    changes = {name: sum(before * after < 0 for before, after in itertools.pairwise(flows)) for name, flows in amounts.items()}

    assert changes == {"agent training": 1, "new help pages": 2, "complaint line": 0}
    assert sum(amounts["agent training"]) > 0
    assert amounts["complaint line"] == [-5520, -2300, -2300]


def test_only_the_rare_obstacle_is_named_by_fewer_than_five(truth: dict[str, Any]) -> None:
    for named in month_of(truth, "obstacles").values():
        assert {what for what, figures in named.items() if figures["named"] < 5} == {RARE}


def test_satisfaction_follows_the_drivers_by_their_planted_weights(files_of: FilesOf, truth: dict[str, Any]) -> None:
    whole = [row for row in rows(files_of("relationship")) if row["Zufriedenheit"]]
    missed = [int(row["Zufriedenheit"]) - sum(DRIVER_WEIGHTS[key] * int(row[header]) for key, header in DRIVERS.items()) for row in whole]

    assert truth["driver_weights"] == DRIVER_WEIGHTS
    assert sum(DRIVER_WEIGHTS.values()) == pytest.approx(1)
    assert sum(missed) / len(missed) == pytest.approx(0, abs=0.2)
    assert sum(abs(miss) for miss in missed) / len(missed) < 0.7


def test_nobody_is_asked_twice_in_a_quarter(files_of: FilesOf) -> None:
    asked = [row["Kundennummer"] for row in rows(files_of("relationship")) if row["Kundennummer"]]

    assert len(asked) == len(set(asked)) > 50


def test_a_talk_says_what_became_of_the_customer() -> None:
    def experience(problem: str, complained: str = "", handling: int | None = None) -> str:
        return Talk(0, problem, complained, handling, None, None, (), ()).experience

    assert [experience(""), experience("no_problem")] == ["", "no_problem"]
    assert [experience("billing", said) for said in ("no", "tried", "yes")] == ["non_complainant", "blocked", "unrated"]
    assert [experience("billing", "yes", value) for value in (5, 4, 3, 2, 1)] == [
        "satisfied",
        "satisfied",
        "mollified",
        "dissatisfied",
        "dissatisfied",
    ]


def test_a_call_is_given_up_shortly_below_ten_seconds_and_answered_promptly_up_to_twenty(files_of: FilesOf) -> None:
    at = 1_790_000_000
    log = [
        Call(at, outcome, wait)
        for outcome, wait in (("abandoned", 9), ("abandoned", 10), ("answered", 20), ("answered", 21), ("blocked", 0))
    ]

    assert list(calls(Clock(dt.date(2026, 11, 30), 90), log).values()) == [
        {"offered": 4, "answered": 2, "abandoned": 2, "abandoned_short": 1, "answered_promptly": 1, "blocked": 1, "waited_seconds": 41}
    ]
    assert {("abandoned", 10), ("answered", 20)} <= {(call.outcome, call.wait) for call in calls_in(files_of)}


@pytest.fixture(scope="module")
def told() -> Story:
    story = Story(120, LAST_DAY, SEED)
    for _ in story.days():
        pass
    return story


@pytest.mark.slow
def test_loyalty_is_best_without_a_problem_and_worst_after_a_poor_answer(told: Story) -> None:
    experiences = told.truth()["quarters"]["2026-Q3"]["experience"]
    loyal = {name: figures["repurchase_top"] / figures["repurchase_n"] for name, figures in experiences.items()}

    assert max(loyal, key=loyal.__getitem__) == "no_problem"
    assert min(loyal, key=loyal.__getitem__) == "dissatisfied"
    assert loyal["satisfied"] > loyal["mollified"] > loyal["dissatisfied"]


@pytest.mark.slow
def test_the_bad_fortnight_is_felt_at_the_telephone_and_in_the_survey(told: Story) -> None:
    months = told.truth()["months"]

    def lost(month: str) -> float:
        return float(months[month]["calls"]["abandoned"] / months[month]["calls"]["offered"])

    def troubled(month: str) -> float:
        return float(months[month]["problems"]["by_problem"]["delivery"]["with_problem"] / months[month]["problems"]["asked"])

    assert lost("2026-09") > 1.3 * lost("2026-08")
    assert troubled("2026-09") > 1.3 * troubled("2026-08")


@pytest.mark.slow
def test_some_leave_every_month_and_the_teams_stay_filled(told: Story) -> None:
    for teams in month_of(told.truth(), "staff").values():
        assert 1 <= sum(team["separations"] for team in teams.values()) <= 3
        assert 37 <= sum(team["headcount"] for team in teams.values()) <= 40
