"""When cases come: streams with an inner time, weights of days, gaps, dates replayed, attributes."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import date
from math import floor
from typing import TYPE_CHECKING

import chinese_calendar
import pytest
from scipy.stats import chi2, poisson

from duecourse.errors import InvalidInput
from duecourse.simulations import replicate
from duecourse.simulations.agenda import TICKS
from duecourse.simulations.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duecourse.scenarios import Scenario
    from duecourse.simulations import Log

STAGES = """
[[stage]]
id = "office"

[[stage.activity]]
id = "decision"
take = "decide"
"""

POISSON = """
[[arrivals]]
id = "files"
per_year = 400
shares = {{ file = 0.7, urgent = 0.3 }}
{more}
#!
"""


def poisson_stream(more: str = "") -> str:
    return POISSON.format(more=more) + STAGES


def arrivals(log: Log, kind: str = "") -> list[float]:
    """The instants at which cases (of a class) arrive."""
    return [e.time for e in log.events if e.event == "arrival" and (not kind or e.kind == kind)]


def test_weights_of_one_change_nothing(office: Callable[..., Scenario]) -> None:
    """The inner time is the instant itself where all weights are 1 (semantics, Arrivals)."""
    plain = replicate(office(poisson_stream()), seed=5)
    same = replicate(office(poisson_stream("changes = [{ times = 1.0 }]")), seed=5)

    assert arrivals(plain) == arrivals(same)


def test_before_a_surge_begins_no_case_moves_and_after_it_there_are_as_many_as_it_says(
    office: Callable[..., Scenario],
) -> None:
    """3 times 280 cases of class file a year from 1 July 2021, whose working day chinesecalendar gives.

    Their number is Poisson; it lies outside the central 1 - 1e-6 only once in a million.
    """
    more = 'changes = [{ from = 2021-07-01, times = 3.0, classes = ["file"] }]'
    scenario = office(poisson_stream(more))
    plain, surge = replicate(office(poisson_stream()), seed=5), replicate(scenario, seed=5)
    days = plain.days
    begin = days.day(date(2021, 7, 1))
    assert begin == len(chinese_calendar.get_workdays(date(2021, 1, 4), date(2021, 6, 30)))

    assert arrivals(surge, "urgent") == arrivals(plain, "urgent")
    before = [time for time in arrivals(plain, "file") if time < begin]
    assert [time for time in arrivals(surge, "file") if time < begin] == before
    mean = 3 * 280 * (days.length - begin) / days.length
    found = len(arrivals(surge, "file")) - len(before)
    assert poisson.ppf(5e-7, mean) <= found <= poisson.ppf(1 - 5e-7, mean)


def test_the_instants_are_those_of_the_inversion_written_out(
    office: Callable[..., Scenario],
) -> None:
    """Day weights 1 and then 2.5: an independent inversion of the cumulative weight, in whole ticks."""
    scenario = office(poisson_stream("changes = [{ from = 2021-03-01, times = 2.5 }]"))
    base = arrivals(replicate(office(poisson_stream()), seed=9), "urgent")
    log = replicate(scenario, seed=9)
    day = log.days.day(date(2021, 3, 1))

    def moved(inner: float) -> float:
        if inner < day:
            return inner
        return math.floor((day + (inner - day) / 2.5) * TICKS + 0.5) / TICKS

    expected = [moved(inner) for inner in base]
    found = arrivals(log, "urgent")
    assert found[: len(expected)] == pytest.approx(expected, abs=1.01 / TICKS)


def test_no_case_comes_in_a_time_of_weight_0(office: Callable[..., Scenario]) -> None:
    more = "changes = [{ from = 2021-04-01, until = 2021-05-31, times = 0.0 }]"
    log = replicate(office(poisson_stream(more)), seed=3)
    months = Counter(log.days.date(floor(time)).month for time in arrivals(log))

    assert months[4] == months[5] == 0
    assert min(months[month] for month in (1, 2, 3, 6, 7, 8, 9, 10, 11, 12)) > 5


def test_months_and_weekdays_share_the_cases_as_weighted_and_keep_their_number(
    office: Callable[..., Scenario],
) -> None:
    """20 replications of 400 a year; the chi-square statistic of 60 cells passes its 1 - 1e-6 quantile once in a million.

    The expected number of a cell is the number of its working days times its weight, brought to a total of 8,000.
    """
    months = [1, 1, 2, 1, 1, 3, 1, 1, 2, 1, 1, 4]
    weekdays = [3, 1, 1, 1, 2]
    scenario = office(poisson_stream(f"months = {months}\nweekdays = {weekdays}"))
    counts: Counter[tuple[int, int]] = Counter()
    total = 0
    for number in range(20):
        log = replicate(scenario, seed=8, replication=number)
        total += len(arrivals(log))
        for time in arrivals(log):
            on = log.days.date(floor(time))
            counts[on.month, on.weekday()] += 1
    weights: dict[tuple[int, int], float] = defaultdict(float)
    for day in range(log.days.length):
        on = log.days.date(day)
        own = weekdays[on.weekday()] if on.weekday() < 5 else sum(weekdays) / 5
        weights[on.month, on.weekday()] += months[on.month - 1] * own
    whole = sum(weights.values())
    statistic = sum(
        (counts[c] - total * w / whole) ** 2 / (total * w / whole) for c, w in weights.items()
    )

    assert statistic < chi2.ppf(1 - 1e-6, len(weights) - 1)
    assert poisson.ppf(5e-7, 8000) <= total <= poisson.ppf(1 - 5e-7, 8000)


def test_gaps_follow_one_another_whatever_the_class(
    office: Callable[..., Scenario], tmp_path: Path
) -> None:
    """Gaps of 0.5 and 1.5 days from a CSV file; a share of 0.25 of about 250 within 6 standard deviations."""
    (tmp_path / "gaps.csv").write_text("case,days\na,0.5\nb,1.5\n", encoding="utf-8")
    tables = """
[[arrivals]]
id = "files"
gaps = { law = "empirical", file = "gaps.csv", column = "days" }
shares = { file = 0.75, urgent = 0.25 }
#!
"""
    log = replicate(office(tables + STAGES), seed=2)
    times = arrivals(log)
    urgent = len(arrivals(log, "urgent")) / len(times)

    assert {b - a for a, b in zip([0.0, *times], times, strict=False)} == {0.5, 1.5}
    assert abs(urgent - 0.25) < 6 * math.sqrt(0.25 * 0.75 / len(times))


def test_dates_are_replayed_in_order_each_at_the_beginning_of_its_day(
    office: Callable[..., Scenario], tmp_path: Path
) -> None:
    """2 October 2021 is a holiday; the next working day is Friday 8 October (notice for 2021)."""
    rows = ["2021-10-02,urgent", "2021-01-05,file", "2021-01-05,urgent", "2020-12-31,file"]
    (tmp_path / "cases.csv").write_text("\n".join(["date,class", *rows]), encoding="utf-8")
    replay = '[[arrivals]]\nid = "known"\nreplay = { file = "cases.csv" }\n#!\n'
    log = replicate(office(replay + STAGES), seed=2)
    found = [
        (log.days.date(floor(e.time)), e.kind, e.time % 1)
        for e in log.events
        if e.event == "arrival"
    ]

    assert found == [
        (date(2021, 1, 5), "file", 0.0),
        (date(2021, 1, 5), "urgent", 0.0),
        (date(2021, 10, 8), "urgent", 0.0),
    ]


def test_wrong_lines_of_a_file_are_named_each_by_its_line(
    office: Callable[..., Scenario], tmp_path: Path
) -> None:
    rows = ["date,class", "2021-02-30,file", "", "2021-01-05,fyle", "2021-01-05,file"]
    (tmp_path / "cases.csv").write_text("\n".join(rows), encoding="utf-8")
    replay = '[[arrivals]]\nid = "known"\nreplay = { file = "cases.csv" }\n#!\n'
    with pytest.raises(InvalidInput) as error:
        office(replay + STAGES)
    assert [str(each) for each in error.value.problems] == [
        'cases.csv:2:1: error[data]: "2021-02-30" is no date such as 2022-02-15'
    ]
    (tmp_path / "cases.csv").write_text("\n".join([rows[0], *rows[2:]]), encoding="utf-8")
    with pytest.raises(InvalidInput) as error:
        office(replay + STAGES)
    assert [str(each) for each in error.value.problems] == [
        'cases.csv:3:1: error[unknown-name]: no class "fyle"; did you mean "file"?'
    ]


ATTRIBUTES = """
[[class]]
id = "file"
label = { en = "File" }
party = "applicant"
begins = ["file"]
attributes.sector = { finance = 0.25, transport = 0.75 }
attributes.risk = { high = 0.5, low = 0.5 }

[[arrivals]]
id = "files"
per_year = 800
shares = { file = 1.0 }
#!

[[pool]]
id = "desk"
label = { en = "Desk" }
size = 1000
#!

[[stage]]
id = "office"

[[stage.activity]]
id = "work"
work = "desk"
effort.finance.high = { law = "deterministic", value = 3 }
effort.finance.otherwise = { law = "deterministic", value = 2 }
effort.otherwise = { law = "deterministic", value = 1 }
take = "decide"
#!
"""


def test_values_depend_on_class_and_attributes_and_attributes_come_with_their_shares(
    office: Callable[..., Scenario],
) -> None:
    """Each share of about 800 cases within 6 standard deviations."""
    log = replicate(office(ATTRIBUTES), seed=4)
    efforts = {(e.kind, e.value) for e in log.events if e.event == "start"}
    kinds = Counter(e.kind for e in log.events if e.event == "arrival")
    shares = {
        "finance.high": 0.125,
        "finance.low": 0.125,
        "transport.high": 0.375,
        "transport.low": 0.375,
    }

    assert efforts == {
        ("file.finance.high", 3.0),
        ("file.finance.low", 2.0),
        ("file.transport.high", 1.0),
        ("file.transport.low", 1.0),
    }
    for name, share in shares.items():
        n = kinds.total()
        assert abs(kinds[f"file.{name}"] / n - share) < 6 * math.sqrt(share * (1 - share) / n)


def test_attributes_move_no_arrival(office: Callable[..., Scenario]) -> None:
    plain = "\n".join(
        line
        for line in ATTRIBUTES.splitlines()
        if "attributes." not in line and "finance" not in line
    )
    plain = plain.replace("effort.otherwise =", "effort =")

    assert arrivals(replicate(office(plain))) == arrivals(replicate(office(ATTRIBUTES)))


def test_a_plan_of_plain_streams_has_no_weights(office: Callable[..., Scenario]) -> None:
    assert all(not stream.weights for stream in Plan(office(poisson_stream())).streams)


GAPS = """
[[arrivals]]
id = "files"
gaps = {{ law = "deterministic", value = {value} }}
shares = {{ file = 1.0 }}
{more}
#!
"""


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (GAPS.format(value="1e-9", more=""), "2.5e+11 cases a year, more than the 1,000,000"),
        (GAPS.format(value="0", more=""), "gaps of 0 days would bring cases without end"),
        (GAPS.format(value="1", more="per_year = 5"), "cases come in one way: per_year or gaps"),
        (
            GAPS.format(value="1", more='changes = [{ times = 2.0, classes = "file" }]'),
            'only a stream with "per_year" can change for single classes',
        ),
        (
            POISSON.format(more="changes = [{ times = 1e3 }, { times = 1e3 }]"),
            "4e+08 cases a year, more than the 1,000,000 that are simulated",
        ),
        (POISSON.format(more="months = [1, 2]"), "2 weights; write 12 weights, January first"),
        (
            POISSON.format(more="weekdays = [0, 0, 0, 0, 0]"),
            "5 weights; write 7 weights, Monday first, or 5 for Monday to Friday, not all of them 0",
        ),
        (
            '[[arrivals]]\nid = "a"\nreplay = { file = "../x.csv" }\n#!\n',
            "is not of the form 'data/cases.csv'",
        ),
        ('[[arrivals]]\nid = "a"\n#!\n', 'say when cases come: "per_year"'),
    ],
)
def test_a_stream_that_cannot_be_is_refused(
    office: Callable[..., Scenario], tables: str, message: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        office(tables + STAGES)
    assert any(message in str(each) for each in error.value.problems), error.value.problems


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ("a = { high = 0.5, low = 0.4 }", "the shares add up to 0.9, not to 1"),
        ("a = { file = 0.5, low = 0.5 }", '"file" cannot be a value'),
        ("a = { otherwise = 0.5, low = 0.5 }", '"otherwise" cannot be a value'),
        ("a = { high = 1.0 }\nattributes.b = { high = 1.0 }", '"high" is also a value of "b"'),
    ],
)
def test_attributes_that_cannot_be_are_refused(
    office: Callable[..., Scenario], attributes: str, message: str
) -> None:
    tables = ATTRIBUTES.replace(
        "attributes.sector = { finance = 0.25, transport = 0.75 }\n", f"attributes.{attributes}\n"
    ).replace("effort.finance", "effort.high")
    with pytest.raises(InvalidInput) as error:
        office(tables)
    assert any(message in str(each) for each in error.value.problems), error.value.problems


def test_what_only_one_value_of_an_attribute_makes_illegal_is_found(
    office: Callable[..., Scenario],
) -> None:
    """The walk looks at one of all sorts alike, and at each that may do something else: here one of four."""
    wrong = ATTRIBUTES.replace(
        'take = "decide"\n',
        "choose.finance.high = { decide = 1.0 }\nchoose.finance.low = { object = 1.0 }\n"
        "choose.otherwise = { decide = 1.0 }\n",
    )
    with pytest.raises(InvalidInput) as error:
        office(wrong)
    (found,) = map(str, error.value.problems)

    assert '"object" may not be allowed in "office" here; allowed: consult, decide' in found
