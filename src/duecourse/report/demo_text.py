"""A study on one screen: verdicts, a bypass, bounds, caseload, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.bounds_text import addends_text
from duecourse.report.caseload_tables import ASSUMED
from duecourse.report.html_law import articles, story
from duecourse.report.tables import HUNDRED, Cell, Table, estimate_cell, table_text
from duecourse.report.wrapping import columns, shorten, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.report.study import Study
    from duecourse.report.tables import Form

WIDTH = 100
NAME = 52
TEXT = 14
ROW = 42


def demo_text(study: Study, report: str, size: int) -> str:
    """Return the summary of a study.

    Args:
        study: what is summed up.
        report: the name of the file that tells it in full.
        size: of that file, in bytes.
    """
    version = study.comparison.b.version
    lines = [
        f"duecourse {version}: the Cybersecurity Review Measures, checked, bounded and simulated",
        *_checked(study),
        *_bypass(study),
        *_bounds(study),
        *_caseload(study),
        *_onward(study, report, size),
    ]
    return "\n".join(lines)


def _checked(study: Study) -> Iterator[str]:
    ids = "".join(f"{report.procedure.id:>{TEXT}} " for report in study.checks)
    yield ""
    yield f"{'CHECKED  every behaviour of every text':{NAME}}{ids}".rstrip()
    for at, result in enumerate(study.checks[0].results):
        verdicts = (report.results[at] for report in study.checks)
        words = (f"{each.verdict:>{TEXT}}{'*' if each.vacuous else ' '}" for each in verdicts)
        yield f"  {result.property.id:{NAME - 2}}{''.join(words)}".rstrip()
    sizes = "".join(f"{report.configurations:>{TEXT},} " for report in study.checks)
    finished = all(report.finished for report in study.checks)
    explored = (
        "configurations, all of them explored" if finished else "configurations, NOT all of them"
    )
    yield f"  {explored:{NAME - 2}}{sizes}".rstrip()
    if any(result.vacuous for report in study.checks for result in report.results):
        yield "  * vacuously: nothing in that text can trigger it"


def _bypass(study: Study) -> Iterator[str]:
    found = study.violation
    if found is None or found.witness is None:
        return
    steps = len(found.witness.steps)
    yield ""
    yield f"BYPASS  {shorten(study.bypass.procedure.label.en, WIDTH - 8)}"
    yield f"  {found.property.id} violated, by a shortest case of {steps} steps:"
    told = story(found)
    for at, each in enumerate(told):
        if at and not each.tone:
            continue
        cited = ", ".join(cite.article for cite in each.line.cites)
        yield from _hung(
            f"{each.line.first:>2}  ", f"{each.line.actor.en}: {each.line.what.en} [Art. {cited}]"
        )


def _bounds(study: Study) -> Iterator[str]:
    yield ""
    yield "BOUNDS  greatest counted working days without a breach (article)"
    for found, row in study.conclusions:
        name = f"{found.procedure.id}  {row.outcome.label.en}"
        yield f"  {name:{NAME - 6}}{row.without:>4} = {addends_text(row.clauses)}"
    yield from _unbounded(study)
    gaps = {f"{c.kind} {c.name}" for _, row in study.conclusions for c in row.open_ended}
    yield f"  elapsed time is unbounded: {len(gaps)} suspensions and gaps without any limit (listed in the report)"


def _unbounded(study: Study) -> Iterator[str]:
    """Yield what takes the bound away, with the articles in each text."""
    places: dict[str, list[str]] = {}
    for _, row in study.conclusions:
        for cause in row.unbounded:
            places.setdefault(cause.label.en, []).append(articles(cause.cites))
    for what, where in places.items():
        yield from _hung("", f"unbounded if somebody {what} ({', '.join(where)})")


def _caseload(study: Study) -> Iterator[str]:
    comparison = study.comparison
    a, b = comparison.a, comparison.b
    rows = tuple(
        (
            Cell(label),
            estimate_cell(comparison[name].a, form),
            estimate_cell(comparison[name].b, form),
            Cell("clear" if comparison[name].clear else ""),
        )
        for label, name, form in _indicators(study)
    )
    title = (
        f"CASELOAD {ASSUMED}  {b.replications} replications of {b.scenario.years:g} years, "
        f"{b.scenario.warm_up:g} of warm-up; [{b.level * HUNDRED:g} % interval]; seed {b.seed}"
    )
    heads = (Label(""), Label(a.scenario.id), Label(b.scenario.id), Label("differs"))
    yield ""
    yield from table_text(Table(Label(title), heads, rows)).splitlines()
    yield f"  {ASSUMED} all workload numbers are assumptions; WD = working days; late = past the statutory limit"


def _indicators(study: Study) -> Iterator[tuple[Label, str, Form]]:
    """Yield what matters most: flow, the time to the main outcomes, lateness, special reviews."""
    comparison = study.comparison
    yield Label("cases ended a year"), "throughput", "count"
    bounded = {row.outcome.id for _, row in study.conclusions} | {"no_review_needed"}
    for outcome in comparison.b.scenario.procedure.outcomes:
        name = f"outcome.{outcome.id}.working.median"
        if outcome.id in bounded and name in comparison.differences:
            yield Label(f"{outcome.label.en}, median WD"), name, "days"
    for clock in comparison.b.scenario.procedure.clocks:
        found = comparison.differences.get(f"clock.{clock.id}.late_share")
        if found is not None and found.b.replications:
            before = comparison.a.scenario.procedure.clock[clock.id].limit.count
            limits = (
                str(clock.limit.count)
                if before == clock.limit.count
                else f"{before} → {clock.limit.count}"
            )
            name = shorten(f"late, {limits} WD: {clock.label.en}", ROW)
            yield Label(name), f"clock.{clock.id}.late_share", "share"
    yield Label("share with a special review"), "stage.special_review.share", "share"


def _onward(study: Study, report: str, size: int) -> Iterator[str]:
    a, b = study.comparison.a.scenario.id, study.comparison.b.scenario.id
    bypass = (
        study.bypass.procedure.amended_by[-1]
        if study.bypass.procedure.amended_by
        else study.bypass.procedure.id
    )
    yield ""
    yield f"REPORT  {report} ({size / 1000:,.0f} kB, one file, opens in any browser)"
    yield "NEXT"
    for command, why in (
        (f"duecourse check {bypass}", "the bypass step by step"),
        ("duecourse new my-change", "an amendment of your own, to check and compare"),
        (f"duecourse compare {a} {b} -n 40", "narrower intervals"),
    ):
        yield f"  {command:{NAME}}{why}"


def _hung(first: str, text: str) -> Iterator[str]:
    for at, line in enumerate(wrap(text, WIDTH - columns(first) - 2)):
        yield "  " + (first if not at else " " * columns(first)) + line
