"""`runs`: what a store of replications holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from duecourse.cli.files import one_of
from duecourse.errors import InvalidInput
from duecourse.report.store_text import run_text, runs_text
from duecourse.simulations.kept import TABLES
from duecourse.simulations.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from duecourse.simulations.kept import Kept, What

FORMATS = ("text", "json")


def listed(folder: Path, format_: str) -> str:
    """Return the runs in a store.

    Raises:
        InvalidInput: there is no store there, or the note of a run is damaged.
    """
    one_of("format", format_, FORMATS)
    found = Store(folder).opened().runs()
    if format_ == "json":
        return _json({"schema": "duecourse/runs/1", "runs": [_about(each) for each in found]})
    return runs_text(found)


def shown(folder: Path, name: str, format_: str) -> str:
    """Return the indicators of a run, every file of which was checked.

    Raises:
        InvalidInput: there is no such run, or a file of it is damaged.
    """
    one_of("format", format_, FORMATS)
    kept = Store(folder).opened().named(name)
    estimates = kept.estimates()
    if format_ == "json":
        values = {name: each.to_dict() for name, each in estimates.items()}
        return _json({"schema": "duecourse/run/1", **_about(kept), "estimates": values})
    return run_text(kept, estimates)


def exported(folder: Path, name: str, table: str, output: Path) -> str:
    """Write a table of a run, and return what was done.

    Raises:
        InvalidInput: there is no such run or table, a file of it is damaged, or the file cannot be written.
    """
    one_of("table", table, TABLES)
    what: What = "cases" if table == "cases" else "events"
    if not output.parent.is_dir() or output.is_dir():
        raise InvalidInput(f"cannot write {output}: name a file in a folder that exists")
    kept = Store(folder).opened().named(name)
    numbers = kept.numbers()
    if not numbers:
        raise InvalidInput(f"{kept.key[:12]} holds no replication yet; run its simulation again")
    kept.export(output, what, numbers)
    return f"wrote {output}: {what} of {len(numbers)} replications"


def deleted(folder: Path, name: str, replication: int | None) -> str:
    """Remove a run or a replication, and return what was done.

    Raises:
        InvalidInput: there is none.
    """
    kept = Store(folder).opened().named(name)
    kept.delete(replication)
    which = "" if replication is None else f", replication {replication}"
    return f"removed {kept.key[:12]}{which}"


def _about(kept: Kept) -> dict[str, Any]:
    return {"key": kept.key, **kept.about, "replications": list(kept.numbers())}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
