"""What is kept of compiled claims: the same as compiling, only one's own, and nothing where it cannot be."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from duecourse.properties import claim_store
from duecourse.properties.automaton import TooLargeError
from duecourse.properties.claim_grammar import ClaimError
from duecourse.properties.claim_store import ClaimStore, cache_folder

if TYPE_CHECKING:
    from pathlib import Path

DEFINITIONS = {"adverse": "object or (refuse and votes >= 2)"}
CLAIMS = (
    "notify never follows adverse unless approve comes between",
    "after ask until answer: never (by office and proposal == pass)",
    "between ask and answer: remind at most 3 times",
    "ltlf: G(ask -> F answer) & F(ask)",
    "eventually (starts clock)",
)


def forbidden(*_: object) -> None:
    pytest.fail("compiled again")


@pytest.mark.parametrize("text", CLAIMS)
def test_what_is_read_back_is_what_was_compiled(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ClaimStore(tmp_path / "new")
    compiled = first.compiled(text, DEFINITIONS)
    first.save()
    assert compiled == ClaimStore(None).compiled(text, DEFINITIONS)

    monkeypatch.setattr(claim_store, "_compile", forbidden)
    back = ClaimStore(tmp_path / "new").compiled(text, DEFINITIONS)
    assert back == compiled
    # where a proposition stands in the text is no part of what it says, but messages point at it
    assert [each.offset for each in back.propositions] == [
        each.offset for each in compiled.propositions
    ]


def test_another_definition_is_another_claim(tmp_path: Path) -> None:
    store = ClaimStore(tmp_path)
    one = store.compiled("never adverse", {"adverse": "object"})
    other = store.compiled("never adverse", {"adverse": "refuse"})
    assert one.propositions != other.propositions


def test_what_is_wrong_is_said_every_time(tmp_path: Path) -> None:
    for _ in range(2):
        store = ClaimStore(tmp_path)
        with pytest.raises(ClaimError):
            store.compiled("never never", {})
        with pytest.raises(TooLargeError):
            store.compiled(
                "ltlf: " + " & ".join(f"F(a & X{'X' * n} b)" for n in range(20)) + " | c", {}
            )
        store.save()
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"compiler": 1}', '{"compiler": "COMPILER", "claims": {"KEY": {}}}',
     '{"compiler": "COMPILER", "claims": {"KEY": {"pattern": "p", "propositions": [], "parts": [[[[9]], [0], []]], "twin": []}}}',
     '{"compiler": "another", "claims": {"KEY": "what another compiler made"}}'],
)  # fmt: skip
def test_what_cannot_be_used_is_compiled_anew(content: str, tmp_path: Path) -> None:
    store = ClaimStore(tmp_path)
    good = store.compiled(CLAIMS[0], DEFINITIONS)
    store.save()
    file = tmp_path / "claims.json"
    data = json.loads(file.read_text("utf-8"))
    (key,) = data["claims"]
    file.write_text(content.replace("COMPILER", data["compiler"]).replace("KEY", key), "utf-8")

    assert ClaimStore(tmp_path).compiled(CLAIMS[0], DEFINITIONS) == good


def test_what_another_compiler_made_is_not_believed(tmp_path: Path) -> None:
    store = ClaimStore(tmp_path)
    good, other = (store.compiled(text, DEFINITIONS) for text in CLAIMS[:2])
    store.save()
    file = tmp_path / "claims.json"
    data = json.loads(file.read_text("utf-8"))
    one, two = data["claims"]
    swapped = {one: data["claims"][two], two: data["claims"][one]}
    for compiler, found in ((data["compiler"], other), ("another", good)):
        file.write_text(json.dumps({"compiler": compiler, "claims": swapped}), "utf-8")
        assert ClaimStore(tmp_path).compiled(CLAIMS[0], DEFINITIONS) == found


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
def test_what_others_could_have_written_is_not_read(tmp_path: Path) -> None:
    store = ClaimStore(tmp_path)
    store.compiled(CLAIMS[0], DEFINITIONS)
    store.save()
    assert ClaimStore(tmp_path).kept
    (tmp_path / "claims.json").chmod(0o666)
    assert not ClaimStore(tmp_path).kept


def test_where_nothing_can_be_written_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    store = ClaimStore(tmp_path / "file")
    assert store.compiled(CLAIMS[0], DEFINITIONS) == ClaimStore(None).compiled(
        CLAIMS[0], DEFINITIONS
    )
    store.save()


def test_only_so_many_are_kept_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_store, "MOST", 2)
    store = ClaimStore(tmp_path)
    for text in CLAIMS[:3]:
        store.compiled(text, DEFINITIONS)
    store.save()
    assert [*ClaimStore(tmp_path).kept] == [*store.kept][1:]
    assert [each.name for each in tmp_path.iterdir()] == ["claims.json"]


def test_the_folder_is_the_users_own_unless_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DUECOURSE_CACHE", "")
    assert cache_folder() is None
    monkeypatch.setenv("DUECOURSE_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("DUECOURSE_CACHE")
    monkeypatch.setenv("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "duecourse"
