"""A small study of everything that a report tells: short runs, few replications."""

from __future__ import annotations

import pytest

from duecourse.cli.demo import CORE
from duecourse.model.library import load
from duecourse.properties.bounds import bounds
from duecourse.properties.check import check
from duecourse.properties.property_file import load_properties
from duecourse.report.spread import spread
from duecourse.report.study import Study, read_input
from duecourse.scenarios import load_scenario
from duecourse.shipped import shipped
from duecourse.simulations import compare, replicate

TEXTS = ("trial-2017", "measures-2020", "measures-2022")
SEED = 11


def simulated() -> Study:
    """Return the study, computed anew."""
    root = shipped()
    properties = [each for each in load_properties(root) if each.id in CORE]
    checks = tuple(check(load(name, root=root), properties) for name in TEXTS)
    bypass = check(load("no-commission-2022", root=root), properties)
    a, b = (
        load_scenario(name, root=root).lasting(1.2, 0.2)
        for name in ("baseline-2020", "baseline-2022")
    )
    logs = [[replicate(each, seed=SEED, replication=at) for at in range(2)] for each in (a, b)]
    return Study(
        checks=checks,
        bypass=bypass,
        bounds=(bounds(a.procedure), bounds(b.procedure)),
        comparison=compare(a, b, replications=3, seed=SEED),
        spreads=(spread(a, logs[0]), spread(b, logs[1])),
        inputs=tuple(
            read_input(root, name)
            for name in ("model/measures-2022.toml", "scenarios/baseline-2022.toml")
        ),
    )


@pytest.fixture(scope="session")
def study() -> Study:
    return simulated()
