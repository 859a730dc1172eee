"""Bounds on statutory time: the arithmetic every reader does first, and a naive search that shares no code with ours.

Numbers come from law/measures.md section 6 (its sums are sums of the limits in the articles named there), from hand
calculation where the test says so, and from the naive search below.
"""

from collections import deque
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

import duecourse as dc
from duecourse.calendar import Span, Unit
from duecourse.cli.begin import begun
from duecourse.errors import InvalidInput
from duecourse.model.procedure import Procedure
from duecourse.properties.bounds import Bound
from duecourse.properties.days import DayGraph
from duecourse.properties.timed import ClockedGraph, Event, Moment, Node

PULSE = """
[[actor]]
id = "law"
label = { en = "The law itself", zh = "法律" }
cites = ["1"]

[[step]]
id = "renew"
label = { en = "the limit is renewed", zh = "期限更新" }
cites = ["1"]
actor = "law"
from = "examined"

[[clock]]
id = "pulse"
label = { en = "A day", zh = "一日" }
cites = ["1"]
binds = "authority"
limit = "1 working day"
starts = ["apply", "renew"]
stops = ["renew", "grant", "refuse"]
on_lapse = "renew"
"""

State = tuple[Node, tuple[tuple[str, int], ...], bool]


def row(name: str, outcome: str, readings: dict[str, str] | None = None) -> Bound:
    return dc.bounds(dc.load(name), readings).row(outcome)


def addends(found: Bound) -> list[tuple[int, str, str | None]]:
    return [(clause.days, clause.clock, clause.extension) for clause in found.clauses]


ORDINARY = [
    (10, "screening_clock", None),
    (30, "preliminary_clock", None),
    (15, "preliminary_clock", "extend_preliminary"),
    (15, "comments_clock", None),
]


@pytest.mark.parametrize("name", ["measures-2020", "measures-2022"])
def test_an_ordinary_conclusion_takes_at_most_70_counted_days_by_articles_8_10_11(
    name: str,
) -> None:
    found = row(name, "ordinary_conclusion")

    assert (found.counted, addends(found)) == (70, ORDINARY)


@pytest.mark.parametrize(
    ("name", "special", "total"), [("measures-2020", 45, 115), ("measures-2022", 90, 160)]
)
def test_a_special_review_is_unbounded_by_its_extension_and_115_or_160_without(
    name: str, special: int, total: int | None
) -> None:
    found = row(name, "special_conclusion")

    assert found.counted is None
    assert [(cause.kind, cause.name) for cause in found.unbounded] == [
        ("extension", "extend_special")
    ]
    assert (found.without, addends(found)) == (total, [*ORDINARY, (special, "special_clock", None)])


def test_elapsed_time_is_unbounded_by_a_supplement_and_every_gap_without_a_limit() -> None:
    found = row("measures-2022", "special_conclusion")

    assert found.elapsed is None
    assert [(cause.kind, cause.name) for cause in found.open_ended] == [
        ("suspension", "supplement"),
        ("gap", "filed"),
        ("gap", "concern_raised"),
        ("gap", "opening_reported"),
        ("gap", "opening_approved"),
        ("gap", "consultation"),
        ("gap", "opinions_differ"),
        ("gap", "concluded"),
    ]


@pytest.mark.parametrize(
    ("readings", "total"),
    [
        # each by hand from the limits of the 2022 text
        ({"special_extension": "none"}, 160),  # 70 + 90
        ({"special_extension": "once"}, 250),  # 70 + 90 + 90
        (
            {"special_extension": "none", "second_consultation_time": "on_top"},
            None,
        ),  # a refusal brings a new round of 15
        (
            {
                "special_extension": "none",
                "second_consultation_time": "on_top",
                "commission_refusal": "ends_case",
            },
            175,  # 70 + 90 + 15 on top
        ),
        ({"special_extension": "none", "notice_limit": "ten_days"}, 170),  # 70 + 90 + 10
        (
            # every refusal brings a new round, whose 15 days run on while a supplement stops the special clock
            {"special_extension": "none", "second_consultation_time": "inside_special"},
            None,
        ),
        (
            {
                "special_extension": "none",
                "second_consultation_time": "inside_special",
                "supplement_scope": "members_too",
            },
            160,  # inside: nothing more
        ),
    ],
)
def test_special_conclusions_of_2022_under_other_readings_by_hand(
    readings: dict[str, str], total: int | None
) -> None:
    assert row("measures-2022", "special_conclusion", readings).counted == total


def test_a_consultation_inside_the_preliminary_review_adds_only_what_a_supplement_frees() -> None:
    """10 + 30 + 15; the members' 15 run on while a supplement stops the Office's clock (readings R6 and R16)."""
    inside = {"consultation_time": "inside_preliminary"}

    assert row("measures-2022", "ordinary_conclusion", inside).counted == 10 + 30 + 15 + 15
    both = inside | {"supplement_scope": "members_too"}
    assert row("measures-2022", "ordinary_conclusion", both).counted == 10 + 30 + 15


def test_a_deemed_decision_takes_the_full_ten_days_at_least() -> None:
    found = row("appeal", "appeal_not_used")

    assert found.least == 15  # the appeal period of the amendment must pass


def test_three_calendar_months_are_an_interval_of_working_days() -> None:
    found = row("special-three-months", "special_conclusion")
    shortest, longest = dc.load_calendar("prc").span_range(
        Span(3, Unit.CALENDAR_MONTH), last_day_works=True
    )

    assert (found.least_of_spans, found.without) == (70 + shortest, 70 + longest)


def test_the_trial_text_has_no_clock_and_no_bound() -> None:
    found = row("trial-2017", "result_made_known")

    assert (found.counted, found.elapsed) == (0, None)
    assert {cause.kind for cause in found.open_ended} == {"gap"}


# --- a naive search: single configurations, single days, no subset construction, no components -----------------------


def small() -> Procedure:
    """The Measures of 2020 with one member and limits of a few days, so that every day can be tried."""
    procedure = dc.load("measures-2020")
    days = {
        "screening_clock": 2,
        "preliminary_clock": 3,
        "comments_clock": 2,
        "special_clock": 4,
        "notice_clock": 1,
    }
    clocks = tuple(
        replace(
            clock,
            limit=Span(days[clock.id], Unit.WORKING_DAY),
            extensions=tuple(
                replace(each, by=each.by and Span(2, Unit.WORKING_DAY)) for each in clock.extensions
            ),
        )
        for clock in procedure.clocks
    )
    (panel,) = procedure.panels
    electorate = tuple(
        replace(each, count=1 if isinstance(each.count, int) else each.count)
        for each in panel.electorate
    )
    dropped = {"add_department", "report_reviewer", "settle_report"}
    steps = tuple(step for step in procedure.steps if step.id not in dropped)
    suspensions = tuple(each for each in procedure.suspensions if each.id != "report_inquiry")
    return replace(
        procedure,
        clocks=clocks,
        panels=(replace(panel, electorate=electorate),),
        steps=steps,
        suspensions=suspensions,
    )


def naive(
    procedure: Procedure, readings: dict[str, str] | None, cap: int
) -> tuple[dict[str, int], dict[str, int]]:
    """Return, for each outcome, the least ticks and the greatest counted days found, up to `cap` counted days."""
    table = dc.compile_table(procedure, readings)
    graph = ClockedGraph(table)
    limits = {clock.id: clock.limit.count for clock in procedure.clocks}
    start: list[State] = [(node, (), False) for node in graph.initial()]
    best: dict[tuple[State, int], int] = dict.fromkeys(((state, 0) for state in start), 0)
    queue = deque(best)
    least: dict[str, int] = {}
    greatest: dict[str, int] = {}
    while queue:
        (node, left, over), counted = queue.popleft()
        ticks = best[(node, left, over), counted]
        left_of = dict(left)
        ticking = node.running - graph.frozen(node)
        options: list[tuple[State, int, int]] = []
        if all(left_of[clock] for clock in ticking):
            later = tuple((clock, days - (clock in ticking)) for clock, days in left)
            options.append(((node, later, False), counted + bool(ticking), 1))
        for _, event, to in graph.moves(node):
            if (over and not event.lapse) or (event.lapse and left_of[event.lapse]):
                continue
            if event.outcome:
                least[event.outcome] = min(ticks, least.get(event.outcome, ticks))
                greatest[event.outcome] = max(counted, greatest.get(event.outcome, 0))
                continue
            after = {clock: days for clock, days in left if clock not in event.stopped}
            for clock, by in event.extended:
                after[clock] += by.count if by else 0
            after |= {clock: limits[clock] for clock in event.started}
            options.append(
                ((to, tuple(sorted(after.items())), over or bool(event.lapse)), counted, 0)
            )
        for state, days, tick in options:
            if days <= cap and ((state, days) not in best or best[state, days] > ticks + tick):
                best[state, days] = ticks + tick
                queue.append((state, days))
    return least, greatest


@pytest.mark.parametrize(
    "readings",
    [
        {"special_extension": "none"},
        {"special_extension": "once", "commission_refusal": "ends_case"},
        {"special_extension": "none", "silence": "agreement", "no_decision": "deemed_review"},
        {
            "special_extension": "none",
            "consultation_time": "inside_preliminary",
            "no_decision": "deemed_no_review",
        },
        {
            "special_extension": "none",
            "second_consultation_time": "inside_special",
            "supplement_scope": "members_too",
        },
        {
            "special_extension": "none",
            "second_consultation_time": "on_top",
            "commission_refusal": "ends_case",
        },
        {
            "special_extension": "none",
            "commission_time": "not_counted",
            "notice_limit": "ten_days",
            "silence": "abstention",
        },
    ],
    ids=lambda readings: "-".join(readings.values()),
)
def test_bounds_equal_a_naive_search_on_a_small_office(readings: dict[str, str]) -> None:
    procedure = small()
    found = dc.bounds(procedure, readings)
    least, greatest = naive(
        procedure, readings, cap=24
    )  # 2+3+2+2+4+2+2+1 days is the most that any path can count

    assert {each.outcome.id: each.least for each in found.rows} == least
    assert {each.outcome.id: each.counted for each in found.rows} == greatest


def test_the_naive_search_sees_an_unbounded_time_reach_its_cap() -> None:
    readings = {"special_extension": "none", "second_consultation_time": "on_top"}
    procedure = small()

    assert dc.bounds(procedure, readings).row("special_conclusion").counted is None
    assert naive(procedure, readings, cap=30)[1]["special_conclusion"] == 30


def with_special_extension(procedure: Procedure, days: int) -> Procedure:
    """The same text, but that the extension of the special review has a length; how often it is granted stays open."""
    clocks = tuple(
        replace(
            clock,
            extensions=tuple(
                replace(each, by=each.by or Span(days, Unit.WORKING_DAY))
                for each in clock.extensions
            ),
        )
        for clock in procedure.clocks
    )
    return replace(procedure, clocks=clocks)


def test_an_extension_by_a_span_that_can_be_granted_again_and_again_is_unbounded() -> None:
    found = dc.bounds(with_special_extension(dc.load("measures-2022"), 30))
    special, ordinary = found.row("special_conclusion"), found.row("ordinary_conclusion")

    assert [(cause.kind, cause.name) for cause in special.unbounded] == [
        ("extension", "extend_special")
    ]
    # 10 + 30 + 15 + 15 + 90 (Arts. 9, 11, 12, 14) where it is not granted; every step can be taken on one day
    assert (special.least, special.counted, special.without) == (0, None, 160)
    assert (ordinary.counted, addends(ordinary)) == (70, ORDINARY)


def test_an_extension_by_a_span_that_is_granted_once_adds_its_days() -> None:
    found = dc.bounds(
        with_special_extension(dc.load("measures-2022"), 30), {"special_extension": "once"}
    )

    # 160, and 90 for the one extension of that reading (R4)
    assert found.row("special_conclusion").counted == 250


def test_an_extension_that_a_lapse_grants_for_ever_ends_with_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every working day a lapse adds two to the limit: the days left grow without end."""
    monkeypatch.setattr("duecourse.properties.days.DayGraph.most", 2_000)
    monkeypatch.chdir(tmp_path)
    begun("permit", of="measures-2022", project=True)
    file = tmp_path / "permit" / "model" / "permit.toml"
    text = file.read_text(encoding="utf-8").replace(
        'stops = ["grant", "refuse"]',
        'stops = ["grant", "refuse"]\nextensions = [{ step = "renew", by = "2 working days" }]',
    )
    file.write_text(text + PULSE, encoding="utf-8")

    with pytest.raises(dc.InvalidInput, match="again and again"):
        dc.bounds(dc.load(str(file)))


# --- days that are passed over --------------------------------------------------------------------------------------

SPANS = (Span(2, Unit.WORKING_DAY), Span(3, Unit.WORKING_DAY))
CLOCKS = ("a", "b", "c")
DRAWN = 600


def drawn_automaton(chance: Random) -> tuple[tuple[Moment, ...], dict[str, int]]:
    """Draw a chain of places with clocks that run on from one to the next, and the limits of the clocks.

    From each place a case goes on, or it is the lapse of a clock that takes it on; seldom it goes back.
    """
    running = [frozenset[str]()]
    for _ in range(chance.randint(2, 5)):
        running.append(frozenset(chance.sample(CLOCKS, 1)) ^ running[-1])
        running[-1] |= frozenset(chance.sample(CLOCKS, chance.choice((0, 1))))
    frozen = [
        frozenset(chance.sample(sorted(each), 1)) if each and chance.random() < 0.2 else frozenset()
        for each in running
    ]
    moments: list[Moment] = []
    for here in range(len(running)):
        events: dict[Event, int | None] = {}
        for first in (True, False, False)[: chance.randint(1, 3)]:
            on = here + 1 if first or chance.random() < 0.7 else chance.randint(0, len(running))
            to = on if on < len(running) else None
            after = running[to] if to is not None else frozenset[str]()
            ticking = sorted(running[here] - frozen[here])
            lapse = chance.choice(ticking) if ticking and chance.random() < 0.7 else None
            anew = frozenset(each for each in running[here] & after if chance.random() < 0.1)
            kept = sorted((running[here] & after) - anew)
            longer = chance.choice(kept) if kept and chance.random() < 0.4 else None
            event = Event(
                lapse,
                (running[here] - after) | anew,
                () if longer is None else ((longer, chance.choice(SPANS)),),
                (after - running[here]) | anew,
                frozen[to] if to is not None else frozenset(),
                begun=True,
                outcome="over" if to is None else None,
            )
            events.setdefault(event, to)
        moments.append(Moment(here, running[here], frozen[here], True, tuple(events.items())))  # noqa: FBT003
    limits = {clock: chance.randint(1, 6) for clock in CLOCKS}
    return tuple(moments), limits


def extremes(automaton: tuple[Moment, ...], limits: dict[str, int]) -> list[object]:
    found: list[object] = []
    for unlimited in (True, False):
        graph = DayGraph(
            automaton, limits, {each: each.count for each in SPANS}, unlimited=unlimited
        )
        if "over" not in graph.reached:
            found.append(None)
            continue
        greatest = graph.greatest("over")
        most = "loops" if isinstance(greatest, list) else greatest[0]
        if not isinstance(greatest, list):
            assert sum(edge.days for _, edge in greatest[1]) == most
        found.append((graph.least("over"), most))
    return found


@pytest.mark.slow
def test_days_that_are_passed_over_change_no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Evenly drawn, not by Hypothesis, most of whose automata count no day."""
    monkeypatch.setattr(DayGraph, "most", 3_000)
    passed_over, each_day = (bounded(monkeypatch, every=every) for every in (False, True))
    compared = [pair for pair in zip(passed_over, each_day, strict=True) if "too many" not in pair]
    assert len(compared) > DRAWN * 0.9
    assert [pair for pair in compared if pair[0] != pair[1]] == []


def bounded(monkeypatch: pytest.MonkeyPatch, *, every: bool) -> list[object]:
    """Return the bounds of all drawn automata, with days passed over or with every single one."""
    with monkeypatch.context() as patched:
        if every:
            patched.setattr(DayGraph, "stations", {})
        found: list[object] = []
        for seed in range(DRAWN):
            try:
                found.append(extremes(*drawn_automaton(Random(seed))))
            except InvalidInput:
                found.append("too many")
        return found
