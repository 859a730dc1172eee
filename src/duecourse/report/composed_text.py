"""What checking several cases side by side found, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duecourse.properties.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duecourse.model.procedure import Lang
    from duecourse.model.table import Rule
    from duecourse.properties.composition import AtMost, Composed, Composition
    from duecourse.properties.property import Property

    Way = tuple[tuple[int, Rule], ...]


def composed_text(
    composition: Composition,
    claims: Sequence[Property],
    exclusions: Sequence[AtMost],
    found: Composed,
    lang: Lang = "en",
) -> str:
    """Return the result as text."""
    procedure = composition.table.procedure
    shared = ", ".join(each.id for each in procedure.facts if each.shared) or "nothing"
    all_ = "all of them" if found.finished else "not all of them: raise --limit"
    lines = [
        f"{procedure.id}  {procedure.label.text(lang)}",
        f"{composition.instances} cases side by side; shared: {shared}",
        f"{found.configurations:,} configurations, {found.moves:,} moves, {all_}",
    ]
    for name, sentence, way in _rows(claims, exclusions, found, lang):
        verdict = found.verdict(way)
        lines += ["", f"  {verdict.value}", f"      {name}: {sentence}"]
        if way is not None:
            if verdict is Verdict.INCONCLUSIVE:
                lines.append("      this way needs a lapse, and cases side by side are not dated")
            lines.append(f"      a shortest way there, {len(way)} step{'s' * (len(way) != 1)}")
            lines += [f"      {_line(composition, act, n, lang)}" for n, act in enumerate(way, 1)]
    return "\n".join(lines)


def composed_json(
    composition: Composition,
    claims: Sequence[Property],
    exclusions: Sequence[AtMost],
    found: Composed,
    code: int,
) -> dict[str, Any]:
    """Return the result as JSON."""
    results: list[dict[str, Any]] = []
    for name, sentence, way in _rows(claims, exclusions, found, "en"):
        verdict = found.verdict(way)
        steps = None if way is None else [{"case": case, "step": rule.step} for case, rule in way]
        results.append(
            {"id": name, "sentence": sentence, "verdict": verdict.value, "witness": steps}
        )
    return {
        "procedure": composition.table.procedure.id,
        "readings": dict(composition.table.readings),
        "instances": composition.instances,
        "configurations": found.configurations,
        "moves": found.moves,
        "finished": found.finished,
        "exit_code": code,
        "results": results,
    }


def _rows(
    claims: Sequence[Property], exclusions: Sequence[AtMost], found: Composed, lang: Lang
) -> Iterator[tuple[str, str, Way | None]]:
    yield (
        "no_dead_end",
        "While some case is not over, some case can take a step",
        found.dead_end,
    )
    for each, way in zip(exclusions, found.exclusions, strict=True):
        stages = ", ".join(each.stages)
        yield f"at_most_{each.most}", f"At most {each.most} of the cases in {stages}", way
    for claim, way in zip(claims, found.claims, strict=True):
        yield claim.id, claim.sentence.text(lang), way


def _line(composition: Composition, act: tuple[int, Rule], number: int, lang: Lang) -> str:
    procedure = composition.table.procedure
    case, rule = act
    step = procedure.step[rule.step]
    actor = procedure.actor[step.actors[0]].label.text(lang)
    cites = f" [{', '.join(map(str, step.cites))}]" if step.cites else ""
    return f"{number:>4}  case {case}  {actor}: {step.label.text(lang)}{cites}"
