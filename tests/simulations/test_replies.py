"""How members reply: alternatives for the shared propensity, opinions that persist, members who work in line."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from duecourse.errors import InvalidInput
from duecourse.kernels.chance import Z_MOST, Z_PARTS
from duecourse.model.source import parse
from duecourse.scenarios.law import logit_normal_table
from duecourse.scenarios.read import read_scenario
from duecourse.shipped import shipped
from duecourse.simulations import replicate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duecourse.scenarios import Scenario

REVIEW = """
[[arrivals]]
id = "files"
per_year = {per_year}
shares = {{ file = 1.0 }}
#!

[[stage]]
id = "office"

[[stage.activity]]
id = "asking"
take = "consult"

[[stage]]
id = "asked"

[[stage.activity]]
id = "replies"
panel = "board"
take = "decide"

[[reply]]
panel = "board"
actor = "experts"
{reply}
support = "yes"
#!
"""


def review(reply: str, per_year: float = 500) -> str:
    return REVIEW.format(reply=reply, per_year=per_year)


def test_a_logit_normal_propensity_has_the_mean_that_was_asked_for() -> None:
    """Against adaptive quadrature of the definition with the centre that the table has at z = 0."""
    for mean, sigma in ((0.02, 1.5), (0.5, 3.0), (0.93, 0.4)):
        table = logit_normal_table(mean, sigma)
        middle = table[round(Z_MOST * Z_PARTS)]
        centre = math.log(middle / (1 - middle))
        found = quad(lambda z: norm.pdf(z) * expit(centre + sigma * z), -12, 12, limit=400)[0]  # noqa: B023
        assert found == pytest.approx(mean, abs=1e-9)
        assert all(a < b for a, b in pairwise(table))


def test_objections_under_a_logit_normal_propensity(office: Callable[..., Scenario]) -> None:
    """No objection among 13 has probability E (1 - p)^13 by quadrature; about 2,500 cases, 5 standard deviations.

    Independent members of the same mean would give (1 - 0.1)^13 = 0.254: far outside.
    """
    reply = (
        'latency = { law = "deterministic", value = 1 }\n'
        'objection = { mean = 0.1, sigma = 2.0, counts_as = "no" }'
    )
    table = logit_normal_table(0.1, 2.0)
    middle = table[round(Z_MOST * Z_PARTS)]
    centre = math.log(middle / (1 - middle))
    none = quad(lambda z: norm.pdf(z) * (1 - expit(centre + 2 * z)) ** 13, -12, 12, limit=400)[0]
    log = replicate(office(review(reply, 2_500)), seed=6)
    objections = {e.case: 0 for e in log.events if e.step == "decide"}
    for event in log.events:
        if event.step == "object" and event.case in objections:
            objections[event.case] += 1
    share = sum(not each for each in objections.values()) / len(objections)

    assert abs(share - none) < 5 * math.sqrt(none * (1 - none) / len(objections))
    assert none > 0.4


def test_a_member_answers_one_proposal_after_the_other(
    office: Callable[..., Scenario], tmp_path: Path
) -> None:
    """3 proposals on day 0 and one on day 5, each 2 days of work and 0.5 days to send: 2.5, 4.5, 6.5; then 6 to 8, 8.5."""
    days = ["2021-01-04"] * 3 + ["2021-01-11"]
    rows = ["date,class", *(f"{day},file" for day in days)]
    (tmp_path / "cases.csv").write_text("\n".join(rows), encoding="utf-8")
    reply = (
        'effort = { law = "deterministic", value = 2 }\nlatency = { law = "deterministic", value = 0.5 }\n'
        'objection = { mean = 0.0, counts_as = "no" }'
    )
    tables = review(reply).replace(
        "per_year = 500\nshares = { file = 1.0 }", 'replay = { file = "cases.csv" }'
    )
    log = replicate(office(tables))
    found = defaultdict(set)
    for event in log.events:
        if event.step == "agree":
            found[event.case].add(event.time)

    assert dict(found) == {0: {2.5}, 1: {4.5}, 2: {6.5}, 3: {8.5}}


def test_members_without_an_effort_answer_all_at_once(office: Callable[..., Scenario]) -> None:
    reply = 'latency = { law = "deterministic", value = 2 }\nobjection = { mean = 0.0, counts_as = "no" }'
    log = replicate(office(review(reply)))
    asked = {e.case: e.time for e in log.events if e.step == "consult"}

    assert all(e.time == asked[e.case] + 2 for e in log.events if e.step == "agree")


def test_correlation_and_sigma_together_are_refused(office: Callable[..., Scenario]) -> None:
    reply = (
        'latency = { law = "deterministic", value = 1 }\n'
        'objection = { mean = 0.1, sigma = 2.0, correlation = 0.3, counts_as = "no" }'
    )
    with pytest.raises(InvalidInput, match="both say how cases differ; write one"):
        office(review(reply))


def second_rounds(scenario: Scenario) -> dict[tuple[int, str], list[bool]]:
    """Whether each member objected, in each round of a case that had two."""
    value = {each.id: each.reply.value for each in scenario.procedure.steps if each.reply}
    found = defaultdict(list)
    for number in range(2):
        for event in replicate(scenario, seed=3, replication=number).events:
            if event.event == "step" and event.step in value:
                case = 1_000_000 * number + event.case
                found[case, event.subject].append(value[event.step] == "object")
    return {key: rounds for key, rounds in found.items() if len(rounds) == 2}


def test_who_objected_in_the_first_round_objects_again_with_the_given_probability() -> None:
    """Second rounds under the Measures of 2022, where members object independently with probability 0.2.

    Each share within 5 standard deviations: again 0.9 with persistence and 0.2 without, anew 0.2 in both.
    """
    text = (shipped() / "scenarios" / "baseline-2022.toml").read_text(encoding="utf-8")
    for old in (
        "mean = { ex_officio = 0.05, otherwise = 0.02 }, correlation = 0.3",
        "mean = 0.03, correlation = 0.3",
    ):
        assert old in text
        text = text.replace(old, "mean = 0.2, correlation = 0.0")
    for persistence, again in ((None, 0.2), (0.9, 0.9)):
        more = "" if persistence is None else f", persistence = {persistence}"
        changed = text.replace("correlation = 0.0", f"correlation = 0.0{more}")
        scenario = read_scenario(parse(changed.encode(), "s.toml")).staffed(special_team=60)
        rounds = list(second_rounds(scenario).values())
        for first, expected in ((True, again), (False, 0.2)):
            second = [each[1] for each in rounds if each[0] is first]
            share = sum(second) / len(second)
            assert len(second) > 300
            assert abs(share - expected) < 5 * math.sqrt(expected * (1 - expected) / len(second))
