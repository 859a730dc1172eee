"""Replications shared out over processes and over a real dask cluster give what one process gives."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from duecourse.errors import InvalidInput
from duecourse.scenarios import load_scenario
from duecourse.simulations import simulate
from duecourse.simulations.execute import Batch, on, processes
from duecourse.simulations.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duecourse.scenarios import Scenario

PATIENCE = 60.0
"""Seconds within which a cluster must have come up: much more than it takes, since a machine may be busy."""


def short() -> Scenario:
    return load_scenario("baseline-2022").lasting(0.4, 0.1)


@contextmanager
def started(*arguments: str) -> Iterator[None]:
    """Run a program of dask, and end it."""
    command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
        try:
            yield
        finally:
            running.terminate()
            try:
                running.wait(timeout=10)
            except subprocess.TimeoutExpired:
                running.kill()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """Start a scheduler and two worker processes on the loopback, and return the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ("--host", "127.0.0.1", "--no-dashboard")
    with ExitStack() as stack:
        stack.enter_context(started("scheduler", *where, "--port", str(port)))
        for number in range(2):
            folder = ("--local-directory", str(tmp_path / f"worker-{number}"))
            options = ("--nthreads", "1", "--no-nanny", "--death-timeout", f"{PATIENCE:g}", *folder)
            stack.enter_context(started("worker", f"tcp://127.0.0.1:{port}", *where, *options))
        yield f"dask://127.0.0.1:{port}"


@pytest.mark.slow
def test_a_cluster_of_two_workers_gives_what_one_process_gives(
    cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duecourse.simulations.execute.PATIENCE", PATIENCE)
    plain = simulate(short(), replications=5)
    store = Store(tmp_path / "store")

    shared = simulate(short(), replications=5, executor=on(cluster), store=store)
    again = simulate(short(), replications=5, store=store)

    assert json.dumps(shared.to_dict()) == json.dumps(plain.to_dict())
    assert json.dumps(again.to_dict()) == json.dumps(plain.to_dict())
    assert len(list((tmp_path / "store").glob("*/0*/record.json"))) == 5


@pytest.mark.slow
def test_two_processes_give_the_samples_in_the_order_of_the_jobs_whatever_that_is() -> None:
    batch = Batch((short(), short().staffed(desk=9)), 1)
    jobs = [(index, number) for number in range(3) for index in range(2)]
    with processes(batch, 1) as run:
        alone = dict(zip(jobs, run(jobs), strict=True))

    with processes(batch, 2) as run:
        backwards = list(run(jobs[::-1]))

    assert repr(backwards) == repr([alone[job] for job in jobs[::-1]])


@pytest.mark.parametrize("address", ["scheduler:8786", "dask://", "dask://scheduler", "tcp://x:1"])
def test_an_address_of_another_form_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match="is no cluster; write dask://HOST:PORT"):
        on(address)


def test_a_cluster_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duecourse.simulations.execute.PATIENCE", 0.5)
    with (
        pytest.raises(
            InvalidInput, match=r"dask://127.0.0.1:1 does not answer .*is `dask scheduler`"
        ),
        on("dask://127.0.0.1:1")(Batch((), 1), 1),
    ):
        pass


def test_a_machine_without_dask_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(InvalidInput, match=r"needs dask: pip install 'duecourse\[cluster\]'"),
        on("dask://127.0.0.1:1")(Batch((), 1), 1),
    ):
        pass
