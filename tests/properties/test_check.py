"""Verdicts on the shipped texts, on texts that are wrong on purpose, and on searches that are cut short."""

import json
import re
from pathlib import Path

import pytest

import duecourse as dc
from duecourse.properties.automaton import Colour
from duecourse.properties.check import Verdict, check
from duecourse.properties.claim import parse_claim
from duecourse.properties.explore import Exploration
from duecourse.report.check_text import check_json, check_text

IDS = ("s9_literal", "s9_law", "no_dead_end", "can_always_end", "can_always_conclude")
PROPERTIES = tuple(each for each in dc.load_properties() if each.id in IDS)


def verdicts(name: str, readings: dict[str, str] | None = None) -> dict[str, tuple[str, bool]]:
    report = check(dc.load(name), PROPERTIES, readings)
    return {each.property.id: (each.verdict.value, each.vacuous) for each in report.results}


HOLDS = ("holds", False)


@pytest.mark.parametrize("name", ["measures-2020", "measures-2022"])
def test_every_property_holds_in_both_texts_under_the_default_readings(name: str) -> None:
    assert verdicts(name) == dict.fromkeys([each.id for each in PROPERTIES], HOLDS)


def test_s9_holds_vacuously_in_the_trial_text_where_nobody_is_consulted() -> None:
    found = verdicts("trial-2017")

    assert found["s9_literal"] == found["s9_law"] == ("holds", True)
    assert found["can_always_conclude"] == HOLDS


@pytest.mark.parametrize(
    ("name", "members"), [("no-commission-2020", 12), ("no-commission-2022", 13)]
)
def test_without_the_commission_the_shortest_bypass_has_as_many_steps_as_counted_by_hand(
    name: str, members: int
) -> None:
    """Ex officio to the notice 4 steps, factors 5 or 7, proposal, sending, replies, finding, telling, hearing, analysis,
    second proposal, sending, replies, note, report, notice: 15 steps + factors + two replies of every member."""
    report = check(dc.load(name), PROPERTIES)
    (s9,) = [each for each in report.results if each.property.id == "s9_law"]
    factors = 5 if name.endswith("2020") else 7

    assert s9.verdict is Verdict.VIOLATED
    assert s9.expected is True
    assert report.exit_code == 1
    assert s9.witness is not None
    steps = [taken.step for taken in s9.witness.steps]
    assert len(steps) == 15 + factors + 2 * members
    assert steps[-1] == "notify_conclusion"
    assert "find_not_consistent" in steps


def test_the_bypass_is_told_with_actors_and_articles() -> None:
    text = check_text(check(dc.load("no-commission-2022"), PROPERTIES))

    assert "finds the opinions not consistent [Art. 12]" in text
    assert re.search(r"Cybersecurity Review Office: notifies the party in writing", text)
    assert text.endswith("5 properties: 3 hold, 2 violated.")


@pytest.mark.parametrize(
    ("readings", "violated"),
    [
        # a unanimous rejection is consistent, and the Office notifies it (R7)
        ({"consistency": "all_equal"}, {"s9_literal"}),
        # the opposite conclusion follows the Commission's refusal, which approves nothing (R12)
        ({"commission_refusal": "opposite"}, {"s9_literal", "s9_law"}),
        # a refused case is terminated, it has no conclusion (R12)
        ({"commission_refusal": "ends_case"}, {"can_always_conclude"}),
        ({"consistency": "no_objection"}, set()),
        ({"still_inconsistent": "consult_again"}, set()),
        ({"silence": "agreement"}, set()),
    ],
)
@pytest.mark.parametrize("name", ["measures-2020", "measures-2022"])
def test_what_single_readings_break(
    name: str, readings: dict[str, str], violated: set[str]
) -> None:
    found = verdicts(name, readings)

    assert {name for name, (verdict, _) in found.items() if verdict == "violated"} == violated


def test_a_witness_is_dated_and_can_be_replayed_on_the_live_machine() -> None:
    report = check(dc.load("no-commission-2022"), PROPERTIES)
    witness = next(each.witness for each in report.results if each.witness)
    machine = dc.CaseMachine(dc.load("no-commission-2022"))
    for taken in witness.steps:
        machine.take(taken.step)

    assert machine.stage == witness.steps[-1].stage == "passed"
    assert [taken.on for taken in witness.steps] == sorted(taken.on for taken in witness.steps)


def test_a_search_that_is_cut_short_is_inconclusive_and_never_holds() -> None:
    report = check(dc.load("measures-2022"), PROPERTIES, limit=500)

    assert not report.finished
    assert {each.verdict for each in report.results} == {Verdict.INCONCLUSIVE}
    assert report.exit_code == 3
    assert "stopped after 500 configurations" in report.results[0].reason


def test_a_violation_found_before_the_limit_is_a_violation() -> None:
    report = check(dc.load("no-commission-2020"), PROPERTIES, limit=2010)

    assert next(each for each in report.results if each.property.id == "s9_law").verdict in {
        Verdict.VIOLATED,
        Verdict.INCONCLUSIVE,
    }


def test_the_flagship_monitor_by_its_definition() -> None:
    claim = parse_claim(
        "notify never follows object unless approve comes between, renewed by propose"
    )
    bit = {str(each): 1 << number for number, each in enumerate(claim.propositions)}

    def violated(*steps: str) -> bool:
        state = claim.automaton.run(bit[step] for step in steps)
        return claim.automaton.colour(state) is Colour.VIOLATED

    assert not violated("notify")
    assert violated("object", "notify")
    assert not violated("object", "approve", "notify")
    assert violated("object", "approve", "object", "notify")  # approved before the last objection
    assert violated("object", "approve", "propose", "notify")  # approved another proposal
    assert violated("approve", "object", "notify")


def test_exploration_visits_the_same_configurations_as_the_table_lists() -> None:
    table = dc.compile_table(dc.load("measures-2020"))

    assert set(Exploration(table).moves) == set(table.reachable())


def test_json_carries_schema_verdicts_and_the_dated_witness() -> None:
    reports = [check(dc.load("no-commission-2020"), PROPERTIES)]
    data = json.loads(json.dumps(check_json(reports, exit_code=1)))

    assert (data["schema"], data["exit_code"]) == ("duecourse/check/1", 1)
    (report,) = data["reports"]
    found = {each["property"]: each for each in report["results"]}
    assert found["s9_law"]["verdict"] == "violated"
    assert found["s9_law"]["witness"][-1]["step"] == "notify_conclusion"
    assert found["s9_law"]["witness"][-1]["cites"] == [
        {"article": "11", "mark": "Q"},
        {"article": "12", "mark": "Q"},
    ]
    assert found["no_dead_end"]["witness"] is None


def test_properties_are_looked_up_in_the_project_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = '[[property]]\nid = "{}"\nkind = "no dead end"\nsentence = {{ en = "Mine" }}\n'
    (tmp_path / "properties").mkdir()
    file = tmp_path / "properties" / "mine.toml"
    file.write_text(own.format("mine") + own.format("no_dead_end"))
    monkeypatch.chdir(tmp_path)
    found = {each.id: each.sentence.en for each in dc.load_properties()}

    assert list(found)[:2] == ["mine", "no_dead_end"]
    assert {*IDS} <= found.keys()
    assert found["no_dead_end"] == "Mine"
