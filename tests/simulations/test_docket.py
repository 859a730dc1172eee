"""The open cases with which a simulation begins: read, replayed, refused, and gone on with.

The origin of the expected values: the engine itself, whose log is read back as a docket and must give the very
configurations and ledgers that its cases had on that day; hand calculations on the calendar; and scipy's
distributions, conditioned.
"""

from __future__ import annotations

import csv
from datetime import date
from math import floor
from typing import TYPE_CHECKING

import pytest
from tests.simulations.dockets import docket_of, stopped_on, written
from tests.simulations.small_office import small_office

from duecourse.errors import InvalidInput
from duecourse.model.source import parse
from duecourse.scenarios import load_scenario
from duecourse.scenarios.docket_read import read_docket
from duecourse.scenarios.read import read_scenario
from duecourse.simulations import replicate
from duecourse.simulations.forecast import forecast
from duecourse.simulations.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duecourse.model.table import Op, Table
    from duecourse.scenarios import Scenario
    from duecourse.scenarios.docket import Docket, OpenCase
    from duecourse.simulations.log import Log

WHAT_IFS: list[tuple[str, dict[str, str]]] = [
    ("baseline-2022", {}),
    ("baseline-2020", {}),
    ("baseline-2022", {"silence": "agreement", "no_decision": "deemed_review"}),
    ("baseline-2022", {"second_consultation_time": "on_top", "commission_refusal": "ends_case"}),
]


@pytest.mark.parametrize(("name", "readings"), WHAT_IFS)
@pytest.mark.parametrize("day", [122, 205])
def test_a_log_read_as_a_docket_gives_the_configurations_and_ledgers_of_the_engine(
    name: str,
    readings: dict[str, str],
    day: int,
    tmp_path: Path,
) -> None:
    scenario = load_scenario(name, readings=readings).lasting(2, 0)
    log, cases = stopped_on(scenario, day)
    finals = {each.id for each in scenario.procedure.stages if each.final}
    there = {f"0/{each.number}": each for each in cases if each.stage not in finals}
    later, docket = docket_of(scenario, log, day, tmp_path / "log.csv")
    plan = Plan(later.beginning_with(docket))
    came = {event.case: floor(event.time) for event in log.events if event.event == "arrival"}

    assert {each.id for each in docket.cases} == set(there)
    assert docket.over == len(cases) - len(there)
    for opening in plan.openings:
        case = there[opening.id]
        assert opening.packed == case.packed
        assert opening.kind.id == case.kind.id
        assert opening.age == day - came[case.number]
        assert opening.running == case.clocks.ledger.running
        assert opening.active == case.clocks.ledger.active
        assert opening.breached == case.clocks.breached
        open_panels = {name: each for name, each in case.panels.outstanding.items() if each}
        assert open_panels == {
            each.panel: sum(len(members) for _, members in each.asked)
            for each in opening.rounds
            if any(members for _, members in each.asked)
        }
        assert opening.counts == case.panels.rounds
    assert len(there) >= 10


def test_the_members_who_have_not_replied_are_those_who_are_asked_again(tmp_path: Path) -> None:
    scenario = load_scenario("baseline-2022").lasting(2, 0)
    log, _ = stopped_on(scenario, 122)
    later, docket = docket_of(scenario, log, 122, tmp_path / "log.csv")
    opened = {}
    replied: dict[int, set[str]] = {}
    for event in log.events:
        if event.step in {"send_proposal", "send_second_proposal"}:
            opened[event.case], replied[event.case] = True, set()
        elif event.event == "step" and event.subject and event.case in opened:
            replied[event.case].add(event.subject)
    checked = 0
    for opening in Plan(later.beginning_with(docket)).openings:
        for each in opening.rounds:
            for voter, members in each.asked:
                asked = {voter.names[number] for number in members}
                assert not asked & replied[int(opening.id[2:])]
                checked += len(asked)
    assert checked > 5


def test_who_replied_how_in_the_past_is_known_of_every_member_that_the_log_names(
    tmp_path: Path,
) -> None:
    """The log itself says who objected, in the order of the rounds; replies that came too late do not count."""
    scenario = load_scenario("baseline-2022").lasting(2, 0)
    log, _ = stopped_on(scenario, 122)
    later, docket = docket_of(scenario, log, 122, tmp_path / "log.csv")
    checked = 0
    for opening in Plan(later.beginning_with(docket)).openings:
        names = {
            (panel, voter.actor): (voter.names, voter.steps[voter.opinion.objection])
            for panel, voters in opening.kind.voters.items()
            for voter in voters
        }
        objections = {step for _, step in names.values()}
        told = [
            (event.actor, event.subject, event.step in objections)
            for event in log.events
            if event.case == int(opening.id[2:])
            and event.event == "step"
            and scenario.procedure.step[event.step].reply
        ]
        found = [
            (actor, names[panel, actor][0][member], objected)
            for (panel, _, actor, member), objected in opening.objected.items()
        ]
        assert sorted(found) == sorted(told)
        checked += len(found)
    assert checked > 20


def test_the_same_docket_gives_the_same_log_whatever_the_order_of_its_rows(tmp_path: Path) -> None:
    scenario = load_scenario("baseline-2022").lasting(1, 0)
    text = written(replicate(scenario, seed=4), tmp_path / "a.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))
    cases = sorted({row[1] for row in rows[1:]}, reverse=True)
    with (tmp_path / "b.csv").open("w", newline="") as file:
        csv.writer(file).writerows([rows[0], *(r for c in cases for r in rows[1:] if r[1] == c)])
    later = scenario.starting(date(2022, 9, 1))
    logs = [
        replicate(later.beginning_with(read_docket(tmp_path / name, later)), seed=9)
        for name in ("a.csv", "b.csv")
    ]

    assert logs[0].events == logs[1].events
    taken_up = [event for event in logs[0].events if event.event == "docket"]
    assert [event.case for event in taken_up] == list(range(len(taken_up)))
    assert {event.time for event in taken_up} == {0.0}


# --- a list of stages -------------------------------------------------------------------------------


def rows_of(scenario: Scenario, docket: Docket) -> Iterator[dict[str, str]]:
    """Write each open case of a docket as a row that tells its stage, facts, clocks, suspensions and replies."""
    table = Plan(scenario).table
    for each in docket.cases:
        row = {"case": each.id, "class": each.kind, "stage": each.stage}
        row["arrived"] = each.arrived.isoformat()
        row |= {f"fact:{name}": str(each.values[name]).lower() for name in scenario.procedure.fact}
        for name, run in each.running.items():
            row[f"clock:{name}"] = run.started.isoformat()
            row[f"extended:{name}"] = str(len(run.spans) - 1)
        first = min((run.started for run in each.running.values()), default=date.max)
        spans: dict[str, list[str]] = {}
        for on, op in moved(table, each):
            if op.kind == "begin" and on >= first:
                spans.setdefault(op.name, []).append(f"{on}/")
            elif op.kind == "end" and spans.get(op.name, [""])[-1].endswith("/"):
                spans[op.name][-1] += on.isoformat()
        row |= {f"suspension:{name}": "; ".join(found) for name, found in spans.items()}
        for panel, open_round in each.rounds.items():
            row |= {f"reply:{step}": str(count) for step, count in open_round.replies.items()}
            for actor in open_round.silent:
                row[f"outstanding:{actor}"] = str(each.values[f"{panel}.pending.{actor}"])
        yield row


def moved(table: Table, case: OpenCase) -> Iterator[tuple[date, Op]]:
    """Everything that the steps of a case did to clocks, panels and suspensions."""
    here = table.pack(case.first)
    for taken in case.taken:
        found = (each for each in table.moves(here) if each[0].step == taken.step)
        rule, here = next(found)
        yield from ((taken.on, op) for op in rule.ops)


def as_stages(scenario: Scenario, docket: Docket, path: Path) -> Docket:
    rows = list(rows_of(scenario, docket))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, sorted({key for row in rows for key in row}))
        writer.writeheader()
        writer.writerows(rows)
    return read_docket(path, scenario)


@pytest.mark.parametrize("day", [60, 122, 205])
def test_rows_with_stage_facts_and_clocks_give_the_configuration_and_the_clocks_they_tell(
    day: int, tmp_path: Path
) -> None:
    """From the log the rows are written, from the rows the cases are made again by a shortest legal course."""
    scenario = load_scenario("baseline-2022").lasting(2, 0)
    log, _ = stopped_on(scenario, day)
    later, exact = docket_of(scenario, log, day, tmp_path / "log.csv")
    again = as_stages(later, exact, tmp_path / "stages.csv")
    plans = [Plan(later.beginning_with(each)) for each in (exact, again)]

    assert len(exact.cases) > 10
    for a, b in zip(plans[0].openings, plans[1].openings, strict=True):
        assert (a.id, a.stage, a.age) == (b.id, b.stage, b.age)
        assert a.packed == b.packed, (a.id, a.stage)
        assert a.active == b.active
        assert a.breached == b.breached
        assert {
            n: (r.started, r.spans, r.suspended, r.stopped_since) for n, r in a.running.items()
        } == {n: (r.started, r.spans, r.suspended, r.stopped_since) for n, r in b.running.items()}


BAD = """case,class,stage,arrived,clock:screening_clock,clock:preliminary_clock,fact:proposal,suspension:supplement,begun
good,listing,screening,2022-03-01,2022-03-01,,,,
a,listed,screening,2022-03-01,2022-03-01,,,,
b,listing,screaming,2022-03-01,2022-03-01,,,,
c,listing,passed,2022-03-01,2022-03-01,,,,
d,listing,screening,1 March,2022-03-01,,,,
e,listing,screening,2022-03-01,,2022-03-01,,,
f,listing,preliminary_review,2022-03-01,,,,,
g,listing,screening,,,,,,
,listing,screening,2022-03-01,2022-03-01,,,,
h,listing,preliminary_review,2022-03-01,,2022-03-01,perhaps,,
i,listing,screening,2022-03-01,2022-03-01,,,2022-02-20/,
good,listing,screening,2022-03-01,2022-03-01,,,,
j,listing,screening,2022-03-01,2022-03-01,,,,2022-03-15
k,listing,screening,2022-03-01,2022-03-15,,,,
l,listing,screening,2022-03-01,2022-03-01
"""


def test_every_bad_row_is_listed_with_its_number_and_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(BAD, encoding="utf-8")
    with pytest.raises(InvalidInput) as error:
        read_docket(path, load_scenario("baseline-2022").starting(date(2022, 3, 14)))
    found = {each.line: (each.code, each.message) for each in error.value.problems}

    assert {line: code for line, (code, _) in found.items()} == {
        3: "class",
        4: "stage",
        5: "over",
        6: "date",
        7: "no-course",
        8: "no-course",
        9: "arrived",
        10: "no-case",
        11: "fact",
        12: "no-course",
        13: "twice",
        14: "date",
        16: "ragged",
    }
    assert 'did you mean "listing"' in found[3][1]
    assert "the clocks that run are screening_clock; the row has preliminary_clock" in found[7][1]
    assert "(" in found[13][1]
    assert "line 2" in found[13][1]


def test_an_illegal_step_is_named_at_its_row_with_what_was_permitted(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(
        "case,class,step,date\na,listing,platform_plans_listing,2022-03-01\na,listing,file,2022-03-01\n",
        encoding="utf-8",
    )
    with pytest.raises(
        InvalidInput, match=r"log\.csv:3:1: error\[illegal-step\].*permitted instead"
    ):
        read_docket(path, load_scenario("baseline-2022").starting(date(2022, 3, 14)))


# --- a case alone, by hand ----------------------------------------------------------------------------

ACTIVITIES = """
[[stage.activity]]
id = "look"
work = "desk"
effort = {{ law = "deterministic", value = {effort} }} #!

[[stage.activity]]
id = "supplement"
probability = 0.0
begin = "request_supplement"
delay = {{ law = "deterministic", value = 20 }}
unit = "calendar days"
take = "submit_supplement" #!

[[stage.activity]]
id = "decision"
take = "decide_no_review"
"""


def alone(tmp_path: Path, rows: str, effort: float = 6, more: str = "") -> tuple[Scenario, Docket]:
    text = small_office(
        ACTIVITIES.format(effort=effort),
        start="2022-09-28",
        years=0.5,
        arrivals="per_year = 0\nshares = { listing = 1.0 }",
        size=1,
    )
    scenario = read_scenario(parse((text + more).encode(), "alone.toml"))
    path = tmp_path / "docket.csv"
    path.write_text(rows, encoding="utf-8")
    docket = read_docket(path, scenario)
    return scenario.beginning_with(docket), docket


def ends(log: Log) -> dict[int, date]:
    return {
        event.case: log.days.date(floor(event.time))
        for event in log.events
        if event.step == "decide_no_review"
    }


HEAD = "case,class,stage,clock:screening_clock,activity,begun,suspension:supplement\n"


def test_work_begins_anew_unless_it_is_told_how_long_it_has_lasted(tmp_path: Path) -> None:
    """6 days of work from Wed 28 Sep 2022 end on 11 Oct (29, 30 Sep, 8, 9, 10, 11 Oct; 8 and 9 are worked).

    Begun on Mon 26 Sep, two days are done: 4 days are left, until 9 Oct.
    """
    anew, _ = alone(tmp_path, HEAD + "a,listing,screening,2022-09-26,,,\n")
    begun, _ = alone(tmp_path, HEAD + "a,listing,screening,2022-09-26,look,2022-09-26,\n")

    assert ends(replicate(anew)) == {0: date(2022, 10, 11)}
    assert ends(replicate(begun)) == {0: date(2022, 10, 9)}


def test_work_that_is_begun_holds_its_member_before_any_other(tmp_path: Path) -> None:
    """b is at work (4 days are left, until 9 Oct), then comes a with its 6 days, until 15 Oct, a Saturday: Mon 17."""
    scenario, docket = alone(
        tmp_path,
        HEAD
        + "a,listing,screening,2022-09-23,,,\nb,listing,screening,2022-09-26,look,2022-09-26,\n",
    )

    assert [each.id for each in docket.cases] == ["a", "b"]
    assert ends(replicate(scenario)) == {0: date(2022, 10, 17), 1: date(2022, 10, 9)}


def test_a_party_that_was_asked_some_days_ago_has_the_rest_of_its_time(tmp_path: Path) -> None:
    """Asked on 22 Sep, 20 calendar days: 12 Oct. The limit of 10 WD from 19 Sep (23, 26 Sep and so on) is stopped."""
    scenario, docket = alone(tmp_path, HEAD + "a,listing,screening,2022-09-19,,,2022-09-22/\n")
    (case,) = docket.cases

    assert case.position.rest.id == "supplement"
    assert case.running["screening_clock"].stopped_since == date(2022, 9, 22)
    assert ends(replicate(scenario)) == {0: date(2022, 10, 12)}


def test_a_limit_that_is_over_is_a_breach_of_the_past_and_its_overrun_is_counted_whole(
    tmp_path: Path,
) -> None:
    """10 WD from 5 Sep 2022 end on 20 Sep (12 Sep is off); decided on 11 Oct: 21 to 30 Sep 8, 8 to 11 Oct 4, 12 WD late."""
    scenario, docket = alone(tmp_path, HEAD + "a,listing,screening,2022-09-05,,,\n")
    log = replicate(scenario)
    (stop,) = [event for event in log.events if event.event == "stop"]

    assert docket.cases[0].breached == {"screening_clock"}
    assert [event for event in log.events if event.event == "lapse"] == []
    assert (stop.breach, stop.value) == (True, 12.0)


def test_an_incident_that_has_not_happened_is_conditioned_on_that(tmp_path: Path) -> None:
    """Bayes: half of the filings are withdrawn, on a day uniform on (0, 8); one is 4 WD old on 28 Sep (22, 23, 26, 27 Sep).

    1/4 would have been withdrawn by now, so that of the other 3/4 it is 1/4, that is 1/3, within (0, 4). Of one that is
    10 WD old nothing is left to fear (14 to 16, 19 to 23, 26, 27 Sep).
    """
    incident = """
[[incident]]
id = "gives_up"
step = "withdraw"
probability = 0.5
after = { law = "uniform", low = 0, high = 8 }
unit = "working days"
assumption = "given by the test"
"""
    rows = "a,listing,screening,2022-09-22,,,\nb,listing,screening,2022-09-14,,,\n"
    scenario, _ = alone(tmp_path, HEAD + rows, more=incident)
    old, young = Plan(scenario).openings
    (wish,) = young.incidents

    assert (old.id, old.age, old.incidents) == ("b", 10, ())
    assert young.age == 4
    assert wish.probability == pytest.approx(1 / 3)
    assert wish.delay is not None
    assert wish.delay.values == (0, 4)


def test_more_work_begun_than_there_are_people_is_refused(tmp_path: Path) -> None:
    row = "{},listing,screening,2022-09-26,look,2022-09-26,\n"
    with pytest.raises(InvalidInput, match=r"docket\.csv:3:1.*work of 2 cases is begun"):
        alone(tmp_path, HEAD + row.format("a") + row.format("b"))


def test_a_forecast_of_a_case_alone_has_the_day_of_a_hand_calculation(tmp_path: Path) -> None:
    """As above: 11 Oct. Then the case filed on 28 Sep is worked on, 6 more days: 12, 13, 14, 17, 18, 19 Oct.

    The limit of the case from 26 Sep ends on 13 Oct (10 WD: 27 to 30 Sep, 8 to 11 Oct, 12, 13), that of the other,
    filed on 28 Sep, on 17 Oct.
    """
    scenario, _ = alone(tmp_path, HEAD + "a,listing,screening,2022-09-26,,,\n")
    scenario = scenario.__class__(
        **{
            **scenario.__dict__,
            "arrivals": (scenario.arrivals[0].__class__("filings", 1e-9, {"listing": 1.0}),),
        }
    )
    found = forecast(scenario, replications=8)
    docketed, filed = found.prospects

    assert [each.day for each in docketed.ends] == [date(2022, 10, 11)] * 3
    assert [each.day for each in filed.ends] == [date(2022, 10, 19)] * 3
    assert docketed.limits["screening_clock"].kept.mean == 1
    assert filed.limits["screening_clock"].kept.mean == 0
    assert docketed.likeliest == filed.likeliest == "no_review_needed"
