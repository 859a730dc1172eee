"""Amendments: operations upon elements, applied in order, each mistake told at its place in the amending file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.model.licence import LICENCE

import duecourse as dc
from duecourse.errors import InvalidInput
from duecourse.model.layers import amend, base_layer
from duecourse.model.library import MAX_LAYERS
from duecourse.model.read import interpret
from duecourse.model.source import parse

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
[amendment]
id = "change"
of = "licence"
label = { en = "Change" }
source = { en = "nobody" }
"""


def amended(*texts: str) -> dc.Procedure:
    layers = base_layer(parse(LICENCE.encode(), "licence.toml"))
    for number, text in enumerate(texts, start=1):
        layers = amend(layers, parse((HEAD + text).encode(), f"change{number}.toml"))
    return interpret(layers)


def said(*texts: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        amended(*texts)
    return str(caught.value).splitlines()


ADD = """
[[add.step]]
id = "appeal"
label = { en = "appeals" }
actor = "party"
from = "open"
"""


def test_an_added_element_stands_behind_the_others() -> None:
    assert [step.id for step in amended(ADD).steps] == [
        "apply",
        "decide",
        "vote_yes",
        "wait",
        "appeal",
    ]


def test_a_file_is_interpreted_once_and_anew_under_another_name_or_with_another_text(
    tmp_path: Path,
) -> None:
    files = [tmp_path / name for name in ("a.toml", "b.toml")]
    for file in files:
        file.write_text(LICENCE, encoding="utf-8")
    a, b = (dc.load(str(file)) for file in files)

    assert [each.step["decide"].place.file for each in (a, b)] == [str(file) for file in files]
    assert dc.load(str(files[0])) is a
    files[0].write_text(LICENCE.replace('id = "vote_yes"', 'id = "nod"'), encoding="utf-8")
    assert "nod" in dc.load(str(files[0])).step


def test_an_element_is_replaced_where_it_stands_and_keeps_what_is_not_named() -> None:
    base, new = amended(), amended('[[replace.clock]]\nid = "limit"\nlimit = "3 calendar months"\n')

    assert str(new.clock["limit"].limit) == "3 calendar months"
    assert new.clock["limit"].starts == base.clock["limit"].starts
    assert [clock.id for clock in new.clocks] == [clock.id for clock in base.clocks]


def test_an_element_is_removed() -> None:
    assert amended('[[remove.suspension]]\nid = "pause"\n').suspensions == ()


def test_the_default_of_a_reading_is_set_and_the_other_options_stay() -> None:
    reading = amended('[[set.reading]]\nid = "speed"\ndefault = "fast"\n').reading["speed"]

    assert [option.id for option in reading.options] == ["fast", "slow"]


def test_operations_are_applied_in_the_order_add_replace_remove() -> None:
    text = '[[replace.step]]\nid = "appeal"\nactor = "office"\n' + ADD

    assert amended(text).step["appeal"].actors == ("office",)
    assert "appeal" not in amended(text + '[[remove.step]]\nid = "appeal"\n').step


def test_an_amendment_may_amend_what_another_added_and_both_are_named() -> None:
    procedure = amended(ADD, '[[replace.step]]\nid = "appeal"\nactor = "office"\n')

    assert procedure.step["appeal"].actors == ("office",)
    assert procedure.id == "licence+change+change"


def test_an_amended_procedure_leaves_the_base_as_it_was() -> None:
    layers = base_layer(parse(LICENCE.encode(), "licence.toml"))
    amend(layers, parse((HEAD + ADD).encode(), "change.toml"))

    assert interpret(layers) == amended()


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            '[[add.step]]\nid = "wait"\n',
            ['7:7: error[duplicate]: the step "wait" is already there; use [[replace.step]]'],
        ),
        (ADD + ADD, ['14:7: error[duplicate]: the step "appeal" is already there; use [[replace.step]]']),
        (
            '[[replace.step]]\nid = "wait_on"\n',
            ['7:7: error[unknown-name]: no step "wait_on" to replace; did you mean "wait"?'],
        ),
        (
            '[[remove.clock]]\nid = "limits"\n',
            ['7:7: error[unknown-name]: no clock "limits" to remove; did you mean "limit"?'],
        ),
        (
            '[[remove.clock]]\nid = "limit"\n[[remove.clock]]\nid = "limit"\n',
            ['9:7: error[unknown-name]: no clock "limit" to remove; none is declared'],
        ),
        (
            '[[remove.clock]]\nlabel = { en = "x" }\n',
            ['6:1: error[missing]: "id" is missing; say which clock to remove'],
        ),
        (
            '[[set.reading]]\nid = "sped"\ndefault = "fast"\n',
            ['7:7: error[unknown-name]: no reading "sped" to set; did you mean "speed"?'],
        ),
        (
            '[[set.clock]]\nid = "limit"\n',
            ['6:1: error[unknown-table]: no elements of kind "clock" to set; known: reading'],
        ),
        (
            '[[add.stpe]]\nid = "x"\n',
            ['6:1: error[unknown-table]: no elements of kind "stpe" to add; did you mean "step"?'],
        ),
        (
            '[[change.step]]\nid = "x"\n',
            ['6:1: error[unknown-table]: unknown table "change"; known: add, amendment, remove, replace, set'],
        ),
        ('[[add]]\nid = "x"\n', ["6:1: error[shape]: write [[add.step]] or another kind of element"]),
        ('[add.step]\nid = "x"\n', ["6:1: error[shape]: must be written as [[add.step]], once per element"]),
    ],
)  # fmt: skip
def test_an_operation_that_cannot_be_applied_is_told(text: str, messages: list[str]) -> None:
    assert said(text) == [f"change1.toml:{each}" for each in messages]


def test_a_mistake_in_a_replaced_key_is_told_in_the_amendment_and_in_a_kept_one_in_the_base() -> (
    None
):
    # the stage goes, and with it everything that leads there is wrong, wherever it stands
    text = '[[replace.step]]\nid = "apply"\nto = "closd"\n[[remove.stage]]\nid = "closed"\n'

    assert said(text) == [
        'change1.toml:8:7: error[unknown-name]: no stage "closd"; known: open',
        'licence.toml:73:7: error[unknown-name]: no stage "closed"; known: open',
    ]


def test_an_option_that_a_reading_does_not_have_is_told_in_the_amendment() -> None:
    assert said('[[set.reading]]\nid = "speed"\ndefault = "fastest"\n') == [
        'change1.toml:8:12: error[unknown-value]: "fastest" is no option of "speed"; did you mean "fast"?'
    ]


# --- files that amend files -------------------------------------------------------------------------------


def project(folder: Path, **amends: str) -> None:
    (folder / "model" / "amendments").mkdir(parents=True)
    (folder / "model" / "licence.toml").write_text(LICENCE, encoding="utf-8")
    for name, of in amends.items():
        text = HEAD.replace('"change"', f'"{name}"').replace('"licence"', f'"{of}"')
        text += ADD.replace("appeal", f"appeal_{name}")
        (folder / "model" / "amendments" / f"{name}.toml").write_text(text, encoding="utf-8")


def refusal(name: str, folder: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        dc.load(name, root=folder)
    return str(caught.value).replace(str(folder), "…")


def test_an_amendment_of_an_amendment_rests_on_both(tmp_path: Path) -> None:
    project(tmp_path, one="licence", two="one")

    procedure = dc.load("two", root=tmp_path)

    assert procedure.amended_by == ("one", "two")
    assert {"appeal_one", "appeal_two"} <= procedure.step.keys()


def test_amendments_are_added_by_name(tmp_path: Path) -> None:
    project(tmp_path, one="licence", two="licence")

    assert dc.load("licence+one+two", root=tmp_path).id == "licence+one+two"
    assert dc.load("licence", ["two", "one"], root=tmp_path).id == "licence+two+one"


@pytest.mark.parametrize("name", ["one", "two", "three"])
def test_amendments_that_amend_each_other_are_told_as_a_circle(name: str, tmp_path: Path) -> None:
    project(tmp_path, one="two", two="three", three="one")
    order = {"one": "one of two of three of one", "two": "two of three of one of two"}
    circle = order.get(name, "three of one of two of three")

    assert refusal(name, tmp_path) == (
        f"…/model/amendments/{name}.toml:3:7: error[cycle]: amendments amend each other in a circle: "
        f"{circle}; one of them must amend a procedure"
    )


def test_an_amendment_of_itself_is_a_circle(tmp_path: Path) -> None:
    project(tmp_path, one="one")

    assert "in a circle: one of one;" in refusal("one", tmp_path)


def test_amendments_are_piled_as_high_as_the_limit_and_no_higher(tmp_path: Path) -> None:
    names = [f"a{number}" for number in range(MAX_LAYERS + 1)]
    project(tmp_path, **dict(zip(names, ["licence", *names], strict=False)))

    assert len(dc.load(names[-2], root=tmp_path).amended_by) == MAX_LAYERS
    assert "error[too-deep]: more than 20 amendments upon each other" in refusal(
        names[-1], tmp_path
    )


def test_an_amendment_of_nothing_is_told(tmp_path: Path) -> None:
    project(tmp_path, one="licenc")

    assert refusal("one", tmp_path) == (
        "…/model/amendments/one.toml:3:7: error[unknown-name]: "
        'no procedure or amendment "licenc"; did you mean "licence"?'
    )


def test_a_procedure_cannot_be_applied_to_a_procedure(tmp_path: Path) -> None:
    project(tmp_path)

    said = "error[amendment]: this file is a whole procedure, not an amendment; name it first"
    assert said in refusal("trial-2017+licence", tmp_path)


def test_a_file_without_a_head_is_told_what_it_may_be(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("[actor]\n", encoding="utf-8")

    assert refusal(str(tmp_path / "x.toml"), tmp_path) == (
        "…/x.toml:1:1: error[missing]: neither a [procedure] nor an [amendment] table; "
        "one of them says what the file is"
    )


def test_a_name_that_nothing_has_is_told_with_the_nearest() -> None:
    with pytest.raises(
        InvalidInput, match=r'^no procedure or amendment "measures-2021"; did you mean'
    ):
        dc.load("measures-2021")


def test_an_amendment_of_another_text_is_refused_with_the_way_out() -> None:
    message = (
        '"silence-agrees" amends measures-2022, not measures-2020; '
        "give measures-2022, or write an amendment of measures-2020"
    )
    for name in ("measures-2020", "measures-2020+silence-agrees"):
        with pytest.raises(InvalidInput) as caught:
            dc.load(name, () if "+" in name else ("silence-agrees",))
        assert str(caught.value) == message


def test_amendments_of_one_text_and_of_each_other_are_laid_upon_it(tmp_path: Path) -> None:
    file = tmp_path / "more.toml"
    head = HEAD.replace('"change"', '"more"').replace('"licence"', '"silence-agrees"')
    file.write_text(head)
    stacked = dc.load("measures-2022", ("silence-agrees", "appeal", str(file)))

    assert stacked.amended_by == ("silence-agrees", "appeal", "more")
    assert dc.load("silence-agrees", ("appeal",)).amended_by == ("silence-agrees", "appeal")
    with pytest.raises(InvalidInput, match="give silence-agrees, or write an amendment of"):
        dc.load("measures-2022", (str(file),))


def test_what_an_amended_condition_makes_wrong_is_told_at_the_amendment() -> None:
    text = (
        """
[[add.fact]]
id = "attempts"
label = { en = "attempts" }
range = [0, 1]
initial = 0
"""
        + ADD
        + 'when = "attempts < 1"\ndo = ["attempts += 1"]\n'
    )
    change = '[[replace.step]]\nid = "appeal"\nlabel = { en = "x" }\nwhen = "true"\n'

    (problem,) = said(text, change)
    assert problem.startswith(
        'change2.toml:9:9: error[range]: "appeal" could take "attempts" beyond 1'
    )
