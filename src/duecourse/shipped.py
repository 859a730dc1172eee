"""Where the regulation that comes with the library is found.

In a wheel it lies inside the package; in a checkout it is the folders at the root.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def shipped() -> Traversable:
    """Return the folder that holds model/, properties/, scenarios/ and simulations/.

    Raises:
        FileNotFoundError: duecourse is neither installed with its regulation nor run from a
            checkout.

    Example:
        >>> sorted(folder.name for folder in shipped().iterdir() if folder.name == "model")
        ['model']
    """
    packaged = files("duecourse") / "_shipped"
    return packaged if packaged.is_dir() else _checkout(Path(__file__))


def _checkout(module: Path) -> Path:
    """Return the root of the checkout in which this module lies."""
    root = module.resolve().parents[2]
    if not (root / "pyproject.toml").is_file():
        raise FileNotFoundError(
            f"the regulation that comes with duecourse is missing: there is no folder _shipped "
            f"beside {module}, and {root} is no checkout; install duecourse again"
        )
    return root
