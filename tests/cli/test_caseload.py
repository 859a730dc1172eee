"""`simulate` and `compare`: the form of what they print, the schema of what they write, and what they refuse."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.simulations.test_process import claimed

from duecourse.cli.audit_log import audited
from duecourse.cli.caseload import NOTHING, Run, batched, compared, share, simulated, variant
from duecourse.cli.keeping import Keeping
from duecourse.cli.watching import watches
from duecourse.errors import InvalidInput
from duecourse.model.library import load
from duecourse.properties.property_file import load_properties
from duecourse.report.tables import number
from duecourse.report.wrapping import columns
from duecourse.scenarios import load_scenario
from duecourse.shipped import shipped
from duecourse.simulations import replicate
from duecourse.simulations.parquet import join

YEARS = 1.25


@cache
def simulation(format_: str = "text", lang: str = "en") -> str:
    return simulated(
        load_scenario("baseline-2022"), Run(3, 5, years=YEARS), NOTHING, format_, lang
    )[0]


@cache
def comparison(format_: str = "text") -> str:
    a, b = (load_scenario(name) for name in ("baseline-2020", "baseline-2022"))
    return compared(a, b, Run(2, 5, years=YEARS), format_)


def test_a_simulation_says_what_it_rests_on_and_then_flow_ends_limits_staff_stages() -> None:
    text = simulation()
    parts = text.split("\n\n")

    assert re.fullmatch(
        r"baseline-2022  Baseline under the Measures of 2022\n"
        r"measures-2022, \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d, counted from \d{4}-\d\d-\d\d \(after the warm-up\)\n"
        r"MSER-5 [^\n]+\n"
        r"means over 3 replications with their 95 % intervals; seed 5; WD = working days\n"
        r"† rests on the workload, of which (\d+) of \1 groups of numbers are assumptions",
        parts[0],
    )
    heads = [part.splitlines()[0].split(" †")[0] for part in parts[1:]]
    assert heads == [
        "Flow", "How cases end", "Statutory limits", "Staff", "Time in each stage", "What stands out",
    ]  # fmt: skip
    assert re.search(
        r"Decision whether a review is needed +10 WD \(Art\. 9\) +\d+ +\d+\.\d % \[\d+\.\d, \d+\.\d\]",
        text,
    )


def test_a_simulation_says_what_a_planner_should_look_at_first() -> None:
    advice = simulation().split("What stands out †\n")[1]

    assert re.search(r"most often late: .+ \(Art\. \d+\): \d", advice)
    assert re.search(r"longest wait for staff: .+ \(\d+\), ", advice)
    assert re.search(r"run about \d+ replications \(-n \d+\)", " ".join(advice.split()))


def test_one_replication_has_no_intervals_and_says_so() -> None:
    text, _ = simulated(load_scenario("baseline-2022"), Run(1, 5, years=YEARS))

    ends = text.split("\n\n")[2]
    assert "No review needed" in ends
    assert "[" not in ends
    assert "no intervals: run at least two replications" in text


def test_the_text_shows_the_numbers_of_the_json() -> None:
    found = json.loads(simulation("json"))
    shown = dict(
        re.findall(r"^  (\S.*?)  +(\S+(?: %)?) \[", simulation().split("\n\n")[1], re.MULTILINE)
    )

    assert found["schema"] == "duecourse/simulation/1"
    assert found["seed"] == 5
    for label, name, form in (
        ("cases filed a year", "arrivals", "count"),
        ("open cases, on average", "backlog.mean", "count"),
        ("share with a special review", "stage.special_review.share", "share"),
    ):
        assert shown[label] == number(found["estimates"][name]["mean"], form)  # type: ignore[arg-type]


def test_chinese_words_come_with_columns_in_line() -> None:
    text = simulation(lang="zh")
    limits = text.split("\n\n")[3].splitlines()

    assert limits[0] == "法定期限 †"
    ends = {columns(line[: line.index("%")]) for line in limits if "%" in line}
    assert len(ends) == 1
    assert not re.search("[a-z]{4,}", " ".join(limits))


def test_the_log_of_all_replications_is_one_file_with_one_head(tmp_path: Path) -> None:
    """The same bytes as the logs of single replications, one below the other."""
    file = tmp_path / "events.csv"
    simulated(load_scenario("baseline-2022"), Run(2, 5, years=1.1), Keeping(log=file))
    expected = StringIO()
    scenario = load_scenario("baseline-2022").lasting(1.1)
    for at in range(2):
        replicate(scenario, seed=5, replication=at).write_csv(expected, header=not at)

    assert file.read_text(encoding="utf-8") == expected.getvalue()
    assert [each.name for each in tmp_path.iterdir()] == ["events.csv"]


def test_events_and_cases_go_to_a_folder_and_the_same_run_gives_the_same_bytes(
    tmp_path: Path,
) -> None:
    for name in "ab":
        simulated(
            load_scenario("baseline-2022"), Run(2, 5, years=1.1), Keeping(log=tmp_path / name)
        )

    for table in ("events.parquet", "cases.parquet"):
        a, b = ((tmp_path / name / table).read_bytes() for name in "ab")
        assert a == b
    with TemporaryDirectory() as folder:
        events = Path(folder) / "events.csv"
        join([tmp_path / "a" / "events.parquet"], events)
        assert events.read_bytes().startswith(b"replication,case,class,time,date,event,")


def test_the_log_of_a_simulation_is_audited_without_a_step_against_the_law(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    simulated(load_scenario("baseline-2022"), Run(1, 5, years=1.1), Keeping(log=file))

    nothing = (None,) * 5
    text, _ = audited(file, "measures-2022", (), (), *nothing, None, "utf-8", "json", "en")

    # limits are missed for want of staff; nothing else is wrong
    assert json.loads(text)["kinds"].keys() == {"breach of a limit"}


@pytest.mark.parametrize(
    ("keeping", "message"),
    [
        (Keeping(log=Path("none/events.csv")), "name a file in a folder that exists"),
        (Keeping(log=Path("events.txt")), "name a .parquet or .csv file, or a folder for both"),
        (Keeping(cases=Path("cases")), "ends neither in .parquet nor in .csv"),
        (Keeping(on="scheduler"), '"scheduler" is no cluster; write dask://HOST:PORT'),
    ],
)
def test_a_place_that_cannot_be_used_is_refused_before_anything_is_simulated(
    keeping: Keeping, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duecourse.simulations.execute.log_of", None)

    with pytest.raises(InvalidInput, match=re.escape(message)):
        simulated(load_scenario("baseline-2022"), Run(2, years=YEARS), keeping)


def test_a_comparison_and_a_simulation_share_what_a_store_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping = Keeping(store=tmp_path / "store")
    run = Run(2, 5, years=1.1)
    a, b = (load_scenario(name) for name in ("baseline-2020", "baseline-2022"))
    both = compared(a, b, run, "json", "en", keeping)
    monkeypatch.setattr("duecourse.simulations.execute.log_of", None)

    alone, _ = simulated(load_scenario("baseline-2022"), run, keeping, "json")

    assert json.loads(both)["b"] == json.loads(alone)


def test_a_comparison_puts_two_scenarios_side_by_side() -> None:
    text = comparison()

    assert text.startswith("baseline-2020  Baseline under the Measures of 2020\nbaseline-2022  ")
    assert re.search(r"^ +baseline-2020 +baseline-2022 +difference +gain$", text, re.MULTILINE)
    row = re.search(
        r"^  late: Written replies of members and departments +(.+)$", text, re.MULTILINE
    )
    assert row is not None
    assert re.search(r"[+−]?\d+\.\d pp \[", row[1])


def test_a_comparison_as_json_names_its_schema_and_holds_both_results() -> None:
    found = json.loads(comparison("json"))

    assert found["schema"] == "duecourse/comparison/1"
    assert [found[each]["scenario"] for each in "ab"] == ["baseline-2020", "baseline-2022"]
    one = found["differences"]["throughput"]
    values = [found[each]["estimates"]["throughput"]["mean"] for each in "ab"]
    assert one["mean"] == pytest.approx(values[1] - values[0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("baseline-2023", None, "text", "en"), 'no scenario "baseline-2023"; did you mean'),
        (("baseline-2022", None, "xml", "en"), 'no format "xml"; known: json, text'),
        (("baseline-2022", None, "text", "fr"), 'no language "fr"; known: both, en, zh'),
        (("baseline-2022", 0.5, "text", "en"), "a warm-up of 1 years leaves nothing of 0.5 years"),
    ],
)
def test_what_cannot_be_simulated_is_refused(
    arguments: tuple[str, float | None, str, str], message: str
) -> None:
    name, years, format_, lang = arguments
    with pytest.raises(InvalidInput, match=re.escape(message)):
        simulated(load_scenario(name), Run(2, years=years), NOTHING, format_, lang)


def test_every_property_of_single_cases_that_holds_watches() -> None:
    watched = {
        each.id for each in watches([load_scenario("baseline-2022")], load_properties(shipped()))
    }

    assert {"s9_literal", "s9_law"} <= watched
    assert "no_dead_end" not in watched, "one case cannot violate it"


def test_a_property_that_the_law_itself_violates_does_not_watch() -> None:
    scenario = load_scenario("baseline-2022")
    amended = replace(scenario, procedure=load("no-commission-2022"), readings={})

    for scenarios in ([amended], [scenario, amended]):
        watched = {each.id for each in watches(scenarios, load_properties(shipped()))}
        assert not {"s9_literal", "s9_law"} & watched


def test_what_watches_goes_by_what_a_property_means_not_by_how_it_is_written() -> None:
    """Two files may write the same claim and define its words otherwise; the law is checked once for each."""
    scenario = load_scenario("baseline-2022")
    lawful, unlawful = claimed("decide_review at most 9 times"), claimed("never decide_review")
    alike = replace(lawful, monitor=unlawful.monitor)

    assert alike == lawful
    assert watches([scenario], [lawful]) == (lawful,)
    assert watches([scenario], [alike]) == ()


# --- precision, warm-up, what-if ----------------------------------------------------------------------


def test_a_precision_is_reached_or_the_exit_code_says_that_it_was_not(tmp_path: Path) -> None:
    keeping = Keeping(store=tmp_path / "store")
    run = Run(10, years=0.6, warm_up="0.2", precision="60%", measures=("backlog.mean",))
    text, code = simulated(load_scenario("baseline-2022"), run, keeping)
    short, three = simulated(
        load_scenario("baseline-2022"), replace(run, precision="1%", at_most=20), keeping
    )

    assert code == 0
    assert re.search(r"^  open cases, on average +\d.+ ± \d+\.\d +± \d+\.\d$", text, re.MULTILINE)
    assert "precision 60 % reached with 20 replications" in text
    assert three == 3
    words = " ".join(short.split())
    assert (
        "precision 1 % not reached: 20 replications are all that were allowed, and 1 of 1 inter"
        in words
    )
    assert re.search(r"about \d+ would be enough \(--at-most\)", words)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"precision": "five"}, '"five" is no precision; write it as 5% or 0.05'),
        ({"precision": "5"}, "precision = 5: it lies between 0 and 1"),
        ({"precision": "5%", "measures": ("tme.*",)}, 'no indicator "tme.*"'),
        ({"measures": ("backlog.mean",)}, "--for and --at-most go with --precision"),
        ({"at_most": 50}, "--for and --at-most go with --precision"),
        ({"warm_up": "long"}, '"long" is no warm-up; write a number of years, or auto for MSER-5'),
        ({"warm_up": "2"}, "a warm-up of 2 years leaves nothing of 0.3 years"),
    ],
)
def test_options_of_a_run_that_make_no_sense_are_refused(
    options: dict[str, object], message: str
) -> None:
    run = replace(Run(2, years=0.3, warm_up="0.1"), **options)  # type: ignore[arg-type]  # one setting each, of its own type
    with pytest.raises(InvalidInput) as error:
        simulated(load_scenario("baseline-2022"), run)

    assert message in str(error.value)


def test_a_precision_is_written_in_per_cent_or_as_a_number() -> None:
    assert (share("5%"), share(" 5 % "), share("0.05")) == (0.05, 0.05, 0.05)


def test_one_scenario_is_compared_with_itself_under_another_reading() -> None:
    a = variant("baseline-2022", (), ())
    b = variant("baseline-2022", (), ("silence=agreement",))
    text = compared(a, b, Run(2, years=0.5, warm_up="0.2"))

    assert re.search(
        r"^ +baseline-2022 +\+silence=agreement +difference +gain$", text, re.MULTILINE
    )
    assert variant("baseline-2022", ("special-45",), ()).id == "baseline-2022+special-45"


def test_the_text_says_from_when_events_count_and_what_mser_5_would_do() -> None:
    text = simulation()
    none, _ = simulated(load_scenario("baseline-2022"), Run(2, years=0.3, warm_up="0"))

    assert re.search(r"^MSER-5 (would end the warm-up on \d{4}-|finds no end)", text, re.MULTILINE)
    assert "counted from the first day (no warm-up)" in none
    assert "MSER-5" not in none


def test_one_long_run_in_batches_tells_whether_they_are_independent() -> None:
    run = Run(10, years=1.5, warm_up="0.2", measures=("backlog.mean", "clock.screening_clock.*"))
    text = batched(load_scenario("baseline-2022"), run, 8)

    assert "one run of 1.5 years; after a warm-up of 0.2 it is cut into 8 batches of " in text
    assert re.search(r"^  open cases, on average +\d+\.\d \[.+\] +[+−]0\.\d\d", text, re.MULTILINE)
    with pytest.raises(InvalidInput, match="--batches is one run of its length"):
        batched(load_scenario("baseline-2022"), replace(run, precision="5%"), 8)
