"""Hostile and broken files: one clear refusal or a result, in bounded time and memory, never another exception.

Each hostile file is read in a process of its own, with at most `MEMORY` bytes and `SECONDS` of processor time beyond the
imports; a process that blocks is ended by an alarm. The files stand just beyond a limit of the reader, or near it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import duecourse as dc
from duecourse.errors import InvalidInput
from duecourse.model.layers import MAX_ELEMENTS, base_layer
from duecourse.model.problems import MAX_PROBLEMS
from duecourse.model.read import interpret
from duecourse.model.source import MAX_BYTES, parse
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MEMORY = 1_500 * 2**20
SECONDS = 3  # two, and one for a machine that is busy with other things

# Imports once, then forks for each file: reads paths from its input, answers with one line of JSON each.
SERVER = f"""
import json, os, resource, signal, sys, traceback
from duecourse.errors import InvalidInput
from duecourse.model import library, syntax
from duecourse.model.compile import compile_table

syntax._parser()

def read(path):
    try:
        compile_table(library.load(path))
    except InvalidInput as error:
        return {{"refused": str(error)}}
    except BaseException:
        return {{"failed": traceback.format_exc()}}
    return {{"read": True}}

for line in sys.stdin:
    inner, outer = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
        resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
        signal.alarm(60)
        with os.fdopen(outer, "w") as stream:
            json.dump(read(json.loads(line)), stream)
        os._exit(0)
    os.close(outer)
    with os.fdopen(inner) as stream:
        answer = stream.read()
    status = os.waitpid(child, 0)[1]
    print(answer if answer and not status else json.dumps({{"ended": status}}), flush=True)
"""


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("empty")
    with subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        asked, answers = server.stdin, server.stdout

        def ask(path: str) -> dict[str, Any]:
            asked.write(json.dumps(path) + "\n")
            asked.flush()
            answer: dict[str, Any] = json.loads(answers.readline())
            return answer

        yield ask
        server.stdin.close()


# --- a small procedure, and what is added to it --------------------------------------------------------


HEAD = """
[procedure]
id = "small"
label = { en = "small" }
text = { en = "small" }
initial = "a"
measured_from = ["go"]
calendar = "prc"
[[actor]]
id = "office"
label = { en = "office" }
[[stage]]
id = "a"
label = { en = "a" }
[[stage]]
id = "z"
label = { en = "z" }
final = true
[[step]]
id = "go"
label = { en = "go" }
actor = "office"
from = "a"
to = "z"
[[outcome]]
id = "over"
label = { en = "over" }
by = "go"
"""


AMENDMENT = """
[amendment]
id = "change"
of = "trial-2017"
label = { en = "change" }
source = { en = "nobody" }
"""


def table(kind: str, name: str, rest: str = "") -> str:
    return f'[[{kind}]]\nid="{name}"\nlabel={{en="x"}}\n{rest}\n'


def many(kind: str, count: int, rest: str = "") -> str:
    return "".join(table(kind, f"{kind}{i}", rest.replace("#", str(i))) for i in range(count))


def step(guard: str = "true", name: str = "more", rest: str = "") -> str:
    return table("step", name, f'actor="office"\nfrom="a"\nwhen="{guard}"\n{rest}')


def clock(rest: str = "") -> str:
    return f'binds="office"\nlimit="1 working day"\nstarts=["go"]\nstops=["go"]\n{rest}'


def panel(electorate: str, rest: str = "") -> str:
    return table(
        "panel",
        "vote",
        f'electorate=[{electorate}]\nreplies=["yes","no"]\nopens="go"\ncloses="more"\n{rest}',
    )


def chained(first: str, rest: str, count: int) -> str:
    """Return definitions that each use the one before."""
    found = table("definition", "d0", f'means="{first}"')
    for i in range(1, count):
        found += table("definition", f"d{i}", f'means="{rest.replace("#", f"d{i - 1}")}"')
    return found + step(f"d{count - 1}")


def pigeons(count: int) -> str:
    """Return that so many pigeons sit alone in one hole less: impossible, and hard to see for any search."""
    holes = count - 1
    sits = [[f"fact{p * holes + h}" for h in range(holes)] for p in range(count)]
    some = [f"({' or '.join(each)})" for each in sits]
    alone = [
        f"not ({sits[p][h]} and {sits[q][h]})"
        for h in range(holes)
        for p in range(count)
        for q in range(p)
    ]
    return " and ".join(some + alone)


def branch(number: int) -> str:
    facts = range(18 * number, 18 * number + 9)
    guard = " and ".join(f"(fact{i} or fact{i + 9})" for i in facts)
    return f'{{stage="a",when="{guard}"}}'


YES_OR_NO = "initial=false"
STAGES = [f"stage{i}" for i in range(200)]
PAIRS = [f"(fact{i} {{}} fact{i + 1})" for i in range(0, 140, 2)]
BIG = 400_000

HOSTILE = {
    "a comment beyond the limit": HEAD + "#" + "x" * MAX_BYTES,
    "a comment up to the limit": (HEAD + "#" + "x" * MAX_BYTES)[:MAX_BYTES],
    "a string of 400 kB": HEAD + f'[[article]]\nid="1"\nmark="Q"\nlabel={{en="{"x" * BIG}"}}',
    "a guard of 400 kB": HEAD + step("a" * BIG),
    "a guard just beyond its limit": HEAD + step("true or " * 250 + "true"),
    "a number of 400,000 digits": HEAD + "a = " + "9" * BIG,
    "a hexadecimal number of 400,000 digits": HEAD
    + table("fact", "f", f"range=[0, 0x{'f' * BIG}]\ninitial=0"),
    "brackets 200,000 deep": "a = " + "[" * 200_000,
    "brackets 200,000 deep, one a line": "a = " + "[\n" * 200_000,
    "inline tables 100,000 deep": "a = " + "{a=" * 100_000,
    "a key of 200,000 parts": "a." * 200_000 + "a = 1",
    "a key of 50,000 quoted parts": '"a b" . ' * 50_000 + "a = 1",
    "a header of 200,000 parts": "[" + "a." * 200_000 + "a]",
    "9,500 keys of 18 parts": "\n".join(f"{'a.' * 18}b{i} = 1" for i in range(9_500)),
    "an unterminated string full of quotes": HEAD + "a = " + '\\"""' * 100_000,
    "50,000 empty tables": "[[step]]\n" * 50_000,
    "50,000 empty tables below a head": HEAD + "[[step]]\n" * 50_000,
    "250,000 numbers on one line": HEAD + "a = [" + "1," * 240_000 + "]",
    "40,000 tables on one line": "step = [" + '{id="a"},' * 40_000 + "]",
    "50,000 unknown keys": HEAD + "[[step]]\n" + "".join(f"k{i}=1\n" for i in range(50_000)),
    "40,000 members": HEAD + table("actor", "m", "members=[" + '{en="a"},' * 40_000 + "]"),
    "one element too many": HEAD + many("stage", MAX_ELEMENTS),
    "as many steps as there may be": HEAD
    + many("step", MAX_ELEMENTS - 5, 'actor="office"\nfrom="a"'),
    "as many facts as there may be": HEAD + many("fact", MAX_ELEMENTS - 5, YES_OR_NO),
    "4,500 facts of 1,024 values": HEAD + many("fact", 4_500, "range=[0,1023]\ninitial=0"),
    "4,500 clocks on one step": HEAD + many("clock", 4_500, clock()),
    "1,800 lapses that each take a step": HEAD
    + many("step", 1_800, 'actor="office"\nfrom="a"')
    + many("clock", 1_800, clock('on_lapse=["step#"]')),
    "1,800 suspensions that each permit a step": HEAD
    + many("step", 1_800, 'actor="office"\nfrom="a"')
    + many("suspension", 1_800, 'begins=["go"]\nends=["go"]\npermits=["step#"]'),
    "1,800 outcomes of as many steps": HEAD
    + many("step", 1_800, 'actor="office"\nfrom="a"\nto="z"')
    + many("outcome", 1_800, 'by=["step#"]'),
    "1,800 counters": HEAD
    + many("fact", 1_800, "counter=true\ninitial=0")
    + many("step", 1_800, 'actor="office"\nfrom="a"\nwhen="fact# < 900"\ndo=["fact# += 1"]'),
    "2,500 unknown names beside 2,500 known ones": HEAD
    + many("stage", 2_400)
    + many("step", 2_400, 'actor="offices"\nfrom="stge#"'),
    "a chain of 1,000 stages with 900 facts": HEAD
    + many("stage", 1_001)
    + many("fact", 900, YES_OR_NO)
    + "".join(
        table(
            "step",
            f"s{i}",
            f'actor="office"\nfrom="stage{i}"\nto="stage{i + 1}"\nwhen="fact{i % 900}"',
        )
        for i in range(1_000)
    ),
    "350 steps from 200 stages each": HEAD
    + many("stage", 200)
    + many("step", 350, f'actor="office"\nfrom={STAGES}'),
    "definitions that double each other": HEAD
    + many("fact", 2, YES_OR_NO)
    + chained("fact0 or not fact1", "(# and fact0) or (not # and fact1)", 400),
    "definitions that say themselves twice": HEAD
    + many("fact", 1, YES_OR_NO)
    + chained("fact0", "# and #", 400),
    "definitions 3,000 deep": HEAD + many("fact", 1, YES_OR_NO) + chained("fact0", "not #", 3_000),
    "a negated disjunction of 70 pairs": HEAD
    + many("fact", 141, YES_OR_NO)
    + step(f"not ({' or '.join(PAIRS).format(*['and'] * 70)})"),
    "a conjunction of 70 choices": HEAD
    + many("fact", 141, YES_OR_NO)
    + step(" and ".join(PAIRS).format(*["or"] * 70)),
    "300 such conjunctions": HEAD
    + many("fact", 141, YES_OR_NO)
    + "".join(step(" and ".join(PAIRS[:20]).format(*["or"] * 20), f"s{i}") for i in range(300)),
    "a pigeonhole": HEAD + many("fact", 30, YES_OR_NO) + step(pigeons(5)),
    "100 pigeonholes": HEAD
    + many("fact", 30, YES_OR_NO)
    + "".join(step(pigeons(5), f"s{i}") for i in range(100)),
    "branches that each ask for something else": HEAD
    + many("fact", 400, YES_OR_NO)
    + step(rest=f"to=[{','.join(map(branch, range(20)))}]"),
    "200 negations": HEAD + many("fact", 1, YES_OR_NO) + step("not " * 200 + "fact0"),
    "200 parentheses": HEAD + many("fact", 1, YES_OR_NO) + step("(" * 200 + "fact0" + ")" * 200),
    "a guard of 200 facts": HEAD
    + many("fact", 200, YES_OR_NO)
    + step(" and ".join(f"fact{i}" for i in range(200))),
    "200 facts that may be anything": HEAD
    + many("fact", 200, 'initial="unknown"')
    + "".join(step(f"fact{i}", f"s{i}") for i in range(200)),
    "an astronomic range": HEAD + table("fact", "f", f"range=[0, 1{'0' * 18}]\ninitial=0"),
    "a range with an end of 90 hexadecimal digits": HEAD
    + table("fact", "f", f"range=[0, 0x{'f' * 90}]\ninitial=0x{'e' * 90}"),
    "a counter compared with a billion": HEAD
    + table("fact", "f", "counter=true\ninitial=0")
    + step("f < 999999999", rest='do=["f += 1"]'),
    "a panel of 20 classes of 1,000": HEAD
    + many("actor", 20)
    + panel(",".join(f'{{actor="actor{i}",count=1000}}' for i in range(20)))
    + step("vote.pending == 500"),
    "a panel of 20 classes of 50": HEAD
    + many("actor", 20)
    + panel(",".join(f'{{actor="actor{i}",count=50}}' for i in range(20)))
    + step("vote.pending <= 500"),
    "a panel of 1,000 whose silence counts": HEAD
    + panel('{actor="office",count=1000}', 'silence=[{counts_as="yes"}]')
    + step("vote.pending <= 500 and vote.yes > 600"),
    "4,000 panels of 1,000": HEAD
    + many(
        "panel",
        3_000,
        'electorate=[{actor="office",count=1000}]\nreplies=["yes"]\nopens="go"\ncloses="go"',
    ),
    "an amendment of 20,000 operations": AMENDMENT + '[[remove.step]]\nid="x"\n' * 20_000,
    "an amendment that adds 5,000 stages": AMENDMENT + many("add.stage", MAX_ELEMENTS),
    "an amendment that removes 5,000 times what is not there": AMENDMENT
    + many("remove.stage", MAX_ELEMENTS),
    "full-width punctuation in TOML": HEAD + 'label ＝ "x"',
    "full-width punctuation in a guard": HEAD + many("fact", 1, YES_OR_NO) + step("（fact0）"),
    "a NUL byte": HEAD + "\0",
    "a NUL byte in a string": HEAD + table("stage", "\\u0000"),
}

RESULT = {  # hostile, but right: what is read all the same
    "a comment up to the limit",
    "as many steps as there may be",
    "4,500 clocks on one step",
    "1,800 lapses that each take a step",
    "1,800 outcomes of as many steps",
    "a chain of 1,000 stages with 900 facts",
    "a pigeonhole",
    "definitions that say themselves twice",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_or_read_in_bounded_time_and_memory(
    name: str, read: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    file = tmp_path / "hostile.toml"
    file.write_bytes(HOSTILE[name].encode())

    answer = read(str(file))

    if name in RESULT:
        assert answer == {"read": True}
    else:
        assert list(answer) == ["refused"], answer
        lines = answer["refused"].splitlines()
        assert all(line.startswith(f"{file}:") and "error[" in line for line in lines), lines[:3]
        assert len(lines) <= MAX_PROBLEMS + 1
        assert max(map(len, lines)) < len(str(file)) + 600


def test_what_cannot_be_decoded_is_refused_at_its_byte(tmp_path: Path) -> None:
    file = tmp_path / "latin.toml"
    file.write_bytes("# 审\nlabel = ".encode() + b'"caf\xe9"')

    with pytest.raises(InvalidInput) as caught:
        dc.load(str(file))

    assert (
        str(caught.value)
        == f"{file}:2:13: error[encoding]: byte 0xe9 is not UTF-8; save the file as UTF-8"
    )


# --- what is no file ---------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices have no names there")
def test_a_pipe_is_refused_without_waiting_for_a_writer(
    read: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)

    answer = read(str(pipe))

    expected = "1:1: error[unreadable]: cannot be read: it is a pipe or a device; give the path of a TOML file"
    assert answer == {"refused": f"{pipe}:{expected}"}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/dev/zero", "it is a pipe or a device"),
        (".", "Is a directory"),
        ("missing.toml", "No such file or directory"),
        ("missing/x.toml", "No such file or directory"),
        ("loop.toml", "Too many levels of symbolic links"),
        ("dangling.toml", "No such file or directory"),
        ("nul\0.toml", "embedded null byte"),
        ("x" * 5_000 + ".toml", "File name too long"),
    ],
    ids=lambda each: each[:20].replace("\0", "-"),
)
def test_what_is_no_file_is_refused(
    path: str, reason: str, read: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    (tmp_path / "dangling.toml").symlink_to(tmp_path / "nothing.toml")
    full = path if path.startswith("/") else f"{tmp_path}/{path}"

    answer = read(full)

    expected = f"1:1: error[unreadable]: cannot be read: {reason}; give the path of a TOML file"
    assert answer == {"refused": f"{full}:{expected}"}


def test_a_symbolic_link_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text(HEAD, encoding="utf-8")
    (tmp_path / "link.toml").symlink_to(tmp_path / "real")

    assert dc.load(str(tmp_path / "link.toml")).id == "small"


def test_a_project_with_pipes_folders_and_broken_files_among_its_models_still_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model"
    model.mkdir()
    os.mkfifo(model / "pipe.toml")
    (model / "folder.toml").mkdir()
    (model / "dangling.toml").symlink_to(model / "nothing")
    (model / "broken.toml").write_bytes(b"\xff\xfe[procedure]")
    (model / "small.toml").write_text(HEAD.lstrip(), encoding="utf-8")
    (model / "amendments").write_text("no folder", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert dc.load("small").id == "small"
    assert dc.load("trial-2017").id == "trial-2017"


def test_a_file_that_vanishes_between_the_catalogue_and_the_reading_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "small.toml").write_text(HEAD.lstrip(), encoding="utf-8")
    known = dc.catalogue(tmp_path)
    (tmp_path / "model" / "small.toml").unlink()
    monkeypatch.setattr("duecourse.model.library.catalogue", lambda _: known)

    with pytest.raises(
        InvalidInput, match=r"small.toml:1:1: error.unreadable.: cannot be read: No such"
    ):
        dc.load("small", root=tmp_path)


def test_a_current_folder_that_has_vanished_leaves_the_shipped_procedures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    assert dc.load("trial-2017").id == "trial-2017"
    monkeypatch.chdir(tmp_path)


# --- any file whatever ---------------------------------------------------------------------------------------


def survives(content: bytes) -> None:
    """Read, interpret and compile; nothing but a refusal may escape."""
    with suppress(InvalidInput):
        dc.compile_table(interpret(base_layer(parse(content, "any.toml"))))


fuzzed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@fuzzed
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_read(content: bytes) -> None:
    survives(content)


@fuzzed
@given(st.text(st.sampled_from("ab1 .=[]{}\"'\\\n#,-_:e+审＝\0"), max_size=200))
def test_any_text_of_toml_characters_is_refused_or_read(text: str) -> None:
    survives(text.encode())


KEYS = sorted(
    set(tomllib.loads(HEAD))
    | {
        key
        for tables in tomllib.loads(HEAD).values()
        for key in (tables[0] if isinstance(tables, list) else tables)
    }
    | {"fact", "panel", "clock", "suspension", "reading", "definition", "article", "not_modelled"}
    | {"values", "range", "counter", "initial", "when", "do", "means", "cites", "options", "ref"}
    | {"electorate", "replies", "opens", "closes", "silence", "permits", "starts", "stops", "limit"}
)
values = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.dates(),
        st.sampled_from(
            ["a", "go", "office", "small", "true", "not", "10 working days", "12 (B+)"]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=12,
)


@fuzzed
@given(st.dictionaries(st.sampled_from(KEYS), values, max_size=6))
def test_any_toml_is_refused_or_read(tables: dict[str, Any]) -> None:
    # tables that a file can hold, without the detour of writing them down
    source = parse(HEAD.encode(), "any.toml")
    source.data.update(tables)

    with suppress(InvalidInput):
        dc.compile_table(interpret(base_layer(source)))


def mutated(draw: Callable[[st.SearchStrategy[Any]], Any], text: str, times: int) -> str:
    """Return a text with lines or tokens deleted, doubled, swapped or replaced."""
    for _ in range(times):
        unit = draw(st.sampled_from(["\n", " ", '"']))
        parts = text.split(unit)
        one, other = (draw(st.integers(0, len(parts) - 1)) for _ in "12")
        match draw(st.sampled_from(["delete", "double", "swap", "replace", "garble"])):
            case "delete":
                del parts[one]
            case "double":
                parts.insert(other, parts[one])
            case "swap":
                parts[one], parts[other] = parts[other], parts[one]
            case "replace":
                parts[one] = parts[other]
            case _:
                parts[one] += draw(
                    st.sampled_from(["[", "]", '"', "=", ".", "not", "1", "＝", "\\", "-"])
                )
        text = unit.join(parts)
    return text


@fuzzed
@given(st.data())
def test_a_mutated_small_text_is_refused_or_read(data: st.DataObject) -> None:
    text = (shipped() / "model" / "trial-2017.toml").read_text(encoding="utf-8")

    survives(mutated(data.draw, text, data.draw(st.integers(1, 4))).encode())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_mutated_text_of_2022_is_refused_or_read(data: st.DataObject) -> None:
    text = (shipped() / "model" / "measures-2022.toml").read_text(encoding="utf-8")

    survives(mutated(data.draw, text, data.draw(st.integers(1, 3))).encode())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_mutated_amendment_is_refused_or_applied(data: st.DataObject) -> None:
    from duecourse.model import library

    text = (shipped() / "model" / "amendments" / "appeal.toml").read_text(encoding="utf-8")
    content = mutated(data.draw, text, data.draw(st.integers(1, 4))).encode()

    with suppress(InvalidInput):
        known = dc.catalogue(shipped())
        dc.compile_table(interpret(library._layers(parse(content, "any.toml"), known, ())))
