"""What an audit finds, as values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from duecourse.model.columns import Columns
    from duecourse.model.event_log import Listed
    from duecourse.model.expression import Expression
    from duecourse.model.procedure import Clock, Procedure
    from duecourse.properties.automaton import Colour
    from duecourse.properties.property import Property


class Kind(StrEnum):
    """In which way a case departs from the procedure."""

    ILLEGAL_STEP = "illegal step"
    WRONG_ACTOR = "wrong actor"
    BREACH = "breach of a limit"
    PROPERTY = "property violated"
    UNKNOWN_STEP = "unknown step"
    OUT_OF_ORDER = "out of order"
    AFTER_END = "after the end"


WentOn = Literal["", "left out", "taken all the same", "taken up at its stage"]
"""How the audit went on after a step that was not permitted."""


@dataclass(frozen=True, slots=True)
class Overrun:
    """A limit that was not kept.

    Attributes:
        due: the last day.
        until: the day on which the clock stopped at last; None while it runs.
        days: working days from the due date to that day, or to the day of the audit, less those of suspensions that
            began after it.
        estimated: whether it rests on a year whose calendar is not published.
    """

    clock: Clock
    due: date
    until: date | None
    days: int
    estimated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Deviation:
    """One departure of one case.

    Attributes:
        row: the row of the event; of a breach, of the event that stopped the clock; None where it still runs.
        on: its day; of a breach, the due date.
        step, actor: as the procedure calls them where it knows them, else as the log does.
        stage: where the case stood.
        rule: the step, clock or property of the procedure that was departed from; empty where there is none.
        articles: what it rests on.
        needs: the parts of the guard that were false.
        permitted: the steps that were permitted instead, or for a wrong actor, who takes the step.
        message: what is wrong, where no other attribute says it.
    """

    kind: Kind
    case: str
    row: int | None
    on: date
    step: str = ""
    actor: str = ""
    stage: str = ""
    rule: str = ""
    articles: tuple[str, ...] = ()
    needs: tuple[Expression, ...] = ()
    permitted: tuple[str, ...] = ()
    overrun: Overrun | None = None
    went_on: WentOn = ""
    message: str = ""


@dataclass(slots=True)
class CaseFindings:
    """What was found in one case.

    Attributes:
        open: whether it was not over at the end of the log.
        colours: the verdict on every property, by its id.
        used: rows that were taken for events of the case, rightly or not.
        late_replies: replies after their panel had closed; they are recorded and never counted.
        duplicates: rows left out because they repeat an earlier one that cannot be taken twice.
        twice: rows that repeat an earlier one and were taken again.
        undecided: what would be a deviation under some of the facts that the log does not tell.
    """

    case: str
    open: bool = True
    deviations: list[Deviation] = field(default_factory=list)
    colours: dict[str, Colour] = field(default_factory=dict)
    used: int = 0
    late_replies: int = 0
    duplicates: list[Listed] = field(default_factory=list)
    twice: int = 0
    undecided: int = 0
    outside_force: bool = False
    unknown_actors: Counter[str] = field(default_factory=Counter)
    unknown_values: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """What departs from one article: how many cases, and how often, by kind."""

    article: str
    cases: int
    deviations: Mapping[Kind, int]


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What an audit of a log found.

    Attributes:
        rows: rows below the head; each is `used`, `listed` or among the `other`.
        other: rows that report no step, by what they report.
        on: the day to which limits are judged that still run.
        cases, open_cases, clean: how many there are.
        deviations: in the order of the cases in the log.
        verdicts: for every property judged, how many cases have which verdict, open ones and closed ones.
        judged, not_judged: the properties.
        allowed: of those violated, the ones that the text itself lets be violated; they are no deviations.
    """

    log: str
    procedure: Procedure
    readings: Mapping[str, str]
    columns: Columns
    on: date | None
    rows: int
    used: int
    listed: tuple[Listed, ...]
    other: Mapping[str, int]
    cases: int
    open_cases: int
    clean: int
    late_replies: int
    deviations: tuple[Deviation, ...]
    judged: tuple[Property, ...]
    not_judged: tuple[Property, ...]
    verdicts: Mapping[str, Mapping[tuple[bool, Colour], int]]
    allowed: frozenset[str]
    undecided: int
    twice: int
    outside_force: int
    unknown_actors: Mapping[str, int]
    unknown_values: Mapping[str, int]
    actors_told: bool
    remarks: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 where there are deviations, 0 where there are none, 3 where nothing could be judged."""
        if not self.cases:
            return 3
        return int(bool(self.deviations))

    @property
    def kinds(self) -> Counter[Kind]:
        """How many deviations there are of each kind."""
        return Counter(each.kind for each in self.deviations)

    @property
    def by_article(self) -> tuple[ArticleRow, ...]:
        """The deviations by article, in the order of the text; those without one come last."""
        order = {each.id: n for n, each in enumerate(self.procedure.articles)}
        kinds: dict[str, Counter[Kind]] = {}
        cases: dict[str, set[str]] = {}
        for each in self.deviations:
            for article in each.articles or ("",):
                kinds.setdefault(article, Counter())[each.kind] += 1
                cases.setdefault(article, set()).add(each.case)
        names = sorted(kinds, key=lambda each: (each == "", order.get(each, len(order)), each))
        return tuple(ArticleRow(each, len(cases[each]), kinds[each]) for each in names)

    def to_dict(self) -> dict[str, Any]:
        """Return the audit as plain values for JSON, of the form `duecourse/audit/1`."""
        from duecourse.audit.audit_json import audit_dict

        return audit_dict(self)
