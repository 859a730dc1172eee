"""`report`: what it writes and where, and what it refuses before it simulates."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from duecourse.cli.simulation_report import reported
from duecourse.errors import InvalidInput
from duecourse.simulations.parquet import read

if TYPE_CHECKING:
    from pathlib import Path


def test_the_report_and_one_csv_and_one_parquet_file_for_each_figure_are_written(
    tmp_path: Path,
) -> None:
    output, data = tmp_path / "run.html", tmp_path / "numbers"

    written = list(reported("baseline-2022", 1, 5, 1, 1.25, "en", output, data))

    html = output.read_text(encoding="utf-8")
    assert written[0] == output
    assert set(written[1:]) == set(data.iterdir())
    for path in written[1::2]:
        assert path.stem == "flows" or f'id="figure-{path.stem}"' in html
        heads, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
        assert all(len(row) == len(heads) for row in rows)
        for row, same in zip(rows, read(path.with_suffix(".parquet")), strict=True):
            assert [each if isinstance(each, str | None) else float(each) for each in same] == [
                float(text) if isinstance(each, float) else text or None
                for text, each in zip(row, same, strict=True)
            ]
    assert "duecourse report baseline-2022 --replications 1 --seed 5 --years 1.25" in html
    assert str(tmp_path) not in html


@pytest.mark.parametrize(
    ("lang", "output", "data", "message"),
    [
        ("fr", "run.html", None, 'no language "fr"'),
        ("en", "none/run.html", None, "name a file in a folder that exists"),
        ("en", ".", None, "name a file in a folder that exists"),
        ("en", "run.html", "none/numbers", "name a folder in a folder that exists"),
        ("en", "run.html", "taken", "name a folder in a folder that exists"),
    ],
)
def test_a_place_or_language_that_cannot_be_used_is_refused(
    tmp_path: Path, lang: str, output: str, data: str | None, message: str
) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    folder = None if data is None else tmp_path / data

    with pytest.raises(InvalidInput, match=message):
        list(reported("baseline-2022", 1, 1, 1, 1.25, lang, tmp_path / output, folder))
    assert not (tmp_path / "run.html").exists()
