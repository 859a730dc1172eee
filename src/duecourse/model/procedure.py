"""A procedure as values: what one version of a regulation says, read from TOML and never changed afterwards.

The words are those of `docs/reference/vocabulary.md`; what they mean is frozen in `docs/semantics.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeVar

from duecourse.model.expression import TRUE, Effect, Expression

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from duecourse.calendar import Span

Value = bool | int | str
Lang = Literal["en", "zh", "both"]


class Mark(StrEnum):
    """How sure a fact of the law is: seen in a published source, well known, uncertain, inferred."""

    SEEN = "Q"
    WELL_KNOWN = "B+"
    UNCERTAIN = "B-"
    INFERRED = "I"


@dataclass(frozen=True, slots=True)
class Label:
    """A text in English and Chinese."""

    en: str
    zh: str = ""

    def text(self, lang: Lang = "en") -> str:
        """Return the text in the language asked for; English stands in where Chinese is missing."""
        if lang == "both" and self.zh:
            return f"{self.en} · {self.zh}"
        return self.zh if lang == "zh" and self.zh else self.en


@dataclass(frozen=True, slots=True)
class Cite:
    """A citation: an article of *this* version of the text, and how sure the fact is."""

    article: str
    mark: Mark

    def __str__(self) -> str:
        return f"Art. {self.article}" if self.article[0].isdigit() else self.article


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element stands in its file; line and column count from 1."""

    file: str = "<built>"
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """What every named part of a procedure has."""

    id: str
    label: Label = field(default=Label(""), compare=False)
    cites: tuple[Cite, ...] = field(default=(), compare=False)
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Element):
    """One article of the text: its number, its gist in our own words, the mark its facts carry by default."""

    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(Element):
    """Who acts. `members` names the units of a collective actor, in the order of the text."""

    members: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Element):
    """A variable of a case with a finite domain.

    Attributes:
        values: the domain in its order: (False, True), a range of integers, or the names of an enumeration.
        initial: the value at the start, or None where it may be any.
        unbounded: a counter without an upper limit; `values` then ends at the saturation point that the guards need.
        shared: whether cases that run side by side have it in common.
    """

    values: tuple[Value, ...]
    initial: Value | None
    unbounded: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(Element):
    """A condition with a name of its own, written out wherever it is used."""

    means: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Element):
    """Where a case stands. In a final stage the review is over; what is still possible there is aftercare."""

    final: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a step leads under a condition; of several, the first whose condition holds."""

    stage: str
    when: Expression = TRUE
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """That a step is the reply of one member of a panel."""

    panel: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Element):
    """Something an actor does.

    Attributes:
        actors: any one of them may take it.
        sources: the stages it can be taken from.
        when: its guard.
        branches: where it leads, in order; empty where it stays in the stage it is taken from.
        effects: what it does to facts, before the effects of the branch.
        reply: set where the step is one panel member's reply; the actor names the class of members.
    """

    actors: tuple[str, ...]
    sources: tuple[str, ...]
    when: Expression = TRUE
    branches: tuple[Branch, ...] = ()
    effects: tuple[Effect, ...] = ()
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class On:
    """A step as the occasion of something, under a condition that is judged just before the step is taken."""

    step: str
    when: Expression = TRUE


@dataclass(frozen=True, slots=True)
class Extension:
    """A step that lengthens a running clock by `by`; None means without any limit."""

    step: str
    by: Span | None
    when: Expression = TRUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Element):
    """A statutory time limit.

    Attributes:
        binds: the actors who have to keep it.
        limit: its length, with the unit.
        starts, stops: on which steps; a start of a running clock starts it anew.
        extensions: which steps lengthen it.
        on_lapse: the step that the law itself takes when the limit lapses; without one a lapse is a breach.
    """

    binds: tuple[str, ...]
    limit: Span
    starts: tuple[On, ...]
    stops: tuple[On, ...]
    extensions: tuple[Extension, ...] = ()
    on_lapse: tuple[On, ...] = ()


@dataclass(frozen=True, slots=True)
class Electorate:
    """A class of panel members: who, how many (a number, or the fact that holds it), under which condition."""

    actor: str
    count: int | str
    when: Expression = TRUE


@dataclass(frozen=True, slots=True)
class Silence:
    """What the silence of a member counts as when the panel closes: a reply value, or None for nothing."""

    counts_as: str | None
    when: Expression = TRUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel(Element):
    """A body whose members each reply once per round; opening it begins a new round."""

    electorate: tuple[Electorate, ...]
    replies: tuple[str, ...]
    opens: tuple[On, ...]
    closes: tuple[On, ...]
    silence: tuple[Silence, ...] = ()


@dataclass(frozen=True, slots=True)
class Stopped:
    """A clock that a suspension stops, under a condition over readings."""

    clock: str
    when: Expression = TRUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension(Element):
    """A stop of clocks that begins and ends by steps.

    Attributes:
        permits: the steps that may still happen while it lasts, besides those that end it; None where all may.
    """

    begins: tuple[On, ...]
    ends: tuple[On, ...]
    stops: tuple[Stopped, ...]
    permits: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One way to read a silent or ambiguous point."""

    id: str
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Element):
    """A named switch for a silent or ambiguous point of the text; the label is its question.

    Attributes:
        ref: its number in the list of readings (R1 to R26).
        options: the ways to read it; the default stands first.
        migration: whether only the migration of pending cases between two texts asks for it.
    """

    ref: str
    options: tuple[Option, ...]
    migration: bool = False

    @property
    def default(self) -> str:
        """The option taken where none is named."""
        return self.options[0].id


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Element):
    """A way for a case to end: taking one of `steps` (from one of `sources`, if any are named) into a final stage.

    `conclusion` tells a conclusion of the review on its merits from any other ending.
    """

    steps: tuple[str, ...]
    sources: tuple[str, ...] = ()
    conclusion: bool = False


@dataclass(frozen=True, slots=True)
class NotModelled:
    """A clause, or a part of one, that the model leaves out, with the reason."""

    cites: tuple[Cite, ...]
    reason: Label
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CalendarChoice:
    """Which calendar counts the days, under a condition over readings."""

    id: str
    when: Expression = TRUE


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """One version of a regulation.

    Attributes:
        measured_from: the steps with which statutory time begins; durations are measured from the first of them.
        amended_by: the amendments in it, in the order they were applied.
        first_day_counts: the condition over readings under which the first day of a limit is counted.
    """

    id: str
    label: Label
    text: Label
    in_force: tuple[date | None, date | None]
    initial: str
    measured_from: tuple[str, ...]
    calendars: tuple[CalendarChoice, ...]
    first_day_counts: Expression
    articles: tuple[Article, ...]
    actors: tuple[Actor, ...]
    facts: tuple[Fact, ...]
    definitions: tuple[Definition, ...]
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    clocks: tuple[Clock, ...]
    panels: tuple[Panel, ...]
    suspensions: tuple[Suspension, ...]
    readings: tuple[Reading, ...]
    outcomes: tuple[Outcome, ...]
    not_modelled: tuple[NotModelled, ...]
    amended_by: tuple[str, ...] = ()
    source: str = field(default="", compare=False)

    @cached_property
    def stage(self) -> Mapping[str, Stage]:
        """The stages by id."""
        return _by_id(self.stages)

    @cached_property
    def step(self) -> Mapping[str, Step]:
        """The steps by id."""
        return _by_id(self.steps)

    @cached_property
    def actor(self) -> Mapping[str, Actor]:
        """The actors by id."""
        return _by_id(self.actors)

    @cached_property
    def fact(self) -> Mapping[str, Fact]:
        """The facts by id."""
        return _by_id(self.facts)

    @cached_property
    def clock(self) -> Mapping[str, Clock]:
        """The clocks by id."""
        return _by_id(self.clocks)

    @cached_property
    def panel(self) -> Mapping[str, Panel]:
        """The panels by id."""
        return _by_id(self.panels)

    @cached_property
    def suspension(self) -> Mapping[str, Suspension]:
        """The suspensions by id."""
        return _by_id(self.suspensions)

    @cached_property
    def reading(self) -> Mapping[str, Reading]:
        """The readings by id."""
        return _by_id(self.readings)

    @cached_property
    def lapse_steps(self) -> frozenset[str]:
        """The steps that the law itself takes when a clock lapses; nobody can take them."""
        return frozenset(on.step for clock in self.clocks for on in clock.on_lapse)


_E = TypeVar("_E", bound=Element)


def _by_id(elements: tuple[_E, ...]) -> dict[str, _E]:
    return {element.id: element for element in elements}
