"""A case as values: what a case file says, before anything is replayed (`duecourse.model.replay`)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from duecourse.errors import nearest
from duecourse.model.procedure import Label, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from duecourse.model.migration import Migration
    from duecourse.model.procedure import Actor, Procedure, Value

ALL_OUTSTANDING: Final = "all outstanding"
"""Stands for every member whose reply is outstanding."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day; it may be a day off.

    Attributes:
        on: the day.
        step: the step that was taken.
        actor: who took it, where several may; empty where the file does not say.
        members: the units that replied, where the step is a reply; each is a reply of its own.
        note, source: what the file's author adds, and where it is known from.
    """

    on: date
    step: str
    actor: str = ""
    members: tuple[str, ...] = ()
    note: str = ""
    source: str = ""
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Milestone:
    """One of the public dates of a case whose course was not published: what happened, and where that is known from.

    Attributes:
        conclusion: whether it is a conclusion of the review; a penalty decision is none.
        step: the step that it is; empty where it is none of the procedure, or not known to be one.
    """

    on: date
    what: Label
    source: Label
    conclusion: bool = False
    step: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """What is public of a case of which no interior step is.

    Attributes:
        opened: the public announcement that the review is opened, with the step that was taken by then at the latest.
        ended: what is taken for its end; None while nothing was published.
        later: what followed.
        open_on: the last day for which it is known that nothing was published.
    """

    opened: Milestone
    ended: Milestone | None = None
    later: tuple[Milestone, ...] = ()
    open_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case of a procedure.

    Attributes:
        procedure: the text under which it begins.
        readings: the options that its file chooses; the others are those of the text.
        facts: values of facts at the start, where they are not the initial ones.
        events: what happened, by date; on one day in the order of the file.
        migration: how a later text takes it over while it is pending.
        published: set where only the beginning and the end are public.
        kind: the class of cases that it belongs to in a simulation; empty where the file does not say.
    """

    id: str
    label: Label
    procedure: Procedure
    readings: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Value] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    migration: Migration | None = None
    published: Published | None = None
    kind: str = ""
    place: Place = field(default=Place(), compare=False, repr=False)


def member_named(actor: Actor, name: str) -> Label | None:
    """Return the unit of a collective actor that a name means: either language, or the abbreviation in brackets.

    >>> from duecourse.model.procedure import Actor
    >>> units = Actor(id="members", members=(Label("Securities Regulatory Commission (CSRC)", "中国证券监督管理委员会"),))
    >>> member_named(units, "csrc").zh
    '中国证券监督管理委员会'

    An actor whose units are not listed has one for every name.
    """
    if not actor.members:
        return Label(name)
    return next((each for each in actor.members if name.casefold() in names_of(each)), None)


def names_of(member: Label) -> tuple[str, ...]:
    """Return the names by which a unit is known, in lower case."""
    short = short_name(member)
    names = (member.en, member.zh, short, member.en.removesuffix(f" ({short})"))
    return tuple(name.casefold() for name in names if name)


def short_name(member: Label) -> str:
    """Return the abbreviation of a unit where its name ends in one, else its name.

    >>> short_name(Label("Finance (MOF)", "财政部"))
    'MOF'
    """
    short = re.search(r"\(([^()]+)\)$", member.en)
    return short[1] if short else member.en


class Fault(NamedTuple):
    """What is wrong with an event whatever the state of the case: the key at fault, a code, a message."""

    key: str
    code: str
    message: str


def faults(event: Event, procedure: Procedure) -> Iterator[Fault]:
    """Yield what is wrong with an event under a text: unknown step or actor or member, or a step that nobody takes."""
    step = procedure.step.get(event.step)
    if step is None:
        hint = nearest(event.step, procedure.step)
        yield Fault("step", "unknown-name", f'{procedure.id} has no step "{event.step}"{hint}')
        return
    if step.id in procedure.lapse_steps:
        rule = "the law takes it by itself when a time limit lapses; leave it out"
        yield Fault("step", "lapse-step", f'nobody takes "{step.id}": {rule}')
    if event.actor and event.actor not in step.actors:
        hint = nearest(event.actor, step.actors)
        yield Fault("actor", "unknown-name", f'"{event.actor}" does not take "{step.id}"{hint}')
    if event.members and step.reply is None:
        yield Fault("member", "unknown-key", f'"{step.id}" is no reply; no member takes it')
        return
    units = procedure.actor[step.actors[0]]
    for name in event.members:
        if name != ALL_OUTSTANDING and member_named(units, name) is None:
            hint = nearest(name, map(short_name, units.members))
            yield Fault("member", "unknown-name", f'"{name}" is no unit of "{units.id}"{hint}')
