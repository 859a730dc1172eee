"""Compiling with a cache on disk, and without one where the cache cannot be used."""

from __future__ import annotations

import warnings
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

from duecourse.kernels.parts import PartCompiler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_F = TypeVar("_F", bound="Callable[..., Any]")


class Compiled:
    """A compiled function that survives a cache which cannot be read or written.

    Args:
        make: returns the function, compiled with or without a cache on disk.
    """

    def __init__(self, make: Callable[[bool], Callable[..., Any]]) -> None:
        self.make = make
        self.ready: Callable[..., Any] | None = None
        self.sound = False

    def __call__(self, *arguments: Any) -> Any:  # noqa: ANN401  (what the compiled function takes and returns)
        """Call the function; the first call compiles it, or loads it from the cache."""
        if not self.sound or self.ready is None:
            self.prepare(*arguments)
        assert self.ready is not None
        return self.ready(*arguments)

    def prepare(self, *arguments: Any) -> None:  # noqa: ANN401
        """Compile the function for such arguments, or load it from the cache, without calling it."""
        try:
            self.ready = self.ready or self.make(True)  # noqa: FBT003
            _load(self.ready, arguments)
        except Exception as error:  # noqa: BLE001  (a broken cache breaks in whatever way its bytes make it)
            self.ready = self.make(False)  # noqa: FBT003
            _load(self.ready, arguments)  # an error that is not the cache's comes again here
            warnings.warn(
                f"the cache of compiled code cannot be used ({type(error).__name__}: {error}); "
                "compiled without it, which costs some seconds at every start; set NUMBA_CACHE_DIR to a folder that can be written",
                stacklevel=4,
            )
        self.sound = True


def _load(function: Any, arguments: tuple[Any, ...]) -> None:  # noqa: ANN401  (numba's dispatchers have no type)
    """Compile a function for arguments, or load it from the cache, without calling it."""
    function.compile(tuple(map(numba.typeof, arguments)))


def compiled(function: _F, *, cached: bool) -> _F:
    """Return a function compiled to machine code; while it runs other threads go on."""
    return cast("_F", numba.njit(cache=cached, nogil=True)(function))


def inlined(function: _F) -> _F:
    """Return a small function that compiled functions call; it is compiled into each of them."""
    return cast("_F", numba.njit(function))


# --- without memory of its own ------------------------------------------------------------------------
#
# What allocates nothing needs no count of who still uses an array. Counting costs more than all else that the engine
# does with arrays.

_BARE: dict[str, Any] = {"_nrt": False}
_PART: dict[str, Any] = {
    **_BARE,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": PartCompiler,
}


def whole(function: _F, *, cached: bool) -> _F:
    """Return a function compiled to machine code that allocates nothing; while it runs other threads go on."""
    return cast("_F", numba.njit(cache=cached, nogil=True, **_BARE)(function))


def part(function: _F) -> _F:
    """Return a small function that functions call which allocate nothing; Python cannot call it."""
    return cast("_F", numba.njit(**_PART)(function))


def placed(function: _F) -> _F:
    """Return a part that is compiled into the one place that calls it, however large it is."""
    return cast("_F", numba.njit(forceinline=True, **_PART)(function))


def shared(namespace: Mapping[str, Any], names: Iterable[str]) -> dict[str, Callable[..., Any]]:
    """Return plain functions compiled as they stand, those that call each other together; they allocate nothing.

    Args:
        namespace: the module that they stand in, by `vars`; what they name else is taken from there.
        names: the functions; the others of the module are not compiled.
    """
    scope = dict(namespace)
    for name in names:
        plain = namespace[name]
        scope[name] = numba.njit(**_PART)(FunctionType(plain.__code__, scope, name))
    return {name: scope[name] for name in names}
