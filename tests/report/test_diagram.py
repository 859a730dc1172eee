from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, cast
from xml.etree import ElementTree as ET

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.strategies import procedures

import duecourse as dc
from duecourse.calendar import Span, Unit
from duecourse.model.expression import FALSE, TRUE
from duecourse.model.procedure import (
    Actor,
    Branch,
    Cite,
    Clock,
    Extension,
    Label,
    Mark,
    On,
    Procedure,
    Stage,
    Step,
    Stopped,
    Suspension,
)
from duecourse.report.diagram import dot, mermaid, svg
from duecourse.report.diagram.draw import BAR
from duecourse.report.diagram.graph import MOST_ARROWS, graph
from duecourse.report.diagram.lanes import lanes
from duecourse.report.diagram.layout import picture
from duecourse.report.diagram.limits import limits
from duecourse.report.diagram.order import ranks
from duecourse.report.diagram.reach import reach
from duecourse.report.diagram.scene import Area, Rect, Scene, Stroke, Text
from duecourse.report.diagram.tracks import Level, clashes, tracks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duecourse.model.procedure import Lang

    Draw = Callable[[st.SearchStrategy[Any]], Any]

TEXTS = ("trial-2017", "measures-2020", "measures-2022")
LANGS: tuple[Lang, ...] = ("en", "zh", "both")
SVG = "{http://www.w3.org/2000/svg}"

WORDS = st.sampled_from(
    [
        "takes",
        "note of",
        "an Unreasonablylongwordwithoutanyspace" * 3,
        "形成审查结论建议，",
        "<&\"'>",
        "a",
    ]
)
LABELS = st.builds(
    Label,
    st.lists(WORDS, min_size=1, max_size=12).map(" ".join),
    st.sampled_from(["", "征求意见", "再次征求成员单位、相关部门意见" * 4]),
)


@st.composite
def pictured(draw: Draw, most_stages: int = 12) -> Procedure:
    """Return procedures of every shape that a picture may have to show: loops, hubs, many actors."""
    stages = [f"s{at}" for at in range(draw(st.integers(1, most_stages)))]
    actors = [f"a{at}" for at in range(draw(st.integers(1, 5)))]
    some = st.lists(st.sampled_from(stages), min_size=1, max_size=6, unique=True)
    steps = [
        Step(
            id=f"{draw(st.sampled_from('pq'))}_{at}",
            label=draw(LABELS),
            cites=(Cite(str(at), Mark.INFERRED),) * draw(st.integers(0, 3)),
            actors=tuple(
                draw(st.lists(st.sampled_from(actors), min_size=1, max_size=2, unique=True))
            ),
            sources=tuple(draw(some)),
            when=draw(st.sampled_from([TRUE, TRUE, TRUE, FALSE])),
            branches=tuple(Branch(each) for each in draw(st.one_of(st.just([]), some))[:1]),
        )
        for at in range(draw(st.integers(0, 2 * len(stages) + 4)))
    ]
    steps += [
        replace(step, id=f"m_{at}", branches=(Branch(stages[-1]), Branch(stages[0])))
        for at, step in enumerate(steps[:2])
    ]
    finals = set(draw(st.lists(st.sampled_from(stages), max_size=3)))
    return procedure(
        stages=tuple(Stage(id=each, label=draw(LABELS), final=each in finals) for each in stages),
        actors=tuple(Actor(id=each, label=draw(LABELS)) for each in actors),
        steps=tuple(steps),
        clocks=clocks(draw, steps, actors) if steps else (),
        suspensions=(
            Suspension(
                id="hold",
                label=draw(LABELS),
                begins=(On(steps[0].id),),
                ends=(On(steps[-1].id),),
                stops=(Stopped("c0"),),
            ),
        )
        if steps
        else (),
    )


def clocks(draw: Draw, steps: list[Step], actors: list[str]) -> tuple[Clock, ...]:
    ids = st.lists(st.sampled_from([step.id for step in steps]), min_size=1, max_size=3)
    return tuple(
        Clock(
            id=f"c{at}",
            label=draw(LABELS),
            binds=(actors[0],),
            limit=Span(at + 1, draw(st.sampled_from(list(Unit)))),
            starts=tuple(map(On, draw(ids))),
            stops=tuple(map(On, draw(ids))),
            extensions=(
                Extension(steps[0].id, draw(st.sampled_from([None, Span(1, Unit.WORKING_DAY)]))),
            ),
        )
        for at in range(draw(st.integers(1, 4)))
    )


def procedure(**parts: object) -> Procedure:
    nothing = ("articles", "facts", "definitions", "panels", "readings", "outcomes", "not_modelled")
    given_parts = {
        "id": "drawn",
        "label": Label("A drawn procedure", "随机程序"),
        "text": Label("Nothing of the kind was ever enacted"),
        "in_force": (None, None),
        "initial": "s0",
        "measured_from": (),
        "calendars": (),
        "first_day_counts": FALSE,
        "clocks": (),
        "suspensions": (),
        **dict.fromkeys(nothing, ()),
        **parts,
    }
    return Procedure(**cast("Any", given_parts))


# --- the promises -----------------------------------------------------------------------------------


def overlapping(areas: list[Area]) -> list[tuple[Area, Area]]:
    return [(one, other) for one, other in combinations(areas, 2) if one.overlaps(other)]


def outside(scene: Scene) -> list[Text]:
    sheet = Area(0, 0, scene.width, scene.height)
    return [text for text in scene.texts() if not sheet.contains(text.area)]


def spilling(scene: Scene) -> list[str]:
    """Return the texts of boxes that reach over the edge of their box."""
    return [
        item.text
        for group in scene.groups
        for item in group.items
        if group.box is not None and isinstance(item, Text) and not group.box.contains(item.area)
    ]


def legs(stroke: Stroke) -> Iterator[Area]:
    for (x, y), (right, bottom) in pairwise(stroke.points):
        yield Area(min(x, right), min(y, bottom), abs(x - right) or 0.1, abs(y - bottom) or 0.1)


def covered(scene: Scene) -> list[tuple[Area, Area]]:
    """Return the parts of arrows that lie under a box or a text."""
    things = [*scene.boxes(), *(text.area for text in scene.texts())]
    arrows = [
        item
        for group in scene.groups
        for item in group.items
        if isinstance(item, Stroke) and item.arrow
    ]
    return [
        (leg, thing)
        for arrow in arrows
        for leg in legs(arrow)
        for thing in things
        if leg.overlaps(thing)
    ]


def lying(scene: Scene) -> list[tuple[Area, Area]]:
    """Return the parts of different arrows that lie on each other, so that nobody could tell them apart."""
    arrows = [i for g in scene.groups for i in g.items if isinstance(i, Stroke) and i.arrow]
    return [
        (part, cover)
        for one, other in combinations(arrows, 2)
        for part in legs(one)
        for cover in legs(other)
        if (part.width > part.height) == (cover.width > cover.height)
        if grown(part).overlaps(cover)
    ]


def grown(area: Area) -> Area:
    """Return an area that is wider to the sides of its length, not at its ends."""
    if area.width > area.height:
        return Area(area.x + 1, area.y - 2, area.width - 2, area.height + 4)
    return Area(area.x - 2, area.y + 1, area.width + 4, area.height - 2)


def slanting(scene: Scene) -> list[Stroke]:
    """Return the arrows that are not made of upright and level parts, or do not enter from above."""
    arrows = [i for g in scene.groups for i in g.items if isinstance(i, Stroke) and i.arrow]
    return [
        arrow
        for arrow in arrows
        if any(min(abs(x - u), abs(y - v)) > 0.5 for (x, y), (u, v) in pairwise(arrow.points))
        or not arrow.points[-2][1] < arrow.points[-1][1]
    ]


def drawn_steps(scene: Scene) -> set[str]:
    return {
        name
        for group in scene.groups
        for name in re.findall(r"\[(\w+)\]$", group.hover, re.MULTILINE)
    }


def check(procedure: Procedure, scene: Scene) -> None:
    assert overlapping(list(scene.boxes())) == []
    assert overlapping([text.area for text in scene.texts()]) == []
    assert outside(scene) == []
    assert spilling(scene) == []
    assert covered(scene) == []
    assert slanting(scene) == []
    assert lying(scene) == []
    assert {step.id for step in procedure.steps} <= drawn_steps(scene)
    assert {stage.id for stage in procedure.stages} <= drawn_steps(scene)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", TEXTS)
def test_nothing_overlaps_and_nothing_is_missing_in_the_picture_of_a_shipped_text(
    name: str, lang: Lang
) -> None:
    check(dc.load(name), picture(dc.load(name), lang))


@settings(max_examples=60, deadline=None)
@given(pictured(), st.sampled_from(LANGS))
def test_nothing_overlaps_and_nothing_is_missing_in_any_picture(
    drawn: Procedure, lang: Lang
) -> None:
    check(drawn, picture(drawn, lang))
    ET.fromstring(svg(drawn, lang))


@pytest.mark.slow
@settings(max_examples=5, deadline=None, phases=[Phase.generate])
@given(pictured(most_stages=60))
def test_large_pictures_are_as_clean(drawn: Procedure) -> None:
    check(drawn, picture(drawn, "both"))


@settings(max_examples=40, deadline=None)
@given(procedures())
def test_every_procedure_of_the_language_has_its_pictures(drawn: Procedure) -> None:
    check(drawn, picture(drawn, "both"))
    assert mermaid(drawn)
    assert dot(drawn)


# --- SVG --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawing() -> str:
    return svg(dc.load("measures-2022"))


def test_the_document_is_well_formed_and_says_what_it_shows(drawing: str) -> None:
    root = ET.fromstring(drawing)

    assert root.tag == f"{SVG}svg"
    assert root.attrib["viewBox"] == f"0 0 {root.attrib['width']} {root.attrib['height']}"
    assert "Cybersecurity Review Measures (2022)" in (root.findtext(f"{SVG}title") or "")
    assert "A case begins in “Under consideration”" in (root.findtext(f"{SVG}desc") or "")


def test_the_document_needs_nothing_from_elsewhere(drawing: str) -> None:
    assert re.findall(r"https?:[^\"' ]*", drawing) == ["http://www.w3.org/2000/svg"]
    assert (
        re.findall(r"<(?:script|image|use|a|foreignObject)\b|href|url\(|@import|on\w+=", drawing)
        == []
    )


def test_stated_steps_of_one_family_are_told_with_their_count(drawing: str) -> None:
    root = ET.fromstring(drawing)
    texts = [text.text for text in root.iter(f"{SVG}text")]

    assert "Art. 10  × 7" in texts  # the seven factors
    assert "Arts. 12, 13  × 6" in texts  # three replies of members and three of departments


def test_limits_stand_beside_the_lanes_against_articles_9_11_12_and_14(drawing: str) -> None:
    texts = [text.text or "" for text in ET.fromstring(drawing).iter(f"{SVG}text")]

    assert [text for text in texts if text.startswith("≤")] == [
        "≤ 10 WD",
        "≤ 30 WD (+15)",
        "≤ 15 WD",
        "≤ 90 WD (extendable)",
    ]


def test_a_theme_is_fixed_or_follows_the_reader() -> None:
    small = dc.load("trial-2017")
    automatic, light, dark = (svg(small, theme=theme) for theme in ("auto", "light", "dark"))

    assert "prefers-color-scheme:dark" in automatic
    assert "prefers-color-scheme" not in light + dark
    assert light != dark


def classes(text: str) -> set[str]:
    return {name for names in re.findall(r'class="([^"]+)"', text) for name in names.split()}


def test_every_class_in_a_picture_has_a_rule_in_both_themes(drawing: str) -> None:
    for theme in ("light", "dark"):
        style = re.search(
            r"<style>(.*?)</style>", svg(dc.load("measures-2022"), theme=theme), re.DOTALL
        )
        assert style
        ruled = set(re.findall(r"\.([\w-]+)", style[1]))
        assert classes(drawing) - ruled - {"dc-legend", "dc-limit"} == set()


def test_a_picture_is_the_same_each_time() -> None:
    assert svg(dc.load("measures-2020")) == svg(dc.load("measures-2020"))


def test_a_label_cannot_leave_its_place_in_the_document() -> None:
    evil = Label('</title><script>alert("x")</script>\x00\x1b', "]]>&amp;")
    text = dc.load("trial-2017")
    stages = tuple(replace(stage, label=evil) for stage in text.stages)

    root = ET.fromstring(svg(replace(text, stages=stages, label=evil)))

    assert not list(root.iter(f"{SVG}script"))


# --- what is drawn ----------------------------------------------------------------------------------


def test_steps_that_only_other_readings_allow_are_listed_and_not_drawn() -> None:
    text = dc.load("measures-2022")
    found = reach(text)

    for name in ("deem_review", "close_comments", "propose_conditional_pass", "proceed_early"):
        assert name not in found.sources
    for name in ("conditionally_passed", "refused", "terminated"):
        assert name not in found.stages
    assert "passed" in found.stages
    assert found.targets["commission_refuses_conclusion"] == ("special_review",)


def test_parties_share_a_lane_and_so_do_the_members_of_a_panel_against_articles_2_and_12() -> None:
    text = dc.load("measures-2022")

    found = [lane.actors for lane in lanes(text, text.steps)]

    assert found == [
        ("operator", "platform", "provider"),
        ("office",),
        ("members", "protection"),
        ("commission",),
        ("law",),
    ]
    assert [lane.law for lane in lanes(text, text.steps)] == [False] * 4 + [True]


def act(name: str, *actors: str) -> Step:
    return Step(id=name, actors=actors, sources=("s0",))


def test_a_provider_who_mostly_acts_alone_has_a_lane_of_its_own() -> None:
    text = procedure(
        actors=(Actor(id="operator"), Actor(id="provider")), stages=(Stage(id="s0"),), steps=()
    )
    jointly = act("answer", "operator", "provider")
    alone = [act(f"{actor}{at}", actor) for actor in ("operator", "provider") for at in range(3)]

    assert len(lanes(text, [jointly])) == 1
    assert len(lanes(text, [jointly, *alone])) == 2


def test_a_step_possible_in_many_stages_is_drawn_once_with_a_letter_on_each_of_them() -> None:
    whole = graph(dc.load("measures-2022"))
    (box,) = (node for node in whole.nodes.values() if "withdraw" in node.steps)

    assert len(box.home) > MOST_ARROWS
    assert box.letter
    assert all(box.letter in whole.letters[stage] for stage in box.home)
    assert not any(target == box.name for _, target in whole.edges)
    assert (box.name, "stage withdrawn") in whole.edges


def test_a_limit_runs_in_the_stages_of_its_article() -> None:
    whole = graph(dc.load("measures-2022"))
    running = {limit.clock: limit.stages for limit in limits(whole, "en")}

    assert running == {
        "screening_clock": {"screening"},
        "preliminary_clock": {"preliminary_review", "proposal_formed"},
        "comments_clock": {"consultation"},
        "special_clock": {
            "special_review",
            "second_proposal_formed",
            "second_consultation",
            "ready_to_report",
            "at_commission",
            "approved",
        },
    }


def test_bars_are_as_wide_as_drawn_and_end_below_where_they_begin() -> None:
    scene = picture(dc.load("measures-2022"), "en")
    bars = [
        item.area
        for group in scene.groups
        for item in group.items
        if group.css == "dc-limit" and isinstance(item, Rect) and item.area.width == BAR
    ]

    assert len(bars) == 4
    assert all(bar.height > 30 for bar in bars)


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        ("en", {"otherwise", "pass"}),
        ("zh", {"其他情形", "“审查结论建议” = pass"}),
        ("both", {"otherwise", "其他情形", "“审查结论建议” = pass"}),
    ],
)
def test_arrows_that_part_say_on_what_it_depends(lang: Lang, texts: set[str]) -> None:
    scene = picture(dc.load("measures-2022"), lang)
    parting = [
        group
        for group in scene.groups
        if group.hover and any(isinstance(item, Stroke) for item in group.items) and not group.css
    ]
    written = [item.text for group in parting for item in group.items if isinstance(item, Text)]

    assert len(parting) == 4  # filing complete or not, passed or not
    assert all(any(text in each for each in written) for text in texts)
    assert any("conditional" in group.hover for group in parting) is False


def test_a_long_condition_is_cut_and_stands_in_full_where_it_is_pointed_at() -> None:
    scene = picture(dc.load("measures-2022"), "en")
    (long,) = (
        group
        for group in scene.groups
        if group.hover.startswith("files with") and "analysis" in group.hover
    )
    lines = [item.text for item in long.items if isinstance(item, Text)]

    assert lines[0].startswith("“The analysis")
    assert lines[-1].endswith("…")
    assert "listing documents are ready" in long.hover


def test_the_picture_of_the_largest_shipped_text_is_not_wider_than_eight_columns() -> None:
    scene = picture(dc.load("measures-2022"), "both")

    assert scene.width < 2200
    assert scene.height < 4000


def test_a_loop_is_cut_where_it_closes() -> None:
    assert ranks(["a", "b"], [("a", "b"), ("b", "a")]) == {"a": 0, "b": 1}
    assert ranks(["a"], [("a", "a")]) == {"a": 0}


def test_level_parts_that_would_lie_on_each_other_get_different_tracks() -> None:
    entering, leaving = Level(0, (100.0,), (50.0,)), Level(1, (50.0,), (0.0,))

    found = tracks([entering, leaving])

    assert (
        found[1] < found[0]
    )  # what leaves the upper box at 50 turns before the other comes down there


def test_arrows_that_change_places_are_found_because_no_order_keeps_them_apart() -> None:
    exchanged = [Level(0, (0.0,), (50.0,)), Level(1, (50.0,), (0.0,))]
    nested = [Level(0, (0.0,), (50.0,)), Level(1, (50.0,), (90.0,))]

    assert len(set(clashes(exchanged, tracks(exchanged)))) == 1
    assert set(clashes(nested, tracks(nested))) == set()


# --- notations --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEXTS)
def test_mermaid_and_graphviz_name_every_stage_and_step(name: str) -> None:
    text = dc.load(name)
    flowchart, digraph = mermaid(text, "en"), dot(text, "en")

    for stage in text.stages:
        assert f"s_{stage.id}([" in flowchart
        assert f"s_{stage.id} [" in digraph
    for step in text.steps:
        assert step.label.en.replace("%", "#37;") in flowchart
        assert step.label.en in digraph


def test_mermaid_and_graphviz_show_what_other_readings_allow_with_a_broken_outline() -> None:
    text = dc.load("measures-2022")
    remote = re.search(r"  class (\S+) remote", mermaid(text))

    assert remote
    assert "s_terminated" in remote[1].split(",")
    assert "s_passed" not in remote[1].split(",")
    assert '  s_terminated [style="dashed"]' in dot(text)


def test_a_label_cannot_leave_its_quotes_in_a_notation() -> None:
    evil = Label('"]; end %%{init: {}}%% <b>`x`\\')
    text = dc.load("trial-2017")
    changed = replace(text, stages=tuple(replace(stage, label=evil) for stage in text.stages))

    assert (
        's_selected(["#quot;]; end #37;#37;{init: {}}#37;#37; #lt;b#gt;#96;x#96;#92;"])'
        in mermaid(changed)
    )
    assert 's_selected [label="\\"]; end %%{init: {}}%% <b>`x`\\\\",' in dot(changed)
