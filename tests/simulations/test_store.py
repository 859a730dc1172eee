"""The store: it loses nothing, mixes nothing, and uses nothing that a disk spoiled."""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from duecourse.errors import InvalidInput
from duecourse.scenarios import load_scenario
from duecourse.simulations import execute, gather, replicate, simulate
from duecourse.simulations.inputs import canonical, inputs
from duecourse.simulations.measure import measure
from duecourse.simulations.store import STALE, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from duecourse.scenarios import Scenario
    from duecourse.simulations.kept import Kept
    from duecourse.simulations.log import Log
    from duecourse.simulations.plan import Plan

PROGRAM = """
import sys
from pathlib import Path
from duecourse.scenarios import load_scenario
from duecourse.simulations import simulate
from duecourse.simulations.store import Store
if __name__ == "__main__":
    scenario = load_scenario("baseline-2022").lasting(0.4, 0.1)
    simulate(scenario, replications={replications}, store=Store(Path(sys.argv[1])))
"""
REPLICATIONS = 6
PATIENCE = 120.0
"""Seconds after which a process is taken to hang: much more than it takes, since a machine may be busy."""


@cache
def short() -> Scenario:
    return load_scenario("baseline-2022").lasting(0.4, 0.1)


def program(tmp_path: Path) -> list[str]:
    """Return the command that simulates into `tmp_path / "store"`."""
    file = tmp_path / "program.py"
    file.write_text(PROGRAM.format(replications=REPLICATIONS), encoding="utf-8")
    return [sys.executable, str(file), str(tmp_path / "store")]


def only(store: Store) -> Kept:
    (kept,) = store.opened().runs()
    return kept


def digest(store: Store, tmp_path: Path) -> str:
    """Return the SHA-256 of all events and cases of a store, by replication, and of its indicators."""
    kept = only(store)
    found = hashlib.sha256()
    for what in ("events", "cases"):
        path = tmp_path / f"{what}.csv"
        kept.export(path, what, kept.numbers())
        found.update(path.read_bytes())
    found.update(repr(kept.estimates()).encode())
    return found.hexdigest()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("undisturbed")
    simulate(short(), replications=REPLICATIONS, store=Store(folder / "store"))
    return digest(Store(folder / "store"), folder)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows with every replication that is simulated."""
    numbers: list[int] = []
    real = execute.log_of

    def log_of(plan: Plan, seed: int, replication: int) -> Log:
        numbers.append(replication)
        return real(plan, seed, replication)

    monkeypatch.setattr(execute, "log_of", log_of)
    return numbers


# --- what is kept is not done again, and nothing else is taken for it ------------------------------------------


def test_what_a_store_holds_is_not_simulated_again_and_gives_the_same_result(
    tmp_path: Path, counted: list[int]
) -> None:
    store = Store(tmp_path / "store")
    plain = simulate(short(), replications=3)
    counted.clear()

    results = [simulate(short(), replications=n, store=store) for n in (2, 3, 3, 1)]

    assert counted == [0, 1, 2]
    assert only(store).numbers() == (0, 1, 2)
    # by text, since what is not a number equals nothing
    assert json.dumps(results[1].to_dict()) == json.dumps(plain.to_dict())
    assert json.dumps(results[2].to_dict()) == json.dumps(plain.to_dict())


def test_an_executor_that_stores_keeps_what_any_other_does(
    tmp_path: Path, counted: list[int]
) -> None:
    executor = execute.storing(Store(tmp_path / "store"), execute.processes)

    first = simulate(short(), replications=2, executor=executor)
    again = simulate(short(), replications=2, executor=executor)

    assert counted == [0, 1]
    assert json.dumps(first.to_dict()) == json.dumps(again.to_dict())


def test_another_seed_staff_reading_length_or_calendar_is_another_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenario = short()
    reading = load_scenario("baseline-2022", readings={"silence": "agreement"}).lasting(0.4, 0.1)
    others = [
        inputs(scenario, 2),
        inputs(scenario.staffed(desk=9), 1),
        inputs(reading, 1),
        inputs(scenario.lasting(0.5, 0.1), 1),
    ]
    real = gather.days_of(scenario)
    monkeypatch.setattr(real, "calendar", replace(real.calendar, off={}))
    monkeypatch.setattr("duecourse.simulations.inputs.days_of", lambda _: real)
    others.append(inputs(scenario, 1))
    monkeypatch.undo()

    assert len({inputs(scenario, 1).key, *(each.key for each in others)}) == 1 + len(others)
    again = load_scenario("baseline-2022").lasting(0.4, 0.1)
    assert inputs(scenario, 1).key == inputs(again, 1).key


def test_the_key_names_no_place_and_no_note(toy: Callable[..., Scenario], tmp_path: Path) -> None:
    scenario = toy('work = "desk"\neffort = { law = "deterministic", value = 2 }\ntake = "decide"')

    assert str(tmp_path) not in inputs(scenario, 1).text
    assert inputs(replace(scenario, notes=(), source=""), 1).key == inputs(scenario, 1).key


def test_a_value_without_a_canonical_form_is_an_error_and_equal_values_have_one_form() -> None:
    with pytest.raises(TypeError, match="a object has no canonical form"):
        canonical([object()])
    assert canonical({"a": 2.0, "b": frozenset("yx")}) == canonical({"a": 2, "b": frozenset("xy")})


def test_whoever_changes_logs_or_indicators_raises_the_number_of_the_semantics(
    toy: Callable[..., Scenario],
) -> None:
    """Recorded from this engine: with another digest SEMANTICS goes up by one, and both are renewed here."""
    work = 'work = "desk"\neffort = { law = "triangular", low = 1, mode = 2, high = 6 }'
    scenario = toy(work + "\nchoose = { consult = 0.5, decide = 0.5 }", per_year=90, years=1)
    log = replicate(scenario, seed=1)
    lines = [repr(tuple(event)) for event in log.events]
    lines += [f"{name} {value:.9g}" for name, value in measure(log, scenario).values.items()]
    found = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

    assert (json.loads(inputs(scenario, 1).text)["semantics"], found) == (2, "75c5b2d2b50a0fbf")


# --- nothing that a disk spoiled is used ----------------------------------------------------------------------


def spoilt(path: Path) -> Iterator[bytes | None]:
    """Yield a file with one bit changed, cut, longer, empty, and gone."""
    content = path.read_bytes()
    chance = random.Random(path.name)
    for at in (0, len(content) - 1, *(chance.randrange(len(content)) for _ in range(12))):
        changed = content[at] ^ (1 << chance.randrange(8))
        yield content[:at] + bytes([changed]) + content[at + 1 :]
    yield content[: len(content) // 2]
    yield content[:-1]
    yield content + b"\n"
    yield b""
    yield None


@pytest.mark.parametrize("name", ["events.parquet", "cases.parquet", "record.json", "inputs.json"])
def test_a_spoilt_file_is_named_with_the_way_out_and_never_read_silently(
    tmp_path: Path, name: str, counted: list[int]
) -> None:
    store = Store(tmp_path / "store")
    simulate(short(), replications=2, store=store)
    kept = only(store)
    path = kept.folder / name if name == "inputs.json" else kept.folder / "000001" / name
    whole = path.read_bytes()
    counted.clear()

    for content in spoilt(path):
        if content is None:
            path.unlink()
            if name == "inputs.json":  # without it there is no run yet, and it is written anew
                break
        else:
            path.write_bytes(content)
        with pytest.raises(InvalidInput) as error:
            simulate(short(), replications=2, store=store)
        assert f"{path} is damaged" in str(error.value)
        assert f"duecourse runs delete {store.folder} {kept.key[:12]}" in str(error.value)
        if name != "inputs.json":
            with pytest.raises(InvalidInput, match="is damaged"):
                kept.export(tmp_path / "events.csv", "events", (0, 1))
            assert not (tmp_path / "events.csv").exists()
        path.write_bytes(whole)
    assert counted == []


def test_the_way_out_of_a_spoilt_file_makes_only_that_replication_anew(
    tmp_path: Path, counted: list[int]
) -> None:
    store = Store(tmp_path / "store")
    simulate(short(), replications=3, store=store)
    kept = only(store)
    before = digest(store, tmp_path)
    (kept.folder / "000001" / "events.parquet").write_bytes(b"PAR1")
    counted.clear()

    kept.delete(1)
    simulate(short(), replications=3, store=store)

    assert counted == [1]
    assert digest(store, tmp_path) == before


# --- it loses nothing ------------------------------------------------------------------------------------------

MORTALS = f"""
import os, signal, sys
from pathlib import Path
from duecourse.scenarios import load_scenario
from duecourse.simulations import durable, kept, parquet, simulate, store
scenario = load_scenario("baseline-2022").lasting(0.4, 0.1)
def dying(real):
    def act(*arguments):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        real(*arguments)
    return act
durable.made = store.made = dying(durable.made)
kept.write = dying(kept.write)
for line in sys.stdin:
    count, folder = line.rstrip().split(" ", 1)
    child = os.fork()
    if not child:
        left = int(count)
        simulate(scenario, replications={REPLICATIONS}, store=store.Store(Path(folder)))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def mortals() -> Iterator[Callable[[int, Path], int]]:
    """Return what simulates into a folder in a process that kills itself after so many steps of writing.

    It is forked from one that has loaded everything and simulated nothing; it returns how the process ended.
    """
    with subprocess.Popen(
        [sys.executable, "-c", MORTALS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as mother:
        asked, answers = mother.stdin, mother.stdout
        assert asked is not None
        assert answers is not None

        def live(count: int, folder: Path) -> int:
            print(count, folder, file=asked, flush=True)
            return int(answers.readline())

        yield live
        asked.close()


@pytest.mark.slow
@pytest.mark.parametrize("count", range(13))
def test_a_run_killed_at_each_step_of_writing_goes_on_and_ends_the_same(
    tmp_path: Path, count: int, undisturbed: str, mortals: Callable[[int, Path], int]
) -> None:
    """Five syncs begin the store and the run; two tables and five syncs make a replication."""
    assert mortals(count, tmp_path / "store") == -signal.SIGKILL

    simulate(short(), replications=REPLICATIONS, store=Store(tmp_path / "store"))

    assert digest(Store(tmp_path / "store"), tmp_path) == undisturbed


@pytest.mark.slow
def test_a_run_killed_again_and_again_at_random_ends_the_same(
    tmp_path: Path, undisturbed: str
) -> None:
    chance = random.Random(1)
    store = Store(tmp_path / "store")
    kills = 0
    for _ in range(4):
        with subprocess.Popen(program(tmp_path)) as running:
            while not (found := list(store.folder.glob("*/0*"))) and running.poll() is None:
                time.sleep(0.01)
            before = len(found)
            while running.poll() is None and len(list(store.folder.glob("*/0*"))) == before:
                time.sleep(0.002)
            time.sleep(chance.random() * 0.1)
            running.kill()
        kills += running.returncode == -signal.SIGKILL
        assert all(only(store).sample(number) for number in only(store).numbers())

    subprocess.run(program(tmp_path), timeout=PATIENCE, check=True)

    assert kills >= 2, "the machine is too fast for this test to show anything"
    assert digest(store, tmp_path) == undisturbed


@pytest.mark.slow
def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    tmp_path: Path, undisturbed: str
) -> None:
    """No file may grow beyond 4,000 bytes: the marker can be written, a table cannot."""
    store = Store(tmp_path / "store").opened(make=True)
    simulate(short(), replications=1, store=store)

    failed = subprocess.run(
        program(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, 4_000)),
    )

    assert failed.returncode == 1
    assert "duecourse.errors.InvalidInput: cannot " in failed.stderr
    assert only(store).numbers() == (0,)
    assert not [*store.folder.rglob(".part-*")]
    simulate(short(), replications=REPLICATIONS, store=store)
    assert digest(store, tmp_path) == undisturbed


@pytest.mark.slow
def test_two_processes_at_once_do_not_disturb_each_other(tmp_path: Path, undisturbed: str) -> None:
    commands = [program(tmp_path), program(tmp_path)]
    both = [subprocess.Popen(each) for each in commands]

    assert [each.wait(timeout=PATIENCE) for each in both] == [0, 0]
    assert digest(Store(tmp_path / "store"), tmp_path) == undisturbed
    assert not [*(tmp_path / "store").rglob(".part-*")]


def test_what_was_left_half_written_long_ago_is_removed(tmp_path: Path) -> None:
    store = Store(tmp_path / "store").opened(make=True)
    old, new = store.folder / ".part-1-aa", store.folder / ".part-2-bb"
    for each in (old, new):
        each.mkdir()
    then = time.time() - STALE - 1
    os.utime(old, (then, then))

    store.opened()

    assert not old.exists()
    assert new.exists()


# --- folders that are none ---------------------------------------------------------------------------------------


def test_a_folder_with_other_files_does_not_become_a_store(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(InvalidInput, match="holds other files; name an empty or a new folder"):
        simulate(short(), replications=1, store=Store(tmp_path))
    with pytest.raises(InvalidInput, match="is no store; `simulate --store` makes one"):
        Store(tmp_path / "none").opened()
    with pytest.raises(InvalidInput, match=r"cannot use the store .*: Not a directory"):
        Store(tmp_path / "notes.txt" / "x").opened(make=True)


def test_a_store_of_another_version_is_refused(tmp_path: Path) -> None:
    marker = tmp_path / "duecourse-store.json"
    marker.write_text('{"schema": "duecourse/store/9"}', encoding="utf-8")
    with pytest.raises(InvalidInput, match="names duecourse/store/9; this version reads"):
        Store(tmp_path).opened()
    marker.write_text("[", encoding="utf-8")
    with pytest.raises(InvalidInput, match="is damaged; write"):
        Store(tmp_path).opened()
