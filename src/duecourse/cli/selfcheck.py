"""The verb `selfcheck` and its options; what it does is imported when it is called."""

from __future__ import annotations

from typing import Annotated

import typer

from duecourse.cli.options import Language, Output, Seed, Workers, emit


def selfcheck(
    model: Annotated[
        list[str] | None,
        typer.Option("--model", "-m", metavar="ID", help="only this model; repeatable"),
    ] = None,
    seed: Seed = 1,
    workers: Workers = 1,
    full: Annotated[
        bool,
        typer.Option("--full", help="thirteen times the cases: notices smaller errors, in minutes"),
    ] = False,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
    ] = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Hold the simulation against queueing theory on small models; exit 1 where they differ."""
    import json

    from duecourse.cli.files import language, one_of
    from duecourse.cli.progress import progress
    from duecourse.report.selfcheck_text import selfcheck_json, selfcheck_text
    from duecourse.simulations.predictions import MODELS
    from duecourse.simulations.selfcheck import selfcheck as run

    one_of("format", format_, ("text", "json"))
    tongue = language(lang)
    for each in model or ():
        one_of("model", each, [known.id for known in MODELS])
    with progress("simulating") as tell:
        found = run(seed=seed, workers=workers, full=full, models=model or None, progress=tell)
    if format_ == "json":
        text = json.dumps(selfcheck_json(found), ensure_ascii=False, indent=2)
    else:
        text = selfcheck_text(found, tongue)
    emit(text, output)
    raise typer.Exit(0 if found.agrees else 1)
