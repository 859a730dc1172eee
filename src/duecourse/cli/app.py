"""The verbs of the command line and their options; what they do is imported when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duecourse import __version__

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Model, verify, simulate and audit statutory review procedures. Begin with `duecourse demo`.",
)

Id = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="a procedure or amendment by id (see `list`), several joined by +, or a file",
    ),
]
Readings = Annotated[
    list[str] | None,
    typer.Option(
        "--reading", "-r", metavar="NAME=OPTION", help="how to read a silent point; repeatable"
    ),
]
Amendments = Annotated[
    list[str] | None,
    typer.Option("--amend", "-a", metavar="ID", help="an amendment to apply; repeatable"),
]
Language = Annotated[str, typer.Option("--lang", metavar="LANG", help="en, zh or both")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="write to this file instead of standard output"
    ),
]


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

    _emit(shown(name, amend or (), format_, lang), output)


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
    properties: Annotated[
        list[str] | None,
        typer.Option("--property", "-p", metavar="ID", help="only these properties; repeatable"),
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
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
    )
    _emit(text, output)
    raise typer.Exit(code)


@app.command()
def bounds(
    name: Id,
    amend: Amendments = None,
    reading: Readings = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
    ] = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Compute the least and greatest statutory time to every outcome, spelled out clause by clause."""
    from duecourse.cli.verify import bounded

    _emit(bounded(name, amend or (), reading or (), format_, lang), output)


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
    _emit(text, output)
    raise typer.Exit(code)


Replications = Annotated[
    int, typer.Option("--replications", "-n", metavar="N", min=1, help="independent repetitions")
]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="the root of all random numbers")]
Workers = Annotated[
    int,
    typer.Option(
        "--workers", "-w", metavar="N", min=1, help="processes; the results do not depend on it"
    ),
]


@app.command()
def simulate(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="a scenario by id, or its file")
    ],
    replications: Replications = 10,
    seed: Seed = 1,
    workers: Workers = 1,
    years: Annotated[
        float | None,
        typer.Option(metavar="YEARS", help="simulated years; by default the scenario's"),
    ] = None,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="write the event log to this CSV file")
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
    ] = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Simulate a caseload: throughput, delays, and the share of cases past each statutory limit."""
    from duecourse.cli.caseload import simulated

    _emit(simulated(scenario, replications, seed, workers, years, log, format_, lang), output)


@app.command()
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="a scenario by id, or its file")],
    b: Annotated[str, typer.Argument(metavar="B", help="another one")],
    replications: Replications = 10,
    seed: Seed = 1,
    workers: Workers = 1,
    years: Annotated[
        float | None,
        typer.Option(metavar="YEARS", help="simulated years; by default the scenarios'"),
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
    ] = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Compare two scenarios under common random numbers, with intervals of the differences."""
    from duecourse.cli.caseload import compared

    _emit(compared(a, b, replications, seed, workers, years, format_, lang), output)


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


def _emit(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text)
        return
    from duecourse.cli.files import write

    write(output, text)
    typer.echo(f"wrote {output}", err=True)
