"""The page on what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

FIVE, TEN = 5, 10

Figures = Mapping[str, Mapping[str, float]]


def written(  # noqa: PLR0913  (what stands on the page)
    found: Figures,
    agreed: Sequence[str],
    sizes: Sequence[int],
    rounds: int,
    machine: str,
    *,
    with_spin: bool,
) -> str:
    """Return the page."""
    lines = [
        "# Benchmarks of the search",
        "",
        "Written by `python benchmarks/formal/run.py`; do not edit.",
        "",
        (
            "CSR(N, K) is a review in which N members reply twice and K cases share one Commission "
            "(`benchmarks/formal/csr.toml`)."
        ),
        "Before anything was measured, these agreed:",
        "",
        *(f"- {each}" for each in agreed),
        "",
        f"Machine: {machine}.",
        f"Medians of {rounds} rounds in which the programs took turns, seconds of CPU.",
        (
            "Whole processes include starting Python and loading compiled code from its cache; for SPIN, generating and compiling "
            "the model, which every change of it costs again."
        ),
        "Absolute times do not travel; ratios do.",
        "",
        "## Each member's reply kept, one case",
        "",
        "| N | states | moves | duecourse: search | states/s | whole | SPIN: search | states/s | whole | states/s, ratio |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for members in sizes:
        mine, theirs = found[f"kept {members}"], found.get(f"spin {members}")
        rate = mine["states"] / mine["search"]
        row = [str(members), f"{mine['states']:,.0f}", f"{mine['moves']:,.0f}"]
        row += [f"{mine['search']:.3f}", f"{rate:,.0f}", f"{mine['whole']:.2f}"]
        if theirs is None:
            row += ["NOT RUN"] * 4
        else:
            other = theirs["states"] / theirs["search"]
            row += [f"{theirs['search']:.2f}", f"{other:,.0f}", f"{theirs['whole']:.2f}"]
            row += [f"{rate / other:.1f}"]
        lines.append(f"| {' | '.join(row)} |")
    lines += [
        "",
        (
            "*Whole* of duecourse also proves that every case can end (AG EF), which SPIN cannot be asked; the rest is the same for both:"
            " no notice after an objection without approval, no case before a Commission that is not taken, no dead end."
        ),
        "",
        "## Small models, to the verdict",
        "",
        "Up to some ten thousand states `check` searches in plain Python, so that nothing compiled is loaded; seconds of CPU of whole processes.",
        "",
        "| N | states | duecourse | SPIN |",
        "|---|---|---|---|",
        *(
            f"| {name.removeprefix('small ')} | {mine['states']:,.0f} | {mine['whole']:.2f} | {_whole(found.get(name.replace('small', 'spin')))} |"
            for name, mine in found.items()
            if name.startswith("small ")
        ),
        "",
        "## Members counted, N = 13",
        "",
        "| cases | states, cases sorted | moves | search | whole |",
        "|---|---|---|---|---|",
    ]
    for cases in (1, 2, 3):
        mine = found[f"cases {cases}"]
        lines.append(
            f"| {cases} | {mine['states']:,.0f} | {mine['moves']:,.0f} | {mine['search']:.3f} | {mine['whole']:.2f} |"
        )
    lines += [
        "",
        (
            "Checked of several cases: at most one before the Commission, no dead end; "
            "*search* is without reading the file, *whole* with it."
        ),
        "What is said of a single case's notice is not watched here, nor that every case can end.",
    ]
    for name, figures in found.items():
        if name.startswith("storm "):
            size = name.removeprefix("storm ")
            lines += [
                "",
                f"Storm, sparse engine through stormpy, one case, N = {size}: {figures['whole']:.2f} s whole process.",
            ]
    if not any(name.startswith("storm ") for name in found):
        lines += ["", "Storm: NOT RUN (set DUECOURSE_STORM to a Python that has stormpy)."]
    one, texts, every = found["one-by-one 13"], found["shipped"], found["all-readings"]
    lines += [
        "",
        (
            f"With the members one by one and their replies counted, one case has {one['states']:,.0f} states "
            f"({one['search']:.3f} s)."
        ),
        "",
        "## The shipped texts",
        "",
        (
            f"Three procedures, {texts['verdicts']:.0f} verdicts, default readings, one process, after imports: "
            f"{texts['search']:.2f} s, and {texts['reading']:.2f} s to read the files."
        ),
        (
            f"The text of 2022 under all readings, {every['claims']:.0f} properties, of which {every['decided']:.0f} are decided: "
            f"{every['search']:.1f} s by the clock."
        ),
        "",
        *goals(found, sizes),
        "",
        "SPIN: NOT RUN."
        if not with_spin
        else "SPIN was run with `-O2 -DSAFETY -DNOREDUCE -DNOBOUNDCHECK`.",
        "",
    ]
    return "\n".join(lines)


def _whole(figures: Mapping[str, float] | None) -> str:
    return "NOT RUN" if figures is None else f"{figures['whole']:.2f}"


def goals(found: Figures, sizes: Sequence[int]) -> list[str]:
    """Return what we set out to reach, with what was reached, and why something was not."""
    rows: list[tuple[str, bool, str, str]] = []
    for members in sizes:
        mine, theirs = found[f"kept {members}"], found.get(f"spin {members}")
        if theirs is not None:
            ratio = mine["states"] / mine["search"] / (theirs["states"] / theirs["search"])
            why = "so small that what is done once, before the first state, counts"
            rows.append(
                (
                    f"N = {members}: 5 times as many states a second as SPIN",
                    ratio >= FIVE,
                    f"{ratio:.1f}",
                    why,
                )
            )
            whole = mine["whole"] / theirs["whole"]
            why = "most of it is starting Python and loading compiled code"
            rows.append(
                (
                    f"N = {members}: sooner at the verdict than SPIN",
                    whole < 1,
                    f"{whole:.2f} of its time",
                    why,
                )
            )
    for name, mine in found.items():
        theirs = found.get(name.replace("small", "spin"))
        if name.startswith("small ") and theirs is not None:
            whole = mine["whole"] / theirs["whole"]
            goal = f"N = {name.removeprefix('small ')}: sooner at the verdict than SPIN"
            rows.append((goal, whole < 1, f"{whole:.2f} of its time", "starting Python"))
    for cases, limit in ((2, 0.1), (3, 2.0)):
        search = found[f"cases {cases}"]["search"]
        rows.append(
            (
                f"counted, {cases} cases: under {limit} s",
                search < limit,
                f"{search:.3f} s",
                "the search of several cases is compiled, its preparation is not",
            )
        )
    texts, every = found["shipped"]["search"], found["all-readings"]["search"]
    why = "the search of one text of some thousand configurations is plain Python: two fifths go to claims watched together, a fifth each to shortest cases, to days, and to the graph"
    rows.append(("three texts, all properties: under 1 s", texts < 1, f"{texts:.2f} s", why))
    why = "half goes to claims about working days, which are measured on the days left of all choices; the rest to claims that some choice violates, each a fixpoint of its own"
    rows.append(("text of 2022, all readings: under 10 s", every < TEN, f"{every:.1f} s", why))
    lines = ["## What was to be reached", "", "| goal | measured | reached |", "|---|---|---|"]
    lines += [
        f"| {goal} | {measured} | {'yes' if reached else 'no: ' + why} |"
        for goal, reached, measured, why in rows
    ]
    return lines
