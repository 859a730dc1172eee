"""Columns as a table of pandas or Arrow, for whoever has them installed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    import pandas as pd
    import pyarrow as pa

    Columns = Mapping[str, Sequence[Any]]


def to_pandas(columns: Columns) -> pd.DataFrame:
    """Return columns as a table of pandas.

    Raises:
        InvalidInput: pandas is not installed.
    """
    return _installed("pandas").DataFrame(dict(columns))


def to_arrow(columns: Columns) -> pa.Table:
    """Return columns as a table of Arrow.

    Raises:
        InvalidInput: pyarrow is not installed.
    """
    return _installed("pyarrow").table(dict(columns))


def _installed(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError:
        raise InvalidInput(
            f"this needs {name}, which is not installed: pip install {name}; "
            "or write Parquet with `simulate --log`, which any of them reads"
        ) from None
