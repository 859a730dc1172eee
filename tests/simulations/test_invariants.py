"""What holds of every run of every office: random scenarios, judged by their logs alone."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

import chinese_calendar
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from duecourse.scenarios import load_scenario
from duecourse.simulations import replicate
from duecourse.simulations.head_count import head_counts, teams
from duecourse.simulations.measure import measure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duecourse.scenarios import Scenario
    from duecourse.simulations import Event, Log

    Office = Callable[..., Scenario]

FEW = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""One file for all examples of a test: each writes its own scenario over it."""

EFFORTS = (
    '{ law = "exponential", mean = 1.5 }',
    '{ law = "lognormal", mean = 2, cv = 1.0, at_most = 5 }',
    '{ law = "deterministic", value = 1 }',
    '{ law = "uniform", low = 0, high = 3 }',
)


@st.composite
def pools(draw: st.DrawFn) -> tuple[str, int]:
    """A pool with whatever the language has, and the greatest team that it can make."""
    lines, most = [], 0
    for number in range(draw(st.integers(1, 3))):
        size = draw(st.integers(1, 3))
        most += size
        lines += ["[[pool.group]]", f'id = "g{number}"', f"size = {size}"]
        lines.append(f"full_time = {draw(st.sampled_from((1.0, 0.5, 0.7)))}")
        if draw(st.booleans()):
            then = draw(st.integers(0, 4))
            lines.append(
                f"schedule = [{{ from = 2021-02-01, size = {then} }}, {{ from = 2021-04-01, size = {size} }}]"
            )
        if draw(st.booleans()):
            lines.append("leave = [{ from = 2021-01-11, until = 2021-01-20, members = 1 }]")
        if number == 0 or draw(st.booleans()):
            lines.append('skills = "law"')
    head = ["[[pool]]", 'id = "desk"', 'label = { en = "Desk" }', "#!"]
    ranked = draw(st.sampled_from(("none", "precedence", "weights")))
    if ranked == "precedence":
        head.append('precedence = "urgent"')
    if ranked == "weights":
        head += ['discipline = "risk_first"', "weights = { urgent = 2, otherwise = 1 }"]
    if ranked != "none" and draw(st.booleans()):
        head.append("preemptive = true")
    elif ranked != "weights" and draw(st.booleans()):
        head.append('discipline = "earliest_due"')
    if draw(st.booleans()):
        head.append(f"carries = {draw(st.integers(1, 4))}")
    return "\n".join([*head, *lines]) + "\n", most


@st.composite
def offices(draw: st.DrawFn) -> str:
    """The tables of an office."""
    pool, most = draw(pools())
    work = [f"effort = {draw(st.sampled_from(EFFORTS))}", f"team = {draw(st.integers(1, most))}"]
    if draw(st.booleans()):
        work = [work[0], 'skill = { urgent = "law", otherwise = "" }']
    again = f'probability = 0.4\nrepeat = 2\nwork = "desk"\neffort = {draw(st.sampled_from(EFFORTS))}\n#!'
    pause = 'delay = { law = "exponential", mean = 2 }\nunit = "calendar days"\n#!'
    handling = "\n".join(['work = "desk"', *work, "#!"])
    parts = draw(st.permutations([handling, again, pause]))
    activities = "".join(
        f'[[stage.activity]]\nid = "a{n}"\n{part}\n' for n, part in enumerate(parts)
    )
    rate = draw(st.integers(20, 400))
    return f"""
[[arrivals]]
id = "files"
per_year = {rate}
shares = {{ file = 0.6, urgent = 0.4 }}
months = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 3, 1]
#!

{pool}

[[stage]]
id = "office"

{activities}
[[stage.activity]]
id = "end"
take = "decide"
"""


def office_log(office: Office, tables: str, seed: int) -> tuple[Scenario, Log]:
    scenario = office(tables, years=0.5)
    return scenario, replicate(scenario, seed=seed)


@FEW
@given(tables=offices(), seed=st.integers(0, 2**32))
def test_cases_and_work_are_conserved_and_no_wait_is_negative(
    office: Office, tables: str, seed: int
) -> None:
    """Every case arrives once and ends at most once; ask, start, interrupt, finish and drop follow one another."""
    _, log = office_log(office, tables, seed)
    follows = {
        "ask": {"start", "drop"},
        "start": {"finish", "drop", "interrupt"},
        "interrupt": {"start", "drop"},
        "finish": {"ask"},
        "drop": {"ask"},
    }
    last: dict[int, tuple[str, float]] = {}
    arrived: Counter[int] = Counter()
    ended: Counter[int] = Counter()
    for event in log.events:
        arrived[event.case] += event.event == "arrival"
        ended[event.case] += event.step == "decide"
        if event.event in follows:
            before, since = last.get(event.case, ("finish", 0.0))
            assert event.event in follows[before]
            assert event.time >= since
            last[event.case] = event.event, event.time
    times = [event.time for event in log.events]

    assert times == sorted(times)
    assert set(arrived.values()) <= {1}
    assert set(ended.values()) <= {0, 1}
    assert list(arrived) == list(range(len(arrived)))


@FEW
@given(tables=offices(), seed=st.integers(0, 2**32))
def test_no_more_members_work_than_are_there(office: Office, tables: str, seed: int) -> None:
    """At no instant does work begin that leaves more at work than the head-count.

    Those who have begun when the head-count falls go on: then no work begins before there is room again. Of several
    groups the log does not tell whose members work: with them the greatest head-counts bound the work.
    """
    scenario, log = office_log(office, tables, seed)
    (pool,) = scenario.pools
    counts = head_counts(pool, log.days)
    if len(pool.groups) > 1:
        counts = ((0, tuple(group.most for group in pool.groups)),)
    team = teams(scenario)
    at_work: dict[int, int] = {}
    for event in log.events:
        if event.event == "start":
            at_work[event.case] = team.get((event.stage, event.activity), 1)
            there = [sum(sizes) for day, sizes in counts if day <= event.time][-1]
            assert sum(at_work.values()) <= there
        elif event.event in {"finish", "interrupt"} or (
            event.event == "drop" and event.case in at_work
        ):
            del at_work[event.case]


@FEW
@given(tables=offices(), seed=st.integers(0, 2**32))
def test_no_more_files_are_in_hand_than_the_members_carry(
    office: Office, tables: str, seed: int
) -> None:
    """A file is in hand from the first start in a stage until it leaves the stage; here there is one stage."""
    scenario, log = office_log(office, tables, seed)
    (pool,) = scenario.pools
    counts = head_counts(pool, log.days)
    hand: set[int] = set()
    for event in log.events:
        if event.event == "start" and event.case not in hand:
            hand.add(event.case)
            there = [sum(sizes) for day, sizes in counts if day <= event.time][-1]
            assert pool.carries is None or len(hand) <= there * pool.carries
        elif event.step == "decide":
            hand.discard(event.case)


@FEW
@given(tables=offices(), seed=st.integers(0, 2**32))
def test_work_that_is_interrupted_is_done_to_the_end(
    office: Office, tables: str, seed: int
) -> None:
    """The times at work of a piece add up to its effort where all work full time, exactly: times are on a grid."""
    full = "\n".join(line for line in tables.splitlines() if not line.startswith("full_time"))
    _, log = office_log(office, full, seed)
    begun: dict[int, float] = {}
    done: dict[int, float] = defaultdict(float)
    effort: dict[int, float] = {}
    for event in log.events:
        case = event.case
        if event.event == "ask":
            done[case], effort[case] = 0.0, math.nan
        elif event.event == "start":
            begun[case] = event.time
            effort[case] = event.value if math.isnan(effort[case]) else effort[case]
        elif event.event in {"interrupt", "finish"}:
            done[case] += event.time - begun.pop(case)
            if event.event == "finish":
                assert done[case] == effort[case]


STATION = """
[[arrivals]]
id = "files"
per_year = {rate}
shares = {{ file = 1.0 }}
#!

[[pool]]
id = "desk"
label = {{ en = "Desk" }}
size = {size}
#!

[[stage]]
id = "office"

[[stage.activity]]
id = "work"
work = "desk"
effort = {effort}
take = "decide"
#!
"""


@FEW
@given(
    rate=st.integers(20, 400),
    size=st.integers(1, 4),
    effort=st.sampled_from(EFFORTS),
    seed=st.integers(0, 2**32),
)
def test_one_more_member_never_lets_anybody_wait_longer(
    office: Office, rate: int, size: int, effort: str, seed: int
) -> None:
    """A single first-come station without feedback, under common random numbers: no case begins later.

    With one server more every vector of free times is smaller, so each start is (Kiefer and Wolfowitz 1955); with
    priorities or feedback this would be false.
    """
    starts = []
    for staff in (size, size + 1):
        _, log = office_log(office, STATION.format(rate=rate, size=staff, effort=effort), seed)
        starts.append({e.case: e.time for e in log.events if e.event == "start"})
    few, more = starts

    assert few.keys() <= more.keys()
    assert all(more[case] <= few[case] for case in few)


@FEW
@given(tables=offices(), seed=st.integers(0, 2**32))
def test_work_in_progress_and_flow_agree(office: Office, tables: str, seed: int) -> None:
    """Little's law over the whole window, exactly: the area under the open cases is the sum of their times."""
    scenario, log = office_log(office, tables, seed)
    end = float(log.days.length)
    arrived = {e.case: e.time for e in log.events if e.event == "arrival"}
    ended = {e.case: e.time for e in log.events if e.step == "decide"}
    stays = math.fsum(ended.get(case, end) - time for case, time in arrived.items())
    found = measure(log, scenario)

    assert found.values["backlog.mean"] * end == stays or math.isclose(
        found.values["backlog.mean"] * end, stays, rel_tol=1e-12
    )


SCREENING = "screening_clock"

SUPPLEMENTS = """
[scenario]
extends = "baseline-2022"
id = "supplements"
label = {{ en = "Supplements" }}
years = 0.6
warm_up = 0.0

[[replace.activity]]
stage = "screening"
id = "supplement"
probability = {probability}
repeat = {repeat}
delay = {{ law = "lognormal", mean = {mean}, cv = 1.0 }}

[[replace.pool]]
id = "desk"
size = {size}
"""


@settings(FEW, max_examples=4, phases=[Phase.explicit, Phase.generate])
@given(
    probability=st.floats(0.1, 1.0),
    repeat=st.integers(1, 3),
    mean=st.integers(1, 40),
    size=st.integers(4, 8),
    seed=st.integers(0, 2**32),
)
def test_no_clock_runs_while_it_is_suspended(  # noqa: PLR0913, PLR0917  (what is drawn)
    tmp_path: Path, probability: float, repeat: int, mean: int, size: int, seed: int
) -> None:
    """The 10 working days of Art. 9, counted one by one in chinesecalendar without the days of supplements.

    A decision is late exactly where more of them were used, and no limit lapses between a request and its answer.
    """
    path = tmp_path / "supplements.toml"
    path.write_text(
        SUPPLEMENTS.format(probability=probability, repeat=repeat, mean=mean, size=size),
        encoding="utf-8",
    )
    log = replicate(load_scenario(str(path)), seed=seed)
    cases: dict[int, list[Event]] = defaultdict(list)
    for event in log.events:
        cases[event.case].append(event)
    seen = 0
    for events in cases.values():
        dates = [(event, log.days.date(math.floor(event.time))) for event in events]
        stop = next((e for e in events if e.event == "stop" and e.subject == SCREENING), None)
        if stop is None:
            continue
        dates = dates[: events.index(stop) + 1]
        ended = dates[-1][1]
        began = next(day for e, day in dates if e.step == "file")
        asked = [day for e, day in dates if e.step == "request_supplement"]
        answered = [day for e, day in dates if e.step == "submit_supplement"]
        spans = list(zip(asked, [*answered, ended], strict=False))
        days = [began + timedelta(n) for n in range(1, (ended - began).days + 1)]
        used = sum(
            chinese_calendar.is_workday(day) and not any(p < day <= q for p, q in spans)
            for day in days
        )
        lapsed = [day for e, day in dates if e.event == "lapse" and e.subject == SCREENING]

        assert stop.breach == (used > 10)
        assert not any(p <= day < q for p, q in spans for day in lapsed)
        seen += 1
    assert seen > 60
