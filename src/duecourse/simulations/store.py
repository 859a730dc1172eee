"""Where finished replications are kept, so that a run that is killed loses none of them.

```
STORE/duecourse-store.json          what the folder is
STORE/KEY/inputs.json               on what the replications below depend; KEY is the hash of it
STORE/KEY/000007/events.parquet     the log of replication 7
STORE/KEY/000007/cases.parquet      the same as one row for each case
STORE/KEY/000007/record.json        its indicators, and the SHA-256 of both tables and of itself
```

A replication is written into a folder with a name of its own, synced to the disk, and given its number by one rename,
which either happens or does not. So whatever carries a number is whole, whenever and however many processes are killed;
two that do the same at once give the same, and the later one is dropped. What a disk spoils afterwards is found by the
SHA-256 before anything of the replication is used.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from shutil import rmtree
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput
from duecourse.simulations.durable import PART, made, replaced, sealed
from duecourse.simulations.inputs import inputs
from duecourse.simulations.kept import Kept, is_key

if TYPE_CHECKING:
    from pathlib import Path

    from duecourse.scenarios.scenario import Scenario

SCHEMA = "duecourse/store/1"
MARKER = "duecourse-store.json"
TEXT = json.dumps({"schema": SCHEMA}) + "\n"

STALE = 3600.0
"""Seconds after which what was left half-written is taken for that of a killed process: writing takes a few."""


@dataclass(frozen=True)
class Store:
    """A folder of replications.

    Attributes:
        folder: its place; every process that works for a run must see it there.
    """

    folder: Path

    def opened(self, *, make: bool = False) -> Store:
        """Return the store after a look at its folder.

        Args:
            make: begin a store where there is no folder, or an empty one.

        Raises:
            InvalidInput: the folder is none of a store, or cannot be used.
        """
        marker = self.folder / MARKER
        try:
            if not marker.is_file():
                if not make:
                    raise InvalidInput(f"{self.folder} is no store; `simulate --store` makes one")
                self.folder.mkdir(parents=True, exist_ok=True)
                self._refuse_files()
                replaced(marker, TEXT)
            self._refuse_others(marker)
            self._sweep()
        except OSError as error:
            raise _unusable(self.folder, error) from None
        return self

    def run(self, scenario: Scenario, seed: int) -> Kept:
        """Return the replications of a scenario with a seed, of which there may be none yet.

        Raises:
            InvalidInput: the store cannot be used, or its note of the inputs is damaged.
        """
        if not (self.folder / MARKER).is_file():
            raise InvalidInput(
                f"{self.folder} is no store here; every worker must see it at this place"
            )
        given = inputs(scenario, seed)
        kept = Kept(self.folder / given.key)
        try:
            kept.folder.mkdir(exist_ok=True)
            if kept.note.exists():
                kept.checked_note()
            else:
                replaced(kept.note, sealed({"about": given.about, "inputs": given.text}))
                made(self.folder)
        except OSError as error:
            raise _unusable(self.folder, error) from None
        return kept

    def runs(self) -> tuple[Kept, ...]:
        """Return what is kept, by key."""
        found = sorted(each for each in self.folder.iterdir() if is_key(each.name))
        return tuple(Kept(each) for each in found if (each / Kept.NOTE).is_file())

    def named(self, name: str) -> Kept:
        """Return the run whose key begins so, or the only one of a scenario of this id.

        Raises:
            InvalidInput: there is none, or there are several.
        """
        runs = self.runs()
        found = [run for run in runs if name and run.key.startswith(name)]
        found = found or [run for run in runs if run.about["scenario"] == name]
        if len(found) != 1:
            which = ", ".join(
                f"{each.key[:12]} ({each.about['scenario']})" for each in found or runs
            )
            many = "several runs are" if found else "no run is"
            raise InvalidInput(
                f'{many} called "{name[:80]}" in {self.folder}; known: {which or "none"}'
            )
        return found[0]

    def _refuse_files(self) -> None:
        """Refuse a folder with files of somebody else; another process may just be making it a store."""
        ours = (PART, MARKER)
        if not all(
            each.name.startswith(ours) or is_key(each.name) for each in self.folder.iterdir()
        ):
            raise InvalidInput(
                f"{self.folder} holds other files; name an empty or a new folder as the store"
            )

    def _refuse_others(self, marker: Path) -> None:
        try:
            schema = json.loads(marker.read_text(encoding="utf-8"))["schema"]
        except (ValueError, KeyError, TypeError):
            raise InvalidInput(f"{marker} is damaged; write {TEXT.strip()} into it") from None
        if schema != SCHEMA:
            raise InvalidInput(f"{marker} names {schema}; this version reads {SCHEMA}")

    def _sweep(self) -> None:
        """Remove what killed processes left half-written."""
        for left in (*self.folder.glob(f"{PART}*"), *self.folder.glob(f"*/{PART}*")):
            with suppress(FileNotFoundError):  # another process may be the one that removes it
                if time.time() - left.stat().st_mtime > STALE:
                    if left.is_dir():
                        rmtree(left)
                    else:
                        left.unlink()


def _unusable(folder: Path, error: OSError) -> InvalidInput:
    reason = error.strerror or os.strerror(error.errno or 0)
    return InvalidInput(f"cannot use the store {folder}: {reason}")
