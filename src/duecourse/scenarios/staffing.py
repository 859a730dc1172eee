"""Whether the staff of a scenario can do the work that it is asked to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.errors import Problem
    from duecourse.model.layers import Entry
    from duecourse.scenarios.scenario import Activity, Scenario


def staffing_problems(
    scenario: Scenario, entries: Mapping[str, Sequence[Entry]]
) -> Iterator[Problem]:
    """Yield what no pool will ever be able to do: a team greater than the members who have the skill.

    Args:
        scenario: the values.
        entries: the tables of the activities of each stage, in order.
    """
    for stage, activities in scenario.behaviours.items():
        if len(activities) == len(
            entries.get(stage, ())
        ):  # else one of them is ill-formed, and told already
            for activity, entry in zip(activities, entries[stage], strict=True):
                yield from _activity(scenario, activity, entry)


def _activity(scenario: Scenario, activity: Activity, entry: Entry) -> Iterator[Problem]:
    work = activity.work
    pool = next((each for each in scenario.pools if work and each.id == work.pool), None)
    if work is None or pool is None:
        return
    for skill in sorted(set(work.skill.values())):
        most = sum(group.most for group in pool.groups if group.able(skill))
        if most < work.team:
            who = f'members of "{pool.id}"' + (f' with the skill "{skill}"' if skill else "")
            rule = f"needs {work.team}; the work would never begin"
            key = "skill" if skill else "team" if work.team > 1 else "work"
            yield entry.problem(
                "staff", f"there are never more than {most} {who}, and it {rule}", key
            )
