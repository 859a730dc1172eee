from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

import duecourse
from duecourse import shipped as module
from duecourse.shipped import shipped

ROOT = Path(__file__).resolve().parents[1]
IMPORTED = Path(duecourse.__file__).resolve().parent
FOLDERS = ("model", "properties", "scenarios", "simulations")


def test_these_tests_import_the_tree_beside_them_or_else_the_installed_wheel() -> None:
    if (ROOT / "src").is_dir():
        assert ROOT / "src" / "duecourse" == IMPORTED
    else:
        assert Path(sysconfig.get_path("purelib")).resolve() / "duecourse" == IMPORTED


def test_in_a_checkout_the_regulation_is_the_root_and_in_a_wheel_it_lies_in_the_package() -> None:
    expected = ROOT if (ROOT / "src").is_dir() else IMPORTED / "_shipped"

    assert expected == Path(str(shipped()))


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_shipped_folder_holds_data(folder: str) -> None:
    names = [entry.name for entry in (shipped() / folder).iterdir()]

    assert any(name.endswith(".toml") for name in names), names


def test_neither_installed_with_its_regulation_nor_in_a_checkout_is_an_error_that_says_so(
    tmp_path: Path,
) -> None:
    stray = tmp_path / "lib" / "duecourse" / "shipped.py"

    with pytest.raises(
        FileNotFoundError, match=r"regulation .* is missing.*install duecourse again"
    ):
        module._checkout(stray)
