"""The verbs as a user types them: output, messages, exit codes. Data goes to stdout, messages to stderr."""

import json
import re
from pathlib import Path

import pytest
from tests.command import duecourse


def test_check_without_arguments_checks_every_shipped_procedure(tmp_path: Path) -> None:
    code, out, err = duecourse("check", "--as-expected", cwd=tmp_path)

    assert (code, err) == (0, "")
    assert re.findall(r"^(\S+)  ", out, re.MULTILINE)[:1] == ["measures-2020"]
    assert len(re.findall(r"^[0-9]+ properties: [0-9]+ hold", out, re.MULTILINE)) == 3


def test_check_finds_the_bypass_and_exits_with_1(tmp_path: Path) -> None:
    code, out, _ = duecourse("check", "no-commission-2022", "-p", "s9_law", cwd=tmp_path)

    assert code == 1
    assert "a shortest case, 48 steps, dated and replayed step by step" in out


@pytest.mark.slow
def test_check_as_expected_exits_with_0_where_the_violation_is_the_expected_verdict(
    tmp_path: Path,
) -> None:
    assert duecourse("check", "no-commission-2022", "--as-expected", cwd=tmp_path)[0] == 0
    # nobody expects this one: the reading R12 breaks the flagship
    assert (
        duecourse("check", "measures-2022", "-r", "commission_refusal=opposite", cwd=tmp_path)[0]
        == 1
    )


def test_check_that_is_cut_short_exits_with_3(tmp_path: Path) -> None:
    code, out, _ = duecourse(
        "check", "measures-2022", "-p", "s9_law", "--limit", "100", cwd=tmp_path
    )

    assert code == 3
    assert "inconclusive" in out
    assert "NOT all of them" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["check", "measures-2021"],
            r'no procedure or amendment "measures-2021"; did you mean "measures-202\d"\?',
        ),
        (
            ["check", "-r", "silence=agrement", "measures-2022"],
            r'"silence" has no option "agrement"; did you mean "agreement"\?',
        ),
        (
            ["check", "-r", "silense=agreement", "measures-2022"],
            r'no reading "silense"; did you mean "silence"\?',
        ),
        (
            ["check", "-r", "silence", "measures-2022"],
            r'"silence" is no reading; write it as NAME=OPTION',
        ),
        (["check", "-p", "s9", "measures-2022"], r'no property "s9"; known: '),
        (
            ["check", "-f", "yaml", "measures-2022"],
            r'no format "yaml"; known: github, json, junit, sarif, text',
        ),
        (["bounds", "--lang", "de", "measures-2022"], r'no language "de"; known: both, en, zh'),
        (
            ["check", "nowhere.toml"],
            r"nowhere.toml:1:1: error\[unreadable\]: cannot be read: No such file",
        ),
        (["show", "measures-2022", "--format", "png"], r'no format "png"'),
        (["new", "Not An Id"], r'"Not An Id" cannot be an id; use small letters'),
        (["new", "x", "--of", "measures-1999"], r'no procedure or amendment "measures-1999"'),
        (["new", "appeal"], r'there is already an amendment "appeal"'),
    ],
)
def test_bad_input_gets_one_clear_message_and_exit_code_2(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    code, out, err = duecourse(*arguments, cwd=tmp_path)

    assert (code, out) == (2, "")
    assert re.search(message, err), err
    assert "Traceback" not in err


@pytest.mark.parametrize("names", [("trial-2017",), ("trial-2017", "measures-2020")])
def test_check_as_json_is_one_object_for_one_procedure_and_for_several(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    code, out, _ = duecourse("check", *names, "-p", "no_dead_end", "--format", "json", cwd=tmp_path)
    found = json.loads(out)

    assert set(found) == {"schema", "reports", "exit_code"}
    assert [each["procedure"] for each in found["reports"]] == [*names]
    assert found["exit_code"] == code


def test_a_finding_in_json_has_its_place_and_code_apart(tmp_path: Path) -> None:
    duecourse("new", "permit", "--project", cwd=tmp_path)
    file = tmp_path / "permit" / "model" / "permit.toml"
    unused = '\n[[stage]]\nid = "unused"\nlabel = { en = "Unused" }\n'
    file.write_text(file.read_text(encoding="utf-8") + unused, encoding="utf-8")

    code, out, _ = duecourse("check", "permit", "--format", "json", cwd=tmp_path / "permit")
    finding = json.loads(out)["reports"][0]["findings"][0]

    assert code == 1
    assert set(finding) == {"file", "line", "column", "severity", "code", "message"}
    assert finding["file"].endswith("permit.toml")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[finding["line"] - 1] == "[[stage]]"


def test_bounds_as_json_give_70_and_160(tmp_path: Path) -> None:
    """Sums of law/measures.md section 6."""
    code, out, _ = duecourse("bounds", "measures-2022", "--format", "json", cwd=tmp_path)
    rows = {row["outcome"]: row for row in json.loads(out)["outcomes"]}

    assert code == 0
    assert rows["ordinary_conclusion"]["counted"] == 70
    assert rows["special_conclusion"]["counted"] is None
    assert rows["special_conclusion"]["without_unbounded"] == 160


def test_bounds_spell_out_every_sum_by_article_in_chinese_too(tmp_path: Path) -> None:
    _, out, _ = duecourse("bounds", "measures-2020", "--lang", "zh", cwd=tmp_path)

    assert "确定是否需要审查的期限 (Art. 8)" in out
    assert re.search(r"=\s+70", out)


def test_a_new_amendment_is_checked_as_it_stands(tmp_path: Path) -> None:
    assert duecourse("new", "my-change", cwd=tmp_path)[0] == 0
    code, out, _ = duecourse("check", "my-change.toml", cwd=tmp_path)

    # the ten days of the template come on top of 10 + 30 + 15 + 15 (Arts. 9, 11, 12) = 70
    assert code == 1
    assert out.startswith("measures-2022+my-change")
    assert "at most 80 = 10 (9) + 30 (11) + 15 (11) + 15 (12) + 10 (12, 13)" in out
    again, _, err = duecourse("new", "my-change", cwd=tmp_path)
    assert again == 2
    assert "it is left as it is" in err


def test_a_new_project_checks_its_own_procedure_and_no_other(tmp_path: Path) -> None:
    assert duecourse("new", "permit", "--project", cwd=tmp_path)[0] == 0
    code, out, _ = duecourse("check", cwd=tmp_path / "permit")

    assert code == 0
    assert "3 properties: 3 hold." in out
    assert "measures" not in out
    # 20 working days: Art. 1 of the template
    assert "20  Decision on the permit" in duecourse("bounds", "permit", cwd=tmp_path / "permit")[1]


def test_check_works_on_a_file_without_any_property_file(tmp_path: Path) -> None:
    duecourse("new", "permit", "--project", cwd=tmp_path)
    code, out, _ = duecourse("check", "permit/model/permit.toml", cwd=tmp_path)

    assert code == 0
    assert "no_dead_end" in out
    assert "s9_law" not in out  # it cites articles of other texts


def test_output_goes_to_a_file_whole_and_says_so_on_stderr(tmp_path: Path) -> None:
    code, out, err = duecourse(
        "show", "trial-2017", "--format", "json", "-o", "trial.json", cwd=tmp_path
    )

    assert (code, out) == (0, "")
    assert "wrote trial.json" in err
    assert json.loads((tmp_path / "trial.json").read_text())["id"] == "trial-2017"


def test_list_names_what_is_shipped(tmp_path: Path) -> None:
    _, out, _ = duecourse("list", cwd=tmp_path)

    for name in (
        "measures-2020",
        "measures-2022",
        "trial-2017",
        "silence-agrees",
        "s9_law",
        "baseline-2022",
    ):
        assert name in out


def test_a_published_case_is_found_by_its_id(tmp_path: Path) -> None:
    """33 working days from 2023-03-31 to 2023-05-21, counted by hand in tests/test_calendar.py."""
    code, out, _ = duecourse("case", "micron", cwd=tmp_path)

    assert code == 0
    assert "To Sun 2023-05-21 there are 33 working days" in out
    assert duecourse("case", "macron", cwd=tmp_path)[2].startswith(
        'no published case "macron"; did you mean "micron"?'
    )


def test_a_case_file_with_a_breach_exits_with_1(tmp_path: Path) -> None:
    """Screening of materials complete on 2022-03-01 is due on 2022-03-15, ten working days later (Art. 9)."""
    steps = [
        "platform_finds_risk",
        "write_declaration",
        "write_analysis",
        "attach_documents",
        "file",
    ]
    events = "".join(f'[[event]]\non = 2022-03-01\nstep = "{step}"\n' for step in steps)
    (tmp_path / "mine.toml").write_text(
        f'[case]\nid = "mine"\nlabel = {{ en = "Mine" }}\nprocedure = "measures-2022"\n{events}'
    )

    assert duecourse("case", "mine.toml", "--on", "2022-03-15", cwd=tmp_path)[0] == 0
    code, out, _ = duecourse("case", "mine.toml", "--on", "2022-03-16", cwd=tmp_path)
    assert code == 1
    assert "2022-03-15" in out
    assert duecourse("case", "mine.toml", "--on", "yesterday", cwd=tmp_path)[2].startswith(
        '"yesterday" is no day'
    )


@pytest.mark.slow
def test_check_as_expected_takes_a_text_that_no_file_names_to_hold(tmp_path: Path) -> None:
    broken = ("check", "measures-2022", "-r", "commission_refusal=opposite", "--as-expected")
    code, out, _ = duecourse(*broken, "-f", "json", cwd=tmp_path)

    assert code == json.loads(out)["exit_code"] == 1
    assert duecourse("check", "measures-2022", "--as-expected", cwd=tmp_path)[0] == 0
    cut = duecourse("check", "trial-2017", "--as-expected", "--limit", "3", cwd=tmp_path)
    assert cut[0] == 3
    assert "not as expected" not in cut[1]


@pytest.mark.parametrize("folder", ["properties", "model/amendments"])
def test_a_folder_without_a_procedure_is_a_project_too(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    if folder == "properties":
        (tmp_path / folder / "mine.toml").write_text(
            '[[property]]\nid = "mine"\nkind = "no dead end"\nsentence = { en = "Mine" }\n'
        )
    else:
        duecourse("new", "mine", cwd=tmp_path)
    out = duecourse("list", cwd=tmp_path)[1]

    assert re.search(r"^  mine ", out, re.MULTILINE)
    assert "s9_law" in out
    _, checked, _ = duecourse("check", "-p", "no_dead_end", cwd=tmp_path)
    assert ("measures-2022+mine" in checked) == (folder != "properties")


def test_the_name_of_a_file_without_its_ending_is_answered_with_the_file(tmp_path: Path) -> None:
    duecourse("new", "my-change", cwd=tmp_path)

    assert duecourse("check", "my-change", cwd=tmp_path)[2] == (
        'no procedure or amendment "my-change"; did you mean "my-change.toml"?\n'
    )


def test_list_names_the_experiments(tmp_path: Path) -> None:
    listed = duecourse("list", cwd=tmp_path)[1].partition("experiments\n")[2].splitlines()

    assert [line.split()[0] for line in listed[:3]] == [
        "sensitivity-2022",
        "staffing-2022",
        "text-2020-2022",
    ]


@pytest.mark.parametrize(
    "verb", ["demo", "show", "check", "bounds", "case", "simulate", "compare", "new"]
)
def test_help_names_what_an_option_takes_and_no_type_of_python(verb: str) -> None:
    options = duecourse(verb, "--help")[1].split("\nOptions:\n")[1]

    assert not re.search(r"<(str|int|float|path|list|text)", options)


def test_check_tells_one_property_in_the_singular_and_verdicts_in_chinese(tmp_path: Path) -> None:
    one = ("check", "trial-2017", "-p", "s9_law")

    assert "\n1 property: 1 holds (1 vacuously).\n" in duecourse(*one, cwd=tmp_path)[1]
    out = duecourse(*one, "--lang", "zh", cwd=tmp_path)[1]
    assert "  成立（空真）\n" in out
    assert "1项性质：1项成立（其中1项为空真）。" in out
    assert "holds" not in out


def test_a_new_amendment_offers_to_replace_only_what_has_an_id(tmp_path: Path) -> None:
    duecourse("new", "mine", cwd=tmp_path)
    (offer,) = re.findall(r"^.*not_modelled.*$", (tmp_path / "mine.toml").read_text(), re.MULTILINE)

    assert "[[add.not_modelled]]" in offer
