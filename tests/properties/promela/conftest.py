"""What these tests share: the monitor of a claim in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from duecourse.properties.claim import parse_claim
from duecourse.properties.derivatives import parts_of
from duecourse.properties.monitor import Monitor
from duecourse.properties.naming import expression

Monitored = Callable[[str], Monitor]


@pytest.fixture(scope="session")
def monitored() -> Monitored:
    def built(text: str) -> Monitor:
        claim = parse_claim(text)
        return Monitor(
            parts_of(claim.formula, "&"),
            tuple(expression(each, None, []) for each in claim.propositions),
            () if claim.twin is None else parts_of(claim.twin, "|"),
        )

    return built
