"""A small invented procedure that uses every kind of element, for tests to make mistakes in and to amend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from duecourse.errors import InvalidInput
from duecourse.model.layers import base_layer
from duecourse.model.read import interpret
from duecourse.model.source import parse

if TYPE_CHECKING:
    from duecourse.model.procedure import Procedure

LICENCE = """\
[procedure]
id = "licence"
label = { en = "Licence" }
text = { en = "An invented text" }
initial = "open"
measured_from = ["apply"]
calendar = "prc"

[[article]]
id = "1"
mark = "Q"
label = { en = "One article" }

[[actor]]
id = "office"
label = { en = "Office" }
cites = ["1"]

[[actor]]
id = "party"
label = { en = "Party" }

[[fact]]
id = "ready"
label = { en = "Ready" }
initial = false

[[fact]]
id = "rounds"
label = { en = "Rounds" }
range = [0, 2]
initial = 0

[[fact]]
id = "result"
label = { en = "Result" }
values = ["grant", "refuse"]
initial = "grant"

[[fact]]
id = "tries"
label = { en = "Tries" }
counter = true
initial = 0

[[definition]]
id = "complete"
label = { en = "Complete" }
means = "ready and rounds > 0"

[[stage]]
id = "open"
label = { en = "Open" }

[[stage]]
id = "closed"
label = { en = "Closed" }
final = true

[[step]]
id = "apply"
label = { en = "applies" }
actor = "party"
from = "open"
when = "not ready and tries < 3"
do = ["ready = true", "tries += 1"]

[[step]]
id = "decide"
label = { en = "decides" }
actor = "office"
from = "open"
to = "closed"
when = "complete and speed == slow and result == grant"

[[step]]
id = "vote_yes"
label = { en = "votes" }
actor = "office"
from = "open"
reply = { panel = "board", value = "yes" }

[[step]]
id = "wait"
label = { en = "waits" }
actor = "party"
from = "open"
when = "rounds < 2"
do = ["rounds += 1"]

[[panel]]
id = "board"
label = { en = "Board" }
electorate = [{ actor = "office", count = 3 }]
replies = ["yes"]
opens = "apply"
closes = "decide"

[[clock]]
id = "limit"
label = { en = "Limit" }
binds = "office"
limit = "10 working days"
starts = ["apply"]
stops = ["decide"]

[[suspension]]
id = "pause"
label = { en = "Pause" }
begins = "apply"
ends = "wait"
stops = ["limit"]

[[reading]]
id = "speed"
ref = "R1"
cites = ["1"]
question = { en = "How fast?" }
options = [{ id = "slow", label = { en = "slow" } }, { id = "fast", label = { en = "fast" } }]

[[outcome]]
id = "done"
label = { en = "Done" }
cites = ["1"]
by = "decide"

[[not_modelled]]
cites = ["1"]
reason = { en = "no reason" }
"""


def read(text: str) -> Procedure:
    return interpret(base_layer(parse(text.encode(), "licence.toml")))


def said(text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read(text)
    return str(caught.value).splitlines()
