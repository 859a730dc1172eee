"""Places in SARIF: files named from the checkout, from what comes with duecourse, or in full."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from duecourse.report.check_outcome import name_from
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.errors import Problem
    from duecourse.model.procedure import Place

Object = dict[str, Any]

SOURCE = "SRCROOT"
SHIPPED = "DUECOURSE"
BUILT = "<"
"""Begins the name of what was built in memory and stands in no file."""


class Places:
    """Names files for one log.

    Args:
        root: the folder of the checkout.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.shipped = Path(str(shipped()))

    @property
    def base(self) -> str:
        """The address of the checkout."""
        return self.root.as_uri().rstrip("/") + "/"

    def locations(self, places: Iterable[Place | Problem]) -> list[Object]:
        """Return locations, those in the checkout first: many tools look at the first alone."""
        known = [each for each in places if not each.file.startswith(BUILT)]
        return [self.location(each) for each in sorted(known, key=self._outside)]

    def location(self, place: Place | Problem) -> Object:
        """Return one location; an empty one where the place is in no file."""
        if place.file.startswith(BUILT):
            return {}
        region = {"startLine": place.line, "startColumn": place.column}
        return {"physicalLocation": {"artifactLocation": self._file(place.file), "region": region}}

    def _outside(self, place: Place | Problem) -> bool:
        return name_from(self.root, place.file) is None

    def _file(self, file: str) -> Object:
        for base, folder in ((SOURCE, self.root), (SHIPPED, self.shipped)):
            name = name_from(folder, file)
            if name is not None:
                return {"uri": quote(name), "uriBaseId": base}
        return {"uri": Path(file).resolve().as_uri()}
