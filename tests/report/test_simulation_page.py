"""The report on one scenario: whole, self-contained, repeatable, in each language, with the numbers of its result."""

from __future__ import annotations

import csv
import io
import math
import re
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from tests.pages import HTML, clipped, english, figure, numbers, overlapping, requests, words

from duecourse.cli.docket import opened
from duecourse.cli.simulation_report import command, simulated
from duecourse.report.as_read import as_read
from duecourse.report.diagram.reach import reach
from duecourse.report.html_simulation import (
    Simulated,
    flow_labels,
    simulation_page,
    simulation_plots,
    simulation_tables,
)
from duecourse.report.table_csv import table_csv
from duecourse.report.timeline import timelines
from duecourse.scenarios import load_scenario
from duecourse.shipped import shipped
from duecourse.simulations import replicate

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from duecourse.model.procedure import Lang
    from duecourse.report.plots import Plot

SEED, REPLICATIONS = 11, 3
LANGUAGES: tuple[Lang, ...] = ("en", "zh", "both")
DOCKET_DAY = "2022-06-01"
STRESS = ("Objectives", "Logic", "Data", "Experimentation", "Implementation", "Code access")
"""The headings of Monks and others, Journal of Simulation 13 (2019), table 1."""

CHINESE = re.compile("[\u4e00-\u9fff]")
CJK_FACES = ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei")
"""A Chinese face of Linux, macOS and Windows each."""


def fresh(seed: int = SEED) -> Simulated:
    scenario = load_scenario("baseline-2022").lasting(1.4, 0.4)
    typed = command("baseline-2022", REPLICATIONS, seed, None)
    return simulated(scenario, REPLICATIONS, seed, 1, typed)


@pytest.fixture(scope="module")
def told() -> Simulated:
    return fresh()


@pytest.fixture(scope="module")
def html(told: Simulated) -> str:
    return simulation_page(told)


@pytest.fixture(scope="module")
def tree(html: str) -> Element:
    return ET.fromstring(html)


@pytest.fixture(scope="module")
def drawn(told: Simulated) -> dict[Lang, list[Plot]]:
    """All drawings, by language."""
    return {
        lang: [plot for each in simulation_plots(told, lang).values() for plot in each]
        for lang in LANGUAGES
    }


@pytest.fixture(scope="module")
def plots(drawn: dict[Lang, list[Plot]]) -> list[Plot]:
    return drawn["both"]


def sections(tree: Element, level: str) -> list[str]:
    return [english(each) for each in tree.iter(f"{HTML}{level}")]


def test_the_page_asks_for_nothing_from_outside(html: str) -> None:
    assert requests(html) == []


def test_the_six_headings_of_stress_des_are_there_in_order_and_filled_in(tree: Element) -> None:
    found = [each for each in sections(tree, "h3") if re.match(r"\d ", each)]

    assert found == [f"{at} {name}" for at, name in enumerate(STRESS, start=1)]
    assert all(words(each) for each in tree.iter(f"{HTML}dd"))


CHECKLIST = (
    "Purpose", "Outputs", "Aim of the experiment",
    "Base model overview", "Base model logic", "Scenario logic", "Algorithms",
    "Entities", "Activities", "Resources", "Queues", "Entry and exit",
    "Sources", "Pre-processing", "Inputs", "Assumptions",
    "Initialisation", "Run length", "Estimation",
    "Software", "Random sampling", "Execution", "System specification",
    "Sharing of the model",
)  # fmt: skip
"""What stands under the headings in the same table, in our words: 1.1 to 6.1, 2.5 taken apart."""


def test_every_item_of_the_checklist_is_told(tree: Element) -> None:
    assert set(CHECKLIST) <= {english(each) for each in tree.iter(f"{HTML}dt")}


def test_every_figure_of_the_six_kinds_is_there_with_unit_legend_mark_and_table(
    tree: Element, told: Simulated
) -> None:
    names = [each.get("id", "") for each in tree.iter(f"{HTML}figure")]
    pools = [pool.id for pool in told.result.scenario.pools]

    assert names[:5] == [
        f"figure-{each}" for each in ("backlog", "stages", "ends", "clocks", "limits")
    ]
    assert names[5 : -_cases(told)] == [
        f"figure-{what}-{pool}" for pool in pools for what in ("utilisation", "queue")
    ]
    assert all(each.startswith("figure-case-") for each in names[-_cases(told) :])
    for name in names:
        each = figure(tree, name.removeprefix("figure-"))
        title = each.find(f"{HTML}figcaption/{HTML}strong")
        assert title is not None
        assert english(title).endswith("†")
        assert re.search(r"replications?", words(each))
        assert each.findall(f"{HTML}ul/{HTML}li")
        assert each.findall(f"{HTML}details//{HTML}tbody/{HTML}tr")


def _cases(told: Simulated) -> int:
    return len(timelines(told.log, told.result.scenario))


def test_the_tables_behind_the_figures_hold_the_numbers_of_the_result(
    tree: Element, told: Simulated
) -> None:
    result = told.result
    backlog = figure(tree, "backlog")
    found = [
        next(numbers(list(row))) for row in backlog.iter(f"{HTML}tr") if list(numbers(list(row)))
    ]
    series = result.backlog
    assert found == list(zip(series.mean, series.low, series.high, strict=True))

    late = [each for row in figure(tree, "limits").iter(f"{HTML}tr") for each in numbers(list(row))]
    shares = [each.late_share for each in result.clocks.values() if each.late_share.replications]
    assert [each[0] for each in late] == [share.mean for share in shares]

    pool = result.scenario.pools[0].id
    busy = result.periods[f"pool.{pool}.utilisation"]
    shown = [
        each
        for row in figure(tree, f"utilisation-{pool}").iter(f"{HTML}tr")
        for each in numbers(list(row))
    ]
    assert [each[0] for each in shown] == list(busy.mean)
    assert all(low >= 0 and high <= 1 for _, low, high in shown if not math.isnan(low))


def test_the_diagram_carries_the_flows_of_the_result(html: str, told: Simulated) -> None:
    labels = flow_labels(told.result)

    assert f">{labels['stage.screening'].en}</text>" in html
    assert f">{labels['step.decide_no_review'].en}</text>" in html
    assert "step.decide_review" in told.result.flows


def test_the_command_the_seed_and_the_files_with_their_hashes_are_told(
    html: str, told: Simulated
) -> None:
    scenario = told.result.scenario
    names = [each.name for each in told.inputs]

    assert "duecourse report baseline-2022 --replications 3 --seed 11" in html
    assert names[:2] == ["scenarios/baseline-2022.toml", "model/measures-2022.toml"]
    assert told.inputs[0].sha256 == sha256(scenario.source.encode()).hexdigest()
    assert told.inputs[1].sha256 == sha256(scenario.procedure.source.encode()).hexdigest()
    assert all(each.sha256 in html for each in told.inputs)


def test_a_file_goes_by_its_name_wherever_it_lies() -> None:
    assert command("/somewhere/of/mine/busy.toml", 5, 1, 2.5) == (
        "duecourse report busy.toml --replications 5 --seed 1 --years 2.5"
    )


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(html: str) -> None:
    assert simulation_page(fresh()) == html
    assert simulation_page(fresh(SEED + 1)) != html


def test_in_chinese_the_page_has_no_english_beside_it_and_names_chinese_faces(
    told: Simulated,
) -> None:
    html = simulation_page(told, "zh")
    tree = ET.fromstring(html)
    heads = [words(each) for level in ("h2", "h3") for each in tree.iter(f"{HTML}{level}")]

    assert tree.get("lang") == "zh"
    assert all(CHINESE.search(head) for head in heads)
    assert not any("lang" in each.attrib for each in tree.iter(f"{HTML}span"))
    assert all(face in html for face in CJK_FACES)


def test_in_english_the_page_has_no_chinese_but_in_the_files_it_prints(told: Simulated) -> None:
    tree = ET.fromstring(simulation_page(told, "en"))
    for printed in tree.iter(f"{HTML}pre"):
        printed.text = ""
    for style in tree.iter("{http://www.w3.org/2000/svg}title"):  # what is said when pointed at
        style.text = ""

    assert [each for each in map(str.strip, tree.itertext()) if CHINESE.search(each)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_text_in_the_drawings_stays_text_in_the_faces_of_the_page(
    drawn: dict[Lang, list[Plot]], lang: Lang
) -> None:
    for plot in drawn[lang]:
        assert "<text" in plot.svg
        assert "font-family" not in plot.svg
        assert bool(CHINESE.search("".join(ET.fromstring(plot.svg).itertext()))) == (lang != "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_clipped_and_nothing_overlaps(drawn: dict[Lang, list[Plot]], lang: Lang) -> None:
    for plot in drawn[lang]:
        assert (plot.id, clipped(plot.svg), overlapping(plot.svg)) == (plot.id, [], [])


def test_colours_of_the_drawings_are_defined_for_light_and_dark(
    html: str, plots: list[Plot]
) -> None:
    used = {name for plot in plots for name in re.findall(r"var\(--([\w-]+)", plot.svg)}
    style = html[: html.index("</style>")]
    dark = style.split("@media screen and (prefers-color-scheme: dark)", 1)[1]

    assert used
    assert all(style.count(f"--{name}:") >= 3 for name in used)  # light, dark by setting, by switch
    assert all(f"--{name}:" in dark for name in used)


def test_every_table_can_be_read_back_from_its_csv_without_loss(told: Simulated) -> None:
    for name, table in simulation_tables(told).items():
        heads, *rows = csv.reader(io.StringIO(table_csv(table)))
        assert len(rows) == len(table.rows), name
        for row, cells in zip(rows, table.rows, strict=True):
            given = [each for cell in cells for each in (cell.value, cell.low, cell.high)]
            numbers_given = [each for each in given if not math.isnan(each)]
            read = [float(each) for each in row if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", each)]
            assert len(row) == len(heads), name
            assert read == numbers_given, name


def test_cases_told_one_by_one_are_without_gaps_and_have_ended(told: Simulated) -> None:
    scenario = told.result.scenario
    found = timelines(told.log, scenario)
    counted = told.log.days.since_start(scenario.warm_up)

    assert found
    for each in found:
        stages = [part for part in each.parts if part.kind == "stage"]
        assert each.since >= counted
        assert stages[0].name == scenario.procedure.initial
        assert all(one.until == two.since for one, two in pairwise(stages))
        assert all(part.past >= 0 for part in each.parts)


@pytest.mark.parametrize("replications", [1, 2])
def test_a_run_too_short_or_too_small_for_intervals_is_reported_all_the_same(
    replications: int,
) -> None:
    scenario = load_scenario("baseline-2022").lasting(0.42, 0.4)

    html = simulation_page(simulated(scenario, replications, 1, 1, "duecourse"))

    assert requests(html) == []


def test_the_calendar_is_among_the_inputs_with_its_hash(told: Simulated) -> None:
    """By the file that ships, read here by another way."""
    content = shipped().joinpath("model", "calendars", "prc.toml").read_bytes()

    assert told.inputs[-1].name == "model/calendars/prc.toml"
    assert told.inputs[-1].sha256 == sha256(content).hexdigest()


def test_the_picture_follows_the_readings_of_the_scenario() -> None:
    """Under `silence = agreement` (R5) the lapse of the replies is a step, which the default reading does not allow."""
    plain = load_scenario("baseline-2022").procedure
    reading = plain.reading["silence"]
    other = next(each.id for each in reading.options if each.id != reading.default)
    read = as_read(plain, {"silence": other})

    assert read.reading["silence"].default == other
    assert reach(read).sources.keys() != reach(plain).sources.keys()
    assert as_read(plain, {}).readings == plain.readings


@pytest.mark.parametrize(
    ("readings", "name", "stage"),
    [
        ({"commission_time": "not_counted"}, "commission_deciding", "at_commission"),
        ({"second_consultation_time": "on_top"}, "second_on_top", "second_consultation"),
    ],
)
def test_a_timeline_shows_the_suspensions_of_the_readings_of_the_scenario(
    readings: dict[str, str], name: str, stage: str
) -> None:
    """Where the time is not counted (R13, R10) the suspension lasts as long as the stage, by the text of the readings."""
    scenario = load_scenario("baseline-2022", readings=readings).lasting(1.5, 0)
    plain = load_scenario("baseline-2022").lasting(1.5, 0)
    found = [part for each in timelines(replicate(scenario), scenario) for part in each.parts]
    default = [part for each in timelines(replicate(plain), plain) for part in each.parts]

    paused = [(each.since, each.until) for each in found if each.name == name]
    stages = {(each.since, each.until) for each in found if each.name == stage}
    assert paused
    assert set(paused) == stages
    assert name not in {each.name for each in default}


def test_a_procedure_without_limits_has_no_empty_figures() -> None:
    """The trial measures of 2017 set no time limit at all."""
    scenario = load_scenario("trial-2017").lasting(1.2, 0)
    html = simulation_page(simulated(scenario, 1, 1, 1, "duecourse"), "en")
    names = re.findall(r'<figure id="figure-([\w-]+)"', html)

    assert scenario.procedure.clocks == ()
    assert "backlog" in names
    assert not {"clocks", "limits"} & set(names)
    assert html.count("Nothing to show") == 1


def test_a_run_that_begins_with_a_docket_says_so_and_hashes_its_file() -> None:
    name = "baseline-2022"
    docket = next(shipped().joinpath("scenarios", "dockets").iterdir())
    scenario = opened(name, 0.5, DOCKET_DAY, Path(str(docket)), None)
    told = simulated(scenario, 1, 1, 1, command(name, 1, 1, 0.5, DOCKET_DAY, Path(str(docket))))
    html = simulation_page(told, "en")
    assert scenario.docket is not None
    count = len(scenario.docket.cases)

    assert html.count(f"begins with the {count} open cases of {DOCKET_DAY}") == 2
    assert "office begins empty" not in html
    assert "warm-up, left out" not in html
    assert sha256(docket.read_bytes()).hexdigest() in html
    assert f"--start {DOCKET_DAY} --docket {docket.name}" in html
    assert str(Path(str(docket)).parent) not in html
