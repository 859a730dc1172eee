"""The compiled engine: the same events as `duecourse.simulations.process`, from `duecourse.kernels.office`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from duecourse.kernels import layout as at
from duecourse.kernels.engines import engine
from duecourse.kernels.memory import State
from duecourse.simulations.agenda import TICKS
from duecourse.simulations.arrays import signed
from duecourse.simulations.grown import Grown
from duecourse.simulations.process import Office
from duecourse.simulations.randomness import root
from duecourse.simulations.records import Records
from duecourse.simulations.standing import OURS, EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.simulations.plan import Plan


class CompiledOffice:
    """Runs the replications of one plan; what one has learnt of the table and its arrays serve the next.

    Args:
        plan: what is simulated; the engine must have all that it asks for (`duecourse.simulations.engines.lacks`).
        like: another office, whose knowledge of the same law serves this one.
    """

    def __init__(self, plan: Plan, like: CompiledOffice | None = None) -> None:
        self.plan = plan
        self.grown: Grown = Grown(plan, None if like is None else like.grown)
        lowered = self.grown.lowered
        pools, meetings = len(plan.scenario.pools), len(plan.scenario.meetings)
        cases, groups = 256 + len(self.grown.standing), len(lowered.groups)
        self.state = State(
            scalars=lowered.scalars(0, 0),
            heap=np.zeros((4_096, at.HEAP_COLUMNS), np.int64),
            cases=np.zeros((cases, len(self.grown.rules.blank)), np.int64),
            counts=np.zeros((cases, max(len(lowered.purposes), 1)), np.int32),
            log=np.zeros((16_384, at.LOG_COLUMNS), np.int64),
            nodes=np.zeros((4_096 + 2 * len(self.grown.nodes), 3), np.int64),
            desks=np.zeros((pools, at.DESK_COLUMNS), np.int64),
            queue=np.zeros((pools, 256, at.QUEUE_COLUMNS), np.int64),
            working=np.zeros((pools, lowered.most_at_work), np.int64),
            there=np.zeros(groups, np.int64),
            busy=np.zeros(groups, np.int64),
            held=np.zeros(groups, np.int64),
            scratch=np.zeros(groups, np.int64),
            chosen=np.zeros(lowered.most_at_work, np.int64),
            rooms=np.zeros((meetings, 2), np.int64),
            waiting=np.zeros((meetings, 64, 2), np.int64),
            streams=np.zeros((len(plan.streams), at.X_COLUMNS), np.int64),
            in_line=np.zeros(len(self.grown.rules.keys), np.int64),
        )

    def run(
        self, seed: int, replication: int, *, quiet: bool = False, first: int | None = None
    ) -> Records:
        """Return what happens in one replication; nothing of it where it is `quiet`: its lines are counted only.

        Args:
            seed: what chance depends on besides the cases.
            replication: the same.
            quiet: see above.
            first: the run ends when the first so many cases are over; by default at its end only.

        Raises:
            EngineError: a case took a step against the law or a property: an error of duecourse.
        """
        self._begin(seed, replication)
        self.state.scalars[at.QUIET] = quiet
        self.state.scalars[at.FOLLOWED] = first or 0
        self.state.scalars[at.UNFINISHED] = at.NONE if first is None else first
        call = engine.caller()
        while (status := call(self.grown.rules, self.state)) != at.DONE:
            scalars = self.state.scalars
            if status == at.ROOM:
                self._grow()
            elif status == at.ROW:
                self.grown.fill(int(scalars[at.NEED]))
            elif status == at.LETTER:
                kind = self.state.cases[scalars[at.CASE], at.KIND]
                self.grown.spell(int(scalars[at.NEED]), int(scalars[at.NEED_MOVE]), int(kind))
            else:
                return self._told(status, seed, replication)
        lines = 0 if quiet else int(self.state.scalars[at.LINES])
        log = self.state.log
        self.state = self.state._replace(log=np.empty_like(log))
        return Records(self.grown.lowered, replication, log[:lines])

    def lines(self, seed: int, replication: int) -> Records:
        """Return what indicators of one replication are computed from: here all that happens."""
        return self.run(seed, replication)

    def _told(self, status: int, seed: int, replication: int) -> Records:
        """Raise what the reference engine raises where this one stopped."""
        if status != at.FULL:
            Office(self.plan, seed, replication).run()
        raise EngineError(f"the compiled engine stopped ({status}) where the other went on; {OURS}")

    def _begin(self, seed: int, replication: int) -> None:
        state = self.state
        for name in ("desks", "rooms", "streams", "there", "busy", "in_line"):
            getattr(state, name)[:] = 0
        scalars, lowered = state.scalars, self.grown.lowered
        scalars[:] = lowered.scalars(seed, replication)
        self._stand()
        due = self._first()
        entries = []
        for sequence, (time, phase, number, load) in enumerate(due, 1):
            if time < scalars[at.END]:
                key = phase << 60 | (number + at.OFFSET) << 31 | sequence
                entries.append((time, key, load))
        scalars[at.SEQUENCE] = len(due)
        scalars[at.PENDING] = scalars[at.NEAR] = len(entries)
        scalars[at.FREE_FAR] = at.NONE
        while len(entries) > len(self.state.heap):
            self.state = self.state._replace(heap=doubled(self.state.heap))
        self.state.heap[: at.SLOTS, at.H_FIRST] = at.NONE
        self.state.heap[: len(entries), :3] = np.array(sorted(entries), np.int64).reshape(-1, 3)

    def _stand(self) -> None:
        """Put the cases with which a run begins where they stand."""
        state, grown, scalars = self.state, self.grown, self.state.scalars
        cases, nodes = len(grown.standing), len(grown.nodes)
        state.cases[:cases], state.counts[:cases] = grown.standing, 0
        seed, replication = (int(scalars[each]) % 2**64 for each in (at.SEED, at.REPLICATION))
        keys = [signed(root(seed, replication, key)) for key in grown.lowered.opened.keys]
        state.cases[:cases, at.KEY] = keys
        state.nodes[:nodes] = grown.nodes
        scalars[at.CASES] = cases
        scalars[at.NODES] = scalars[at.NODES_USED] = nodes

    def _first(self) -> list[tuple[int, int, int, int]]:
        """Return what is on the agenda from the beginning: ticks, phase, number, payload and action."""
        state, plan, lowered = self.state, self.plan, self.grown.lowered
        due = [(0, at.COMPLETE, number, at.TAKE_UP) for number in range(len(self.grown.standing))]
        arrivals = self._arrivals()
        due += [(time, at.ARRIVAL, number, at.ARRIVE) for number, time in arrivals]
        for number, days in enumerate(plan.meeting_days):
            first = ((number << 32) * 16 + at.MEET) if days else 0
            due += [(day * TICKS, at.MEETING, -1 - number, first) for day in days[:1]]
        for number, changes in enumerate(lowered.staff_changes):
            low, high = self.grown.rules.pools[number, : at.G_LAST + 1]
            for day, row in changes:
                if day:
                    due.append((day * TICKS, at.SCHEDULE, number, row * 16 + at.STAFF))
                else:
                    state.there[low:high] = self.grown.rules.sizes[row, low:high]
        return due

    def _arrivals(self) -> Iterator[tuple[int, int]]:
        """Yield when the first case of each stream arrives: the stream and the ticks; let the streams begin there."""
        state, plan = self.state, self.plan
        seed, replication = (int(state.scalars[each]) % 2**64 for each in (at.SEED, at.REPLICATION))
        for number, stream in enumerate(plan.streams):
            found = stream.next(root(seed, replication, stream.key), 0, 0, 0.0)
            if found is not None and found[0] < plan.days.length:
                state.streams[number] = 0, found[1], int(found[2] * TICKS)
                yield number, int(found[0] * TICKS)

    def _grow(self) -> None:
        """Double every array that is nearly full."""
        state, scalars = self.state, self.state.scalars
        entries = scalars[at.PENDING] + scalars[at.HELD_REPLIES] + scalars[at.ROOM_ENTRIES]
        changes: dict[str, Any] = {}
        if not scalars[at.QUIET] and scalars[at.LINES] + scalars[at.ROOM_LINES] > len(state.log):
            changes["log"] = doubled(state.log)
        if entries > len(state.heap):
            changes["heap"] = doubled(state.heap)
        if scalars[at.NODES_USED] + scalars[at.ROOM_NODES] > len(state.nodes):
            changes["nodes"] = doubled(state.nodes)
        if scalars[at.CASES] == len(state.cases):
            changes["cases"] = doubled(state.cases)
            changes["counts"] = doubled(state.counts)
        desks = state.desks
        waiting = desks[:, at.P_TAIL] - desks[:, at.P_HEAD] + desks[:, at.P_WORKING]
        if (2 * (waiting + 1) > state.queue.shape[1]).any():
            changes["queue"] = doubled(state.queue, 1)
        if (state.rooms[:, at.Q_LAST] == state.waiting.shape[1]).any():
            changes["waiting"] = self._waiting()
        self.state = state._replace(**changes)

    def _waiting(self) -> Any:  # noqa: ANN401  (an array)
        """Return the lists of those who wait for meetings, without those who were called, and with room."""
        state = self.state
        longest = int((state.rooms[:, at.Q_LAST] - state.rooms[:, at.Q_FIRST]).max())
        found = np.zeros((len(state.rooms), max(64, 2 * longest), 2), np.int64)
        for room, (first, last) in enumerate(state.rooms.tolist()):
            found[room, : last - first] = state.waiting[room, first:last]
            state.rooms[room] = 0, last - first
        return found


def doubled(array: Any, axis: int = 0) -> Any:  # noqa: ANN401  (an array)
    """Return an array with as much room again."""
    return np.concatenate([array, np.zeros_like(array)], axis)


def warm() -> None:
    """Compile the engine, or load it from the cache, so that the next run does not wait for that."""
    engine.prepare()


def cold() -> bool:
    """Return whether the engine still has to be compiled on this machine."""
    return engine.cold()
