"""The table whose configurations tell which clocks run, against the graph of configurations with their clocks."""

from hypothesis import given, settings
from tests.strategies import chosen_procedures

from duecourse.model.compile import compile_table
from duecourse.model.procedure import Procedure
from duecourse.properties.clocked_table import in_time
from duecourse.properties.timed import ClockedGraph, Node


@settings(max_examples=150)
@given(chosen_procedures())
def test_a_lapse_is_a_move_exactly_where_its_clock_runs_and_is_not_stopped(
    drawn: tuple[Procedure, dict[str, str]],
) -> None:
    procedure, readings = drawn
    table = compile_table(procedure, readings)
    clocked, graph = in_time(table), ClockedGraph(table)
    low = (1 << table.bits) - 1
    pairs: list[tuple[int, Node]] = [(node.packed, node) for node in graph.initial()]
    seen = set(pairs)
    for packed, node in pairs:
        ours = {(rule.step, rule.lapse_of, to & low): to for rule, to in clocked.moves(packed)}
        theirs = {(rule.step, rule.lapse_of, to.packed): to for rule, _, to in graph.moves(node)}
        assert ours.keys() == theirs.keys()
        for key, to in ours.items():
            if (to, theirs[key]) not in seen:
                seen.add((to, theirs[key]))
                pairs.append((to, theirs[key]))
