"""The small procedure of `duecourse new --project`, with its properties, and logs written for one test."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from duecourse.audit import audit
from duecourse.cli.begin import begun
from duecourse.model.library import load
from duecourse.model.names import names_in_reach
from duecourse.properties.property_file import load_properties

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.audit import Audit
    from duecourse.model.procedure import Procedure
    from duecourse.properties.property import Property

SAMPLE = Path(__file__).with_name("permits.csv")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    begun("permit", of="measures-2022", project=True)
    monkeypatch.chdir(tmp_path / "permit")
    return tmp_path / "permit"


@pytest.fixture
def permit(project: Path) -> Procedure:
    return load("permit", root=project)


@pytest.fixture
def claims(project: Path) -> tuple[Property, ...]:
    return load_properties(project, known=names_in_reach(project))


@pytest.fixture
def audited(
    permit: Procedure, claims: tuple[Property, ...], tmp_path: Path
) -> Callable[..., Audit]:
    """Return a function that audits a log given as text or bytes."""

    def run(log: str | bytes, **options: object) -> Audit:
        file = tmp_path / "log.csv"
        file.write_bytes(log.encode() if isinstance(log, str) else log)
        run_it = partial(audit, properties=claims)
        return run_it(file, permit, **options)  # type: ignore[arg-type]  # options by name

    return run
