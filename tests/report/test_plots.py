"""Plots: text that stays text, colours of the page, nothing clipped, nothing overlapping, the numbers of the results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.pages import boxes, clipped, overlapping

from duecourse.model.procedure import Label
from duecourse.report.html_page import caseload_plots
from duecourse.report.plot_time import time_plot
from duecourse.report.plots import COLOURS, canvas, colour, drawn
from duecourse.report.spread import FEW, spread
from duecourse.simulations import replicate, simulate
from duecourse.simulations.log import Event, Log

if TYPE_CHECKING:
    from duecourse.report.plots import Plot
    from duecourse.report.study import Study

TITLE = Label("A plot", "图")


@pytest.fixture(scope="module")
def plots(study: Study) -> list[Plot]:
    return [time_plot(study.bounds), *caseload_plots(study)]


def small(*texts: tuple[float, float, str]) -> str:
    figure, axes = canvas(60)
    axes.set_xticks([])
    axes.set_yticks([])
    for x, y, text in texts:
        axes.text(x, y, text, color=colour("ink"))
    return drawn(figure, "small", TITLE)


def test_text_stays_text_in_both_languages_without_a_face_of_its_own(plots: list[Plot]) -> None:
    for plot in plots:
        text = " ".join(box.text for box in boxes(plot.svg))
        assert re.search("[\u4e00-\u9fff]", text), plot.id
        assert re.search("working days|per cent|date", text), plot.id
        assert "font-family" not in plot.svg
        assert not re.search(r"font: [^;]*'", plot.svg)


def test_every_colour_is_one_of_the_page(plots: list[Plot]) -> None:
    for plot in plots:
        outside = re.sub(r"var\(--[\w-]+,#[0-9a-f]{6}\)", "", plot.svg)
        assert re.findall(r"#[0-9a-f]{6}\b", outside) == [], plot.id
        assert set(re.findall(r"var\(--([\w-]+),", plot.svg)) <= set(COLOURS)


def test_nothing_is_clipped_and_nothing_overlaps(plots: list[Plot]) -> None:
    assert {plot.id: clipped(plot.svg) for plot in plots} == {plot.id: [] for plot in plots}
    assert {plot.id: overlapping(plot.svg) for plot in plots} == {plot.id: [] for plot in plots}


def test_the_search_for_clipped_and_overlapping_texts_finds_some() -> None:
    assert clipped(small((0.9, 0.5, "far too long for its place"))) == [
        "far too long for its place"
    ]
    assert ("one", "two") in overlapping(small((0.5, 0.5, "one"), (0.51, 0.5, "two")))
    assert overlapping(small((0.2, 0.5, "one"), (0.6, 0.5, "two"))) == []


def test_drawings_share_no_ids_and_stand_for_themselves(plots: list[Plot]) -> None:
    ids = [each for plot in plots for each in re.findall(r' id="([^"]+)"', plot.svg)]

    assert len(set(ids)) == len(ids)
    for plot in plots:
        used = set(re.findall(r'(?:="#|url\(#)([^")]+)', plot.svg))
        assert used <= set(re.findall(r' id="([^"]+)"', plot.svg)), plot.id
        assert "<style" not in plot.svg


def test_the_same_numbers_give_the_same_drawing(plots: list[Plot], study: Study) -> None:
    again = [time_plot(study.bounds), *caseload_plots(study)]

    assert [each.svg for each in again] == [each.svg for each in plots]


def test_the_parts_of_the_bars_add_up_as_in_section_6_of_the_law(plots: list[Plot]) -> None:
    sums: dict[tuple[str, str], float] = {}
    for text, outcome, _, _, days in plots[0].table.rows:
        key = str(text.text), str(outcome.text)
        sums[key] = sums.get(key, 0) + days.value

    assert sorted(sums.values()) == [70, 70, 115, 160]
    drawing = " ".join(box.text for box in boxes(plots[0].svg))
    for total in ("= 70", "115 + …", "160 + …"):
        assert total in drawing


def test_every_part_of_a_bar_is_named_by_its_article_below_it(plots: list[Plot]) -> None:
    found = boxes(plots[0].svg)
    days = [
        box for box in found if re.fullmatch(r"\+?\d+", box.text) and box.bottom < found[-1].top
    ]
    for box in days:
        middle = (box.left + box.right) / 2
        below = [
            each for each in found if each.text.startswith("Art.") and 0 < each.top - box.top < 30
        ]
        assert min(abs((each.left + each.right) / 2 - middle) for each in below) < 1


def test_quantiles_of_one_replication_are_those_of_its_result(study: Study) -> None:
    scenario = study.comparison.b.scenario
    found = spread(scenario, [replicate(scenario, seed=3)])
    result = simulate(scenario, replications=1, seed=3)

    assert found.outcomes["no_review_needed"].values[2] == pytest.approx(
        result.outcomes["no_review_needed"].working.median.mean, abs=1e-9
    )
    runs = result.clocks["screening_clock"].runs.mean * (scenario.years - scenario.warm_up)
    assert found.clocks["screening_clock"].cases == round(runs)


def test_of_few_cases_no_quantiles_are_told(study: Study) -> None:
    found = spread(study.comparison.b.scenario, [replicate(study.comparison.b.scenario, seed=3)])

    assert "opening_refused" not in found.outcomes
    assert all(each.cases >= FEW for each in (*found.outcomes.values(), *found.clocks.values()))


def test_a_clock_that_a_step_stops_and_starts_anew_has_two_runs(study: Study) -> None:
    scenario = study.comparison.b.scenario
    days = replicate(scenario.lasting(0.1, 0.0)).days

    def event(case: int, time: float, kind: str, step: str = "", subject: str = "") -> Event:
        return Event(
            case,
            "listing",
            time,
            kind,
            "",
            step,
            "a",
            "a",
            "",
            subject,
            0.0,
            breach=False,
            late=False,
        )

    events = [
        each
        for case in range(FEW)
        for each in (
            event(case, 0.0, "arrival"),
            event(case, 1.0, "step", "notify_special_review"),
            event(case, 4.0, "step", "notify_special_review"),
            event(case, 4.0, "stop", subject="special_clock"),
            event(case, 9.0, "stop", subject="special_clock"),
        )
    ]
    found = spread(scenario.lasting(0.1, 0.0), [Log(0, days, tuple(events))])

    assert found.clocks["special_clock"].cases == 2 * FEW
    assert found.clocks["special_clock"].values[0] == 3.0
    assert found.clocks["special_clock"].values[-1] == 5.0
