"""From merged tables to a `Procedure`: names resolved, guards type-checked, all mistakes reported at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from duecourse.calendar import Span, Unit
from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model import procedure as p
from duecourse.model import schema as s
from duecourse.model.checks import static_problems
from duecourse.model.expression import TRUE, Effect, Expression, atoms
from duecourse.model.grammar import Domain, ExpressionError, parse_effect, parse_guard
from duecourse.model.shapes import shaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from duecourse.model.layers import Entry, Layers

MAX_DOMAIN = 1_024

_S = TypeVar("_S", bound=s.Shape)


def interpret(layers: Layers) -> p.Procedure:
    """Return the procedure that the tables describe.

    Raises:
        InvalidInput: with every problem found in shape, names, types and, if those are right, statics.
    """
    return _Interpreter(layers).procedure()


def span(text: str) -> Span:
    """Return the span that a text such as '10 working days' names."""
    count, unit = text.split(" ", 1)
    return Span(int(count), Unit(unit.removesuffix("s")))


def cite(text: str, marks: dict[str, p.Mark]) -> p.Cite:
    """Return the citation that a text such as '12' or '12 (B+)' names; the mark defaults to its article's."""
    article, _, mark = text.partition(" ")
    return p.Cite(
        article, p.Mark(mark.strip("()")) if mark else marks.get(article, p.Mark.UNCERTAIN)
    )


def scope_of(
    facts: Iterable[p.Fact],
    readings: Iterable[p.Reading],
    panels: Iterable[p.Panel],
    suspensions: Iterable[p.Suspension],
) -> dict[str, Domain]:
    """Return the names that guards may use, with their domains."""
    facts = tuple(facts)
    scope = {fact.id: Domain(fact.values, assignable=True) for fact in facts}
    scope |= {
        reading.id: Domain(tuple(option.id for option in reading.options)) for reading in readings
    }
    highest = {fact.id: int(fact.values[-1]) for fact in facts if isinstance(fact.values[-1], int)}
    for panel in panels:
        size = Domain(tuple(range(panel_size(panel, highest) + 1)))
        scope |= {f"{panel.id}.{name}": size for name in ("pending", "asked", *panel.replies)}
        scope[f"{panel.id}.open"] = Domain((False, True))
    return scope | {f"{each.id}.active": Domain((False, True)) for each in suspensions}


def panel_size(panel: p.Panel, highest: dict[str, int]) -> int:
    """Return the greatest number of members that a panel can have; `highest` holds the top of each counting fact."""
    per_actor: dict[str, int] = {}
    for each in panel.electorate:
        count = each.count if isinstance(each.count, int) else highest.get(each.count, 0)
        per_actor[each.actor] = max(per_actor.get(each.actor, 0), count)
    return sum(per_actor.values())


class _Interpreter:
    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        self.problems: list[Problem] = []
        self.shapes: dict[str, list[tuple[Any, Entry]]] = {}
        for kind, shape in s.SHAPES.items():
            found = ((shaped(shape, entry, self.problems), entry) for entry in layers.entries[kind])
            self.shapes[kind] = [(each, entry) for each, entry in found if each is not None]
        self.marks = {each.id: p.Mark(each.mark) for each, _ in self.shapes["article"]}
        self.ids = {
            kind: [entry.data.get("id") for entry in layers.entries[kind]] for kind in s.SHAPES
        }
        self.scope: dict[str, Domain] = {}

    def procedure(self) -> p.Procedure:
        head_entry = self.layers.head
        head = shaped(s.ProcedureShape, head_entry, self.problems)
        self.refuse_duplicates()
        facts = tuple(self.each("fact", self.fact))
        readings = tuple(self.each("reading", self.reading))
        panels = tuple(self.each("panel", self.panel_size_only))
        suspensions = tuple(
            p.Suspension(id=each.id, begins=(), ends=(), stops=())
            for each, _ in self.shapes["suspension"]
        )
        self.scope = scope_of(facts, readings, panels, suspensions)
        definitions = tuple(self.each("definition", self.definition))
        if head is None:
            raise InvalidInput(sorted(self.problems))
        self.names("stage", [head.initial], head_entry, "initial")
        self.names("step", head.measured_from, head_entry, "measured_from")
        calendars = tuple(
            p.CalendarChoice(each.id, self.guard(each.when, head_entry, "calendar", i, "when"))
            for i, each in enumerate(head.calendar)
        )
        steps = tuple(self.each("step", self.step))
        result = p.Procedure(
            id="+".join((head.id, *self.layers.amended_by)),
            label=_label(head.label),
            text=_label(head.text),
            in_force=(head.in_force.since, head.in_force.until),
            initial=head.initial,
            measured_from=tuple(head.measured_from),
            calendars=calendars,
            first_day_counts=self.guard(head.first_day_counts, head_entry, "first_day_counts"),
            articles=tuple(self.each("article", self.article)),
            actors=tuple(self.each("actor", self.actor)),
            facts=_saturated(facts, steps, self.problems),
            stages=tuple(self.each("stage", self.stage)),
            steps=steps,
            clocks=tuple(self.each("clock", self.clock)),
            panels=tuple(self.each("panel", self.panel)),
            suspensions=tuple(self.each("suspension", self.suspension)),
            outcomes=tuple(self.each("outcome", self.outcome)),
            not_modelled=tuple(self.each("not_modelled", self.left_out)),
            readings=readings,
            definitions=definitions,
            amended_by=self.layers.amended_by,
            source=head_entry.source.text,
        )
        problems = self.problems or [
            each for each in static_problems(result) if each.severity == "error"
        ]
        if problems:
            raise InvalidInput(sorted(set(problems)))
        return result

    def each(self, kind: str, build: Callable[[Any, Entry], _T]) -> Iterator[_T]:
        for shape, entry in self.shapes[kind]:
            yield build(shape, entry)

    def refuse_duplicates(self) -> None:
        seen: dict[str, str] = {}
        for kind in s.SHAPES:
            # facts, definitions, readings, panels, clocks and suspensions share the names that guards use
            group = (
                "name"
                if kind in {"fact", "reading", "panel", "clock", "suspension", "definition"}
                else kind
            )
            for entry in self.layers.entries[kind]:
                name = entry.data.get("id")
                key = f"{group} {name}"
                if isinstance(name, str) and key in seen:
                    self.problems.append(
                        entry.problem(
                            "duplicate",
                            f'"{name}" is declared twice, as {seen[key]} and as {kind}',
                            "id",
                        )
                    )
                seen[key] = kind

    def names(self, kind: str, names: Iterable[str], entry: Entry, *path: str | int) -> None:
        for index, name in enumerate(names):
            if name not in self.ids[kind]:
                at = (
                    (*path, index)
                    if isinstance(entry.data.get(str(path[0])), list) and len(path) == 1
                    else path
                )
                known = [str(each) for each in self.ids[kind]]
                self.problems.append(
                    entry.problem(
                        "unknown-name", f'no {kind} "{name[:80]}"{nearest(name, known)}', *at
                    )
                )

    def guard(self, text: str, entry: Entry, *path: str | int) -> Expression:
        try:
            return parse_guard(text, self.scope)
        except ExpressionError as error:
            self.problems.append(self.at_column(entry, error, *path))
            return TRUE

    def effects(self, texts: Iterable[str], entry: Entry, *path: str | int) -> tuple[Effect, ...]:
        effects: list[Effect] = []
        for index, text in enumerate(texts):
            try:
                effects.append(parse_effect(text, self.scope))
            except ExpressionError as error:
                self.problems.append(self.at_column(entry, error, *path, index))
        return tuple(effects)

    @staticmethod
    def at_column(entry: Entry, error: ExpressionError, *path: str | int) -> Problem:
        at = entry.place(*path)
        return Problem(at.file, at.line, at.column + error.column - 1, error.code, error.message)

    def element(self, shape: s.ElementShape, entry: Entry) -> dict[str, Any]:
        return {
            "id": shape.id,
            "label": _label(shape.label),
            "cites": self.cites(shape.cites, entry),
            "place": entry.place(),
        }

    def cites(self, texts: list[str], entry: Entry) -> tuple[p.Cite, ...]:
        cites = tuple(cite(text, self.marks) for text in texts)
        for index, each in enumerate(cites):
            if each.article not in self.marks:
                hint = nearest(each.article, self.marks)
                self.problems.append(
                    entry.problem(
                        "unknown-article",
                        f'no article "{each.article}" in this text{hint}',
                        "cites",
                        index,
                    )
                )
        return cites

    def fact(self, shape: s.FactShape, entry: Entry) -> p.Fact:
        values = self.domain(shape, entry)
        initial = None if shape.initial == "unknown" and "unknown" not in values else shape.initial
        if initial is not None and (initial not in values or type(initial) is not type(values[0])):
            known = ", ".join(map(_plain, values[:12]))
            self.problems.append(
                entry.problem(
                    "range", f"{_plain(initial)} is not among the values: {known}", "initial"
                )
            )
        return p.Fact(
            **self.element(shape, entry), values=values, initial=initial, unbounded=shape.counter
        )

    def domain(self, shape: s.FactShape, entry: Entry) -> tuple[p.Value, ...]:
        if [shape.values is not None, shape.range is not None, shape.counter].count(True) > 1:
            self.problems.append(
                entry.problem(
                    "shape", "a fact has values, or a range, or is a counter: only one of them"
                )
            )
        if shape.values is not None:
            return tuple(dict.fromkeys(shape.values))
        if shape.range is None:
            return (0, 1) if shape.counter else (False, True)
        low, high = shape.range
        if not 0 <= high - low < MAX_DOMAIN:
            rule = f"a range goes up and has at most {MAX_DOMAIN} values; use counter = true for what has no limit"
            self.problems.append(
                entry.problem("range", f"{str(low)[:30]} to {str(high)[:30]}: {rule}", "range")
            )
            return (0, 1)
        return tuple(range(low, high + 1))

    def reading(self, shape: s.ReadingShape, entry: Entry) -> p.Reading:
        options = tuple(p.Option(each.id, _label(each.label)) for each in shape.options)
        ids = [option.id for option in options]
        if shape.default is not None and shape.default not in ids:
            self.problems.append(
                entry.problem(
                    "unknown-name",
                    f'no option "{shape.default}"{nearest(shape.default, ids)}',
                    "default",
                )
            )
        options = tuple(sorted(options, key=lambda option: option.id != (shape.default or ids[0])))
        cites = self.cites(shape.cites, entry)
        return p.Reading(
            id=shape.id,
            label=_label(shape.question),
            cites=cites,
            place=entry.place(),
            ref=shape.ref,
            options=options,
            migration=shape.migration,
        )

    def article(self, shape: s.ArticleShape, entry: Entry) -> p.Article:
        return p.Article(
            id=shape.id, label=_label(shape.label), place=entry.place(), mark=p.Mark(shape.mark)
        )

    def actor(self, shape: s.ActorShape, entry: Entry) -> p.Actor:
        return p.Actor(**self.element(shape, entry), members=tuple(map(_label, shape.members)))

    def stage(self, shape: s.StageShape, entry: Entry) -> p.Stage:
        return p.Stage(**self.element(shape, entry), final=shape.final)

    def left_out(self, shape: s.NotModelledShape, entry: Entry) -> p.NotModelled:
        return p.NotModelled(self.cites(shape.cites, entry), _label(shape.reason), entry.place())

    def definition(self, shape: s.DefinitionShape, entry: Entry) -> p.Definition:
        means = self.guard(shape.means, entry, "means")
        self.scope[shape.id] = Domain((False, True), means=means)
        return p.Definition(**self.element(shape, entry), means=means)

    def step(self, shape: s.StepShape, entry: Entry) -> p.Step:
        self.names("actor", shape.actor, entry, "actor")
        self.names("stage", shape.from_, entry, "from")
        self.names("stage", [branch.stage for branch in shape.to], entry, "to")
        listed = isinstance(entry.data.get("to"), list)
        branches = tuple(
            p.Branch(
                branch.stage,
                self.guard(branch.when, entry, "to", *([i] if listed else []), "when"),
                self.effects(branch.do, entry, "to", *([i] if listed else []), "do"),
            )
            for i, branch in enumerate(shape.to)
        )
        return p.Step(
            **self.element(shape, entry),
            actors=tuple(shape.actor),
            sources=tuple(dict.fromkeys(shape.from_)),
            when=self.guard(shape.when, entry, "when"),
            branches=branches,
            effects=self.effects(shape.do, entry, "do"),
            reply=self.reply(shape, entry),
        )

    def reply(self, shape: s.StepShape, entry: Entry) -> p.Reply | None:
        if shape.reply is None:
            return None
        self.names("panel", [shape.reply.panel], entry, "reply", "panel")
        panel = next(
            (each for each, _ in self.shapes["panel"] if each.id == shape.reply.panel), None
        )
        if panel is not None and shape.reply.value not in panel.replies:
            hint = nearest(shape.reply.value, panel.replies)
            self.problems.append(
                entry.problem(
                    "unknown-value",
                    f'"{shape.reply.value}" is no reply of "{panel.id}"{hint}',
                    "reply",
                    "value",
                )
            )
        if panel is not None and not {*shape.actor} <= {each.actor for each in panel.electorate}:
            self.problems.append(
                entry.problem(
                    "unknown-name",
                    f'"{shape.actor[0]}" is not of the electorate of "{panel.id}"',
                    "actor",
                )
            )
        if len(shape.actor) != 1:
            self.problems.append(
                entry.problem(
                    "shape", "a reply has one actor, the class of members that gives it", "actor"
                )
            )
        return p.Reply(shape.reply.panel, shape.reply.value)

    def occasions(self, shapes: Iterable[s.OnTable], entry: Entry, key: str) -> tuple[p.On, ...]:
        shapes = tuple(shapes)
        listed = isinstance(entry.data.get(key), list)
        for index, each in enumerate(shapes):
            self.names("step", [each.step], entry, key, *([index] if listed else []), "step")
        return tuple(
            p.On(each.step, self.guard(each.when, entry, key, *([index] if listed else []), "when"))
            for index, each in enumerate(shapes)
        )

    def clock(self, shape: s.ClockShape, entry: Entry) -> p.Clock:
        self.names("actor", shape.binds, entry, "binds")
        for index, each in enumerate(shape.extensions):
            self.names("step", [each.step], entry, "extensions", index, "step")
        extensions = tuple(
            p.Extension(
                each.step,
                None if each.by == "unlimited" else span(each.by),
                self.guard(each.when, entry, "extensions", i, "when"),
            )
            for i, each in enumerate(shape.extensions)
        )
        return p.Clock(
            **self.element(shape, entry),
            binds=tuple(shape.binds),
            limit=span(shape.limit),
            starts=self.occasions(shape.starts, entry, "starts"),
            stops=self.occasions(shape.stops, entry, "stops"),
            extensions=extensions,
            on_lapse=self.occasions(shape.on_lapse, entry, "on_lapse"),
        )

    def panel_size_only(self, shape: s.PanelShape, entry: Entry) -> p.Panel:
        electorate = tuple(p.Electorate(each.actor, each.count) for each in shape.electorate)
        for index, each in enumerate(shape.electorate):
            self.names("actor", [each.actor], entry, "electorate", index, "actor")
            if isinstance(each.count, str):
                self.names("fact", [each.count], entry, "electorate", index, "count")
        return p.Panel(
            id=shape.id, electorate=electorate, replies=tuple(shape.replies), opens=(), closes=()
        )

    def panel(self, shape: s.PanelShape, entry: Entry) -> p.Panel:
        silence: list[p.Silence] = []
        for i, each in enumerate(shape.silence):
            if each.counts_as not in {*shape.replies, "nothing"}:
                hint = nearest(each.counts_as, [*shape.replies, "nothing"])
                self.problems.append(
                    entry.problem(
                        "unknown-value",
                        f'"{each.counts_as}" is no reply{hint}',
                        "silence",
                        i,
                        "counts_as",
                    )
                )
            counts_as = None if each.counts_as == "nothing" else each.counts_as
            silence.append(p.Silence(counts_as, self.guard(each.when, entry, "silence", i, "when")))
        return p.Panel(
            **self.element(shape, entry),
            electorate=tuple(
                p.Electorate(
                    each.actor, each.count, self.guard(each.when, entry, "electorate", i, "when")
                )
                for i, each in enumerate(shape.electorate)
            ),
            replies=tuple(shape.replies),
            opens=self.occasions(shape.opens, entry, "opens"),
            closes=self.occasions(shape.closes, entry, "closes"),
            silence=tuple(silence),
        )

    def suspension(self, shape: s.SuspensionShape, entry: Entry) -> p.Suspension:
        self.names("step", shape.permits or (), entry, "permits")
        stops: list[p.Stopped] = []
        for index, each in enumerate(shape.stops):
            self.names("clock", [each.clock], entry, "stops", index, "clock")
            stops.append(
                p.Stopped(each.clock, self.guard(each.when, entry, "stops", index, "when"))
            )
        return p.Suspension(
            **self.element(shape, entry),
            begins=self.occasions(shape.begins, entry, "begins"),
            ends=self.occasions(shape.ends, entry, "ends"),
            stops=tuple(stops),
            permits=None if shape.permits is None else tuple(shape.permits),
        )

    def outcome(self, shape: s.OutcomeShape, entry: Entry) -> p.Outcome:
        self.names("step", shape.by, entry, "by")
        self.names("stage", shape.from_, entry, "from")
        return p.Outcome(
            **self.element(shape, entry),
            steps=tuple(shape.by),
            sources=tuple(shape.from_),
            conclusion=shape.conclusion,
        )


_T = TypeVar("_T")


def _label(shape: s.LabelShape) -> p.Label:
    return p.Label(shape.en, shape.zh)


def _plain(value: object) -> str:
    return str(value)[:60].lower() if isinstance(value, bool) else str(value)[:60]


def _saturated(
    facts: tuple[p.Fact, ...], steps: Any, problems: list[Problem]
) -> tuple[p.Fact, ...]:  # noqa: ANN401
    """Return the facts with each unbounded counter cut one above the largest constant that a guard compares it with.

    Exact for counters that are incremented, reset and compared with constants; a decrement forbids it.
    """
    result: list[p.Fact] = []
    for fact in facts:
        if not fact.unbounded:
            result.append(fact)
            continue
        guards = [
            guard
            for step in steps
            for guard in (step.when, *(branch.when for branch in step.branches))
        ]
        constants = [
            int(atom.right.value)
            for guard in guards
            for atom in atoms(guard)
            if str(atom.left) == fact.id and hasattr(atom.right, "value")
        ]
        if any(
            effect.fact == fact.id and effect.add and effect.value == -1
            for step in steps
            for effect in step.effects
        ):
            message = f'the unbounded counter "{fact.id}" is counted down; give it a range instead'
            problems.append(
                Problem(fact.place.file, fact.place.line, fact.place.column, "counter", message)
            )
        top = min(max([0, *constants]) + 1, MAX_DOMAIN)
        result.append(
            p.Fact(
                id=fact.id,
                label=fact.label,
                cites=fact.cites,
                place=fact.place,
                values=tuple(range(top + 1)),
                initial=fact.initial,
                unbounded=True,
            )
        )
    return tuple(result)
