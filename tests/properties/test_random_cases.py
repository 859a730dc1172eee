"""Random cases find what exhaustive search finds, on the same model (seed fixed by the `ci` profile)."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import duecourse as dc
from duecourse.properties.random_cases import ViolatedPropertyError, case_machine

SETTINGS = settings(
    max_examples=60,
    stateful_step_count=160,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=[Phase.generate],  # shrinking takes a minute and proves nothing more
    database=None,
)


@pytest.mark.slow
@pytest.mark.parametrize("examples", [10, pytest.param(25, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", ["measures-2020", "measures-2022", "trial-2017"])
def test_no_random_case_of_a_shipped_text_violates_a_property(name: str, examples: int) -> None:
    """Ten cases: of five amendments that break a property, eight cases find four, and 25 not the fifth either."""
    procedure = dc.load(name)
    lawful = [
        each
        for each in dc.load_properties()
        if each.concerns(procedure) and each.expected(procedure) != "violated"
    ]
    machine = case_machine(procedure, lawful)

    run_state_machine_as_test(machine, settings=settings(SETTINGS, max_examples=examples))


@pytest.mark.parametrize("name", ["no-commission-2020", "no-commission-2022"])
def test_a_random_case_finds_the_bypass_of_the_commission(name: str) -> None:
    flagship = [each for each in dc.load_properties() if each.id in {"s9_law", "s9_literal"}]
    machine = case_machine(dc.load(name), flagship)

    with pytest.raises(ViolatedPropertyError, match=r"s9_(law|literal) is violated"):
        run_state_machine_as_test(machine, settings=SETTINGS)
