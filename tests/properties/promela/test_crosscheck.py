"""The checker against SPIN: same configurations, same moves, same verdicts; faults in the export are noticed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.strategies import chosen_procedures

import duecourse as dc
from duecourse.model.compile import compile_table
from duecourse.model.procedure import Label
from duecourse.properties.explore import Exploration
from duecourse.properties.promela.crosscheck import Effort, crosscheck, differences
from duecourse.properties.promela.model import Model
from duecourse.properties.promela.run import SpinError, graph, missing, searches
from duecourse.properties.property import Kind, Property

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.model.procedure import Procedure
    from duecourse.properties.monitor import Monitor

needs_spin = pytest.mark.skipif(
    bool(missing()), reason=f"not installed: {', '.join(missing())} (Debian: apt-get install spin)"
)
TIMEOUT = 60.0
CLAIMS = (
    "never {a}",
    "{a} never follows {b}",
    "{a} leads to {b}",
    "never (by office and {a})",
    "never (running clock and {a})",
    "never (stops clock)",
    "never (closes panel0 and panel0.yes > 0)",
    "after {a} until {b}: never (begins hold0)",
)


def properties(monitored: Callable[[str], Monitor], first: str, second: str) -> list[Property]:
    label = Label("drawn")
    found = [
        Property(id=kind.name.lower(), sentence=label, kind=kind)
        for kind in (Kind.NO_DEAD_END, Kind.CAN_ALWAYS_END, Kind.CAN_ALWAYS_CONCLUDE)
    ]
    for number, text in enumerate(CLAIMS):
        monitor = monitored(text.format(a=first, b=second))
        for kind in (Kind.ALWAYS, Kind.SOMETIMES):
            name = f"{kind.value}_{number}"
            found.append(Property(id=name, sentence=label, kind=kind, monitor=monitor))
    goal = monitored(f"eventually {first}")
    found.append(Property(id="can_always", sentence=label, kind=Kind.CAN_ALWAYS, monitor=goal))
    return found


@needs_spin
@pytest.mark.slow
@settings(
    max_examples=int(os.environ.get("SPIN_EXAMPLES", "2")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(drawn=chosen_procedures(panels=2), data=st.data(), forget=st.booleans())
def test_both_say_the_same_of_random_procedures(
    monitored: Callable[[str], Monitor],
    drawn: tuple[Procedure, dict[str, str]],
    data: st.DataObject,
    *,
    forget: bool,
) -> None:
    procedure, readings = drawn
    names = st.sampled_from([each.id for each in procedure.steps])
    asked = properties(monitored, data.draw(names), data.draw(names))
    chosen = data.draw(st.lists(st.sampled_from(asked), min_size=4, max_size=4, unique=True))

    found = crosscheck(procedure, chosen, readings, forget=forget, effort=Effort(TIMEOUT, 2))

    assert [row for row in found.rows if row.agree is not True] == []
    assert found.exit_code == 0


@needs_spin
def test_the_trial_text_has_the_same_ten_configurations_and_twenty_two_moves() -> None:
    found = crosscheck(dc.load("trial-2017"), [])

    assert [(row.ours, row.spin, row.agree) for row in found.rows] == [
        ("10", "10", True),
        ("22", "22", True),
    ]


@needs_spin
@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "measures-2022",
        pytest.param("no-commission-2022", marks=pytest.mark.long),
        pytest.param("measures-2020", marks=pytest.mark.long),
        pytest.param("appeal", marks=pytest.mark.long),
    ],
)
def test_both_say_the_same_of_the_flagship(name: str) -> None:
    wanted = ("s9_law", "no_dead_end", "can_always_end", "can_always_conclude")
    asked = [each for each in dc.load_properties() if each.id in wanted]

    found = crosscheck(dc.load(name), asked)

    assert len(found.rows) == len(wanted) + 2
    assert [row for row in found.rows if row.agree is not True] == []


DAILY = 2  # of the faults; the others as long tests
FAULTS = {
    "a guard is dropped": ("#define Can_file (", "#define Can_file (true || "),
    "an effect is forgotten": ("\textended = true;", "\tskip;"),
    "a step leads elsewhere": ("Enter_not_opened() }; goto end_At_not_opened", "Enter_withdrawn() }; goto end_At_withdrawn"),
    "one member fewer is asked": ("opinions_Pending_Members = 13;", "opinions_Pending_Members = 12;"),
    "a suspension never ends": ("\tsupplement_Active = false;", "\tskip;"),
    "a reply is counted twice": ("opinions_Object + 1", "opinions_Object + 2"),
}  # fmt: skip


@needs_spin
@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        fault if number < DAILY else pytest.param(fault, marks=pytest.mark.long)
        for number, fault in enumerate(FAULTS)
    ],
)
def test_a_planted_fault_in_the_model_is_noticed(fault: str) -> None:
    procedure = dc.load("measures-2022")
    model = Model(procedure)
    exploration = Exploration(compile_table(procedure))
    text = model.text()
    right, wrong = FAULTS[fault]
    assert right in text

    assert differences(model, exploration, graph(text.replace(right, wrong), TIMEOUT)) != ()


@needs_spin
def test_what_spin_refuses_is_told_in_its_words() -> None:
    with pytest.raises(SpinError, match="syntax error"):
        searches("this is no model", TIMEOUT)


@needs_spin
def test_a_search_that_takes_too_long_is_not_finished_and_no_agreement() -> None:
    found = crosscheck(dc.load("trial-2017"), [], effort=Effort(timeout=0.001))

    assert [(row.spin, row.agree) for row in found.rows] == [("not finished", None)]
    assert "not finished in 0.001 seconds" in found.rows[0].reason
    assert found.exit_code == 3
