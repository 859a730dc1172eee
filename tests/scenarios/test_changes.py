from __future__ import annotations

import pytest

from duecourse.errors import InvalidInput
from duecourse.model.source import parse
from duecourse.scenarios.changes import changed, moved, numbers
from duecourse.scenarios.library import open_file
from duecourse.scenarios.read import read_scenario

FILE = b"""
[scenario]
years = 3.0

[[pool]]
id = "desk"
size = 6

[[stage]]
id = "screening"

[[stage.activity]]
id = "look"
effort = { law = "lognormal", mean = 1.2 }
choose.listing = { yes = 0.2, no = 0.6, later = 0.2 }
closed = true

[[reply]]
panel = "opinions"
actor = "members"
silence = 0.1
values = [1, 2]
"""


def test_numbers_have_paths_in_the_order_of_the_file() -> None:
    assert numbers(parse(FILE, "f.toml")) == {
        "pool.desk.size": 6,
        "stage.screening.activity.look.effort.mean": 1.2,
        "stage.screening.activity.look.choose.listing.yes": 0.2,
        "stage.screening.activity.look.choose.listing.no": 0.6,
        "stage.screening.activity.look.choose.listing.later": 0.2,
        "reply.opinions.members.silence": 0.1,
    }


def test_a_change_leaves_the_file_as_it_was() -> None:
    source = parse(FILE, "f.toml")
    other = changed(source, {"pool.desk.size": 7, "reply.opinions.members.silence": 0.2})

    assert numbers(other)["pool.desk.size"] == 7
    assert numbers(other)["reply.opinions.members.silence"] == 0.2
    assert numbers(source)["pool.desk.size"] == 6


def test_the_other_shares_keep_their_proportions() -> None:
    """0.2, 0.6, 0.2 with 0.6 for the first: 0.3 and 0.1 remain for 3 : 1."""
    prefix = "stage.screening.activity.look.choose.listing."
    found = numbers(changed(parse(FILE, "f.toml"), {f"{prefix}yes": 0.6}))

    assert found[f"{prefix}no"] == pytest.approx(0.3)
    assert found[f"{prefix}later"] == pytest.approx(0.1)


def test_a_number_that_is_not_there_gets_the_nearest_name() -> None:
    with pytest.raises(
        InvalidInput, match=r'no number "pool\.dsk\.size"; did you mean "pool\.desk'
    ):
        changed(parse(FILE, "f.toml"), {"pool.dsk.size": 7})


def test_what_a_fifth_more_and_less_is() -> None:
    assert (moved("pool.desk.size", 6, 0.2), moved("pool.desk.size", 6, -0.2)) == (7, 5)
    assert (moved("pool.desk.size", 1, 0.2), moved("pool.desk.size", 1, -0.2)) == (2, 1)
    assert moved("arrivals.filings.per_year", 300, 0.2) == 360
    assert moved("stage.a.activity.b.probability", 0.9, 0.2) == 1.0
    assert moved("stage.a.activity.b.effort.mean", 0.9, 0.2) == pytest.approx(1.08)


def test_a_changed_scenario_is_read_and_checked_as_the_file_is() -> None:
    source = open_file("baseline-2022")
    found = read_scenario(changed(source, {"arrivals.filings.per_year": 150}))

    assert found.arrivals[0].per_year == 150
    with pytest.raises(InvalidInput, match="greater than or equal to 1"):
        read_scenario(changed(source, {"pool.desk.size": 0}))
