from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from tests.strategies import procedures

import duecourse as dc
from duecourse.model.layers import base_layer
from duecourse.model.procedure import Article, Cite, Label, Mark
from duecourse.model.read import interpret
from duecourse.model.source import parse
from duecourse.report.outline import WIDTH, outline
from duecourse.report.procedure_json import procedure_json
from duecourse.report.wrapping import columns, ems, shorten, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Element, Lang, Procedure

TEXTS = ("trial-2017", "measures-2020", "measures-2022")
LANGS: tuple[Lang, ...] = ("en", "zh", "both")

SMALL = """
[procedure]
id = "small"
label = { en = "Small" }
text = { en = "Act of one page" }
initial = "asked"
measured_from = ["grant"]
calendar = "weekdays"

[[article]]
id = "1"
mark = "Q"
label = { en = "Grant within 5 working days" }

[[article]]
id = "2"
mark = "B-"
label = { en = "More time" }

[[actor]]
id = "office"
label = { en = "Office" }

[[fact]]
id = "complex"
label = { en = "The case is complex" }
initial = "unknown"

[[stage]]
id = "asked"
label = { en = "Asked" }
cites = ["1"]

[[stage]]
id = "done"
label = { en = "Done" }
final = true

[[step]]
id = "grant"
label = { en = "grants" }
cites = ["2", "1 (I)"]
actor = "office"
from = "asked"
when = "not complex or quickly == yes"
to = "done"

[[step]]
id = "extend"
label = { en = "takes more time" }
cites = ["2 (B+)"]
actor = "office"
from = "asked"
when = "complex"
do = ["complex = false"]

[[clock]]
id = "time"
label = { en = "Time to grant" }
cites = ["1"]
binds = "office"
limit = "5 working days"
starts = "extend"
stops = "grant"
extensions = [{ step = "extend", by = "unlimited" }]

[[reading]]
id = "quickly"
ref = "R1"
question = { en = "Is a complex case granted?" }
cites = ["1"]
options = [{ id = "no", label = { en = "no" } }, { id = "yes", label = { en = "yes" } }]

[[outcome]]
id = "granted"
label = { en = "Granted" }
cites = ["1"]
by = "grant"
conclusion = true

[[not_modelled]]
cites = ["2"]
reason = { en = "fees are not known" }
"""

SMALL_OUTLINE = """\
Small [small]
=============
Act of one page
in force      not stated
amendments    none
marks         no mark: seen in a published source (Q); B+ well known; B- uncertain; I inferred. An
              element has the mark of its article unless it shows its own

--------------------------------------------------------------------------------------------------
Art. 1        Grant within 5 working days
  stage       Asked [asked] (start)
  step        Office
              - grants [grant] (I)
                  “Asked” → “Done” (end)
                  if not “The case is complex” or R1 quickly = yes
                  within 5 working days [time]
  clock       Time to grant [time]
                  5 working days, for Office
                  runs from “takes more time”
                  until “grants”
                  longer without a cap: “takes more time”
                  a lapse is a breach and has no other effect
  reading     R1 quickly: Is a complex case granted?
                  * no: no (default)
                  - yes: yes
  outcome     Granted [granted]
                  by “grants”

--------------------------------------------------------------------------------------------------
Art. 2 (B-)   More time
  step        Office
              - takes more time [extend] (B+)
                  during “Asked”
                  if “The case is complex”
                  lengthens the limit without a cap [time]
  LEFT OUT    fees are not known
  see Art. 1  step: grants

--------------------------------------------------------------------------------------------------
Without an article
  actor       Office [office]
  stage       Done [done] (end)
  fact        The case is complex [complex]

==================================================================================================
2 articles · 2 steps · 1 clock · 1 reading · 1 clause left out
"""


@pytest.fixture(scope="module")
def small() -> Procedure:
    return interpret(base_layer(parse(SMALL.encode(), "small.toml")))


def test_outline_of_a_small_procedure(small: Procedure) -> None:
    assert outline(small) == SMALL_OUTLINE


def headings(text: str) -> list[str]:
    return re.findall(r"^-+\n(?:Art\. |第)(\S+?)条?(?: .*)?$", text, re.MULTILINE)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", TEXTS)
def test_every_article_has_its_heading_in_the_order_of_the_text(name: str, lang: Lang) -> None:
    procedure = dc.load(name)

    assert headings(outline(procedure, lang)) == [each.id for each in procedure.articles]


def squeezed(text: str) -> str:
    """Return a text without line breaks and spaces, which may fall anywhere."""
    return re.sub(r"\s", "", text)


def elements(procedure: Procedure) -> Iterator[Element]:
    yield from procedure.articles
    yield from procedure.actors
    yield from procedure.stages
    yield from procedure.facts
    yield from procedure.definitions
    yield from procedure.steps
    yield from procedure.clocks
    yield from procedure.panels
    yield from procedure.suspensions
    yield from procedure.readings
    yield from procedure.outcomes


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", TEXTS)
def test_every_element_stands_in_the_outline(name: str, lang: Lang) -> None:
    procedure = dc.load(name)
    text = squeezed(outline(procedure, lang))
    tongues: tuple[Lang, ...] = ("en", "zh") if lang == "both" else (lang,)
    labels = [each.label for each in elements(procedure)]
    labels += [option.label for each in procedure.readings for option in each.options]
    labels += [each.reason for each in procedure.not_modelled]

    assert [label for label in labels for t in tongues if squeezed(label.text(t)) not in text] == []


@pytest.mark.parametrize("name", TEXTS)
def test_every_step_stands_in_full_exactly_once(name: str) -> None:
    procedure = dc.load(name)
    text = squeezed(outline(procedure))
    told = [text.count(squeezed(f"{step.label.en} [{step.id}]")) for step in procedure.steps]

    assert told == [1] * len(procedure.steps)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", TEXTS)
def test_no_line_is_wider_than_a_terminal_of_100_columns(name: str, lang: Lang) -> None:
    lines = outline(dc.load(name), lang).splitlines()

    assert [line for line in lines if columns(line) > WIDTH or line != line.rstrip()] == []


def test_the_outline_counts_what_the_measures_of_2022_hold_against_the_model_file() -> None:
    procedure = dc.load("measures-2022")
    *_, last = outline(procedure).splitlines()

    assert last.startswith("23 articles · ")
    assert last.endswith(
        f"{len(procedure.readings)} readings · {len(procedure.not_modelled)} clauses left out"
    )


def test_what_cites_several_articles_stands_under_the_first_in_the_order_of_the_text() -> None:
    text = outline(dc.load("measures-2022"))

    assert text.count("day_counting: Is the first day counted?\n                  *") == 1
    assert "see Art. 9  reading: R2 day_counting: Is the first day counted?" in text
    assert "see Art. 11 reading: R2" not in text


def test_an_article_without_content_says_so(small: Procedure) -> None:
    bare = Article(id="9", label=Label("Nothing"), cites=(Cite("9", Mark.SEEN),), mark=Mark.SEEN)

    text = outline(replace(small, articles=(*small.articles, bare)))

    assert "Art. 9        Nothing\n              nothing of it is in the model\n" in text


@settings(max_examples=40, deadline=None)
@given(procedures())
def test_every_procedure_has_an_outline_and_json(drawn: Procedure) -> None:
    assert outline(drawn, "both").endswith("left out\n")
    data = procedure_json(drawn)
    assert json.loads(json.dumps(data)) == data


def test_json_of_a_step_against_its_toml(small: Procedure) -> None:
    data = procedure_json(small)

    assert data["schema"] == "duecourse/procedure/1"
    assert data["in_force"] == {"since": None, "until": None}
    assert data["steps"][0] == {
        "id": "grant",
        "label": {"en": "grants", "zh": ""},
        "cites": [{"article": "2", "mark": "B-"}, {"article": "1", "mark": "I"}],
        "actor": ["office"],
        "from": ["asked"],
        "when": "not complex or quickly == yes",
        "to": [{"stage": "done", "when": "true", "do": []}],
        "do": [],
        "reply": None,
    }
    assert data["clocks"][0]["extensions"] == [{"step": "extend", "by": None, "when": "true"}]


@pytest.mark.parametrize("name", TEXTS)
def test_json_names_every_element(name: str) -> None:
    procedure = dc.load(name)
    data = procedure_json(procedure)
    ids = {
        each["id"]
        for part in data.values()
        if isinstance(part, list)
        for each in part
        if "id" in each
    }

    assert {each.id for each in elements(procedure)} <= ids


@pytest.mark.parametrize(
    ("text", "limit", "lines"),
    [
        ("", 5, [""]),
        ("a b", 1, ["a", "b"]),
        ("abcdef", 3, ["abc", "def"]),
        ("审查（结论）", 6, ["审查", "（结", "论）"]),
        ("it ends, here", 8, ["it ends,", "here"]),
    ],
)
def test_lines_break_at_spaces_between_chinese_characters_and_else_where_they_must(
    text: str, limit: int, lines: list[str]
) -> None:
    assert wrap(text, limit) == lines


def test_a_text_that_is_too_wide_is_cut_with_an_ellipsis() -> None:
    assert shorten("consultation", 8) == "consult…"
    assert shorten("consultation", 12) == "consultation"


def test_a_chinese_character_is_as_wide_as_it_is_high_and_no_letter_is_wider() -> None:
    assert ems("审") == 1
    assert all(0 < ems(chr(code)) <= 1 for code in range(32, 127))
