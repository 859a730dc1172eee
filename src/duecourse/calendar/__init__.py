"""Which days are working days, and every sum of days: nothing else in the project adds days.

`days` counts, `layers` finds calendars and lays them over each other, `files` reads one file. The
format of the files is explained in `model/calendars/README.md`.
"""

from __future__ import annotations

from duecourse.calendar.days import Calendar, Label, Span, Unit
from duecourse.calendar.layers import load_calendar

__all__ = ["Calendar", "Label", "Span", "Unit", "load_calendar"]
