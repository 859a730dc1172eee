"""Who takes which work: head-counts, part-time, teams, skills, files in hand, disciplines, interruption.

Cases arrive on dates replayed, so that every instant is known by hand.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from duecourse.errors import InvalidInput
from duecourse.scenarios import load_scenario
from duecourse.scenarios.capacity import Cost
from duecourse.simulations import replicate
from duecourse.simulations.estimate import estimate
from duecourse.simulations.head_count import head_counts, staffed_days
from duecourse.simulations.measure import measure
from duecourse.simulations.plan import Plan
from duecourse.simulations.pools import Desk, Job
from duecourse.simulations.process import Case

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duecourse.scenarios import Scenario
    from duecourse.simulations import Log

    Office = Callable[..., Scenario]

WORK = """
[[stage]]
id = "office"

[[stage.activity]]
id = "work"
work = "desk"
effort = {{ law = "deterministic", value = {effort} }}
{more}
take = "decide"
#!
"""


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Callable[..., Log]:
    """Run a desk: `desk(pool keys, cases=[(date, class), …], effort=…, more=activity keys)`."""

    def run(
        pool: str,
        cases: list[tuple[str, str]],
        *,
        effort: float = 2,
        more: str = "",
        stages: str = "",
    ) -> Log:
        rows = ["date,class", *(f"{day},{name}" for day, name in cases)]
        (tmp_path / "cases.csv").write_text("\n".join(rows), encoding="utf-8")
        known = '[[arrivals]]\nid = "known"\nreplay = { file = "cases.csv" }\n#!\n'
        own = f'[[pool]]\nid = "desk"\nlabel = {{ en = "Desk" }}\n#!\n{pool}\n'
        stages = stages or WORK.format(effort=effort, more=more)
        return replicate(office(known + own + stages))

    return run


def times(log: Log, event: str) -> dict[int, list[float]]:
    """The instants of an event by case."""
    found: dict[int, list[float]] = defaultdict(list)
    for each in log.events:
        if each.event == event:
            found[each.case].append(each.time)
    return dict(found)


MONDAY = "2021-01-04"
"""Working day 0 of the run; the week after begins with day 5 (notice for 2021: no holiday in between)."""


def test_who_has_begun_finishes_though_the_head_count_falls(desk: Callable[..., Log]) -> None:
    """2 members take cases 0 and 1 at 0 for 3 days; one is there from day 1 on: cases 2 and 3 wait for 3 and 6."""
    log = desk(
        "size = 2\nschedule = [{ from = 2021-01-05, size = 1 }]", [(MONDAY, "file")] * 4, effort=3
    )

    assert times(log, "start") == {0: [0.0], 1: [0.0], 2: [3.0], 3: [6.0]}
    assert times(log, "finish")[1] == [3.0]


def test_leave_is_taken_from_its_first_day_to_its_last(desk: Callable[..., Log]) -> None:
    """The only member is away on days 1 to 3 (5 to 7 January): what comes on day 1 begins on day 4."""
    pool = "size = 1\nleave = [{ from = 2021-01-05, until = 2021-01-07, members = 1 }]"
    log = desk(pool, [("2021-01-05", "file")], effort=1)

    assert times(log, "start") == {0: [4.0]}


def test_part_time_takes_longer_by_its_share(desk: Callable[..., Log]) -> None:
    """2 days of effort at 0.8 of full time take 2.5 days."""
    log = desk("size = 1\nfull_time = 0.8", [(MONDAY, "file")])

    assert times(log, "finish") == {0: [2.5]}


def test_a_team_waits_for_all_its_members_and_nobody_overtakes_it(
    desk: Callable[..., Log],
) -> None:
    """Teams of 2 among 3 members: one team at a time, though a third member is free."""
    log = desk("size = 3", [(MONDAY, "file")] * 3, more="team = 2")

    assert times(log, "start") == {0: [0.0], 1: [2.0], 2: [4.0]}


def test_what_asks_for_a_skill_holds_up_nobody_who_lacks_it(desk: Callable[..., Log]) -> None:
    """Cases 0 and 1 (urgent) need the one lawyer; case 2 needs nobody special and is not held up by case 1.

    Groups are taken in the order of the file: the clerk first, who has no skill.
    """
    pool = """
[[pool.group]]
id = "clerks"
size = 1

[[pool.group]]
id = "lawyers"
size = 1
skills = "law"
"""
    more = 'skill = { urgent = "law", otherwise = "" }'
    log = desk(pool, [(MONDAY, "urgent"), (MONDAY, "urgent"), (MONDAY, "file")], more=more)

    assert times(log, "start") == {0: [0.0], 1: [2.0], 2: [0.0]}


def test_free_members_are_held_for_the_team_that_is_first(desk: Callable[..., Log]) -> None:
    """Case 0 keeps one of 2 members until 2. Case 1 is a team of 2 and first in line: case 2 must not take the other."""
    stages = (
        WORK.format(
            effort=2, more="probability = { urgent = 1.0, otherwise = 0.0 }\nteam = 2"
        ).replace('"work"', '"both"', 1)
        + """
[[stage.activity]]
id = "alone"
work = "desk"
effort = { law = "deterministic", value = 2 }
take = "decide"
#!
"""
    )
    cases = [(MONDAY, "file"), ("2021-01-05", "urgent"), ("2021-01-05", "file")]
    log = desk("size = 2", cases, stages=stages)

    assert times(log, "start") == {0: [0.0], 1: [2.0], 2: [4.0]}


TWICE = """
[[stage]]
id = "office"

[[stage.activity]]
id = "first"
work = "desk"
effort = { law = "deterministic", value = 1 }
#!

[[stage.activity]]
id = "pause"
delay = { law = "deterministic", value = 3 }
unit = "working days"
#!

[[stage.activity]]
id = "second"
work = "desk"
effort = { law = "deterministic", value = 1 }
take = "decide"
#!
"""


def test_a_member_carries_no_more_files_than_it_can(desk: Callable[..., Log]) -> None:
    """One member, two files in hand: case 2 begins when case 0 has left at 5, though the member is idle from 2 to 4.

    It asked before case 1, which comes back at 5 and waits until 6.
    """
    log = desk("size = 1\ncarries = 2", [(MONDAY, "file")] * 3, stages=TWICE)

    assert times(log, "start") == {0: [0.0, 4.0], 1: [1.0, 6.0], 2: [5.0, 9.0]}


def test_without_a_limit_the_same_member_takes_the_third_file_at_once(
    desk: Callable[..., Log],
) -> None:
    log = desk("size = 1", [(MONDAY, "file")] * 3, stages=TWICE)

    assert times(log, "start")[2][0] == 2.0


def test_the_earliest_due_date_comes_first_and_moves_with_the_clock(
    desk: Callable[..., Log],
) -> None:
    """Case 0 works 0 to 4. Case 2 (filed on day 1, due on day 6) asks at 1; case 1 (filed on day 0, due on day 5)
    asks at 2 and is taken first all the same."""
    stages = """
[[stage]]
id = "office"

[[stage.activity]]
id = "pause"
probability = { urgent = 1.0, otherwise = 0.0 }
delay = { law = "deterministic", value = 2 }
unit = "working days"
#!
""" + WORK.format(effort=4, more="")[len('\n[[stage]]\nid = "office"\n') :]
    cases = [(MONDAY, "file"), (MONDAY, "urgent"), ("2021-01-05", "file")]
    by_due = desk('size = 1\ndiscipline = "earliest_due"', cases, stages=stages)
    in_turn = desk("size = 1", cases, stages=stages)

    assert times(by_due, "start") == {0: [0.0], 1: [4.0], 2: [8.0]}
    assert times(in_turn, "start") == {0: [0.0], 1: [8.0], 2: [4.0]}


RANKED = 'size = 1\ndiscipline = "risk_first"\nweights = { urgent = 2, otherwise = 1 }'


def test_the_greater_risk_comes_first(desk: Callable[..., Log]) -> None:
    log = desk(RANKED, [(MONDAY, "file")] * 2 + [(MONDAY, "urgent")])

    assert times(log, "start") == {0: [2.0], 1: [4.0], 2: [0.0]}


def test_interrupted_work_is_resumed_where_it_stopped(desk: Callable[..., Log]) -> None:
    """Case 0 works 0 to 1, gives way to case 1 from 1 to 3, and does the day that is left from 3 to 4, before case 2."""
    cases = [(MONDAY, "file"), ("2021-01-05", "urgent"), ("2021-01-05", "file")]
    log = desk(RANKED + "\npreemptive = true", cases)
    events = [(e.event, e.time, e.value) for e in log.events if e.case == 0 and e.subject == "desk"]

    assert events == [
        ("ask", 0.0, 0.0),
        ("start", 0.0, 2.0),
        ("interrupt", 1.0, 1.0),
        ("start", 3.0, 1.0),
        ("finish", 4.0, 0.0),
    ]
    assert times(log, "start")[2] == [4.0]


def test_interrupted_work_of_part_time_members_keeps_its_time(desk: Callable[..., Log]) -> None:
    """2 days of effort at half time take 4: 1 is done before case 1 comes (for 4 days), 3 are left."""
    cases = [(MONDAY, "file"), ("2021-01-05", "urgent")]
    log = desk(RANKED + "\npreemptive = true\nfull_time = 0.5", cases)

    assert times(log, "start") == {0: [0.0, 5.0], 1: [1.0]}
    assert times(log, "finish") == {0: [8.0], 1: [5.0]}


def test_utilisation_counts_the_members_who_are_there(office: Office, tmp_path: Path) -> None:
    """A team of 2 works 2 days; 2 members, one of them away for days 4 and 5: 4 / (2 * 249 - 2)."""
    (tmp_path / "cases.csv").write_text(f"date,class\n{MONDAY},file\n", encoding="utf-8")
    tables = (
        '[[arrivals]]\nid = "known"\nreplay = { file = "cases.csv" }\n#!\n'
        '[[pool]]\nid = "desk"\nlabel = { en = "Desk" }\nsize = 2\n#!\n'
        "leave = [{ from = 2021-01-08, until = 2021-01-11, members = 1 }]\n"
        + WORK.format(effort=2, more="team = 2")
    )
    scenario = office(tables)
    log = replicate(scenario)
    length = log.days.length
    found = measure(log, scenario)

    assert head_counts(scenario.pools[0], log.days) == ((0, (2,)), (4, (1,)), (6, (2,)))
    assert staffed_days(scenario.pools[0], log.days, 3.5, 5.0) == 1.0 + 1.0
    assert found.values["pool.desk.utilisation"] == 4 / (2 * length - 2)
    assert found.periods["pool.desk.utilisation"][0] == 4 / (2 * 20 - 2)


@pytest.mark.parametrize(
    ("pool", "more", "message"),
    [
        ("size = 1", "team = 2", 'there are never more than 1 members of "desk", and it needs 2'),
        ("size = 1", 'skill = "law"', "'law' is none of"),
        ("", "", '"size" is missing'),
        ("size = 0", "", "0: input should be greater than or equal to 1"),
        ('[[pool.group]]\nid = "a"\nsize = 0', "", "there is never anybody in it"),
        ("size = 1\npreemptive = true", "", "nothing ranks the work"),
        ('size = 1\ndiscipline = "risk_first"', "", '"risk_first" and "weights" go together'),
        ("size = 1\nweights = 1", "", '"risk_first" and "weights" go together'),
        (RANKED + '\nprecedence = "urgent"', "", "both rank the classes; write one"),
        (
            "size = 1\nschedule = [{ from = 2021-02-01, size = 2 }, { from = 2021-01-05, size = 3 }]",
            "",
            "2021-01-05 is not after 2021-02-01; write the schedule in order",
        ),
        (
            "size = 1\nleave = [{ from = 2021-02-01, until = 2021-01-05, members = 1 }]",
            "",
            "2021-01-05 is before 2021-02-01",
        ),
        ('size = 1\n[[pool.group]]\nid = "a"\nsize = 1', "", '"size": the groups say it'),
        (
            '[[pool.group]]\nid = "a"\nsize = 1\n[[pool.group]]\nid = "a"\nsize = 1',
            "",
            'two groups "a" in "desk"',
        ),
    ],
)
def test_a_pool_that_cannot_be_is_refused(
    desk: Callable[..., Log], pool: str, more: str, message: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        desk(pool, [(MONDAY, "file")], more=more)
    assert any(message in str(each) for each in error.value.problems), error.value.problems


def test_work_that_waits_moves_with_the_due_dates_of_its_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Past capacity, where half of the preliminary reviews are extended while they wait for reviewers.

    Whenever members look for work, every piece of work stands where the due dates of its case put it: worked out anew
    from the ledger of the case, which the model's own tests hold against hand calculations.
    """
    plain = Desk.dispatch
    placed: dict[Job, set[float]] = defaultdict(set)

    def dispatch(self: Desk, now: float) -> None:
        assert [key for key, _ in self.queue] == sorted(job.key for _, job in self.queue)
        for key, job in self.queue if self.by_due else ():
            assert isinstance(job.case, Case)
            days = [job.case.clocks.due_day(clock) for clock in job.case.clocks.ledger.running]
            assert key[1] == min((day for day in days if day is not None), default=math.inf)
            placed[job].add(key[1])
        plain(self, now)

    monkeypatch.setattr(Desk, "dispatch", dispatch)
    replicate(load_scenario("past-capacity-2022").lasting(2, 0))

    assert sum(len(dues) > 1 for dues in placed.values()) > 5


def test_mean_stay_under_preemption_against_its_closed_form(office: Office) -> None:
    """M/M/1 with preemptive resume and one mean s: s / (1 - rho1) and s / (1 - rho1)(1 - rho1 - rho2).

    (Jaiswal, Priority Queues, 1968.) With rho1 = 0.2 and rho2 = 0.6: 1.25 s and 6.25 s. Without interruption the
    urgent would stay s + 0.8 s / 0.8 = 2 s. 12 replications of about 4,000 cases; each interval has the level 1 - 1e-4.
    """
    service = 1 / 40
    tables = (
        '[[arrivals]]\nid = "files"\nper_year = 8000\nshares = { urgent = 0.25, file = 0.75 }\n#!\n'
        '[[pool]]\nid = "desk"\nlabel = { en = "Desk" }\nsize = 1\nprecedence = "urgent"\npreemptive = true\n#!\n'
        + WORK.format(effort=1, more="").replace(
            '"deterministic", value = 1', f'"exponential", mean = {service}'
        )
    )
    scenario = office(tables, years=0.5)
    per_day = 8000 / Plan(scenario).days.per_year
    first, both = 0.25 * per_day * service, per_day * service
    theory = {
        "urgent": service / (1 - first),
        "file": service / ((1 - first) * (1 - both)),
    }
    stays: dict[str, list[float]] = defaultdict(list)
    for number in range(12):
        log = replicate(scenario, seed=77, replication=number)
        begun: dict[int, float] = {}
        of: dict[str, list[float]] = defaultdict(list)
        for event in log.events:
            if event.event == "arrival":
                begun[event.case] = event.time
            elif event.step == "decide" and event.time > 10:
                of[event.kind].append(event.time - begun[event.case])
        for kind, found in of.items():
            stays[kind].append(sum(found) / len(found))
    for kind, expected in theory.items():
        interval = estimate(stays[kind], 1 - 1e-4)
        assert interval.low <= expected <= interval.high, (kind, expected, str(interval))
        assert interval.half_width / expected < 0.3


def test_what_staff_costs_may_be_declared(office: Office) -> None:
    tables = (
        '[[arrivals]]\nid = "files"\nper_year = 10\nshares = { file = 1.0 }\n#!\n'
        '[[pool]]\nid = "desk"\nlabel = { en = "Desk" }\nsize = 1\n#!\n'
        'cost = { amount = 900, currency = "CNY", per = "day worked" }\n'
        + WORK.format(effort=1, more="")
    )

    assert office(tables).pools[0].cost == Cost(900, "CNY", "day worked")
    with pytest.raises(InvalidInput, match="'cny' is not of the form 'CNY'"):
        office(tables.replace("CNY", "cny"))
