"""Proof that a scenario asks only for what the law allows, before anything is simulated.

The behaviours are walked over the table of the procedure, class by class, with every outcome that
chance could have; time is left out. While a case waits, whatever may happen beside it is tried: replies,
incidents, extensions, lapses. So the walk covers every run that a simulation can produce, and more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duecourse.scenarios.values import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from duecourse.errors import Problem
    from duecourse.model.layers import Entry
    from duecourse.model.table import Rule, Table
    from duecourse.scenarios.demand import CaseClass
    from duecourse.scenarios.extend import Layers
    from duecourse.scenarios.scenario import Activity, ExtensionPolicy, Incident, Scenario

MOST = 500_000
"""Configurations that the walk looks at, at most; beyond it says that it is not finished."""


def walk_problems(scenario: Scenario, table: Table, layers: Layers) -> list[Problem]:
    """Return what is wrong with the behaviours of a scenario, each problem once per place.

    Args:
        scenario: the values, its names already resolved.
        table: its procedure, compiled under its readings.
        layers: the tables of the file.
    """
    walk = Walk(scenario, table, layers)
    for index, each in enumerate(scenario.classes):
        for sort in _different(scenario, each):
            walk.case_class(each, sort, layers.entries["class"][index])
    return list(walk.found.values())


def _different(scenario: Scenario, each: CaseClass) -> Iterator[str]:
    """Yield the sorts of a class that may do something another may not: of sorts alike, the first."""
    chances: tuple[Incident | ExtensionPolicy, ...] = (*scenario.incidents, *scenario.extensions)
    known = set()
    for sort in each.sorts:
        possible = (
            *((chance.probability[sort] > 0, chance.probability[sort] < 1) for chance in chances),
            *(
                (
                    activity.probability[sort] > 0,
                    activity.probability[sort] < 1,
                    _steps(activity, sort),
                )
                for activities in scenario.behaviours.values()
                for activity in activities
            ),
        )
        if possible not in known:
            known.add(possible)
            yield sort


def _steps(activity: Activity, sort: str) -> tuple[str, ...]:
    """Return the steps among which an activity may choose, for one sort of case."""
    chosen = activity.choose[sort] if activity.choose else ()
    return tuple(step for step, share in chosen if share > 0)


class Walk:
    """The walk over the law of everything that the behaviours of a scenario may do; see this module.

    Args:
        scenario, table, layers: see `walk_problems`.
    """

    def __init__(
        self,
        scenario: Scenario,
        table: Table,
        layers: Layers,
    ) -> None:
        self.scenario, self.table, self.head = scenario, table, layers.head
        self.stages = {str(entry.data.get("id")): entry for entry in layers.entries["stage"]}
        self.activities = layers.activities
        self.found: dict[tuple[object, ...], Problem] = {}
        self.panels: dict[str, list[int]] = {}
        for name, field in table.fields.items():
            panel, pending, _ = name.partition(".pending.")
            if pending:
                self.panels.setdefault(panel, []).append(field.mask)
        self.around: dict[int, frozenset[int]] = {}
        self.seen = 0

    # --- one class --------------------------------------------------------------------------------

    def case_class(self, each: CaseClass, sort: str, entry: Entry) -> None:
        """Walk the cases of one sort (a class with values of its attributes) from their arrival."""
        self.beside = self.side_steps(sort)
        self.around = {}
        start = self.first(each, entry)
        if start is None:
            return
        packed = start
        for index, step in enumerate(each.begins):
            to = self.take(packed, step, entry, "begins", index)
            if to is None:
                return
            packed = to
        self.behaviours(sort, packed)

    def first(self, each: CaseClass, entry: Entry) -> int | None:
        """Return the configuration in which cases of a class begin; several, or none, are wrong."""
        fits = initial_configurations(self.table, each)
        if len(fits) != 1:
            rule = "give `facts` the values that leave one" if fits else "no case begins so"
            message = f"{len(fits)} initial configurations have these facts; {rule}"
            self.wrong("initial", message, entry, "facts" if each.facts else "id")
            return None
        return fits[0]

    def side_steps(self, name: str) -> frozenset[str]:
        """Return the steps that may be taken while a case of this class waits."""
        replies = {each.id for each in self.table.procedure.steps if each.reply is not None}
        incidents = {each.step for each in self.scenario.incidents if each.probability[name]}
        extensions = {each.step for each in self.scenario.extensions if each.probability[name]}
        return frozenset(replies | incidents | extensions)

    def behaviours(self, name: str, packed: int) -> None:
        """Walk everything that the behaviours may do with a case from here on."""
        queue = [(packed, 0)]
        known = set(queue)
        for now, position in queue:
            self.seen += 1
            if self.seen > MOST:
                message = (
                    f"not proved to be legal: more than {MOST} configurations; use fewer incidents"
                )
                self.wrong("too-large", message, self.head, "procedure")
                return
            for then in self.after(name, now, position):
                if then not in known:
                    known.add(then)
                    queue.append(then)

    def after(self, name: str, packed: int, position: int) -> Iterator[tuple[int, int]]:
        """Yield where a case may stand after the activity at this position of its stage."""
        stage = self.table.stage(packed)
        activities = self.scenario.behaviours.get(stage)
        if activities is None or position == len(activities):
            if not self.table.procedure.stage[stage].final:
                self.stuck(stage, nothing=activities is None)
            return
        activity = activities[position]
        if activity.probability[name] < 1:
            yield packed, position + 1
        if activity.probability[name] > 0:
            for to in self.outcomes(name, packed, activity, stage, position):
                if self.table.stage(to) != stage:
                    yield to, 0
                else:
                    yield to, position + 1
                    if activity.repeat > 1:
                        yield to, position

    def stuck(self, stage: str, *, nothing: bool) -> None:
        """Note a stage that a case would never leave."""
        if nothing:
            message = f'cases come to "{stage}", but no [[stage]] says what is done there'
            self.wrong("stage", message, self.head, "procedure", once=stage)
        else:
            message = f'after the last activity a case may still be in "{stage}", where it would stay for ever'
            self.wrong("stuck", message, self.stages[stage], "id")

    # --- one activity -----------------------------------------------------------------------------

    def outcomes(
        self, name: str, packed: int, activity: Activity, stage: str, position: int
    ) -> set[int]:
        """Return the configurations that an activity may lead to."""
        entry = self.activities[stage][position]
        begun = self.in_turn({packed}, activity.begin, stage, entry, "begin")
        here = self.waited(begun, activity, stage)
        found = {to for to in here if self.table.stage(to) != stage}
        here -= found
        if activity.choose is not None:
            for step, share in activity.choose[name] if here else ():
                if share > 0:
                    at = _chosen(entry, name, step)
                    taken = {self.take(each, step, entry, *at) for each in here}
                    found |= {to for to in taken if to is not None}
            return found
        if activity.first_of:
            return found | self.first_allowed(here, activity, entry)
        return found | self.in_turn(here, activity.take, stage, entry, "take")

    def in_turn(
        self,
        begun: Iterable[int],
        steps: Sequence[str],
        stage: str,
        entry: Entry,
        key: str,
    ) -> set[int]:
        """Return where a list of steps leads; a step to another stage ends the list."""
        here, gone = set(begun), set()
        for index, step in enumerate(steps):
            taken = {self.take(packed, step, entry, key, index) for packed in here}
            here = {to for to in taken if to is not None and self.table.stage(to) == stage}
            gone |= {to for to in taken if to is not None and to not in here}
        return here | gone

    def first_allowed(self, here: set[int], activity: Activity, entry: Entry) -> set[int]:
        """Return where the first step that is allowed leads."""
        found = set()
        for packed in here:
            moves = (self.table.move(packed, step) for step in activity.first_of)
            move = next((each for each in moves if each is not None), None)
            if move is None:
                message = f"the law may allow none of these here; allowed: {self.allowed(packed)}"
                self.wrong("illegal", message, entry, "first_of")
            else:
                self.opened(move[0])
                found.add(move[1])
        return found

    def waited(self, begun: set[int], activity: Activity, stage: str) -> set[int]:
        """Return where a case may stand when what the activity waits for is over."""
        waits = (activity.work, activity.delay, activity.meeting, activity.panel)
        if all(each is None for each in waits):
            return begun
        found: set[int] = set()
        for packed in begun:
            found |= self.closure(packed) if self.table.stage(packed) == stage else {packed}
        if activity.panel is None:
            return found
        masks = self.panels.get(activity.panel, [])
        return {
            packed
            for packed in found
            if self.table.stage(packed) != stage or not any(packed & mask for mask in masks)
        }

    def closure(self, packed: int) -> frozenset[int]:
        """Return where a waiting case may be brought by replies, incidents, extensions and lapses."""
        if packed not in self.around:
            stage = self.table.stage(packed)
            found = {packed}
            queue = [packed]
            for now in queue:
                for rule, to in self.table.moves(now):
                    beside = rule.lapse_of is not None or rule.step in self.beside
                    if beside and to not in found:
                        self.opened(rule)
                        found.add(to)
                        if self.table.stage(to) == stage:
                            queue.append(to)
            self.around[packed] = frozenset(found)
        return self.around[packed]

    # --- one step ---------------------------------------------------------------------------------

    def take(self, packed: int, step: str, entry: Entry, *where: str | int) -> int | None:
        """Return where a step leads; None where it is not allowed, which is noted."""
        move = self.table.move(packed, step)
        if move is None:
            stage = self.table.stage(packed)
            message = (
                f'"{step}" may not be allowed in "{stage}" here; allowed: {self.allowed(packed)}'
            )
            self.wrong("illegal", message, entry, *where)
            return None
        self.opened(move[0])
        return move[1]

    def opened(self, rule: Rule) -> None:
        """Note the panel members of whom the scenario does not say how they reply."""
        for op in rule.ops:
            if op.kind == "open":
                prefix = f"{op.name}.pending."
                for name in self.table.fields:
                    actor = name.removeprefix(prefix)
                    if actor != name and (op.name, actor) not in self.scenario.opinions:
                        message = f'"{actor}" is asked in "{op.name}", but no [[reply]] says how it replies'
                        self.wrong("reply", message, self.head, "procedure", once=name)

    def allowed(self, packed: int) -> str:
        """Return the steps that are allowed, in words."""
        names = dict.fromkeys(rule.step for rule, _ in self.table.moves(packed))
        return ", ".join(names) or "nothing"

    def wrong(
        self, code: str, message: str, entry: Entry, *where: str | int, once: str = ""
    ) -> None:
        """Note what is wrong, once in its place."""
        at = entry.place(*where)
        self.found.setdefault(
            (code, at.line, at.column, once), entry.problem(code, message, *where)
        )


def _chosen(entry: Entry, sort: str, step: str) -> tuple[str | int, ...]:
    """Return where a decision gives a step its probability, for one sort of case."""
    where: tuple[str | int, ...] = ("choose",)
    data: Any = entry.data["choose"]
    while any(isinstance(each, dict) for each in data.values()):
        key = key_of(data, sort)
        assert key is not None, "a decision is made for every sort of case"
        where, data = (*where, key), data[key]
    return (*where, step)


def initial_configurations(table: Table, each: CaseClass) -> list[int]:
    """Return the configurations in which a case of a class may begin."""
    return [
        packed
        for packed in table.initial
        if all(
            field.read(packed) == value
            for name, value in each.facts.items()
            if (field := table.fields.get(name)) is not None
        )
    ]
