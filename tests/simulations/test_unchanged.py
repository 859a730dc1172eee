"""What was simulated before stays what it was: the logs of the baselines, byte for byte."""

from __future__ import annotations

import io
from hashlib import sha256

import pytest

from duecourse.scenarios import load_scenario
from duecourse.simulations import replicate

BEFORE = {
    ("baseline-2022", ()): "83678a573a231a5d3722e5028247aec333edb59642dcc73b16b5bc9f66f8ded3",
    ("baseline-2020", ()): "fdcea6d82d3453536e27f7efebc1025b99df99a5569841a5715d0da715f78edf",
    (
        "baseline-2022",
        (("silence", "agreement"), ("no_decision", "deemed_review")),
    ): "6e600738ac53fae8f57ed15370de8e35b64d4b463171c5b503a0d710a9bc0171",
}
"""SHA-256 of the log of replication 0 with seed 11, as the engine gave it before it knew schedules, groups and weights."""


@pytest.mark.parametrize(("name", "readings"), BEFORE)
def test_where_nothing_new_is_asked_for_the_log_is_that_of_before(
    name: str, readings: tuple[tuple[str, str], ...]
) -> None:
    out = io.StringIO()
    replicate(load_scenario(name, readings=dict(readings)), seed=11).write_csv(out)

    assert sha256(out.getvalue().encode()).hexdigest() == BEFORE[name, readings]
