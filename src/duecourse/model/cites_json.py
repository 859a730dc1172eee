"""Citations as plain values, in the one form that they have in every JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.model.procedure import Cite


def cites_json(cites: Iterable[Cite]) -> list[dict[str, str]]:
    """Return citations as plain values.

    >>> from duecourse.model.procedure import Cite, Mark
    >>> cites_json([Cite("12", Mark.SEEN)])
    [{'article': '12', 'mark': 'Q'}]
    """
    return [{"article": each.article, "mark": str(each.mark)} for each in cites]
