"""The proof that the live case and the table are one: in every reachable configuration the same steps, the same successor.

The machine evaluates the parsed conditions on unreduced values; the table compares masks. They share nothing but the
procedure. The whole proof, over every single deviation of every shipped procedure, is the tests marked `slow`:

    python -m pytest tests/model/test_machine.py
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from tests.strategies import chosen_procedures

import duecourse as dc
from duecourse.model.machine import CaseMachine, IllegalStepError
from duecourse.model.table import Rule, Table, deviations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from duecourse.model.procedure import Procedure

TEXTS = ("trial-2017", "measures-2020", "measures-2022")


def prove_equal(
    procedure: Procedure, table: Table, readings: Mapping[str, str], most: int | None = None
) -> tuple[int, int]:
    """Return how many configurations and moves were compared; one machine visits them all.

    What the table has forgotten the machine keeps from wherever it has been before, so that it cannot matter.
    """
    machine = CaseMachine(procedure, readings)
    reached = list(dict.fromkeys(table.initial))
    seen = set(reached)
    moves = 0
    for packed in islice(reached, most):  # which grows meanwhile
        values = table.unpack(packed)
        machine.load(values)
        permitted = machine.permitted()
        successors: dict[str, int] = {}
        for rule, to in table.moves(packed):
            assert rule.step not in successors, f"two rules for {rule.step} in {values}"
            successors[rule.step] = to
            if to not in seen:
                seen.add(to)
                reached.append(to)
        assert set(permitted) == set(successors), f"{readings}: {values}"
        for step in permitted:
            machine.load(values)
            machine.take(step)
            after = {**machine.values, "stage": machine.stage}
            assert table.pack(after) == successors[step], f"{readings}: {step} in {values}"
        moves += len(permitted)
    return len(reached), moves


def prove(
    name: str, several: list[dict[str, str]], record: Callable[[str, object], None]
) -> tuple[int, int]:
    procedure = dc.load(name)
    covered = [
        prove_equal(procedure, dc.compile_table(procedure, readings), readings)
        for readings in several
    ]
    configurations, moves = (sum(column) for column in zip(*covered, strict=True))
    text = f"{name}: machine = table in {configurations:,} configurations and {moves:,} moves under {len(several)} choices of readings"
    record("covered", text)
    return configurations, moves


A_FEW: tuple[dict[str, str], ...] = (
    {},
    {"silence": "agreement"},
    {"consistency": "all_equal"},
    {"report_effect": "suspends"},
    {"voters": "without_cac"},
)


def test_the_machine_equals_the_table_in_the_text_of_2017(
    record_property: Callable[[str, object], None],
) -> None:
    # counted by hand: 8 stages, two of which (unselected, assessed) are visited with two values of their fact
    assert prove("trial-2017", [{}], record_property) == (10, 22)


def test_the_machine_equals_the_table_in_the_text_of_2020_under_a_few_readings(
    record_property: Callable[[str, object], None],
) -> None:
    prove("measures-2020", [*A_FEW], record_property)


def test_the_machine_equals_the_table_in_the_text_of_2022_under_default_readings(
    record_property: Callable[[str, object], None],
) -> None:
    prove("measures-2022", [{}], record_property)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("name", TEXTS)
def test_the_machine_equals_the_table_under_every_single_deviation(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    several = list(deviations(dc.load(name)))

    prove(name, several, record_property)

    assert len(several) == 1 + sum(len(each.options) - 1 for each in dc.load(name).readings)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chosen_procedures())
def test_the_machine_equals_the_table_on_random_procedures(
    drawn: tuple[Procedure, dict[str, str]],
) -> None:
    procedure, readings = drawn

    prove_equal(procedure, dc.compile_table(procedure, readings), readings, most=400)


# --- a proof that cannot fail proves nothing ---------------------------------------------------------


def with_rules(table: Table, change: Callable[[Rule], Rule]) -> Table:
    changed = {stage: tuple(map(change, rules)) for stage, rules in table.rules.items()}
    return replace(table, rules=changed)


def wrong_mask(rule: Rule) -> Rule:
    return replace(rule, guard_mask=0, guard_value=0) if rule.step == "file" else rule


def wrong_count(rule: Rule) -> Rule:
    return replace(rule, nonzero=()) if rule.step == "close_comments" else rule


def forgotten_effect(rule: Rule) -> Rule:
    changes = rule.step == "add_department" and rule.source == "proposal_formed"
    return replace(rule, add=0) if changes else rule


def wrong_target(rule: Rule) -> Rule:
    other = rule.step == "commission_approves_conclusion"
    return replace(rule, put=rule.put ^ (rule.put & -rule.put)) if other else rule


@pytest.mark.parametrize("change", [wrong_mask, wrong_count, forgotten_effect, wrong_target])
def test_the_proof_notices_a_wrong_rule(change: Callable[[Rule], Rule]) -> None:
    procedure, readings = dc.load("measures-2020"), {"silence": "agreement"}
    table = with_rules(dc.compile_table(procedure, readings), change)

    with pytest.raises((AssertionError, IllegalStepError, IndexError, KeyError)):
        prove_equal(procedure, table, readings)


def test_the_proof_notices_a_lost_rule() -> None:
    procedure = dc.load("measures-2020")
    table = dc.compile_table(procedure)
    rules = {**table.rules, "approved": table.rules["approved"][1:]}

    with pytest.raises(AssertionError, match="approved"):
        prove_equal(procedure, replace(table, rules=rules), {})


def test_the_proof_notices_a_machine_that_forgets_the_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    procedure = dc.load("measures-2020")
    readings = {"silence": "agreement", "consistency": "all_equal"}

    def close(machine: CaseMachine, _panel: object, _environment: object) -> None:
        machine.values |= {name: 0 for name in machine.values if ".pending." in name}

    monkeypatch.setattr(CaseMachine, "_close", close)
    with pytest.raises(AssertionError):
        prove_equal(procedure, dc.compile_table(procedure, readings), readings)


def test_the_proof_notices_readings_that_differ() -> None:
    procedure = dc.load("measures-2020")

    with pytest.raises(AssertionError):
        prove_equal(procedure, dc.compile_table(procedure), {"withdrawal": "not_allowed"})
