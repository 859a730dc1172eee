from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from duecourse.errors import InvalidInput
from duecourse.model.source import parse
from duecourse.scenarios import load_scenario, scenario_files
from duecourse.scenarios.read import read_scenario
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

BASELINE = (shipped() / "scenarios" / "baseline-2022.toml").read_text(encoding="utf-8")


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidInput) as error:
        read_scenario(parse(text.encode(), "s.toml"))
    return [str(each) for each in error.value.problems]


def changed(*changes: tuple[str, str]) -> str:
    """The baseline with the first occurrence of each text replaced."""
    text = BASELINE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def place(text: str, of: str) -> str:
    """Line and column of a text, as messages give them."""
    before = text[: text.index(of)]
    return f"s.toml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}: "


@pytest.mark.parametrize("name", sorted(scenario_files()))
def test_every_shipped_scenario_is_valid_and_every_number_says_where_it_comes_from(
    name: str,
) -> None:
    scenario = load_scenario(name)

    assert scenario.id == name
    assert scenario.label.zh
    assert {note.kind for note in scenario.notes} <= {"source", "assumption"}
    assert len(scenario.notes) >= len(scenario.pools) + len(scenario.arrivals) + len(
        scenario.opinions
    )


TEN = [
    ("size = 6\n", "sizz = 6\n", "sizz"),
    ("listing = 0.54", "listng = 0.54", "listng"),
    (
        'work = "desk"\neffort = { law = "lognormal", mean = 1.2',
        'work = "desk"\neffort = { law = "lognormal", mean = 1.2',
        "desk",
    ),
    ('{ law = "lognormal", mean = 2.0', '{ law = "lognormall", mean = 2.0', "lognormall"),
    ("decide_review = 0.10", "decide_review = 0.11", "decide_review = 0.11"),
    ('take = ["report_opening"]', 'take = ["report_openning"]', "report_openning"),
    ("mean = 25, cv = 0.8", "mean = -25, cv = 0.8", "-25"),
    ("probability = 0.45", "probability = 1.45", "1.45"),
    (
        'assumption = "half a day to send the proposal to all units"',
        "",
        '[[stage.activity]]\nid = "sending"',
    ),
    ('clock = "special_clock"', 'clock = "spezial_clock"', "spezial_clock"),
]
TEN_MESSAGES = [
    'error[unknown-key]: unknown key "sizz"; did you mean "size"?',
    'error[unknown-name]: no class "listng"; did you mean "listing"?',
    'error[unknown-name]: no pool "desk"; did you mean "desk"?',
    'error[law]: "lognormall" is neither a law of ours nor a continuous distribution of scipy.stats; did you mean "lognormal"?',
    "error[sum]: the probabilities add up to 1.01, not to 1",
    'error[unknown-name]: no step "report_openning"; did you mean "report_opening"?',
    "error[law]: mean = -25 must be greater than 0",
    "error[range]: 1.45 is no probability: write a number from 0 to 1, or a table of them by class",
    "error[unsourced]: the numbers of activity proposal_formed.sending come from nowhere: add source",
    'error[unknown-name]: no clock "spezial_clock"; did you mean "special_clock"?',
]


def test_ten_mistakes_get_ten_positions_and_ten_messages() -> None:
    changes = [(old, new) for old, new, _ in TEN]
    changes[2] = (changes[2][0], changes[2][1].replace("desk", "dessk"))
    text = changed(*changes)
    found = problems(text)
    marks = [mark for _, _, mark in TEN]
    marks[2] = "dessk"
    messages = [each.replace('"desk"; did', '"dessk"; did') for each in TEN_MESSAGES]

    for mark, message in zip(marks, messages, strict=True):
        assert any(message in each for each in found), message
        line = place(text, mark).rsplit(":", 2)[0]
        assert any(each.startswith(line) and message in each for each in found), (mark, message)
    assert len(found) == len(TEN)


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        (
            '"assess_data", "assess_listing", "assess_other",',
            '"assess_data", "assess_other",',
            "propose_pass = 0.94",
            '"propose_pass" may not be allowed in "preliminary_review" here; allowed: assess_listing',
        ),
        (
            'take = ["report_opening"]',
            'take = ["decide_review"]',
            '"decide_review"]',
            '"decide_review" may not be allowed in "concern_raised" here; allowed: report_opening',
        ),
        (
            'take = ["report_opening"]',
            'take = ["close_comments"]',
            '"close_comments"',
            '"close_comments" is no decision: the law takes it when a time limit lapses, nobody can',
        ),
        (
            '[[stage]]\nid = "refused"',
            '[[stage]]\nid = "concluded2"',
            "concluded2",
            'no stage "concluded2"; did you mean "concluded"?',
        ),
        (
            'first_of = ["find_consistent", "find_not_consistent"]',
            'first_of = ["find_consistent"]',
            '"find_consistent"]',
            "the law may allow none of these here; allowed: ",
        ),
        (
            'take = ["form_conclusion"]',
            "take = []",
            "approved",
            'after the last activity a case may still be in "approved", where it would stay for ever',
        ),
        (
            'take = ["form_conclusion"]',
            'probability = 0.5\ntake = ["form_conclusion"]',
            "approved",
            'after the last activity a case may still be in "approved", where it would stay for ever',
        ),
        (
            'actor = "protection"\nlatency',
            'actor = "members"\nlatency',
            'members"\nlatency = { law = "lognormal", mean = 7.5',
            'a second [[reply]] of "members" in "opinions"',
        ),
        (
            "start = 2022-02-15",
            "start = 2049-02-15",
            "2049-02-15",
            'is not covered by the calendar "prc"',
        ),
        (
            'actor = "protection"\nlatency',
            'actor = "operator"\nlatency',
            "[scenario]",
            '"protection" is asked in "opinions", but no [[reply]] says how it replies',
        ),
        (
            "warm_up = 1.0",
            "warm_up = 3.0",
            "3.0\n\n",
            "a warm-up of 3 years leaves nothing of 3 years",
        ),
        (
            'step = "extend_special"',
            'step = "extend_preliminary"',
            'extend_preliminary"\nclock = "special',
            '"extend_preliminary" does not extend "special_clock"',
        ),
        (
            "start = 2022-02-15",
            'readings = { silense = "agreement", voters = "nobody" }\nstart = 2022-02-15',
            "readings",
            'has no reading "silense"; did you mean "silence"?',
        ),
        (
            'late = { law = "lognormal", mean = 24.0, cv = 0.3 }\nobjection = { mean = {',
            "objection = { mean = {",
            "0.004",
            '"silence" and "late" go together',
        ),
        (
            'party = "operator"',
            'party = "operatr"',
            "operatr",
            'no actor "operatr"; did you mean "operator"?',
        ),
        (
            "otherwise = 0.25 }",
            "procurement = 0.25 }",
            "{ listing = 0.15",
            "nothing is said of data_processing, ex_officio",
        ),
        ('unit = "calendar days"\ntake', "take", "{ law", '"delay" needs "unit" beside it'),
        ("[[class]]", "[[klass]]", "[[klass]]", 'unknown table "klass"; did you mean "class"?'),
    ],
)
def test_one_mistake_has_its_place_and_its_message(
    old: str, new: str, at: str, message: str
) -> None:
    text = changed((old, new))
    found = problems(text)

    assert any(message in each for each in found), found
    if at not in {"[scenario]", "{ law", "approved", "readings", "[[klass]]", "3.0\n\n"}:
        line = place(text, at).rsplit(":", 2)[0]
        assert any(each.startswith(line + ":") and message in each for each in found), found


def test_a_stage_without_behaviour_is_found_only_if_a_case_may_come_there() -> None:
    """Stage "refused" is reached under the reading commission_refusal = ends_case alone."""
    start = BASELINE.index("# Reached only where the reading")
    end = BASELINE.index("# ----", start)
    text = (BASELINE[:start] + BASELINE[end:]).encode()

    assert "refused" not in read_scenario(parse(text, "s.toml")).behaviours
    with pytest.raises(InvalidInput, match=r'cases come to "refused", but no \[\[stage\]\] says'):
        read_scenario(parse(text, "s.toml"), readings={"commission_refusal": "ends_case"})


def test_an_unknown_procedure_has_the_place_of_its_name() -> None:
    (found,) = problems(changed(('procedure = "measures-2022"', 'procedure = "measures-2023"')))

    assert found.startswith(place(BASELINE, 'measures-2022"\nstart'))
    assert 'no procedure or amendment "measures-2023"; did you mean "measures-202' in found


def test_an_unknown_scenario_names_the_nearest() -> None:
    with pytest.raises(
        InvalidInput, match='no scenario "baseline-2021"; did you mean "baseline-202'
    ):
        load_scenario("baseline-2021")


def test_a_file_without_a_head_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.toml"
    path.write_text("", encoding="utf-8")

    with pytest.raises(
        InvalidInput, match=r"no \[scenario\] table; a scenario file begins with one"
    ):
        load_scenario(str(path))


def test_sizes_and_lengths_can_be_changed_and_are_checked() -> None:
    scenario = load_scenario("baseline-2022")

    assert {pool.id: pool.size for pool in scenario.staffed(desk=9).pools}["desk"] == 9
    assert scenario.lasting(2).years == 2
    with pytest.raises(InvalidInput, match='has no pool "dessk"; did you mean "desk"'):
        scenario.staffed(dessk=9)
    with pytest.raises(InvalidInput, match="cannot have 0 people"):
        scenario.staffed(desk=0)
    with pytest.raises(InvalidInput, match="a warm-up of 1 years leaves nothing of 1 years"):
        scenario.lasting(1)
