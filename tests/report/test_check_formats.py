"""What `check` tells other tools: JUnit XML, SARIF, workflow commands. The project is the one that `new` makes."""

from __future__ import annotations

import json
import re
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from duecourse.cli.app import app
from duecourse.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

AMENDMENT = """
[amendment]
id = "hasty"
of = "permit"
label = { en = "A permit may be granted before everything is there", zh = "材料未齐也可许可" }
source = { en = "a counter-example", zh = "反例" }

[[replace.step]]
id = "grant"
when = "true"
"""
CLAIM = "no_grant_while_materials_are_missing"
UNUSED = '\n[[stage]]\nid = "unused"\nlabel = { en = "Unused" }\ncites = ["1"]\n'


def duecourse(*arguments: str, cwd: Path) -> tuple[int, str]:
    with chdir(cwd):
        run = CliRunner().invoke(app, list(arguments))
    if isinstance(run.exception, InvalidInput):
        return 2, str(run.exception)
    assert run.exception is None or isinstance(run.exception, SystemExit), run.exception
    return run.exit_code, run.stdout


@pytest.fixture
def permit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    duecourse("new", "permit", "--project", cwd=tmp_path)
    folder = tmp_path / "permit"
    amendments = folder / "model" / "amendments"
    amendments.mkdir()
    (amendments / "hasty.toml").write_text(AMENDMENT, encoding="utf-8")
    return folder


def expect(permit: Path, verdict: str) -> None:
    """Let the claim expect a verdict of the amendment."""
    (file,) = (permit / "properties").glob("*.toml")
    text = file.read_text(encoding="utf-8") + f'expect = {{ hasty = "{verdict}" }}\n'
    file.write_text(text, encoding="utf-8")


def sarif(permit: Path, *arguments: str) -> dict[str, Any]:
    _, out = duecourse("check", *arguments, "--format", "sarif", cwd=permit)
    (run,) = json.loads(out)["runs"]
    found: dict[str, Any] = run
    return found


def line_of(permit: Path, physical: dict[str, Any]) -> str:
    """Return the line at a place of the log."""
    file = permit / unquote(physical["artifactLocation"]["uri"])
    number: int = physical["region"]["startLine"]
    return file.read_text(encoding="utf-8").splitlines()[number - 1]


# --- JUnit ---------------------------------------------------------------------------------------


def test_junit_has_a_suite_for_each_procedure_and_a_case_for_each_property(permit: Path) -> None:
    code, out = duecourse("check", "permit", "hasty", "--format", "junit", cwd=permit)
    top = ET.fromstring(out)

    assert code == 1
    assert [suite.get("name") for suite in top] == ["permit", "permit+hasty"]
    assert [(s.get("tests"), s.get("failures"), s.get("errors")) for s in top] == [
        ("4", "0", "0"),
        ("4", "1", "0"),
    ]
    assert [case.get("name") for case in top[0].iter("testcase")] == [
        "no_dead_end",
        "can_always_conclude",
        CLAIM,
        "findings in the text",
    ]
    (cited,) = top[0].findall(f"testcase[@name='{CLAIM}']")
    cites = [each.get("value") for each in cited.iterfind(".//property[@name='cite']")]
    assert cites == ["1", "2"]
    assert cited.get("file") == "properties/permit.toml"


def test_the_failure_in_junit_is_the_story(permit: Path) -> None:
    _, out = duecourse("check", "hasty", "--format", "junit", cwd=permit)
    (failure,) = ET.fromstring(out).iter("failure")

    assert failure.get("message") == f"{CLAIM}: violated (permit+hasty)"
    assert failure.text is not None
    assert re.search(r"3  \d{4}-\d\d-\d\d  Authority: grants the permit \[Art. 1\]", failure.text)


def test_an_unfinished_search_is_an_error_in_junit(permit: Path) -> None:
    code, out = duecourse("check", "permit", "--limit", "2", "--format", "junit", cwd=permit)
    errors = list(ET.fromstring(out).iter("error"))

    assert code == 3
    assert len(errors) == 3
    assert {each.get("type") for each in errors} == {"inconclusive"}


def test_a_finding_in_the_text_fails_in_junit_unless_verdicts_are_compared(permit: Path) -> None:
    file = permit / "model" / "permit.toml"
    file.write_text(file.read_text(encoding="utf-8") + UNUSED, encoding="utf-8")

    code, out = duecourse("check", "permit", "--format", "junit", cwd=permit)
    (failure,) = ET.fromstring(out).iter("failure")
    as_expected = duecourse("check", "permit", "-f", "junit", "--as-expected", cwd=permit)

    assert code == 1
    assert "permit.toml:" in str(failure.text)
    assert as_expected[0] == 0
    assert not list(ET.fromstring(as_expected[1]).iter("failure"))


@pytest.mark.parametrize("format_", ["junit", "sarif", "github"])
def test_an_expected_violation_fails_nowhere_and_a_missing_one_everywhere(
    permit: Path, format_: str
) -> None:
    counting: dict[str, Callable[[str], int]] = {
        "junit": lambda out: len(list(ET.fromstring(out).iter("failure"))),
        "sarif": lambda out: len(json.loads(out)["runs"][0]["results"]),
        "github": lambda out: out.count("::error "),
    }
    failures = counting[format_]
    expect(permit, "violated")

    code, out = duecourse("check", "hasty", "--as-expected", "-f", format_, cwd=permit)
    assert (code, failures(out)) == (0, 0)

    (permit / "model" / "amendments" / "hasty.toml").write_text(
        AMENDMENT.replace('"true"', '"not completing.active"'), encoding="utf-8"
    )
    code, out = duecourse("check", "hasty", "--as-expected", "-f", format_, cwd=permit)
    assert (code, failures(out)) == (1, 1)
    assert "not as expected" in out


def test_junit_is_written_whole_to_a_file_with_what_xml_forbids_replaced(permit: Path) -> None:
    (file,) = (permit / "properties").glob("*.toml")
    text = file.read_text(encoding="utf-8").replace("Once something", "\\u0001<&]]> Once something")
    file.write_text(text, encoding="utf-8")

    duecourse("check", "hasty", "-f", "junit", "-o", "out.xml", cwd=permit)
    top = ET.fromstring((permit / "out.xml").read_text(encoding="utf-8"))

    (failure,) = top.iter("failure")
    assert "\ufffd<&]]> Once something" in str(failure.text)


# --- SARIF ---------------------------------------------------------------------------------------


def test_sarif_has_what_the_standard_demands(permit: Path) -> None:
    """Sections 3.13 (log), 3.14 (run), 3.19 (driver), 3.27 (result), 3.30 (region), 3.36 (flow) of SARIF 2.1.0."""
    _, out = duecourse("check", "permit", "hasty", "--format", "sarif", cwd=permit)
    log = json.loads(out)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]

    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("/sarif-schema-2.1.0.json")
    assert run["tool"]["driver"]["name"] == "duecourse"
    assert len({rule["id"] for rule in rules}) == len(rules) == 3
    assert run["originalUriBaseIds"]["SRCROOT"]["uri"] == permit.resolve().as_uri() + "/"
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["kind"] == "fail"
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        for place in result["locations"]:
            physical = place["physicalLocation"]
            assert not Path(physical["artifactLocation"]["uri"]).is_absolute()
            assert physical["region"]["startLine"] >= 1
            assert physical["region"]["startColumn"] >= 1


def test_a_violation_in_sarif_stands_at_the_property_and_at_the_step_of_the_model(
    permit: Path,
) -> None:
    (result,) = sarif(permit, "hasty")["results"]
    places = [each["physicalLocation"] for each in result["locations"]]

    assert [each["artifactLocation"]["uri"] for each in places] == [
        "properties/permit.toml",
        "model/amendments/hasty.toml",
    ]
    assert line_of(permit, places[0]) == "[[property]]"
    assert line_of(permit, places[1]) == 'when = "true"'


def test_the_flow_in_sarif_is_the_case_each_step_at_its_line_of_the_model(permit: Path) -> None:
    (result,) = sarif(permit, "hasty")["results"]
    (flow,) = result["codeFlows"]
    (thread,) = flow["threadFlows"]
    steps = thread["locations"]

    assert [each["executionOrder"] for each in steps] == [1, 2, 3]
    texts = [each["location"]["message"]["text"] for each in steps]
    assert [re.sub(r"^\S+  ", "", text) for text in texts] == [
        "Applicant: applies for the permit [Art. 1]",
        "Authority: asks for what is missing [Art. 2]",
        "Authority: grants the permit [Art. 1]",
    ]
    first = steps[0]["location"]["physicalLocation"]
    file = (permit / "model" / "permit.toml").read_text(encoding="utf-8").splitlines()
    assert file[first["region"]["startLine"]] == 'id = "apply"'
    assert steps[-1]["importance"] == "essential"


def test_a_violation_without_a_step_has_no_flow_in_sarif_which_may_not_be_empty(
    permit: Path,
) -> None:
    (file,) = (permit / "properties").glob("*.toml")
    never = """
[[property]]
id = "both"
kind = "can always"
sentence = { en = "It can be granted and refused at once", zh = "可同时准予和不予许可" }
goal = "grant and refuse"
"""
    file.write_text(file.read_text(encoding="utf-8") + never, encoding="utf-8")
    (result,) = sarif(permit, "permit")["results"]

    assert result["ruleId"] == "both"
    assert "codeFlows" not in result
    assert len(result["locations"]) == 1


def test_a_rule_in_sarif_has_its_help_in_both_languages_with_the_articles(permit: Path) -> None:
    rules = {rule["id"]: rule for rule in sarif(permit, "permit")["tool"]["driver"]["rules"]}
    text = rules[CLAIM]["help"]["text"]

    assert "no permit is granted before it was supplied" in text
    assert "不得准予许可" in text
    assert "permit: Art. 1, 2 · 第1、2条" in text


def test_fingerprints_in_sarif_stay_when_lines_move_and_differ_between_results(
    permit: Path,
) -> None:
    model = permit / "model" / "permit.toml"
    model.write_text(model.read_text(encoding="utf-8") + UNUSED, encoding="utf-8")
    before = sarif(permit, "permit", "hasty")["results"]
    for file in permit.rglob("*.toml"):
        file.write_text("# moved\n\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    after = sarif(permit, "permit", "hasty")["results"]

    assert len(before) == 5  # the claim, and two findings of each text
    prints = [each["partialFingerprints"]["duecourse/v1"] for each in before]
    assert prints == [each["partialFingerprints"]["duecourse/v1"] for each in after]
    assert len(set(prints)) == len(prints)
    lines = [
        each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in before + after
    ]
    assert lines[:5] == [line - 2 for line in lines[5:]]


def test_a_finding_in_the_text_is_a_result_in_sarif(permit: Path) -> None:
    model = permit / "model" / "permit.toml"
    model.write_text(model.read_text(encoding="utf-8") + UNUSED, encoding="utf-8")
    results = sarif(permit, "permit")["results"]

    assert [each["ruleId"] for each in results] == ["text/dead-end", "text/unreachable"]
    for each in results:
        assert each["level"] == "warning"
        assert line_of(permit, each["locations"][0]["physicalLocation"]) == "[[stage]]"


def test_an_unfinished_search_is_open_in_sarif_and_told_as_a_notification(permit: Path) -> None:
    run = sarif(permit, "permit", "--limit", "2")

    assert {(each["kind"], each["level"]) for each in run["results"]} == {("open", "none")}
    (call,) = run["invocations"]
    assert "raise the limit" in call["toolExecutionNotifications"][0]["message"]["text"]


def test_what_comes_with_duecourse_is_named_from_there_and_stands_behind_the_users_files(
    tmp_path: Path,
) -> None:
    duecourse("new", "mine", "--of", "no-commission-2022", cwd=tmp_path)
    run = sarif(tmp_path, "no-commission-2022", "-p", "s9_law")
    (result,) = run["results"]
    files = [each["physicalLocation"]["artifactLocation"] for each in result["locations"]]

    assert {each["uriBaseId"] for each in files} == {"DUECOURSE"}
    assert files[0]["uri"] == "properties/flagship.toml"
    assert set(run["originalUriBaseIds"]) == {"SRCROOT", "DUECOURSE"}


# --- GitHub --------------------------------------------------------------------------------------


def commands(out: str) -> list[tuple[str, dict[str, str], str]]:
    """Return the workflow commands in an output, unescaped as the runner does it."""
    found: list[tuple[str, dict[str, str], str]] = []
    for kind, inside, message in re.findall(r"^::(\w+) (.*?)::(.*)$", out, re.MULTILINE):
        pairs = (each.split("=", 1) for each in inside.split(","))
        found.append((kind, {name: unquote(value) for name, value in pairs}, unquote(message)))
    return found


def test_a_violation_is_an_error_at_the_property_and_a_notice_at_the_step(permit: Path) -> None:
    _, out = duecourse("check", "hasty", "--format", "github", cwd=permit)
    error, notice = commands(out)

    assert (error[0], error[1]["file"]) == ("error", "properties/permit.toml")
    assert error[1]["title"] == f"{CLAIM}: violated (permit+hasty)"
    assert "Authority: grants the permit [Art. 1]" in error[2]
    assert (notice[0], notice[1]["file"]) == ("notice", "model/amendments/hasty.toml")
    assert out.splitlines()[-1] == "permit+hasty: 3 properties: 2 hold, 1 violated."


def test_every_command_is_one_line_whatever_the_sentence_holds(permit: Path) -> None:
    (file,) = (permit / "properties").glob("*.toml")
    said = "100 % of, say: ::error::\\r\\nOnce"
    text = file.read_text(encoding="utf-8").replace("Once something", said)
    file.write_text(text, encoding="utf-8")

    _, out = duecourse("check", "hasty", "--format", "github", cwd=permit)

    assert len(out.splitlines()) == 3
    assert len(commands(out)) == 2
    assert "100 % of, say: ::error::" in re.sub(r"\s+", " ", commands(out)[0][2])


def test_files_are_named_from_the_checkout_where_the_project_is_a_folder_of_it(
    permit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(permit.parent))
    _, out = duecourse("check", "hasty", "-f", "github", cwd=permit)

    assert commands(out)[0][1]["file"] == "permit/properties/permit.toml"


def test_under_all_readings_only_text_and_json_are_given(permit: Path) -> None:
    assert duecourse("check", "--all-readings", "-f", "sarif", cwd=permit)[0] == 2
