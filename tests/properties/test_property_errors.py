"""A property file that is wrong in each of fourteen ways gets a message for each, at its place, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.command import duecourse

if TYPE_CHECKING:
    from pathlib import Path

TABLE = """
[[property]]
id = "{id}"
kind = "{kind}"
sentence = {{ en = "a sentence", zh = "一句话" }}
{rest}
"""

# what is wrong, and the key, the column and the words that the message must have; columns are counted by hand
# from 1 to the first character that is wrong, inside the quotes where it is a text
WRONG = [
    ("kind", "alway", 'claim = "never grant"', "kind", 9, 'did you mean "always"?'),
    ("name", "always", 'claim = "never grnat after ask"', "claim", 16, 'did you mean "grant"?'),
    ("word", "always", 'claim = "never grant after after ask"', "claim", 28, "found 'after'"),
    ("ltlf", "always", 'claim = "ltlf: G(ask -> F (supply)"', "claim", 35, "expected ')'"),
    (
        "days",
        "at most",
        'outcome = ["decision"]\ndays = -3',
        "days",
        8,
        "greater than or equal to 0",
    ),
    ("list", "at most", 'outcome = "decision"\ndays = 3', "outcome", 12, "valid list"),
    (
        "outcome",
        "at most",
        'outcome = ["decisoin"]\ndays = 3',
        "outcome",
        13,
        'did you mean "decision"?',
    ),
    (
        "expect",
        "always",
        'claim = "never grant after ask until supply"\nexpect = { permit = "fails" }',
        "expect",
        22,
        "'holds', 'holds vacuously' or 'violated'",
    ),
    ("alien", "can always end", 'claim = "never grant"', "claim", 1, 'unknown key "claim"'),
    ("stage", "sometimes", 'claim = "eventually in nowhere"', "claim", 21, 'a stage "nowhere"'),
    ("clock", "can always", 'goal = "running decision_clock"', "goal", 9, "name the step"),
    (
        "article",
        "no dead end",
        'cites = { permit = ["1", "12"] }',
        "cites",
        27,
        'in "permit"; did you',
    ),
    ("text", "no dead end", 'cites = { permti = ["1"] }', "cites", 11, 'did you mean "permit"?'),
    (
        "twice",
        "no dead end",
        '[[property]]\nid = "twice"\nkind = "no dead end"',
        "[[",
        1,
        "sentence",
    ),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    run("new", "permit", "--project", cwd=tmp_path)
    return tmp_path / "permit"


def run(*arguments: str, cwd: Path) -> tuple[int, str]:
    code, _, err = duecourse(*arguments, cwd=cwd)
    return code, err


def test_every_mistake_has_its_message_at_its_place_and_all_come_at_once(project: Path) -> None:
    text = "".join(
        TABLE.format(id=name, kind=kind, rest=rest) for name, kind, rest, *_ in WRONG
    ).lstrip()
    (project / "properties" / "wrong.toml").write_text(text, encoding="utf-8")
    code, errors = run("check", cwd=project)

    lines = text.splitlines()
    messages = {}
    for line in errors.splitlines():
        file, at, beside, message = line.split(":", 3)
        assert file.endswith("wrong.toml")
        messages[int(at), int(beside)] = message
    for name, _, _, key, column, words in WRONG:
        begin = lines.index(f'id = "{name}"')
        row = next(n for n in range(begin, len(lines)) if lines[n].startswith(key)) + 1
        assert words in messages.get((row, column), ""), (name, row, column, errors)
    assert code == 2
    assert len(messages) == len(WRONG)


def test_the_same_project_without_the_file_is_in_order(project: Path) -> None:
    assert run("check", cwd=project) == (0, "")
