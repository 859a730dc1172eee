"""How a value is shown in a notebook."""

from __future__ import annotations

from importlib import import_module

REPORT = "duecourse.report.notebook"


class Shown:
    """A value that a notebook shows as its report does.

    The module that words it is found by name when a notebook asks: values stand below reports and import none.
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        html: str = import_module(REPORT).shown(self)
        return html
