from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.difference_oracle import apart
from tests.small_procedure import small
from tests.strategies import procedures

import duecourse as dc
from duecourse.calendar import Span, Unit
from duecourse.model.compile import compile_table
from duecourse.model.procedure import Stage, Step
from duecourse.properties.clock_bits import Limit
from duecourse.properties.difference import compare, equal
from duecourse.properties.mutant import refusal, settled
from duecourse.properties.mutation import mutants
from duecourse.properties.renaming import Renaming
from duecourse.properties.revision import paired_readings, revise
from duecourse.report.diff_json import diff_json
from duecourse.report.diff_text import diff_text

if TYPE_CHECKING:
    from random import Random

    from duecourse.model.procedure import Procedure
    from duecourse.properties.change import Difference
    from duecourse.properties.revision import Revision


def differences(a: Procedure, b: Procedure, names: Renaming | None = None) -> list[Difference]:
    found = compare(compile_table(a), compile_table(b), names or Renaming())
    assert found.finished
    return list(found.differences)


def way(each: Difference) -> list[str]:
    assert each.witness is not None
    return [rule.step for _, rule in each.witness.walked.taken]


def test_a_text_equals_itself() -> None:
    assert equal(compile_table(small()), compile_table(small())) is None


KINDS: dict[str, tuple[dict[str, Any], str, str, str, list[str]]] = {
    # what is changed; the aspect, the name and the side; the shortest case, worked out by hand
    "a guard gone": ({"step__grant": {"when": "true"}}, "step", "grant", "b", ["apply", "grant"]),
    "a guard more": (
        {"step__refuse": {"when": "asked"}},
        "step",
        "refuse",
        "a",
        ["apply", "refuse"],
    ),
    "another actor": ({"step__ask": {"actor": "party"}}, "step", "ask", "a", ["apply", "ask"]),
    "an actor more": (
        {"step__ask": {"actor": ["office", "party"]}},
        "step",
        "ask",
        "b",
        ["apply", "ask"],
    ),
    "a day more": ({"clock__limit": {"limit": "6 working days"}}, "limit", "limit", "a", ["apply"]),
    "another unit": (
        {"clock__limit": {"limit": "5 calendar days"}},
        "limit",
        "limit",
        "a",
        ["apply"],
    ),
    "no start": ({"clock__limit": {"starts": ["ask"]}}, "start", "limit", "a", ["apply"]),
    "a shorter extension": (
        {"clock__limit": {"extensions": [{"step": "prolong", "by": "2 working days"}]}},
        "extension",
        "limit",
        "a",
        ["apply", "ask", "prolong", "answer"],
    ),
    "an extension without end": (
        {"clock__limit": {"extensions": [{"step": "prolong", "by": "unlimited"}]}},
        "stop",
        "limit",
        "a",
        ["apply", "ask", "answer", "prolong"],
    ),
    "nothing is suspended": (
        {"suspension__pause": {"stops": []}},
        "pause",
        "limit",
        "a",
        ["apply", "ask"],
    ),
    "a suspension that forbids": (
        {"suspension__pause": {"permits": ["agree", "disagree", "prolong", "grant"]}},
        "step",
        "refuse",
        "a",
        ["apply", "ask", "refuse"],
    ),
    "another member": (
        {"panel__board": {"electorate": [{"actor": "members", "count": 3}]}},
        "step",
        "agree",
        "b",
        ["apply", "agree", "agree", "agree"],
    ),
    "another value": (
        {"step__disagree": {"reply": {"panel": "board", "value": "yes"}}},
        "step",
        "disagree",
        "a",
        ["apply", "disagree"],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_difference_has_its_shortest_case(kind: str) -> None:
    changes, aspect, name, side, steps = KINDS[kind]
    found = differences(small(), small(**changes))
    at = next(d for d in found if (d.change.aspect, d.change.name, d.side) == (aspect, name, side))

    assert at.confirmed
    assert way(at) == steps
    first = equal(compile_table(small()), compile_table(small(**changes)))
    assert first is not None
    assert first.confirmed


def test_another_outcome_is_a_difference_and_another_stage_is_not() -> None:
    a = small()
    renamed = replace(a, outcomes=(replace(a.outcomes[0], id="allowed"), a.outcomes[1]))
    (found,) = differences(a, renamed)
    assert (found.change.aspect, found.change.a, found.change.b) == ("end", "yes", "allowed")
    assert way(found) == ["apply", "agree", "agree", "grant"]
    assert not differences(a, renamed, Renaming(outcome={"allowed": "yes"}))


def test_words_articles_and_who_is_bound_are_not_behaviour() -> None:
    a = small()
    b = small(clock__limit={"binds": "party"}, step__apply={"label": {"en": "applies otherwise"}})
    assert not differences(a, b)
    assert revise(a, b, with_bounds=False).binds == (("limit", ("office",), ("party",)),)


def test_names_are_mapped_merged_and_hidden() -> None:
    a = small()
    step = replace(a.step["ask"], id="inquire")
    b = replace(
        a,
        steps=tuple(step if each.id == "ask" else each for each in a.steps),
        suspensions=(
            replace(
                a.suspensions[0], begins=(replace(a.suspensions[0].begins[0], step="inquire"),)
            ),
        ),
    )
    assert {d.change.name for d in differences(a, b)} >= {"ask", "inquire"}
    assert not differences(a, b, Renaming(step={"inquire": "ask"}))
    # two replies merged into one: nobody can tell them apart, but what follows tells how many said yes
    merged = Renaming(step={"disagree": "agree"})
    assert {d.change.name for d in differences(a, a, merged)} == {"agree", "disagree", "grant"}
    # a step that changes nothing one can see, hidden
    more = replace(a, steps=(*a.steps, Step(id="think", actors=("office",), sources=("examined",))))
    assert [d.change.name for d in differences(a, more)] == ["think"]
    assert not differences(a, more, Renaming(hidden=frozenset({"think"})))


def test_the_difference_shows_on_the_day_of_the_lapse() -> None:
    (found,) = differences(small(), small(clock__limit={"limit": "6 working days"}))
    assert found.witness is not None
    assert found.witness.waited
    calendar = dc.load_calendar("prc")
    applied = found.witness.walked.day
    assert [each.on for each in found.witness.breaches] == [
        calendar.due(applied, Span(5, Unit.WORKING_DAY))
    ]
    assert found.witness.other is not None
    assert [each.on for each in found.witness.other] == [
        calendar.due(applied, Span(6, Unit.WORKING_DAY))
    ]


def test_text_and_json_say_the_same() -> None:
    found = revise(small(), small(clock__limit={"limit": "6 working days"}), properties=())
    assert "limit: 5 working days → 6 working days" in diff_text(found)
    data = json.loads(json.dumps(diff_json(found)))
    assert data["schema"] == "duecourse/diff/1"
    assert data["exit_code"] == 1
    assert [each["aspect"] for each in data["differences"]] == ["limit"]
    assert data["bounds"] != []


# --- random procedures --------------------------------------------------------------------------------


def quick(procedure: Procedure) -> Procedure:
    """The same with limits of one day, so that lapses come within the depth of the oracle."""
    one = Span(1, Unit.WORKING_DAY)
    return replace(procedure, clocks=tuple(replace(each, limit=one) for each in procedure.clocks))


@given(procedures(), st.randoms(use_true_random=False))
def test_order_and_what_cannot_be_reached_change_nothing(
    procedure: Procedure, random: Random
) -> None:
    steps = list(procedure.steps)
    random.shuffle(steps)
    far = Stage(id="far")
    lonely = Step(id="lonely", actors=("office",), sources=("far",))
    other = replace(procedure, steps=(*steps, lonely), stages=(*procedure.stages, far))
    assert equal(compile_table(procedure), compile_table(procedure)) is None
    assert equal(compile_table(procedure), compile_table(other)) is None


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(st.data())
def test_the_oracle_agrees(data: st.DataObject) -> None:
    procedure = quick(data.draw(procedures()))
    every = mutants(procedure, ("first", "second"))
    assume(every)
    mutant = data.draw(st.sampled_from(every)).procedure
    assume(refusal(mutant) is None)
    mutant = settled(mutant)
    try:
        found = equal(compile_table(procedure), compile_table(mutant))
    except dc.InvalidInput as error:  # guards that come out in too many ways
        assume(not error.problems)
        raise
    depth = 4
    word = apart(procedure, mutant, depth)
    if word is not None:
        assert found is not None, word
        assert found.length <= len(word)
    elif found is not None and found.witness is not None:
        walked = found.witness.walked
        start = walked.taken[0][0] if walked.taken else walked.day
        nights = (walked.day - start).days + (10 if found.witness.waited else 0)
        assert len(walked.taken) + nights > depth, found


# --- the revision of 2022 ------------------------------------------------------------------------------

ROWS: dict[str, tuple[str, ...] | str] = {
    # /law/measures.md section 3, by article: the steps, clocks or notes of the difference, or why it is none
    "2": ("platform_finds_risk",),
    "4": ("member_supports", "find_consistent"),
    "7": ("platform_plans_listing",),
    "8": "not behaviour: what the documents are; that they are attached is a step of both texts",
    "9": ("screening_clock",),
    "10": ("assess_data", "assess_listing", "propose_pass"),
    "11": "not behaviour: the limit is the same, the departments asked have another name",
    "12": "not behaviour: as before; only the words and the number of the article changed",
    "13": "not behaviour: the order of the steps is the same",
    "14": ("special_clock",),
    "15": ("submit_supplement",),
    "16": ("require_measures", "take_measures"),
    "17": "not behaviour: a duty of conduct, left out of both texts",
    "18": ("report_reviewer",),
    "19": ("urge_provider",),
    "20": "not behaviour: penalties are a procedure of their own, left out",
    "22": "not behaviour: other reviews run beside this one, left out",
    "23": "not behaviour: commencement; pending cases are a migration",
}


@pytest.fixture(scope="module")
def revised() -> Revision:
    found = revise(dc.load("measures-2020"), dc.load("measures-2022"), with_bounds=False)
    assert found.comparison.finished
    assert found.comparison.exit_code == 1
    return found


@pytest.fixture(scope="module")
def revision(revised: Revision) -> dict[str, Difference]:
    return {each.change.name: each for each in revised.comparison.differences}


@pytest.fixture(scope="module")
def printed(revised: Revision) -> str:
    """Return what `diff measures-2020 measures-2022` prints, on one line."""
    return " ".join(diff_text(revised).split())


@pytest.mark.parametrize("article", ROWS)
def test_every_change_of_2022_is_told_or_is_no_behaviour(
    article: str, revision: dict[str, Difference], printed: str
) -> None:
    row = ROWS[article]
    if isinstance(row, str):
        assert row.startswith("not behaviour: ")
        return
    for name in row:
        assert revision[name].confirmed
        labels = [
            found.label.en
            for law in (dc.load("measures-2020"), dc.load("measures-2022"))
            if (found := law.step.get(name) or law.clock.get(name)) is not None
        ]
        assert any(label in printed for label in labels), labels


def test_the_special_review_has_90_days_for_45(revision: dict[str, Difference]) -> None:
    change = revision["special_clock"].change
    assert change.aspect == "limit"
    assert isinstance(change.a, Limit)
    assert isinstance(change.b, Limit)
    assert [str(change.a.span), str(change.b.span)] == ["45 working days", "90 working days"]


def test_readings_go_by_id() -> None:
    a, b = dc.load("measures-2020"), dc.load("measures-2022")
    assert paired_readings(a, b, {"silence": "agreement"}) == ({"silence": "agreement"},) * 2
    assert paired_readings(a, b, {}, same=True)[1]["screening_start"] == "receipt"
    with pytest.raises(dc.InvalidInput, match="did you mean"):
        paired_readings(a, b, {"silense": "agreement"})


def test_an_amendment_that_only_chooses_a_reading_changes_what_happens() -> None:
    a, b = dc.load("measures-2022"), dc.load("silence-agrees")
    (found,) = differences(a, b)
    assert (found.change.name, found.letter.lapse) == ("close_comments", "comments_clock")
