"""Properties as tests of pytest, with the plugin by its entry point; some of them in a process of their own, as a user runs them."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from xml.etree import ElementTree as ET

import pytest

import duecourse.cli.verify  # noqa: F401  (what a session of pytest imports goes with it; numpy cannot come twice)
from duecourse.cli.begin import begun

pytest_plugins = ("pytester",)
pytestmark = pytest.mark.slow  # each test starts pytest

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
FILE = "properties/permit.toml"
CLAIM = "no_grant_while_materials_are_missing"

if not any(each.value == "duecourse.pytest_plugin" for each in entry_points(group="pytest11")):
    pytest.skip("installed without its entry point; install it again", allow_module_level=True)


@pytest.fixture
def permit(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.chdir(pytester.path)
    begun("permit", of="", project=True)
    for folder in ("model", "properties"):
        (pytester.path / "permit" / folder).rename(pytester.path / folder)
    amendments = pytester.path / "model" / "amendments"
    amendments.mkdir()
    (amendments / "hasty.toml").write_text(AMENDMENT, encoding="utf-8")
    return pytester


PLAIN = ("-p", "no:cacheprovider", "-p", "no:randomly")


def run(permit: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return permit.runpytest_inprocess(*PLAIN, *arguments)


def start(permit: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return permit.runpytest_subprocess(*PLAIN, *arguments)


def test_a_property_file_that_is_named_is_collected_and_checked(permit: pytest.Pytester) -> None:
    found = start(permit, FILE, "-v")

    found.assert_outcomes(passed=3)
    found.stdout.fnmatch_lines([f"{FILE}::{CLAIM} PASSED*"])


def test_without_being_asked_nothing_is_collected(permit: pytest.Pytester) -> None:
    permit.makepyfile("def test_nothing(): pass")

    start(permit).assert_outcomes(passed=1)
    start(permit, "--duecourse").assert_outcomes(passed=4)


def test_the_setting_collects_too(permit: pytest.Pytester) -> None:
    permit.makeini("[pytest]\nduecourse_properties = true\n")

    run(permit).assert_outcomes(passed=3)


def test_other_files_of_toml_are_left_alone(permit: pytest.Pytester) -> None:
    permit.makefile(".toml", other="x = 1")

    run(permit, "--duecourse").assert_outcomes(passed=3)


def test_with_several_procedures_each_has_its_own_test_in_brackets(
    permit: pytest.Pytester,
) -> None:
    both = ("--duecourse-procedure", "permit", "--duecourse-procedure", "hasty")
    found = run(permit, f"{FILE}::{CLAIM}[permit]", *both, "-v")
    found.assert_outcomes(passed=1)

    found = run(permit, FILE, *both, "-q", "--collect-only")
    names = [line for line in found.outlines if "::" in line]
    assert len(names) == 6
    assert names[:2] == [f"{FILE}::no_dead_end[permit]", f"{FILE}::no_dead_end[permit+hasty]"]


def test_a_violation_fails_with_the_story_and_no_traceback(permit: pytest.Pytester) -> None:
    found = start(permit, FILE, "--duecourse-procedure", "hasty")

    found.assert_outcomes(passed=2, failed=1)
    found.stdout.re_match_lines(
        [
            rf"{CLAIM}: violated \(permit\+hasty\)",
            r" +2  \d{4}-\d\d-\d\d  Authority: asks for what is missing \[Art. 2\]",
            r" +3  \d{4}-\d\d-\d\d  Authority: grants the permit \[Art. 1\]",
        ]
    )
    assert "pytest_plugin.py" not in found.stdout.str()


def test_as_expected_an_expected_violation_passes(permit: pytest.Pytester) -> None:
    file = permit.path / FILE
    text = file.read_text(encoding="utf-8") + 'expect = { hasty = "violated" }\n'
    file.write_text(text, encoding="utf-8")
    hasty = ("--duecourse-procedure", "hasty", "--duecourse-as-expected")

    run(permit, FILE, *hasty).assert_outcomes(passed=3)


def test_an_unfinished_search_is_an_error(permit: pytest.Pytester) -> None:
    found = run(permit, FILE, "--duecourse-limit", "2")

    found.assert_outcomes(errors=3)
    found.stdout.fnmatch_lines(["*stopped after 2 configurations; raise the limit*"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--duecourse-reading", "silence"), '*"silence" is no reading; write it as NAME=OPTION*'),
        (("--duecourse-reading", "silence=x"), '*no reading "silence"*'),
        (("--duecourse-procedure", "permitt"), '*"permitt"; did you mean "permit"?*'),
        (("--duecourse-nonsense",), "*unrecognized arguments: --duecourse-nonsense*"),
    ],
)
def test_what_is_unknown_is_refused(
    permit: pytest.Pytester, arguments: tuple[str, ...], message: str
) -> None:
    found = run(permit, FILE, *arguments)

    assert found.ret in {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERRUPTED}
    (found.stderr if found.ret == pytest.ExitCode.USAGE_ERROR else found.stdout).fnmatch_lines(
        [message]
    )


def test_a_mistake_in_a_file_is_told_at_its_place_when_it_is_collected(
    permit: pytest.Pytester,
) -> None:
    file = permit.path / FILE
    file.write_text(file.read_text(encoding="utf-8").replace("grant", "grnat"), encoding="utf-8")
    found = run(permit, FILE)

    found.assert_outcomes(errors=1)
    found.stdout.re_match_lines([rf".*{FILE}:\d+:\d+: error\[unknown-name\]: .*grnat.*"])


def test_k_and_m_select(permit: pytest.Pytester) -> None:
    run(permit, FILE, "-k", "no_dead_end").assert_outcomes(passed=1, deselected=2)
    run(permit, FILE, "-k", "permit and always").assert_outcomes(passed=2, deselected=1)
    run(permit, "--duecourse", "-m", "not duecourse").assert_outcomes(deselected=3)
    run(permit, FILE, "--strict-markers", "-m", "duecourse").assert_outcomes(passed=3)


def test_junit_of_pytest_carries_the_citations_with_and_without_workers(
    permit: pytest.Pytester,
) -> None:
    for workers in ("0", "2"):
        found = start(permit, FILE, "--duecourse-procedure", "hasty", "-n", workers, "--junitxml=x")
        found.assert_outcomes(passed=2, failed=1)
        (case,) = ET.parse(permit.path / "x").iterfind(f".//testcase[@name='{CLAIM}']")
        pairs = [(e.get("name"), e.get("value")) for e in case.iterfind(".//property")]
        assert [value for name, value in pairs if name == "cite"] == ["Art. 1", "Art. 2"]
        assert ("verdict", "violated") in pairs
        (failure,) = case.iterfind("failure")
        assert "grants the permit [Art. 1]" in str(failure.text)


def test_a_procedure_is_checked_once_for_all_its_tests_and_only_for_those_that_are_run(
    permit: pytest.Pytester,
) -> None:
    permit.makeconftest(
        """
        import duecourse.properties.check as module

        check = module.check

        def counted(procedure, properties, *rest, **options):
            properties = tuple(properties)
            print("CHECKED", procedure.id, len(properties))
            return check(procedure, properties, *rest, **options)

        module.check = counted
        """
    )
    both = ("--duecourse-procedure", "permit", "--duecourse-procedure", "hasty", "-s")
    found = start(permit, FILE, *both)
    assert re.findall(r"CHECKED (\S+ \d)", found.stdout.str()) == ["permit 3", "permit+hasty 3"]

    found = start(permit, FILE, *both, "-k", "no_dead_end")
    assert re.findall(r"CHECKED (\S+ \d)", found.stdout.str()) == ["permit 1", "permit+hasty 1"]


def test_where_nobody_asks_nothing_of_duecourse_is_imported_but_the_plugin(
    permit: pytest.Pytester,
) -> None:
    permit.makepyfile(
        """
        import sys

        def test_it():
            found = {name for name in sys.modules if name.startswith("duecourse")}
            assert found == {"duecourse", "duecourse.pytest_plugin"}
            heavy = ("numpy", "scipy", "pydantic", "lark", "transitions", "hypothesis", "matplotlib")
            assert not set(heavy) & set(sys.modules)
        """
    )

    start(permit, "-p", "no:hypothesispytest", "-p", "no:_hypothesis_pytestplugin").assert_outcomes(
        passed=1
    )
