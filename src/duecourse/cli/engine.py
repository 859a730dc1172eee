"""Which engine runs, said and made ready: compiling it takes seconds, once on a machine."""

from __future__ import annotations

import warnings
from time import process_time
from typing import TYPE_CHECKING

import typer

from duecourse.cli.progress import progress
from duecourse.simulations import Choice, Engine, choose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.cli.keeping import Keeping
    from duecourse.scenarios import Scenario


def prepared(scenarios: Sequence[Scenario], replications: int, keeping: Keeping) -> Choice:
    """Return which engine runs scenarios, ready to run; say which it is where that is asked for.

    Raises:
        InvalidInput: there is no such engine, or it does not have what a scenario needs.
    """
    choice = choose(scenarios, replications, keeping.engine)
    if keeping.explain:
        typer.echo(choice, err=True)
    if choice.engine is not Engine.SIMPY and keeping.on is None:
        _warm()
    return choice


def warmed() -> str:
    """Compile the engine, or load it from the cache, and return how long that took."""
    began = process_time()
    _warm()
    return f"the compiled engine is ready ({process_time() - began:.1f} s)"


def _warm() -> None:
    """Compile the engine, with a word to whoever looks on; tell what is wrong with the cache, if something is."""
    from duecourse.simulations.compiled import warm

    with (
        progress("loading the compiled engine (the first time on a machine it is compiled)"),
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        warm()
    for each in caught:
        typer.echo(f"note: {each.message}", err=True)
