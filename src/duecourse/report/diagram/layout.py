"""Puts a procedure's picture together: title, legend, lanes, limits, boxes, arrows and notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from duecourse.report.diagram.content import Content
from duecourse.report.diagram.draw import bars, box, circle_letters, lines, tie
from duecourse.report.diagram.face import STYLES, WIDTH, set_lines
from duecourse.report.diagram.graph import Graph, graph, lettered
from duecourse.report.diagram.grid import grid
from duecourse.report.diagram.limits import limits
from duecourse.report.diagram.notes import legend, notes
from duecourse.report.diagram.routes import routes
from duecourse.report.diagram.scene import Area, Circle, Group, Rect, Scene, Stroke
from duecourse.report.diagram.sheet import Sheet
from duecourse.report.words import in_force, say
