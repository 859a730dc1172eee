"""The replications of one run in a store: commit, find, check, export, delete."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import file_digest, sha256
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn

from duecourse.errors import InvalidInput
from duecourse.simulations.cases import EVENT_SCHEMA, case_columns, case_schema
from duecourse.simulations.durable import committed, removed, sealed, unsealed
from duecourse.simulations.gather import estimates
from duecourse.simulations.measure import Sample
from duecourse.simulations.parquet import join, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.estimate import Estimate
    from duecourse.simulations.log import Log

What = Literal["events", "cases"]

TABLES: tuple[What, ...] = ("events", "cases")
RECORD = "record.json"
KEY = re.compile(r"[0-9a-f]{64}")
NUMBER = re.compile(r"\d{6,}")


@dataclass(frozen=True)
class Kept:
    """The replications of one scenario with one seed.

    Attributes:
        folder: where they are; its name is the key of the inputs.
    """

    NOTE: ClassVar = "inputs.json"

    folder: Path

    @property
    def key(self) -> str:
        """The hash of the inputs."""
        return self.folder.name

    @property
    def note(self) -> Path:
        """The file that says what the inputs are."""
        return self.folder / self.NOTE

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """What a person calls the inputs: scenario, procedure, seed and so on.

        Raises:
            InvalidInput: the file is damaged.
        """
        return self.checked_note()

    def checked_note(self) -> Mapping[str, Any]:
        """Return what a person calls the inputs, after the note of the inputs was held against the key.

        Raises:
            InvalidInput: the file is damaged.
        """
        found = unsealed(self.note)
        if found is None or sha256(found["inputs"].encode()).hexdigest() != self.key:
            self._damaged(self.note)
        about: Mapping[str, Any] = found["about"]
        return about

    def numbers(self) -> tuple[int, ...]:
        """Return which replications are kept, in order."""
        return tuple(
            sorted(int(each.name) for each in self.folder.iterdir() if NUMBER.fullmatch(each.name))
        )

    def commit(self, log: Log, scenario: Scenario, sample: Sample) -> None:
        """Keep a replication; it is kept whole or not at all, and once.

        Raises:
            InvalidInput: it cannot be written.
        """
        place = self._place(log.replication)
        try:
            with committed(place) as part:
                write(part / "events.parquet", EVENT_SCHEMA, log.columns())
                write(part / "cases.parquet", case_schema(scenario), case_columns(log, scenario))
                record = {
                    "replication": log.replication,
                    "files": {
                        f"{each}.parquet": _hash(part / f"{each}.parquet") for each in TABLES
                    },
                    "sample": {
                        each.name: _listed(getattr(sample, each.name)) for each in fields(sample)
                    },
                }
                (part / RECORD).write_text(sealed(record), encoding="utf-8")
        except OSError as error:
            raise InvalidInput(f"cannot keep {place}: {error.strerror or error}") from None

    def sample(self, number: int) -> Sample | None:
        """Return the indicators of a replication, after all of its files were held against their SHA-256.

        Returns:
            None where the replication is not kept.

        Raises:
            InvalidInput: a file is damaged; it is named.
        """
        place = self._place(number)
        if not place.is_dir():
            return None
        record = self._record(place, number)
        for name, expected in record["files"].items():
            if not (place / name).is_file() or _hash(place / name) != expected:
                self._damaged(place / name, number)
        values: dict[str, Any] = {name: _frozen(each) for name, each in record["sample"].items()}
        return Sample(**values)

    def estimates(self, level: float = 0.95) -> dict[str, Estimate]:
        """Return every indicator over the replications that are kept, by name, after all files were checked.

        Raises:
            InvalidInput: a file is damaged; it is named.
        """
        found = [sample for number in self.numbers() if (sample := self.sample(number)) is not None]
        return estimates(found, level) if found else {}

    def export(self, to: Path, what: What, numbers: Sequence[int]) -> None:
        """Write the events or the cases of replications, in the order given, as one `.parquet` or `.csv` file.

        Raises:
            InvalidInput: one is not kept or damaged, or the file cannot be written.
        """
        for number in numbers:
            if self.sample(number) is None:
                raise InvalidInput(f"{self.key[:12]} holds no replication {number}")
        join([self._place(number) / f"{what}.parquet" for number in numbers], to)

    def delete(self, number: int | None = None) -> None:
        """Remove one replication, or the whole run.

        Raises:
            InvalidInput: there is none, or it cannot be removed.
        """
        place = self.folder if number is None else self._place(number)
        try:
            removed(place)
        except FileNotFoundError:
            raise InvalidInput(f"{self.key[:12]} holds no replication {number}") from None
        except OSError as error:
            raise InvalidInput(f"cannot remove {place}: {error.strerror or error}") from None

    def _place(self, number: int) -> Path:
        return self.folder / f"{number:06}"

    def _record(self, place: Path, number: int) -> dict[str, Any]:
        record = unsealed(place / RECORD)
        if record is None or record["replication"] != number:
            self._damaged(place / RECORD, number)
        return record

    def _damaged(self, file: Path, number: int | None = None) -> NoReturn:
        store = self.folder.parent
        which = "" if number is None else f" --replication {number}"
        raise InvalidInput(
            f"{file} is damaged: it is not what was written, by its SHA-256; nothing of it was used; "
            f"type `duecourse runs delete {store} {self.key[:12]}{which}` and run the same command again: "
            f"only what was removed is made anew"
        )


def is_key(name: str) -> bool:
    """Return whether a folder of a store is that of a run, by its name."""
    return KEY.fullmatch(name) is not None


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _listed(value: object) -> object:
    """Return what a sample has as a JSON value: lists for its series."""
    if isinstance(value, dict):
        return {name: _listed(each) for name, each in value.items()}
    return list(value) if isinstance(value, array) else value


def _frozen(value: object) -> object:
    """Return a JSON value with tuples for lists, as a sample has them."""
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    if isinstance(value, dict):
        return {name: _frozen(each) for name, each in value.items()}
    return value
