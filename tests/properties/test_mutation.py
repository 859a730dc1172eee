from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.small_procedure import small

import duecourse as dc
from duecourse.model.source import parse
from duecourse.properties.mutant import refusal
from duecourse.properties.mutation import Fate, mutants, mutate
from duecourse.properties.property_file import read_properties
from duecourse.report.mutation_text import mutation_json, mutation_text

if TYPE_CHECKING:
    from duecourse.errors import Problem
    from duecourse.properties.mutation import Mutation
    from duecourse.properties.property import Property

TEXT = b"""
[[property]]
id = "no_grant_unasked"
kind = "always"
sentence = { en = "after the filing no grant until a member agrees" }
claim = "grant never follows apply unless agree comes between"

[[property]]
id = "can_end"
kind = "can always end"
sentence = { en = "a case can always end" }
"""


def declared() -> tuple[Property, ...]:
    problems: list[Problem] = []
    found = read_properties(parse(TEXT, "small.toml"), problems)
    assert not problems
    return tuple(found)


PROPERTIES = declared()


@pytest.fixture(scope="module")
def found() -> Mutation:
    return mutate(small(), PROPERTIES, families=("first", "second"))


FATES = {
    # worked out by hand from the text of `small` and the two properties
    "drop-guard:grant.0": Fate.KILLED,  # granted though nobody agreed
    "negate-guard:grant.0": Fate.KILLED,
    "drop-guard:answer.0": Fate.SURVIVED,  # answered before it was asked: no property says anything
    "drop-effect:ask.0": Fate.SURVIVED,  # asked again and again
    "change-effect:ask.0": Fate.SURVIVED,
    "redirect:apply.0.before": Fate.KILLED,  # the case never gets on
    "redirect:grant.0.refused": Fate.EQUIVALENT,  # the outcome is the same, and nothing follows it
    "drop-step:apply": Fate.KILLED,
    "drop-step:prolong": Fate.SURVIVED,
    "swap-actor:ask.office": Fate.SURVIVED,
    "swap-reply:disagree": Fate.KILLED,  # granted on two objections
    "drop-starts:limit.0": Fate.SURVIVED,
    "drop-stops:limit.0": Fate.EQUIVALENT,  # the end of the review stops every clock
    "limit:limit.+1": Fate.SURVIVED,
    "drop-extension:limit.0": Fate.SURVIVED,
    "double-extension:limit.0": Fate.SURVIVED,
    "drop-close:board.0": Fate.EQUIVALENT,  # and closes every panel
    "electorate:board.0.+1": Fate.SURVIVED,
    "drop-begins:pause.0": Fate.SURVIVED,
    "drop-ends:pause.0": Fate.SURVIVED,
    "drop-stopped:pause.0": Fate.SURVIVED,
    "unit:limit": Fate.SURVIVED,
    "initial:asked": Fate.SURVIVED,
    "comparison:grant.0": Fate.KILLED,  # granted where not two agreed
    "final:granted": Fate.KILLED,  # nothing leads out of it
}


@pytest.mark.parametrize("name", sorted(FATES))
def test_each_mutant_has_the_fate_worked_out_by_hand(name: str, found: Mutation) -> None:
    fates = {each.mutant.id: each.fate for each in found.trials}
    assert fates[name] is FATES[name]


def test_killers_are_named_and_survivors_show_a_case(found: Mutation) -> None:
    for each in found.trials:
        assert bool(each.killers) == (each.fate is Fate.KILLED)
        if each.fate is Fate.SURVIVED:
            assert each.difference is not None
            assert each.difference.confirmed
        if each.fate is Fate.STILLBORN:
            assert each.reason
    killers = {name for each in found.trials for name in each.killers}
    assert killers == {"no_grant_unasked", "can_end"}


def test_the_score_counts_what_can_be_observed(found: Mutation) -> None:
    counts = Counter(each.fate for each in found.of("first"))
    assert found.score("first") == (
        counts[Fate.KILLED],
        counts[Fate.KILLED] + counts[Fate.SURVIVED],
    )


def test_mutants_come_in_one_order_with_ids_of_their_own() -> None:
    one, two = mutants(small(), ("first", "second")), mutants(small(), ("first", "second"))
    assert [each.id for each in one] == [each.id for each in two]
    assert len({each.id for each in one}) == len(one)
    assert all(each.procedure != small() for each in one)


def test_a_sample_depends_on_its_seed_alone() -> None:
    draws = [
        [each.mutant.id for each in mutate(small(), PROPERTIES, sample=5, seed=seed).trials]
        for seed in (1, 1, 2)
    ]
    assert draws[0] == draws[1] != draws[2]
    assert len(draws[0]) == 5


@pytest.mark.slow
def test_workers_change_no_fate() -> None:
    alone = mutate(small(), PROPERTIES, sample=12)
    shared = mutate(small(), PROPERTIES, sample=12, workers=2)
    assert [each.fate for each in alone.trials] == [each.fate for each in shared.trials]


def test_a_mutant_that_the_reader_refuses_is_stillborn() -> None:
    broken = replace(small(), outcomes=())
    problem = refusal(broken)
    assert problem is not None
    assert problem.code == "outcome"


def test_without_properties_nobody_notices_anything() -> None:
    found = mutate(small(), (), sample=10)
    assert found.score("first")[0] == 0


def test_text_and_json(found: Mutation) -> None:
    killed, observable = found.score("first")
    text = mutation_text(found)
    assert f"first family: {killed} of {observable} that can be observed are noticed" in text
    assert "second family, held out" in text
    data = json.loads(json.dumps(mutation_json(found)))
    assert data["schema"] == "duecourse/mutation/1"
    assert data["scores"]["first"]["killed"] == killed
    assert len(data["trials"]) == len(found.trials)


def test_an_unknown_reading_is_refused() -> None:
    with pytest.raises(dc.InvalidInput):
        mutate(small(), PROPERTIES, {"silence": "agreement"})
