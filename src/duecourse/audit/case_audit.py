"""One case of a log against the procedure: every departure is noted, and the audit goes on.

How it goes on after a step that is not permitted is settled by what the case did next: of the ways to go on (leave
the step out; take it all the same; take the case up at the stage in which the step belongs) it takes the one under
which the next events are permitted for longest, and where several are equal, the step is taken where the review is not over
and its place is unambiguous, else left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from duecourse.audit.deviation import CaseFindings, Deviation, Kind
from duecourse.audit.strand import Strand
from duecourse.model.event_log import Listed
from duecourse.properties.automaton import Colour

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from duecourse.audit.context import Context
    from duecourse.audit.deviation import WentOn
    from duecourse.model.event_log import Event
    from duecourse.model.procedure import Step
    from duecourse.model.table import Rule

AHEAD: Final = 4
"""How many of the next events settle how the audit goes on."""


class CaseAudit:
    """The audit of one case.

    Args:
        context: what is the same for all cases.
        events: the rows of the case, in the order of the log.
    """

    def __init__(self, context: Context, events: Sequence[Event]) -> None:
        self.context, self.places = context, context.places
        self.found = CaseFindings(events[0].case)
        self.events = self._ordered(events)
        self.steps = [context.step(event.step) for event in self.events]
        begin = self.places.begin(context.beginnings(events, self.found))
        self.strands = [Strand(self.places, begin, context.ledger())]
        self.seen: set[int] = set()
        self.colours: list[tuple[Colour, Colour]] = []
        self.reported: set[str] = set()

    def run(self, on: date) -> CaseFindings:
        """Return what is found, with the limits that still run judged as of a day."""
        for index, event in enumerate(self.events):
            self._happen(index, event)
            self._watch(event)
        last = self.events[-1]
        self._advance(max(on, last.on))
        self.found.open = not all(self.places.final(each.places) for each in self.strands)
        self._limits(max(on, last.on))
        self._verdicts(last)
        since, until = self.context.procedure.in_force
        first = self.events[0].on
        self.found.outside_force = bool((since and first < since) or (until and first > until))
        self.found.deviations.sort(key=lambda each: (each.on, each.row or 0))
        return self.found

    def _ordered(self, events: Sequence[Event]) -> list[Event]:
        """Return the events by date and time, and note those that stand below a later day."""
        latest = events[0]
        for event in events[1:]:
            if event.on < latest.on:
                message = f"dated before row {latest.row}, {latest.on}; taken in the order of dates"
                self._note(Kind.OUT_OF_ORDER, event, message=message)
            else:
                latest = event
        return sorted(events, key=lambda each: each.at)

    # --- one event --------------------------------------------------------------------------------

    def _happen(self, index: int, event: Event) -> None:
        step = self.steps[index]
        again = event.digest in self.seen
        self.seen.add(event.digest)
        self._advance(event.on)
        self.found.used += 1
        if step is None:
            hint = self.context.hint(event.step)
            self._note(Kind.UNKNOWN_STEP, event, message=f"no step of the procedure{hint}")
            return
        if step.id in self.context.procedure.lapse_steps and self._by_law(step, event):
            return
        actor = self.context.actor(event.actor, self.found)
        wrong = bool(actor) and actor not in step.actors
        kept: list[Strand] = []
        for strand in self.strands:
            moves = self.places.moves(strand.places, step.id, actor)
            kept += strand.take(moves, event.on, event.row) if moves else []
        if kept:
            self.strands = self._merged(kept)
            self.found.twice += again and step.reply is None
            if wrong:
                self._note(
                    Kind.WRONG_ACTOR,
                    event,
                    step=step,
                    permitted=step.actors,
                    message=f"{actor} does not take this step",
                )
        elif step.reply is not None and self._late(step):
            self.found.late_replies += 1
        elif again:
            self.found.used -= 1
            reason = "repeats an earlier row of the case in every cell, and cannot be taken twice"
            self.found.duplicates.append(Listed(event.row, "duplicate", reason))
        else:
            self._illegal(index, event, step, actor)

    def _by_law(self, step: Step, event: Event) -> bool:
        """Return whether a step that the log tells of is one that the law took, or takes at the end of this day."""
        told = [strand for strand in self.strands if step.id in strand.by_law]
        if told:
            for strand in told:
                strand.by_law.remove(step.id)
            self.strands = told
            return True
        kept: list[Strand] = []
        for strand in self.strands:
            due = {name for name, on in strand.due.items() if on == event.on}
            for clock in due:
                moves, _ = self.places.lapse(strand.places, clock)
                if moves and self.places.lapse_step(strand.places, clock) == step.id:
                    strand.ledger.record_lapse(clock)
                    kept += strand.take(moves, event.on, event.row)
                    break
        for strand in kept:
            strand.settle()
        self.strands = kept or self.strands
        return bool(kept)

    def _late(self, step: Step) -> bool:
        """Return whether a reply comes after its panel closed."""
        assert step.reply is not None
        panel = step.reply.panel
        return any(
            panel in strand.opened
            and not any(
                self.context.value(place.packed, f"{panel}.open")
                for place in self.places.of(strand.places)
            )
            for strand in self.strands
        )

    # --- a step that is not permitted ---------------------------------------------------------------

    def _illegal(self, index: int, event: Event, step: Step, actor: str) -> None:
        packed = self.places.of(self.strands[0].places)[0].packed
        stage = self.context.stage(packed)
        rule = self._way_on(index, step, packed)
        went_on: WentOn = "left out"
        if rule is not None:
            went_on = "taken all the same" if rule.source == stage.id else "taken up at its stage"
        needs = self.context.lacking(packed, step)
        message = ""
        if step.id in self.context.procedure.lapse_steps:
            message = "the law takes it when a time limit lapses, and none lapsed"
        elif stage.id not in step.sources:
            message = f"taken from {', '.join(step.sources)}; the case was in {stage.id}"
        kind = Kind.AFTER_END if stage.final else Kind.ILLEGAL_STEP
        self._note(
            kind,
            event,
            step=step,
            needs=needs,
            permitted=self.context.permitted(
                each.packed for strand in self.strands for each in self.places.of(strand.places)
            ),
            went_on=went_on,
            message=message,
        )
        if rule is not None:
            self._force(rule, event, actor)

    def _way_on(self, index: int, step: Step, packed: int) -> Rule | None:
        """Return how a step is taken that is not permitted; None where it is better left out."""
        ways = self.context.ways(packed, step.id)
        if not ways:
            return None
        following = [each.id for each in self.steps[index + 1 : index + 1 + AHEAD] if each]
        scores = [self._legal(self.places.successor(rule, packed), following) for rule in ways]
        best, without = max(scores), self._legal(packed, following)
        plain = not self.places.table.is_final(packed) and len({rule.target for rule in ways}) == 1
        if best > without or (best == without and plain):
            return ways[scores.index(best)]
        return None

    def _legal(self, packed: int, steps: Iterable[str]) -> int:
        """Return how many of some steps are permitted one after the other."""
        count = 0
        for step in steps:
            move = self.places.table.move(packed, step)
            if move is None:
                break
            count, packed = count + 1, move[1]
        return count

    def _force(self, rule: Rule, event: Event, actor: str) -> None:
        running = self.context.running_in[rule.target]
        strands: list[Strand] = []
        for strand in self.strands:
            move = self.places.forced(strand.places, rule, actor)
            strands += strand.take([move], event.on, event.row)
        for strand in strands:
            strand.drop({*strand.ledger.running} - running, event.on)
        self.strands = self._merged(strands)

    # --- beside the events --------------------------------------------------------------------------

    def _advance(self, day: date) -> None:
        if all(each.next is None or each.next >= day for each in self.strands):
            return
        self.strands = [each for strand in self.strands for each in strand.advance(day)]

    def _merged(self, strands: list[Strand]) -> list[Strand]:
        """Join strands whose clocks and pasts are equal again."""
        if len(strands) == 1:
            return strands
        found: dict[object, Strand] = {}
        for each in strands:
            key = (
                tuple(sorted(each.ledger.running.items(), key=lambda pair: pair[0])),
                tuple(sorted(each.ledger.active.items())),
                tuple(each.lapses),
                tuple(each.by_law),
                tuple(sorted(each.opened)),
            )
            if key in found:
                first = found[key]
                joined = (*self.places.of(first.places), *self.places.of(each.places))
                first.places = self.places.number(joined)
            else:
                found[key] = each
        return list(found.values())

    def _watch(self, event: Event) -> None:
        """Note the claims that are violated for good."""
        if not self.places.watchings:
            return
        self.colours = self._all_colours()
        for claim, (best, _) in zip(self.places.properties, self.colours, strict=True):
            if best is Colour.VIOLATED and claim.id not in self.reported:
                self._violated(claim.id, event, "by this event, whatever happens next")

    def _all_colours(self) -> list[tuple[Colour, Colour]]:
        each = [self.places.colours(strand.places) for strand in self.strands]
        if len(each) == 1:
            return each[0]
        order = list(Colour)
        return [
            (
                min((best for best, _ in claim), key=order.index),
                max((worst for _, worst in claim), key=order.index),
            )
            for claim in zip(*each, strict=True)
        ]

    def _verdicts(self, last: Event) -> None:
        self.colours = self._all_colours()
        for claim, (best, worst) in zip(self.places.properties, self.colours, strict=True):
            colour = best
            if not self.found.open:
                satisfied = {Colour.SATISFIED, Colour.SO_FAR_SATISFIED}
                colour = Colour.SATISFIED if best in satisfied else Colour.VIOLATED
                if colour is Colour.VIOLATED and claim.id not in self.reported:
                    self._violated(claim.id, last, "the case ended without it")
            self.found.undecided += best is not Colour.VIOLATED and worst is Colour.VIOLATED
            self.found.colours[claim.id] = colour

    def _violated(self, claim: str, event: Event, message: str) -> None:
        self.reported.add(claim)
        found = self.context.property[claim]
        if self.context.allows(claim):
            return
        articles = found.articles(self.context.procedure)
        self._note(Kind.PROPERTY, event, rule=claim, articles=articles, message=message)

    def _limits(self, on: date) -> None:
        """Note the limits that were not kept, whatever the facts are that the log does not tell."""
        standing = [strand.standing() for strand in self.strands]
        keys = [{(each.run.clock, each.run.started, each.due) for each in one} for one in standing]
        sure = set.intersection(*keys)
        self.found.undecided += len(set.union(*keys) - sure)
        stage = self.context.stage(self.places.of(self.strands[0].places)[0].packed)
        for each in standing[0]:
            if (each.run.clock, each.run.started, each.due) in sure:
                overrun = each.overrun(self.strands[0].ledger, on)
                self.found.deviations.append(
                    Deviation(
                        kind=Kind.BREACH,
                        case=self.found.case,
                        row=each.row,
                        on=each.due,
                        stage=stage.id,
                        rule=overrun.clock.id,
                        articles=tuple(cite.article for cite in overrun.clock.cites),
                        overrun=overrun,
                    )
                )

    def _note(self, kind: Kind, event: Event, *, step: Step | None = None, **more: object) -> None:
        """Note a deviation at an event."""
        strands = getattr(self, "strands", None)
        stage = ""
        if strands:
            stage = self.context.stage(self.places.of(strands[0].places)[0].packed).id
        known = step or self.context.step(event.step)
        details = {
            "rule": step.id if step else "",
            "articles": tuple(cite.article for cite in step.cites) if step else (),
        } | more
        self.found.deviations.append(
            Deviation(
                kind=kind,
                case=event.case,
                row=event.row,
                on=event.on,
                step=known.id if known else event.step,
                actor=self.context.actor(event.actor) or event.actor,
                stage=stage,
                **details,  # type: ignore[arg-type]  # attributes of a deviation, by name
            )
        )
