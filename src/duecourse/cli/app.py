"""The verbs of the command line and their options; what they do is imported when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duecourse import __version__
from duecourse.cli.audit_verb import audit
from duecourse.cli.caseload_verbs import compare, forecast, report, simulate, warm
from duecourse.cli.experiment_verbs import plan, run
from duecourse.cli.fit_verb import fit
from duecourse.cli.options import (
    AllReadings,
    Amendments,
    AtMost,
    Id,
    Instances,
    Language,
    Output,
    Properties,
    Readings,
    emit,
)
from duecourse.cli.promela_verbs import crosscheck, export
from duecourse.cli.runs_verb import runs
from duecourse.cli.selfcheck import selfcheck

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Model, verify, simulate and audit statutory review procedures. Begin with `duecourse demo`.",
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"duecourse {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    """Model, verify, simulate and audit statutory review procedures."""


@app.command()
def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="where the report goes")
    ] = Path("report.html"),
    seed: Annotated[int, typer.Option(metavar="N", help="of the simulation")] = 1,
) -> None:
    """Check, bound, simulate and compare the Measures of 2020 and 2022, and write one report."""
    from duecourse.cli.demo import run

    run(output, seed=seed)


@app.command("list")
def list_() -> None:
    """List the procedures, amendments, properties, scenarios and experiments in reach."""
    from duecourse.cli.look import listing

    typer.echo(listing())


@app.command()
def show(
    name: Id,
    amend: Amendments = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text, mermaid, dot, svg or json")
    ] = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Show a procedure: article by article, or as a diagram."""
    from duecourse.cli.look import shown

    emit(shown(name, amend or (), format_, lang), output)


@app.command()
def check(
    *,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID or FILE",
            help="procedures, amendments or files; the whole project if none",
        ),
    ] = None,
    amend: Amendments = None,
    reading: Readings = None,
    properties: Properties = None,
    format_: Annotated[
        str,
        typer.Option("--format", "-f", metavar="NAME", help="text, json, junit, sarif or github"),
    ] = "text",
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="give up after this many configurations")
    ] = None,
    as_expected: Annotated[
        bool,
        typer.Option(
            "--as-expected",
            help="exit 0 when every verdict is the one its file expects, `holds` where it expects none",
        ),
    ] = False,
    all_readings: AllReadings = False,
    story: Annotated[
        bool, typer.Option("--story", help="with --all-readings: tell the case of each condition")
    ] = False,
    instances: Instances = None,
    at_most: AtMost = None,
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Check every property against every behaviour; exit 1 on a violation, 3 when the search was not finished."""
    from duecourse.cli.verify import checked

    text, code = checked(
        names or (),
        amend or (),
        reading or (),
        properties or (),
        format_,
        limit,
        lang,
        as_expected=as_expected,
        all_readings=all_readings,
        story=story,
        instances=instances,
        at_most=at_most or (),
    )
    emit(text, output)
    raise typer.Exit(code)


@app.command()
def bounds(
    name: Id,
    amend: Amendments = None,
    reading: Readings = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
    ] = "text",
    all_readings: AllReadings = False,
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Compute the least and greatest statutory time to every outcome, spelled out clause by clause."""
    if all_readings:
        from duecourse.cli.all_readings import bounded_under_all

        text, code = bounded_under_all(name, amend or (), reading or (), format_, lang)
        emit(text, output)
        raise typer.Exit(code)
    from duecourse.cli.verify import bounded

    emit(bounded(name, amend or (), reading or (), format_, lang), output)


@app.command()
def diff(
    a: Annotated[
        str, typer.Argument(metavar="A", help="a procedure or amendment by id, or a file")
    ],
    b: Annotated[
        str | None,
        typer.Argument(
            metavar="[B]", help="another one; A again, under other readings, if left out"
        ),
    ] = None,
    reading: Readings = None,
    reading_a: Annotated[
        list[str] | None,
        typer.Option("--reading-a", metavar="NAME=OPTION", help="how to read A only; repeatable"),
    ] = None,
    reading_b: Annotated[
        list[str] | None,
        typer.Option("--reading-b", metavar="NAME=OPTION", help="how to read B only; repeatable"),
    ] = None,
    same_readings: Annotated[
        bool,
        typer.Option("--same-readings", help="read B as A by default where both know the reading"),
    ] = False,
    rename: Annotated[
        list[str] | None,
        typer.Option(
            "--rename",
            metavar="NEW=OLD",
            help="a step, clock, actor or outcome of B by its name in A; repeatable",
        ),
    ] = None,
    hide: Annotated[
        list[str] | None,
        typer.Option("--hide", metavar="STEP", help="a step that is not looked at; repeatable"),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FILE", help="renamed and hidden names in a TOML file"),
    ] = None,
    no_bounds: Annotated[
        bool, typer.Option("--no-bounds", help="do not compare bounds on time")
    ] = False,
    no_properties: Annotated[
        bool, typer.Option("--no-properties", help="do not compare verdicts")
    ] = False,
    stories: Annotated[
        bool, typer.Option("--stories", help="tell every difference as a dated case")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="give up after this many pairs of states")
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
    ] = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Tell what changed from A to B as behaviour; exit 0 if nothing did, 3 when the search was not finished."""
    from duecourse.cli.compare_law import differing

    text, code = differing(
        a,
        b or a,
        reading or (),
        reading_a or (),
        reading_b or (),
        rename or (),
        hide or (),
        mapping,
        format_,
        limit,
        lang,
        same_readings=same_readings,
        with_bounds=not no_bounds,
        with_properties=not no_properties,
        stories=stories,
    )
    emit(text, output)
    raise typer.Exit(code)


@app.command()
def mutate(
    name: Id,
    amend: Amendments = None,
    reading: Readings = None,
    properties: Properties = None,
    family: Annotated[
        str, typer.Option(metavar="NAME", help="which mistakes: first, second (held out) or both")
    ] = "first",
    sample: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="try so many of them, drawn at random")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="of the draw")] = 1,
    workers: Annotated[
        int, typer.Option("--workers", "-w", metavar="N", min=1, help="processes")
    ] = 1,
    full: Annotated[
        bool, typer.Option("--full", help="tell everything that nobody would notice")
    ] = False,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
    ] = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Make mistakes in a procedure, one at a time, and tell which of them its properties would notice."""
    from duecourse.cli.mutate_law import mutated

    emit(
        mutated(
            name,
            amend or (),
            reading or (),
            properties or (),
            family,
            sample,
            seed,
            workers,
            format_,
            lang,
            full=full,
        ),
        output,
    )


@app.command()
def case(
    name: Annotated[
        str,
        typer.Argument(metavar="FILE", help="a case file, or a published case by id (see `list`)"),
    ],
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="how the case stands on this day")
    ] = None,
    reading: Readings = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
    ] = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Replay one case on the calendar: stage, permitted steps, due dates, breaches."""
    from duecourse.cli.cases import replayed

    text, code = replayed(name, on, reading or (), format_, lang)
    emit(text, output)
    raise typer.Exit(code)


app.command()(audit)
app.command()(export)
app.command()(crosscheck)
app.command()(selfcheck)
app.command()(simulate)
app.command()(forecast)
app.command()(compare)
app.command()(run)
app.command()(plan)
app.command()(report)
app.command()(warm)
app.add_typer(runs, name="runs")
app.add_typer(fit, name="fit")


@app.command()
def new(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="the id of the amendment, or the folder of the project"
        ),
    ],
    of: Annotated[
        str, typer.Option(metavar="ID", help="the procedure that is amended")
    ] = "measures-2022",
    project: Annotated[
        bool, typer.Option("--project", help="a project with a small procedure of its own")
    ] = False,
) -> None:
    """Begin an amendment (one file) or a project of your own (a folder with the layout of this one)."""
    from duecourse.cli.begin import begun

    typer.echo(begun(name, of=of, project=project))
