"""The life of cases: hand calculations, and the promises that hold in every run."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from math import floor
from typing import TYPE_CHECKING

import chinese_calendar
import pytest
from tests.simulations.small_office import small_office

from duecourse.model.machine import CaseMachine
from duecourse.model.source import parse
from duecourse.properties.property_file import read_properties
from duecourse.scenarios import load_scenario
from duecourse.scenarios.read import read_scenario
from duecourse.simulations import EngineError, replicate
from duecourse.simulations.measure import measure
from duecourse.simulations.periods import WEEK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duecourse.errors import Problem
    from duecourse.properties.property import Property
    from duecourse.scenarios import Scenario
    from duecourse.simulations import Event, Log

WHAT_IFS: dict[str, dict[str, str]] = {
    "as read": {},
    "silence agrees": {"silence": "agreement", "no_decision": "deemed_review"},
    "silence abstains": {"silence": "abstention", "no_decision": "deemed_no_review"},
    "comments inside": {"consultation_time": "inside_preliminary", "calendar": "weekdays"},
    "second round on top": {
        "second_consultation_time": "on_top",
        "supplement_scope": "members_too",
    },
    "refusal ends": {"commission_refusal": "ends_case", "notice_limit": "ten_days"},
}


@cache
def run(name: str, what_if: str = "as read", seed: int = 11) -> tuple[Scenario, Log]:
    scenario = load_scenario(name, readings=WHAT_IFS[what_if])
    scenario = scenario.lasting(3.0 if what_if == "as read" else 1.5, 0.5)
    return scenario, replicate(scenario, seed=seed)


def by_case(log: Log) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = defaultdict(list)
    for event in log.events:
        found[event.case].append(event)
    return found


def day_of(log: Log, event: Event) -> date:
    return log.days.date(floor(event.time))


# --- a case alone -----------------------------------------------------------------------------------

ACTIVITIES = """
[[stage.activity]]
id = "supplement"
begin = []
work = "desk"
effort = {{ law = "deterministic", value = {first} }}
take = "request_supplement" #!

[[stage.activity]]
id = "answer"
delay = {{ law = "deterministic", value = 10 }}
unit = "calendar days"
take = "submit_supplement" #!

[[stage.activity]]
id = "decision"
work = "desk"
effort = {{ law = "deterministic", value = {effort} }}
take = "{decision}" #!
"""


def alone_text(
    effort: int, first: int, decision: str = "decide_no_review", procedure: str = "measures-2022"
) -> str:
    """A scenario in which so many cases are filed that one arrives on the first day."""
    return small_office(
        ACTIVITIES.format(effort=effort, first=first, decision=decision),
        start="2022-09-26",
        years=0.5,
        arrivals="per_year = 500\nshares = { procurement = 1.0 }",
        sort="procurement",
        procedure=procedure,
    )


def alone(effort: int, first: int = 2) -> tuple[Log, list[Event]]:
    """A case that is filed on Monday, 26 September 2022, before the National Day holiday."""
    scenario = read_scenario(parse(alone_text(effort, first).encode(), "alone.toml"))
    log = replicate(scenario, seed=1)
    events = by_case(log)[0]
    assert day_of(log, events[0]) == date(2022, 9, 26)
    return log, events


def dates(log: Log, events: Sequence[Event]) -> dict[str, date]:
    return {event.step or event.event: day_of(log, event) for event in events}


def test_a_case_alone_takes_the_days_of_a_hand_calculation_over_national_day_2022() -> None:
    """Filed Mon 26 Sep; 2 WD: Wed 28 Sep; 10 calendar days: Sat 8 Oct, a make-up day; 3 WD: 9, 10, 11 Oct.

    National Day 2022: 1 to 7 October off, Saturday 8 and Sunday 9 October worked.
    """
    log, events = alone(effort=3)
    found = dates(log, events)

    assert found["request_supplement"] == date(2022, 9, 28)
    assert found["submit_supplement"] == date(2022, 10, 8)
    assert found["decide_no_review"] == date(2022, 10, 11)
    assert [event for event in events if event.event == "lapse"] == []
    assert [event.breach for event in events if event.event == "stop"] == [False]


def test_a_late_case_alone_lapses_on_the_day_of_a_hand_calculation_with_a_suspension() -> None:
    """10 WD from 26 Sep end on 13 Oct; the supplement takes 29, 30 Sep and 8 Oct out: due 18 Oct.

    12 WD of work from 8 Oct end on 24 Oct, 4 WD late (19, 20, 21, 24 Oct).
    """
    log, events = alone(effort=12)
    (lapse,) = [event for event in events if event.event == "lapse"]
    (stop,) = [event for event in events if event.event == "stop"]

    assert day_of(log, lapse) == date(2022, 10, 18)
    assert dates(log, events)["decide_no_review"] == date(2022, 10, 24)
    assert (lapse.breach, stop.breach, stop.value) == (True, True, 4.0)


def test_a_decision_on_the_due_date_is_in_time() -> None:
    """8 WD of work from 8 Oct end on 18 Oct, the due date of the test above."""
    log, events = alone(effort=8)

    assert dates(log, events)["decide_no_review"] == date(2022, 10, 18)
    assert [event.breach for event in events if event.event == "stop"] == [False]


def test_a_suspension_after_the_due_date_takes_its_days_out_of_the_overrun() -> None:
    """12 WD of work from 26 Sep end on 17 Oct; the limit ended on 13 Oct: late on 14 and 17 Oct.

    The supplement takes 18 to 27 Oct out; one WD more ends on 28 Oct: 3 WD late.
    """
    log, events = alone(effort=1, first=12)
    (lapse,) = [event for event in events if event.event == "lapse"]
    (stop,) = [event for event in events if event.event == "stop"]

    assert day_of(log, lapse) == date(2022, 10, 13)
    assert dates(log, events)["request_supplement"] == date(2022, 10, 17)
    assert dates(log, events)["submit_supplement"] == date(2022, 10, 27)
    assert dates(log, events)["decide_no_review"] == date(2022, 10, 28)
    assert stop.value == 3.0


# --- what holds in every run ------------------------------------------------------------------------

RUNS = [
    ("baseline-2020", "as read"),
    *(
        pytest.param("baseline-2022", each, marks=[] if each == "as read" else pytest.mark.long)
        for each in WHAT_IFS
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "what_if"), RUNS)
def test_every_simulated_case_is_legal_for_the_machine_that_knows_no_table(
    name: str, what_if: str
) -> None:
    """Each log is replayed step by step through `CaseMachine`, which evaluates the guards as written."""
    scenario, log = run(name, what_if)
    taken = 0
    for events in by_case(log).values():
        machine = CaseMachine(scenario.procedure, scenario.readings)
        for event in events:
            if event.event == "step":
                assert machine.stage == event.stage
                machine.take(event.step)
                assert machine.stage == event.to
                taken += 1

    assert taken > 3_000


@pytest.mark.parametrize(("name", "what_if"), RUNS)
def test_cases_are_conserved_and_each_is_in_one_place(name: str, what_if: str) -> None:
    scenario, log = run(name, what_if)
    finals = {stage.id for stage in scenario.procedure.stages if stage.final}
    cases = by_case(log)
    ended = 0
    for events in cases.values():
        assert events[0].event == "arrival"
        assert all(a.time <= b.time for a, b in pairwise(events))
        steps = [event for event in events if event.event == "step"]
        assert all(a.to == b.stage for a, b in pairwise(steps))
        ended += steps[-1].to in finals
        work = [
            event.event for event in events if event.event in {"ask", "start", "finish", "drop"}
        ]
        for before, after in pairwise(work):
            allowed = {"ask": {"start", "drop"}, "start": {"finish", "drop"}}
            assert after in allowed.get(before, {"ask"})

    assert sorted(cases) == list(range(len(cases)))
    assert 0.8 * len(cases) < ended < len(cases)
    sample = measure(log, scenario)
    assert sample.cases == len(cases)
    assert list(sample.backlog) == [
        sum(_present(events, finals, WEEK * week) for events in cases.values())
        for week in range(len(sample.backlog))
    ]


def _present(events: Sequence[Event], finals: set[str], instant: float) -> bool:
    """Whether a case had arrived by an instant and had not ended by it."""
    end = next((e.time for e in events if e.event == "step" and e.to in finals), None)
    return events[0].time <= instant and (end is None or end > instant)


@pytest.mark.parametrize("name", ["baseline-2022", "baseline-2020"])
def test_no_pool_is_ever_over_capacity_nor_idle_while_a_case_waits(name: str) -> None:
    scenario, log = run(name)
    size = {pool.id: pool.size for pool in scenario.pools}
    busy: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    started: set[int] = set()
    for event, then in zip(log.events, [*log.events[1:], None], strict=True):
        if event.event == "ask":
            waiting[event.subject] += 1
        elif event.event == "start":
            waiting[event.subject] -= 1
            busy[event.subject] += 1
            started.add(event.case)
        elif event.event in {"finish", "drop"}:
            counter = busy if event.case in started else waiting
            counter[event.subject] -= 1
            started.discard(event.case)
        if then is None or then.time > event.time:  # within an instant, starts come last
            for pool, most in size.items():
                assert busy[pool] <= most
                assert not waiting[pool] or busy[pool] == most


def test_starts_are_first_come_first_served() -> None:
    _, log = run("baseline-2022")
    queue: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for event in log.events:
        if event.event == "ask":
            queue[event.subject].append((event.time, event.case))
        elif event.event == "start":
            asked = min(queue[event.subject])
            assert asked[1] == event.case
            queue[event.subject].remove(asked)
        elif event.event == "drop":
            queue[event.subject] = [each for each in queue[event.subject] if each[1] != event.case]


def test_a_meeting_takes_as_many_cases_as_its_agenda_holds_first_come_first_served(
    toy: Callable[..., Scenario],
) -> None:
    """About 10 cases come between two meetings; 4 are taken, the longest waiting ones."""
    scenario = toy('meeting = "council"\ntake = "decide"', every=10, agenda=4, years=1)
    log = replicate(scenario)
    heard = [event for event in log.events if event.step == "decide"]
    sizes = Counter(event.time for event in heard)

    assert [event.case for event in heard] == list(range(len(heard)))
    assert set(sizes) <= {10.0 * n for n in range(26)}
    assert max(sizes.values()) == 4 == sizes[100.0]


def test_of_two_lapses_on_one_day_the_clock_declared_first_comes_first(
    toy: Callable[..., Scenario],
) -> None:
    """5 WD from the filing and 3 WD from the consultation two days later end on one day."""
    delay = 'delay = { law = "deterministic", value = 2 }\nunit = "working days"\ntake = "consult"'
    log = replicate(toy(delay, years=1))
    both = [
        [event for event in events if event.event == "lapse"] for events in by_case(log).values()
    ]
    both = [lapses for lapses in both if len(lapses) == 2]

    assert len(both) > 100
    assert all(a.time == b.time for a, b in both)
    assert {(a.subject, b.subject) for a, b in both} == {("answer", "limit")}


def test_nobody_is_counted_late_who_was_not_and_late_replies_are_never_steps() -> None:
    """Where silence agrees, the panel closes with the limit: what comes after is late, and no step.

    A withdrawal closes the panel too.
    """
    _, log = run("baseline-2022", "silence agrees")
    late = [event for event in log.events if event.event == "late"]
    assert len(late) > 5
    assert all(event.late and event.stage == event.to for event in late)
    assert not any(event.late for event in log.events if event.event != "late")
    for case, events in by_case(log).items():
        for event in events:
            if event.event == "late":
                earlier = [e for e in events if e.event == "step" and e.time <= event.time]
                assert any(e.step in {"close_comments", "withdraw"} for e in earlier), case


def test_a_law_step_at_the_lapse_is_no_breach() -> None:
    _, log = run("baseline-2022", "silence abstains")
    closed = [event for event in log.events if event.step == "close_comments"]
    lapses = [e for e in log.events if e.event == "lapse" and e.subject == "comments_clock"]

    assert len(closed) == len(lapses) > 5
    assert {event.actor for event in closed} == {"law"}
    assert not any(event.breach for event in lapses)


def counted(start: date, end: date, stopped: Sequence[tuple[date, date]]) -> int:
    """Working days d with start < d <= end and in none of (p, q], by chinese_calendar, day by day."""
    days = (start + timedelta(n + 1) for n in range((end - start).days))
    return sum(
        chinese_calendar.is_workday(day) and not any(p < day <= q for p, q in stopped)
        for day in days
    )


@pytest.mark.parametrize(
    ("clock", "starts", "stops", "limit", "extension"),
    [
        ("screening_clock", {"file"}, {"decide_review", "decide_no_review"}, 10, ""),
        (
            "preliminary_clock",
            {"decide_review", "notify_opening"},
            {"send_proposal"},
            30,
            "extend_preliminary",
        ),
    ],
)
def test_breaches_and_overruns_equal_a_recount_from_the_dates(
    clock: str, starts: set[str], stops: set[str], limit: int, extension: str
) -> None:
    """Limits of Art. 9 (10 WD) and Art. 11 (30 + 15 WD) of 2022, recounted from the dates of the steps."""
    _, log = run("baseline-2022")
    expected: list[tuple[int, bool, float]] = []
    for case, events in by_case(log).items():
        steps = [(event.step, day_of(log, event)) for event in events if event.event == "step"]
        start = next((day for step, day in steps if step in starts), None)
        end = next((day for step, day in steps if step in stops), None)
        if start is None or end is None:
            continue
        begun = [day for step, day in steps if step == "request_supplement"]
        over = [day for step, day in steps if step == "submit_supplement"]
        stopped = list(zip(begun, over, strict=False))
        allowed = limit + (15 if extension and extension in [step for step, _ in steps] else 0)
        used = counted(start, end, stopped)
        expected.append((case, used > allowed, float(max(used - allowed, 0))))
    withdrawn = {event.case for event in log.events if event.step == "withdraw"}
    found = [
        (event.case, event.breach, event.value)
        for event in log.events
        if event.event == "stop" and event.subject == clock and event.case not in withdrawn
    ]

    assert sorted(found) == sorted(each for each in expected if each[0] not in withdrawn)
    assert sum(breach for _, breach, _ in found) > 5


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    def text(seed: int) -> str:
        file = io.StringIO()
        replicate(load_scenario("baseline-2022").lasting(1, 0), seed=seed).write_csv(file)
        return file.getvalue()

    assert text(5) == text(5)
    assert text(5) != text(6)


# --- common random numbers --------------------------------------------------------------------------


def keyed(log: Log, event: str) -> dict[tuple[int, str, int], Event]:
    """The events of a kind by case, activity or member, and which time."""
    count: Counter[tuple[int, str]] = Counter()
    found = {}
    for each in log.events:
        if each.event == event:
            key = each.case, each.activity or each.subject
            found[*key, count[key]] = each
            count[key] += 1
    return found


def votes(log: Log) -> dict[tuple[int, int, str], str]:
    """Who replied what, by case, round and member."""
    rounds: Counter[int] = Counter()
    found = {}
    for event in log.events:
        if event.step in {"send_proposal", "send_second_proposal"}:
            rounds[event.case] += 1
        if event.event == "step" and event.subject:
            found[event.case, rounds[event.case], event.subject] = event.step
    return found


def test_more_staff_change_no_arrival_no_effort_and_no_opinion() -> None:
    scenario = load_scenario("baseline-2022")
    few, many = (
        replicate(scenario),
        replicate(scenario.staffed(desk=9, reviewers=20, special_team=4)),
    )

    arrivals = [[e[:3] for e in log.events if e.event == "arrival"] for log in (few, many)]
    assert arrivals[0] == arrivals[1]
    efforts = [{key: e.value for key, e in keyed(log, "start").items()} for log in (few, many)]
    common = efforts[0].keys() & efforts[1].keys()
    assert len(common) > 2_000
    assert {key: efforts[0][key] for key in common} == {key: efforts[1][key] for key in common}
    opinions = votes(few), votes(many)
    both = opinions[0].keys() & opinions[1].keys()
    assert len(both) > 2_000
    assert {key: opinions[0][key] for key in both} == {key: opinions[1][key] for key in both}
    assert "member_objects" in opinions[0].values()


def test_each_time_a_case_does_the_same_it_draws_anew(toy: Callable[..., Scenario]) -> None:
    activity = (
        'work = "desk"\neffort = { law = "exponential", mean = 5 }\nrepeat = 3\n'
        'assumption = "given by the test"\n[[stage.activity]]\nid = "end"\ntake = "decide"'
    )
    efforts: dict[int, list[float]] = defaultdict(list)
    for event in replicate(toy(activity, size=100)).events:
        if event.event == "start":
            efforts[event.case].append(event.value)

    assert len(efforts) > 400
    assert all(len(set(each)) == len(each) for each in efforts.values())


def test_a_member_who_joins_changes_no_opinion_of_the_others() -> None:
    """The CSRC joined in 2022: the other 12 are the same units, so they say the same of the same case."""
    found = []
    for procedure in ("measures-2022", "measures-2020"):
        changed = alone_text(1, 2, "decide_review", procedure) + MORE
        steps = "" if procedure == "measures-2020" else '"assess_data", "assess_listing", '
        scenario = read_scenario(parse(changed.replace("EXTRA ", steps).encode(), "more.toml"))
        found.append(votes(replicate(scenario)))
    new, old = found
    names = [{member for _, _, member in each} for each in found]

    assert names[0] - names[1] == {"Securities Regulatory Commission (CSRC)"}
    common = new.keys() & old.keys()
    assert len(common) > 1_000
    assert {key: new[key] for key in common} == {key: old[key] for key in common}
    assert "member_objects" in new.values()


MORE = """
[[stage]]
id = "preliminary_review"
[[stage.activity]]
id = "all"
take = [
    "assess_infrastructure", "assess_continuity", "assess_sources", "assess_compliance", EXTRA "assess_other",
    "propose_pass",
]
[[stage]]
id = "proposal_formed"
[[stage.activity]]
id = "send"
take = "send_proposal"
[[stage]]
id = "consultation"
[[stage.activity]]
id = "replies"
panel = "opinions"
first_of = ["find_consistent", "find_not_consistent"]
[[stage]]
id = "consistent"
[[stage.activity]]
id = "send"
take = "notify_conclusion"
[[stage]]
id = "opinions_differ"
[[stage.activity]]
id = "out"
take = "withdraw"
[[reply]]
panel = "opinions"
actor = "members"
latency = { law = "uniform", low = 1, high = 9 }
objection = { mean = 0.05, correlation = 0.2, counts_as = "object" }
support = "support"
assumption = "given by the test"
[[reply]]
panel = "opinions"
actor = "protection"
latency = { law = "uniform", low = 1, high = 9 }
objection = { mean = 0.05, correlation = 0.2, counts_as = "object" }
support = "support"
assumption = "given by the test"
"""


# --- monitors and guards ----------------------------------------------------------------------------


def claimed(text: str) -> Property:
    """A property that says what its text says."""
    problems: list[Problem] = []
    source = parse(
        f'[[property]]\nid = "claimed"\nkind = "always"\nsentence = {{ en = "x" }}\nclaim = "{text}"\n'.encode(),
        "p.toml",
    )
    (found,) = read_properties(source, problems)
    assert not problems
    return found


@pytest.mark.parametrize(
    ("claim", "step"),
    [
        ("never decide_review", "decide_review"),
        ("(propose_pass and not by members) at most 0 times", "propose_pass"),
        # the end of the case is a violation of what has not come about by then
        ("eventually by commission and by office", ".*"),
    ],
)
def test_a_property_that_is_violated_stops_the_run_and_says_whose_error_it_is(
    claim: str, step: str
) -> None:
    scenario = load_scenario("baseline-2022").lasting(0.5, 0)

    with pytest.raises(EngineError, match=rf'"{step}" violates .* claimed; .*error of duecourse'):
        replicate(scenario, properties=[claimed(claim)])


def test_a_step_against_the_law_stops_the_run(toy: Callable[..., Scenario]) -> None:
    """The reader refuses such a scenario; should one get past it, the table still does not let it run."""
    scenario = toy('take = "decide"')
    office = scenario.behaviours["office"][0]
    object.__setattr__(office, "take", ("agree",))

    with pytest.raises(
        EngineError, match=r'"agree" is not allowed in "office"; .*error of duecourse'
    ):
        replicate(scenario)
