"""A small procedure with one of everything, to be changed in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from tests.strategies import read_tables

if TYPE_CHECKING:
    from duecourse.model.procedure import Procedure

LABEL = {"en": "small"}


def small(**changes: object) -> Procedure:
    """apply -> examined, where ask/answer stop the 5 days and grant or refuse end it."""
    tables: dict[str, Any] = {
        "procedure": {
            "id": "small",
            "label": LABEL,
            "text": LABEL,
            "initial": "before",
            "measured_from": ["apply"],
            "calendar": "prc",
        },
        "article": [{"id": "1", "label": LABEL, "mark": "Q"}],
        "actor": [{"id": each, "label": LABEL} for each in ("party", "office", "members", "law")],
        "stage": [
            {"id": "before", "label": LABEL},
            {"id": "examined", "label": LABEL},
            {"id": "granted", "label": LABEL, "final": True},
            {"id": "refused", "label": LABEL, "final": True},
        ],
        "fact": [
            {"id": "asked", "label": LABEL, "initial": False},
            {"id": "prolonged", "label": LABEL, "initial": False},
        ],
        "reading": [],
        "panel": [
            {
                "id": "board",
                "label": LABEL,
                "electorate": [{"actor": "members", "count": 2}],
                "replies": ["yes", "no"],
                "opens": ["apply"],
                "closes": ["refuse"],
            }
        ],
        "suspension": [
            {
                "id": "pause",
                "label": LABEL,
                "begins": ["ask"],
                "ends": ["answer"],
                "stops": ["limit"],
            }
        ],
        "step": [
            {"id": "apply", "label": LABEL, "actor": "party", "from": "before", "to": "examined"},
            {
                "id": "ask",
                "label": LABEL,
                "actor": "office",
                "from": "examined",
                "when": "not asked and not pause.active",
                "do": ["asked = true"],
            },
            {
                "id": "answer",
                "label": LABEL,
                "actor": "party",
                "from": "examined",
                "when": "pause.active",
            },
            {
                "id": "agree",
                "label": LABEL,
                "actor": "members",
                "from": "examined",
                "reply": {"panel": "board", "value": "yes"},
            },
            {
                "id": "disagree",
                "label": LABEL,
                "actor": "members",
                "from": "examined",
                "reply": {"panel": "board", "value": "no"},
            },
            {
                "id": "prolong",
                "label": LABEL,
                "actor": "office",
                "from": "examined",
                "when": "asked and not prolonged",
                "do": ["prolonged = true"],
            },
            {
                "id": "grant",
                "label": LABEL,
                "actor": "office",
                "from": "examined",
                "to": "granted",
                "when": "board.yes == 2",
            },
            {
                "id": "refuse",
                "label": LABEL,
                "actor": "office",
                "from": "examined",
                "to": "refused",
            },
        ],
        "clock": [
            {
                "id": "limit",
                "label": LABEL,
                "binds": "office",
                "limit": "5 working days",
                "starts": ["apply"],
                "stops": ["grant", "refuse"],
                "extensions": [{"step": "prolong", "by": "3 working days"}],
            }
        ],
        "outcome": [
            {"id": "yes", "label": LABEL, "by": "grant"},
            {"id": "no", "label": LABEL, "by": "refuse"},
        ],
    }
    for key, change in changes.items():
        kind, _, name = key.partition("__")
        for table in tables[kind]:
            if table["id"] == name:
                table.update(cast("dict[str, Any]", change))
    return read_tables(tables)
