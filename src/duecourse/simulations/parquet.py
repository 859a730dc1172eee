"""Tables as Parquet and CSV, the same bytes for the same rows: the only module that imports `duckdb`.

A table is columns of Python values; its schema gives the SQL type of each column, in order. What does not apply (an
empty word, None, what is not a number) is NULL in Parquet and empty in CSV.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import duckdb
    import numpy as np

    Schema = Mapping[str, str]

INTEGER, DOUBLE, VARCHAR, DATE, BOOLEAN = "INTEGER", "DOUBLE", "VARCHAR", "DATE", "BOOLEAN"

SUFFIXES = (".parquet", ".csv")

MEMORY = "256MB"
"""The most that DuckDB takes; rows go from file to file in blocks, so that their number does not matter."""

ROWS = 10_000
"""So many rows are read at a time."""


def write(path: Path, schema: Schema, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write a table as one Parquet file.

    Raises:
        InvalidInput: it cannot be written there.
    """
    given = {name: _array(columns[name], kind) for name, kind in schema.items()}
    selected = ", ".join(f"{_taken(name, kind)} AS {_name(name)}" for name, kind in schema.items())
    with _connection() as connection:
        connection.register("given", given)
        copied = f"COPY (SELECT {selected} FROM given) TO {_text(path)} (FORMAT parquet, COMPRESSION zstd)"
        _run(connection, copied, path)


def join(parts: Sequence[Path], to: Path) -> None:
    """Write the rows of Parquet files with one schema, in the order given, into one `.parquet` or `.csv` file.

    In CSV, numbers that are not whole have five decimals, and yes and no are 1 and 0.

    Raises:
        InvalidInput: `to` has another suffix, or cannot be written.
    """
    suffix = written_as(to)
    files = ", ".join(map(_text, parts))
    neighbour = to.with_name(f".{to.name}.part")
    with _connection() as connection:
        source = f"read_parquet([{files}])"
        _run(connection, f"DESCRIBE SELECT * FROM {source}", to)
        columns = [(name, kind) for name, kind, *_ in connection.fetchall()]
        selected, form = "*", "FORMAT parquet, COMPRESSION zstd"
        if suffix == ".csv":
            selected = ", ".join(f"{_shown(*each)} AS {_name(each[0])}" for each in columns)
            form = "FORMAT csv, HEADER"
        copied = f"COPY (SELECT {selected} FROM {source}) TO {_text(neighbour)} ({form})"
        try:
            _run(connection, copied, to)
            neighbour.replace(to)
        except OSError as error:
            raise InvalidInput(f"cannot write {to}: {error.strerror or error}") from None
        finally:
            neighbour.unlink(missing_ok=True)


def read(path: Path, of: Iterable[str] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a Parquet file: all columns, or some.

    Raises:
        InvalidInput: it cannot be read.
    """
    selected = ", ".join(map(_name, of)) or "*"
    with _connection() as connection:
        _run(connection, f"SELECT {selected} FROM read_parquet({_text(path)})", path)
        while rows := connection.fetchmany(ROWS):
            yield from rows


def written_as(path: Path) -> str:
    """Return the suffix of a file, which says how it is written.

    Raises:
        InvalidInput: it is neither `.parquet` nor `.csv`.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidInput(f"cannot write {path}: its name ends neither in .parquet nor in .csv")
    return suffix


def _connection() -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """Return a database in memory; one thread, so that rows keep their order and files their bytes."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": MEMORY,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    return duckdb.connect(":memory:", config=settings)


def _run(connection: duckdb.DuckDBPyConnection, statement: str, path: Path) -> None:
    import duckdb

    try:
        connection.execute(statement)
    except (duckdb.Error, OSError) as error:
        verb = "write" if statement.startswith("COPY") else "read"
        reason = str(error).splitlines()[0]
        raise InvalidInput(f"cannot {verb} {path}: {reason}") from None


def _array(values: Sequence[Any], kind: str) -> np.ndarray[Any, Any]:
    import numpy as np

    if kind in {VARCHAR, DATE}:
        found = np.empty(len(values), dtype=object)
        found[:] = values
        return found
    if kind == BOOLEAN:
        return np.array(values, dtype=np.bool_)
    return np.array(values, dtype=np.float64)  # None becomes what is not a number


def _taken(name: str, kind: str) -> str:
    column = _name(name)
    if kind in {VARCHAR, DATE}:
        column = f"nullif(CAST({column} AS VARCHAR), '')"
    elif kind != BOOLEAN:
        column = f"CASE WHEN isnan({column}) THEN NULL ELSE {column} END"
    return f"CAST({column} AS {kind})"


def _shown(name: str, kind: str) -> str:
    column = _name(name)
    if kind == DOUBLE:
        return f"format('{{:.5f}}', {column})"
    return f"CAST({column} AS INTEGER)" if kind == BOOLEAN else column


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
