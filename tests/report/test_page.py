"""The report as a page: whole, self-contained, in two languages, and with the numbers of the study in it."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from tests.pages import HTML, english, figure, numbers, requests, table, words

from duecourse.report.caseload_tables import indicators
from duecourse.report.html_law import claims, story
from duecourse.report.html_page import page
from duecourse.report.tables import number
from duecourse.scenarios import load_scenario
from duecourse.shipped import shipped
from duecourse.simulations import compare

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from duecourse.report.study import Study

ON = date(2026, 1, 5)
SECTIONS = (
    "summary", "checked", "violation", "time", "diagrams", "caseload", "method", "inputs", "limits",
)  # fmt: skip
FIGURES = ("time", "ends", "clocks", "limits", "pools", "backlog")
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def html(study: Study) -> str:
    return page(study, ON)


@pytest.fixture(scope="module")
def tree(html: str) -> Element:
    return ET.fromstring(html)


def test_the_page_asks_for_nothing_from_outside(html: str) -> None:
    assert requests(html) == []


@pytest.mark.parametrize(
    "planted",
    [
        '<img src="https://example.org/x.png"/>',
        '<link rel="stylesheet" href="x.css"/>',
        '<a href="https://example.org/">x</a>',
        '<script src="//example.org/x.js"></script>',
        "<script>fetch('/x')</script>",
        "<style>@import 'x.css';</style>",
        "<style>body { background: url(https://example.org/x.png) }</style>",
        '<p style="background: url(x.png)">x</p>',
    ],
)
def test_the_search_for_requests_finds_one(html: str, planted: str) -> None:
    assert requests(html.replace("</main>", f"{planted}</main>"))


def test_all_sections_are_there_with_chinese_headings(tree: Element) -> None:
    headings = {each.get("id"): each for each in tree.iter(f"{HTML}h2")}

    assert tuple(headings) == SECTIONS
    assert [name for name, each in headings.items() if not CHINESE.search(words(each))] == []


def test_every_link_leads_somewhere_and_every_id_is_used_once(tree: Element) -> None:
    ids = [each.attrib["id"] for each in tree.iter() if "id" in each.attrib]
    targets = {
        value[1:]
        for each in tree.iter()
        for name, value in each.attrib.items()
        if name.rpartition("}")[2] == "href"
    }

    assert len(set(ids)) == len(ids)
    assert targets - set(ids) == set()
    assert set(SECTIONS) <= targets


def test_every_figure_has_title_unit_legend_note_and_the_numbers_behind_it(
    tree: Element, study: Study
) -> None:
    for name in FIGURES:
        found = figure(tree, name)
        caption = found.find(f"{HTML}figcaption")
        assert caption is not None
        assert CHINESE.search(words(caption))
        assert found.find(f".//{HTML}ul[@class='keys']/{HTML}li") is not None
        assert found.find(f"{HTML}p[@class='note']") is not None
        assert found.find(f"{HTML}details//{HTML}tbody/{HTML}tr") is not None
        if name != "time":
            assert "†" in words(caption)
            assert re.search(r"\d+ replications", words(caption))
        if name in {"limits", "pools", "backlog"}:
            assert f"{study.comparison.b.replications} replications, 95 % interval" in words(
                caption
            )


def test_colours_of_the_page_are_defined_for_light_dark_and_the_switch(html: str) -> None:
    style = html[html.index("<style>") : html.index("</style>")]
    blocks = re.findall(r":root[^{]*\{([^}]*--ground[^}]*)\}", style)
    used = set(re.findall(r"var\((--[\w-]+)", html))

    assert len(blocks) == 3
    for block in blocks:
        assert used - set(re.findall(r"(--[\w-]+):", block)) == set()
    assert ":root[data-theme=dark] .dc .dc-ground" in style


def test_verdicts_are_those_of_the_checks(tree: Element, study: Study) -> None:
    rows = table(tree, "Verdicts")

    assert [words(row[0]).split()[0] for row in rows] == [
        result.property.id for result in study.checks[0].results
    ]
    for row, claim in zip(rows, claims(study.checks), strict=True):
        for cell, verdict in zip(row[1:], claim.verdicts, strict=True):
            assert verdict.words.text("en") in words(cell)
            assert f"{verdict.visited:,} states" in words(cell)
    vacuous = [cell for row in rows for cell in row[1:] if "vacuously" in words(cell)]
    assert len(vacuous) == sum(result.vacuous for r in study.checks for result in r.results)


def test_the_violation_is_told_to_its_end_and_marked_where_the_claim_turns(
    tree: Element, study: Study
) -> None:
    told = tree.findall(f".//{HTML}ol[@class='story']/{HTML}li")
    assert study.violation is not None
    lines = story(study.violation)

    assert len(told) == len(lines)
    assert lines[-1].tone == "bad"
    assert "violated" in words(told[-1])
    assert next(each.tone for each in lines if each.tone) == "trigger"
    for element, line in zip(told, lines, strict=True):
        assert line.line.what.en in words(element)
        assert line.articles in words(element)


def test_bounds_are_spelled_out_as_in_section_6_of_the_law(tree: Element, study: Study) -> None:
    totals = [
        int(each.attrib["data-value"])
        for each in tree.iterfind(f".//{HTML}li[@class='total']/{HTML}b")
    ]

    assert totals == [row.without for found in study.bounds for row in found.rows if row.clauses]
    assert {70, 115, 160} <= set(totals)
    assert "30" in words(figure(tree, "time"))


def test_the_side_by_side_table_holds_the_numbers_of_the_comparison(
    tree: Element, study: Study
) -> None:
    rows = table(tree, "Side by side")
    wanted = list(indicators(study.comparison))

    assert [english(row[0]) for row in rows] == [label.en for label, _, _ in wanted]
    for row, (_, name, form) in zip(rows, wanted, strict=True):
        found = study.comparison[name]
        every = (found.a, found.b, found.difference)
        told = [(each.mean, each.low, each.high) for each in every if each.replications]
        if not math.isnan(found.gain):
            told.append((found.gain, math.nan, math.nan))
        assert list(numbers(row)) == [
            pytest.approx(each, rel=0, abs=0, nan_ok=True) for each in told
        ]
        assert number(found.b.mean, form) in words(row[2])
        assert ("clear" in words(row[4])) == found.clear


def test_the_tables_behind_the_figures_hold_the_numbers_of_the_results(
    tree: Element, study: Study
) -> None:
    late = [
        study.comparison[f"clock.{clock.id}.late_share"]
        for clock in study.comparison.b.scenario.procedure.clocks
    ]
    wanted = [each.mean for pair in late for each in (pair.a, pair.b) if each.replications]
    found = [value[0] for row in table(figure(tree, "limits"), "") for value in numbers(row)]
    assert found == wanted

    wanted = [
        each.mean
        for pool in study.comparison.b.pools
        for pair in [study.comparison[f"pool.{pool}.utilisation"]]
        for each in (pair.a, pair.b)
    ]
    assert [
        value[0] for row in table(figure(tree, "pools"), "") for value in numbers(row)
    ] == wanted

    series = study.comparison.b.backlog
    weeks = {words(row[0]): list(numbers(row))[-1][0] for row in table(figure(tree, "backlog"), "")}
    assert weeks == {
        day.isoformat(): mean
        for day, mean in list(zip(series.dates, series.mean, strict=True))[::4]
    }


def test_files_are_named_with_their_true_hashes_and_no_place_on_a_machine(
    html: str, tree: Element
) -> None:
    for row in table(tree, "Files"):
        name = words(row[0])
        content = shipped().joinpath(*name.split("/")).read_bytes()
        assert words(row[1]) == sha256(content).hexdigest()
    assert str(shipped()) not in html
    assert not re.search(r"(?<![\w.])/(?:home|root|tmp|usr|work|Users)/", html)


def test_every_assumption_of_the_scenarios_is_listed(tree: Element, study: Study) -> None:
    for result in (study.comparison.a, study.comparison.b):
        rows = table(tree, f"Where the numbers of {result.scenario.id} come from")
        assert [(words(row[0]), words(row[1]), words(row[2])) for row in rows] == [
            (note.what, "†", " ".join(note.text.split())) for note in result.scenario.notes
        ]


def test_the_page_is_the_same_byte_by_byte_but_for_its_date(html: str, study: Study) -> None:
    scenarios = [
        load_scenario(name).lasting(1.2, 0.2) for name in ("baseline-2020", "baseline-2022")
    ]
    again = replace(study, comparison=compare(*scenarios, replications=3, seed=11))
    other = page(again, date(2027, 2, 6))

    differing = [
        (one, two)
        for one, two in zip(html.splitlines(), other.splitlines(), strict=True)
        if one != two
    ]
    assert len(differing) == 1
    assert 'id="date"' in differing[0][0]
    assert page(again, ON) == html


def test_another_seed_gives_another_page(html: str, study: Study) -> None:
    scenarios = [
        load_scenario(name).lasting(1.2, 0.2) for name in ("baseline-2020", "baseline-2022")
    ]
    other = replace(study, comparison=compare(*scenarios, replications=3, seed=12))

    assert page(other, ON) != html
