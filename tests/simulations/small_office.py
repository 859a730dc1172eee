"""A small office under the Measures: one class of cases, one desk, and what is done in the screening stage, as a test says."""

from __future__ import annotations

_SCENARIO = """
[scenario]
id = "alone"
label = {{ en = "Alone" }}
procedure = "{procedure}"
start = {start}
years = {years}

[[class]]
id = "{sort}"
label = {{ en = "The only class" }}
party = "{party}"
begins = {begins}

[[arrivals]]
id = "filings"
{arrivals} #!

[[pool]]
id = "desk"
label = {{ en = "Desk" }}
size = {size} #!

[[stage]]
id = "screening"

{activities}
"""

_DECLARED = ["write_declaration", "write_analysis", "attach_documents", "file"]

SORTS: dict[str, tuple[str, list[str]]] = {
    "listing": ("platform", ["platform_plans_listing", *_DECLARED]),
    "procurement": (
        "operator",
        [
            "operator_finds_risk",
            "bind_cooperation",
            "bind_data",
            "bind_control",
            "bind_supply",
            *_DECLARED,
        ],
    ),
}
"""The party that files a case of a class, and how it does."""

MANY = 10_000
"""So many members that no case ever waits for another: each is alone."""


def small_office(  # noqa: PLR0913  (settings with names)
    activities: str,
    *,
    start: str,
    years: float,
    arrivals: str,
    sort: str = "listing",
    size: int = MANY,
    procedure: str = "measures-2022",
) -> str:
    """Return the text of a scenario; `#!` stands for an assumption."""
    party, begins = SORTS[sort]
    text = _SCENARIO.format(
        procedure=procedure,
        start=start,
        years=years,
        sort=sort,
        party=party,
        begins=str(begins).replace("'", '"'),
        arrivals=arrivals,
        size=size,
        activities=activities.strip(),
    )
    return text.replace("#!", '\nassumption = "given by the test"')
