"""A picture as values: rectangles, lines and texts at their places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.report.diagram.face import Style


@dataclass(frozen=True, slots=True)
class Area:
    """An upright rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> float:
        """The middle of its width."""
        return self.x + self.width / 2

    def overlaps(self, other: Area) -> bool:
        """Return whether the two have more than an edge in common."""
        apart = self.right <= other.x or other.right <= self.x
        return not (apart or self.bottom <= other.y or other.bottom <= self.y)

    def contains(self, other: Area, slack: float = 0.5) -> bool:
        """Return whether the other lies inside, but for a little slack."""
        across = self.x - slack <= other.x and other.right <= self.right + slack
        return across and self.y - slack <= other.y and other.bottom <= self.bottom + slack


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled or outlined rectangle with round corners."""

    area: Area
    css: str
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points, its corners rounded; with an arrowhead at its end or without."""

    points: tuple[tuple[float, float], ...]
    css: str
    arrow: bool = False


@dataclass(frozen=True, slots=True)
class Circle:
    """A disc."""

    x: float
    y: float
    radius: float
    css: str


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; `x` is its left edge or its middle, `y` the line on which it stands."""

    x: float
    y: float
    text: str
    style: Style
    centred: bool = False

    @property
    def area(self) -> Area:
        """The room it needs."""
        width = self.style.width(self.text)
        left = self.x - width / 2 if self.centred else self.x
        return Area(left, self.y - self.style.size * 0.85, width, self.style.size * 1.1)


Item = Rect | Stroke | Circle | Text


@dataclass(frozen=True, slots=True)
class Group:
    """What belongs together and says the same when pointed at.

    Attributes:
        box: the box it draws, for boxes that must keep clear of each other.
    """

    items: tuple[Item, ...]
    hover: str = ""
    css: str = ""
    box: Area | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole picture.

    Attributes:
        title, about: what it shows, in one line and in one paragraph, for who cannot see it.
        lang: the language of its texts, as HTML names it.
    """

    width: float
    height: float
    title: str
    about: str
    lang: str
    groups: tuple[Group, ...] = field(repr=False)

    def texts(self) -> Iterator[Text]:
        """Yield every text in the picture."""
        for group in self.groups:
            yield from (item for item in group.items if isinstance(item, Text))

    def boxes(self) -> Iterator[Area]:
        """Yield the boxes that must keep clear of each other."""
        yield from (group.box for group in self.groups if group.box is not None)
