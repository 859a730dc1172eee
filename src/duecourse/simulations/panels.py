"""The panels of a simulated case: who has been asked, who has replied, who comes too late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.simulations.agenda import Phase, on_grid
from duecourse.simulations.randomness import interpolated, normal_quantile, uniform_of, variate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.simulations.opening import Opening
    from duecourse.simulations.plan import Move, Voter
    from duecourse.simulations.process import Case

_MASK = 2**64 - 1


class Panels:
    """The rounds of consultation of one case.

    Attributes:
        listening: the panel whose replies the case waits for.
        known: how members replied in the past of an open case: by panel, round, class of members and member,
            whether they objected.
        resumed: of the open rounds of an open case, by panel, round and class, how members reply from the start on.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.rounds: dict[str, int] = {}
        self.outstanding: dict[str, int] = {}
        self.held: list[tuple[str, int, Voter, int]] = []
        self.listening: str | None = None
        self.known: Mapping[tuple[str, int, str, int], bool] = {}
        self.resumed: dict[tuple[str, int, str], Voter] = {}

    def listen(self, panel: str) -> bool:
        """Return whether there is something to wait for: replies outstanding on an open panel."""
        waits = self.outstanding.get(panel, 0) > 0
        self.listening = panel if waits else None
        return waits

    def apply(self, move: Move) -> None:
        """Record what a step does to panels."""
        for panel in self.outstanding if move.ends else move.closes:
            self.outstanding[panel] = 0
            self.heard(panel)
        for panel in move.opens:
            self.open(panel)
        if move.resumes and self.held:
            held, self.held = self.held, []
            case = self.case
            for reply in held:
                case.office.agenda.add(
                    case.soonest, Phase.COMPLETE, case.number, self.reply, *reply
                )

    def take_up(self, opening: Opening) -> None:
        """Go on with the open rounds of an open case: ask the members who have not replied."""
        self.known = opening.objected
        self.rounds.update(opening.counts)
        for each in opening.rounds:
            self.outstanding[each.panel] = sum(len(members) for _, members in each.asked)
            for voter, members in each.asked:
                self.resumed[each.panel, each.number, voter.actor] = voter
                for member in members:
                    self.ask(each.panel, each.number, voter, member)

    def open(self, panel: str) -> None:
        """Ask the members of a panel; when each of them replies is settled by chance."""
        case = self.case
        count = self.rounds[panel] = self.rounds.get(panel, 0) + 1
        self.outstanding[panel] = 0
        for voter in case.kind.voters.get(panel, ()):
            field = case.moves.table.fields[f"{panel}.pending.{voter.actor}"]
            asked = int(field.read(case.packed))
            self.outstanding[panel] += asked
            # The first of the names may be left out, so that the others keep their numbers.
            for member in range(len(voter.keys) - asked, len(voter.keys)):
                self.ask(panel, count, voter, member)

    def ask(self, panel: str, count: int, voter: Voter, member: int) -> None:
        """Settle when one member replies."""
        case = self.case
        index = (voter.keys[member] + count) & _MASK
        law, line = voter.latency, voter.effort
        if voter.late is not None and voter.silence > 0:
            silent = uniform_of(case.key, voter.silence_purpose, index) < voter.silence
            law, line = (voter.late, None) if silent else (law, line)
        delay = variate(law, uniform_of(case.key, voter.latency_purpose, index))
        if line is not None:
            effort = variate(line, uniform_of(case.key, voter.effort_purpose, index))
            delay = on_grid(delay) + self.in_line(voter, member, on_grid(effort))
        case.later(delay, self.reply, panel, count, voter, member)

    def in_line(self, voter: Voter, member: int, effort: float) -> float:
        """Return how long it takes until a member has worked on a proposal, after those that it was asked before."""
        lines, now = self.case.office.lines, self.case.office.now
        key = voter.actor, voter.keys[member]
        lines[key] = max(lines.get(key, now), now) + effort
        return lines[key] - now

    def reply(self, panel: str, count: int, voter: Voter, member: int) -> None:
        """Hear one member, or note that the reply came too late to count."""
        case = self.case
        step = voter.steps[self.opinion(count, voter, member)]
        if self.rounds[panel] != count or not self.outstanding[panel]:
            case.note("late", actor=voter.actor, step=step, subject=voter.names[member], late=True)
        elif not case.may(step):
            self.held.append((panel, count, voter, member))  # a suspension bars it until it ends
        else:
            self.outstanding[panel] -= 1
            case.take_beside(step, subject=voter.names[member])
            if not self.outstanding[panel]:
                self.heard(panel)

    def opinion(self, count: int, voter: Voter, member: int) -> str:
        """Return what a member says: it objects with the propensity of the case in this round."""
        key = self.case.key
        if count > 1 and voter.persistence is not None and self.objected(count - 1, voter, member):
            propensity = voter.persistence
        else:
            shared = uniform_of(key, voter.propensity_purpose, count)
            propensity = interpolated(voter.propensity, normal_quantile(shared))
        own = uniform_of(key, voter.vote_purpose, (voter.keys[member] + count) & _MASK)
        if own < propensity:
            return voter.opinion.objection
        neutral = propensity + (1 - propensity) * voter.neutral_share
        if own < neutral and voter.opinion.neutral is not None:
            return voter.opinion.neutral
        return voter.opinion.support

    def objected(self, count: int, voter: Voter, member: int) -> bool:
        """Return whether a member objects in a round, in time or not."""
        key = voter.opinion.panel, count, voter.actor
        known = self.known.get((*key, member))
        if known is not None:
            return known
        then = self.resumed.get(key, voter)
        return self.opinion(count, then, member) == voter.opinion.objection

    def heard(self, panel: str) -> None:
        """Let the case go on if this is the panel that it waits for."""
        if self.listening == panel:
            self.listening = None
            self.case.resume(self.case.token)
