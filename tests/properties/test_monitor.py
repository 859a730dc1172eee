"""What a claim looks at is kept, also where nothing else reads it any more."""

from __future__ import annotations

import pytest
from tests.strategies import LABEL, read_tables

from duecourse.model.procedure import Label
from duecourse.properties.check import Verdict, check
from duecourse.properties.claim import parse_claim
from duecourse.properties.derivatives import parts_of
from duecourse.properties.monitor import Monitor
from duecourse.properties.naming import expression
from duecourse.properties.property import Kind, Property

VOTE = {
    "procedure": {
        "id": "vote",
        "label": LABEL,
        "text": LABEL,
        "initial": "open",
        "measured_from": ["ask"],
        "calendar": "prc",
    },
    "article": [{"id": "1", "label": LABEL, "mark": "Q"}],
    "actor": [{"id": each, "label": LABEL} for each in ("office", "member")],
    "stage": [
        {"id": "open", "label": LABEL},
        {"id": "over", "label": LABEL, "final": True},
    ],
    "panel": [
        {
            "id": "board",
            "label": LABEL,
            "electorate": [{"actor": "member", "count": 2}],
            "replies": ["yes", "no"],
            "opens": [{"step": "ask"}],
            "closes": [{"step": "decide"}],
        }
    ],
    "step": [
        {"id": "ask", "label": LABEL, "actor": "office", "from": "open"},
        *(
            {
                "id": f"say_{each}",
                "label": LABEL,
                "actor": "member",
                "from": "open",
                "reply": {"panel": "board", "value": each},
            }
            for each in ("yes", "no")
        ),
        {
            "id": "decide",
            "label": LABEL,
            "actor": "office",
            "from": "open",
            "when": "board.open",
            "to": "over",
        },
    ],
    "outcome": [{"id": "over", "label": LABEL, "by": ["decide"]}],
}


@pytest.mark.parametrize("what", ["decide", "closes board", "not opens board"])
def test_a_count_that_a_claim_compares_where_something_happens_is_not_forgotten(what: str) -> None:
    """Two members can say no, and no guard reads how many did."""
    claim = parse_claim(f"never ({what} and board.no == 2)")
    monitor = Monitor(
        parts_of(claim.formula, "&"),
        tuple(expression(each, None, []) for each in claim.propositions),
    )
    asked = Property(id="no", sentence=Label("no"), kind=Kind.ALWAYS, monitor=monitor)

    (found,) = check(read_tables(VOTE), [asked]).results

    assert found.verdict is Verdict.VIOLATED
