"""TOML with places: the values are those of the standard library, and every place is where a person would point."""

from __future__ import annotations

import tomllib

import pytest

from duecourse.errors import InvalidInput
from duecourse.model.limits import MAX_DEPTH, MAX_WORD
from duecourse.model.procedure import Place
from duecourse.model.source import KEY, MAX_BYTES, MAX_LIST, load, parse
from duecourse.shipped import shipped

TEXT = """\
title = "one"
[head]
"审查" = '二'
dotted.key = [1, "two", { three = "3" }]
[[step]]
id = "a"
[[step]]
id = "b"
when = \"\"\"
first and
second\"\"\"
[[step.branch]]
to = "c" # a comment
"""


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("title",), 1, 10),
        (("title", KEY), 1, 1),
        (("head",), 2, 1),
        (("head", "审查"), 3, 9),
        (("head", "dotted", "key"), 4, 14),
        (("head", "dotted", "key", 1), 4, 19),
        (("head", "dotted", "key", 2, "three"), 4, 36),
        (("step",), 5, 1),
        (("step", 0), 5, 1),
        (("step", 1), 7, 1),
        (("step", 1, "id"), 8, 7),
        (("step", 1, "when"), 10, 1),
        (("step", 1, "branch", 0), 12, 1),
        (("step", 1, "branch", 0, "to"), 13, 7),
        (("step", 0, "missing"), 5, 1),
        (("missing", 3), 1, 1),
        ((), 1, 1),
    ],
)
def test_a_value_has_the_place_of_its_first_character(
    path: tuple[str | int, ...], line: int, column: int
) -> None:
    assert parse(TEXT.encode(), "x.toml").place(path) == Place("x.toml", line, column)


@pytest.mark.parametrize(
    ("written", "index", "line", "column"),
    [
        ('"审查机关"', 2, 1, 8),
        ("'a\\nb'", 3, 1, 9),
        (r'"a\tb"', 2, 1, 9),
        (r'"\u5ba1b"', 1, 1, 12),
        (r'"\U00005ba1b"', 1, 1, 16),
        ('"""ab\ncd"""', 3, 2, 1),
        ('"""\nab\ncd"""', 3, 3, 1),
        ('"""ab \\\n   cd"""', 3, 2, 4),
        ("'''\nab'''", 1, 2, 2),
    ],
)
def test_a_character_inside_a_string_has_its_own_place(
    written: str, index: int, line: int, column: int
) -> None:
    source = parse(f"a = {written}\n".encode(), "x.toml")

    assert source.place_inside(("a",), index) == Place("x.toml", line, column)


def test_values_are_those_of_the_standard_library() -> None:
    file = shipped() / "model" / "measures-2022.toml"

    assert load(file).data == tomllib.loads(file.read_text(encoding="utf-8"))


def test_a_byte_order_mark_and_windows_line_ends_change_no_place() -> None:
    content = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()

    assert parse(content, "x.toml").place(("step", 1, "id")) == Place("x.toml", 8, 7)


def refusal(text: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        parse(text.encode(), "x.toml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = ", "x.toml:1:5: error[toml]: Invalid value; the line is 'a = '"),
        ("a = 1\na = 2", "x.toml:2:6: error[toml]: Cannot overwrite a value; the line is 'a = 2'"),
        ("a ＝ 1", "x.toml:1:3: error[toml]: Expected '=' after a key in a key/value pair; the line holds full-width '＝', TOML needs '='"),
        ("［a］", "x.toml:1:1: error[toml]: Invalid statement; the line holds full-width '［', TOML needs '['"),
        ("a = “b”", "x.toml:1:5: error[toml]: Invalid value; the line holds full-width '“', TOML needs '\"'"),
    ],
)  # fmt: skip
def test_what_is_not_toml_is_told_with_its_line(text: str, said: str) -> None:
    assert refusal(text) == said


@pytest.mark.parametrize("depth", [MAX_DEPTH, MAX_DEPTH + 1])
def test_brackets_nest_as_deep_as_the_limit_and_no_deeper(depth: int) -> None:
    text = "b = 1\na = " + "[" * depth + "]" * depth
    if depth == MAX_DEPTH:
        assert parse(text.encode(), "x.toml").data["b"] == 1
    else:
        said = f"x.toml:2:{4 + depth}: error[too-deep]: brackets nested deeper than {MAX_DEPTH}"
        assert refusal(text).startswith(said)


def test_brackets_and_dots_inside_strings_and_comments_do_not_count() -> None:
    deep = "[{." * 30
    text = f'a = "{deep}"\nb = \'{deep}\' # {deep}\nc = """\n{deep}\\""""\n'

    assert parse(text.encode(), "x.toml").data["a"] == deep


@pytest.mark.parametrize("parts", [MAX_DEPTH, MAX_DEPTH + 1])
def test_a_dotted_name_has_as_many_parts_as_the_limit_and_no_more(parts: int) -> None:
    text = " . ".join(['"b c"'] * parts) + " = 1"
    if parts == MAX_DEPTH:
        assert parse(text.encode(), "x.toml").data
    else:
        assert "a dotted name of more than 20 parts" in refusal(text)


def test_a_bare_word_is_as_long_as_the_limit_and_no_longer() -> None:
    assert parse(f"{'a' * MAX_WORD} = 1".encode(), "x.toml").data
    assert "a word of more than 100 characters" in refusal("a = " + "9" * (MAX_WORD + 1))


def test_a_file_is_as_large_as_the_limit_and_no_larger() -> None:
    text = "a = 1\n#" + "x" * MAX_BYTES

    assert parse(text[:MAX_BYTES].encode(), "x.toml").data == {"a": 1}
    assert refusal(text[: MAX_BYTES + 1]).startswith(
        "x.toml:1:1: error[too-large]: larger than 512 KiB"
    )


def test_the_values_of_an_endless_list_have_the_place_of_the_list() -> None:
    source = parse(f"a = [{'1, ' * (MAX_LIST + 1)}]\nb = 2\n".encode(), "x.toml")

    assert source.place(("a", 500)) == Place("x.toml", 1, 5)
    assert source.place(("b",)) == Place("x.toml", 2, 5)
