"""A procedure under the readings that somebody chose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.model.procedure import Procedure


def as_read(procedure: Procedure, readings: Mapping[str, str]) -> Procedure:
    """Return a procedure of which the options chosen are the default ones: pictures show what is possible under these."""
    found = []
    for reading in procedure.readings:
        chosen = readings.get(reading.id, reading.default)
        options = sorted(reading.options, key=lambda option: option.id != chosen)
        found.append(replace(reading, options=tuple(options)))
    return replace(procedure, readings=tuple(found))
