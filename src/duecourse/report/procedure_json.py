"""A procedure as data for other programs: everything in it, guards and effects as their text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duecourse.model.cites_json import cites_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.model.procedure import (
        Branch,
        Clock,
        Element,
        Fact,
        Label,
        On,
        Panel,
        Procedure,
        Reading,
        Step,
        Suspension,
    )

SCHEMA = "duecourse/procedure/1"

Json = dict[str, Any]


def procedure_json(procedure: Procedure) -> Json:
    """Return a procedure as values that `json.dumps` takes, the keys always in the same order.

    The keys are those of the TOML format where that has one; `true` is the guard of what is always
    possible, `null` the date of a text that is still in force, the limit of an extension without
    one, the initial value of a fact that may have any, and what silence counts as where that is
    nothing. Labels have both languages.
    """
    since, until = procedure.in_force
    return {
        "schema": SCHEMA,
        "id": procedure.id,
        "label": _label(procedure.label),
        "text": _label(procedure.text),
        "in_force": {
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
        },
        "amended_by": list(procedure.amended_by),
        "initial": procedure.initial,
        "measured_from": list(procedure.measured_from),
        "calendar": [{"id": each.id, "when": str(each.when)} for each in procedure.calendars],
        "first_day_counts": str(procedure.first_day_counts),
        "articles": [
            {"id": each.id, "label": _label(each.label), "mark": str(each.mark)}
            for each in procedure.articles
        ],
        "actors": [
            _element(each) | {"members": [_label(name) for name in each.members]}
            for each in procedure.actors
        ],
        "facts": [_fact(each) for each in procedure.facts],
        "definitions": [
            _element(each) | {"means": str(each.means)} for each in procedure.definitions
        ],
        "stages": [_element(each) | {"final": each.final} for each in procedure.stages],
        "steps": [_step(each) for each in procedure.steps],
        "clocks": [_clock(each) for each in procedure.clocks],
        "panels": [_panel(each) for each in procedure.panels],
        "suspensions": [_suspension(each) for each in procedure.suspensions],
        "readings": [_reading(each) for each in procedure.readings],
        "outcomes": [
            _element(each)
            | {
                "by": list(each.steps),
                "from": list(each.sources),
                "conclusion": each.conclusion,
            }
            for each in procedure.outcomes
        ],
        "not_modelled": [
            {"cites": cites_json(each.cites), "reason": _label(each.reason)}
            for each in procedure.not_modelled
        ],
    }


def _label(label: Label) -> Json:
    return {"en": label.en, "zh": label.zh}


def _element(element: Element) -> Json:
    return {
        "id": element.id,
        "label": _label(element.label),
        "cites": cites_json(element.cites),
    }


def _fact(fact: Fact) -> Json:
    return _element(fact) | {
        "values": list(fact.values),
        "initial": fact.initial,
        "unbounded": fact.unbounded,
    }


def _step(step: Step) -> Json:
    reply = step.reply
    return _element(step) | {
        "actor": list(step.actors),
        "from": list(step.sources),
        "when": str(step.when),
        "to": [_branch(each) for each in step.branches],
        "do": [str(each) for each in step.effects],
        "reply": {"panel": reply.panel, "value": reply.value} if reply else None,
    }


def _branch(branch: Branch) -> Json:
    effects = [str(each) for each in branch.effects]
    return {"stage": branch.stage, "when": str(branch.when), "do": effects}


def _occasions(occasions: Iterable[On]) -> list[Json]:
    return [{"step": each.step, "when": str(each.when)} for each in occasions]


def _clock(clock: Clock) -> Json:
    return _element(clock) | {
        "binds": list(clock.binds),
        "limit": str(clock.limit),
        "starts": _occasions(clock.starts),
        "stops": _occasions(clock.stops),
        "extensions": [
            {
                "step": each.step,
                "by": str(each.by) if each.by is not None else None,
                "when": str(each.when),
            }
            for each in clock.extensions
        ],
        "on_lapse": _occasions(clock.on_lapse),
    }


def _panel(panel: Panel) -> Json:
    return _element(panel) | {
        "electorate": [
            {"actor": each.actor, "count": each.count, "when": str(each.when)}
            for each in panel.electorate
        ],
        "replies": list(panel.replies),
        "opens": _occasions(panel.opens),
        "closes": _occasions(panel.closes),
        "silence": [
            {"counts_as": each.counts_as, "when": str(each.when)} for each in panel.silence
        ],
    }


def _suspension(suspension: Suspension) -> Json:
    permits = suspension.permits
    return _element(suspension) | {
        "begins": _occasions(suspension.begins),
        "ends": _occasions(suspension.ends),
        "stops": [{"clock": each.clock, "when": str(each.when)} for each in suspension.stops],
        "permits": list(permits) if permits is not None else None,
    }


def _reading(reading: Reading) -> Json:
    return _element(reading) | {
        "ref": reading.ref,
        "options": [{"id": each.id, "label": _label(each.label)} for each in reading.options],
        "default": reading.default,
        "migration": reading.migration,
    }
