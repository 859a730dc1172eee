"""Compiled functions that start at once: machine code from a file, without the compiler that made it.

Loading numba and what it knows of numpy takes longer than most simulations. A function that takes one address needs neither:
its arguments stand there as numbers, an array as its address and the lengths of its axes. Its machine code is kept in a file,
beside the package or where `NUMBA_CACHE_DIR` says; only where there is no such file is numba loaded, and the function compiled.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
import warnings
from contextlib import suppress
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import llvmlite.binding
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

llvm: Any = llvmlite.binding
"""It has no types of its own."""

_HERE = Path(__file__).resolve().parent


class Native:
    """A compiled function of arrays and whole numbers.

    Args:
        module: the module that has it, by the name `run`, as a function of one address.
        likes: arguments like those that it takes: named tuples of arrays, and whole numbers.
    """

    def __init__(self, module: str, *likes: Any) -> None:  # noqa: ANN401
        self.module, self.likes = module, likes
        self.kinds = [
            [(array.dtype, array.ndim) for array in like] if isinstance(like, tuple) else []
            for like in likes
        ]
        self.ready: Callable[..., int] | None = None
        self._code: Any = None

    def __call__(self, *arguments: Any) -> int:  # noqa: ANN401
        """Call the function; the first call loads it, or compiles it; while it runs other threads go on."""
        return self.caller()(*arguments)

    def caller(self) -> Caller:
        """Return what calls the function several times."""
        return Caller(self)

    def call(self, numbers: Any) -> int:  # noqa: ANN401  (an array)
        """Call the function with what it finds at its address."""
        if self.ready is None:
            self.prepare()
        assert self.ready is not None
        found, error = ctypes.c_int64(0), ctypes.c_void_p(None)
        status = self.ready(ctypes.byref(found), ctypes.byref(error), numbers.ctypes.data)
        if status:
            raise ArithmeticError(f"{self.module}: what numba does not compute ({status})")
        return found.value

    def prepare(self) -> None:
        """Load the function, or compile it, without calling it."""
        if self.ready is not None:
            return
        try:
            name, code = self._read(self._file())
        except (OSError, ValueError) as error:
            name, code = self._compiled()
            self._keep(name, code, None if isinstance(error, FileNotFoundError) else error)
        self._code, address = _loaded(name, code)
        kind = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
        self.ready = kind(address)

    def cold(self) -> bool:
        """Return whether the function would have to be compiled: it is not in the cache."""
        if self.ready is None:
            try:
                self._read(self._file())
            except (OSError, ValueError):
                return True
        return False

    def _compiled(self) -> tuple[str, bytes]:
        """Return the name of the function and its machine code, made now."""
        from duecourse.kernels.machine_code import machine_code

        return machine_code(import_module(self.module).run)

    def _keep(self, name: str, code: bytes, wrong: Exception | None) -> None:
        """Keep the machine code, and tell what is wrong with the place where it is kept, if something is."""
        told = "" if wrong is None else f"{type(wrong).__name__}: {wrong}"
        message = (
            f"the compiled code that was kept cannot be used ({told}); compiled anew, which costs some seconds"
            if told
            else ""
        )
        try:
            self._write(self._file(), name, code)
        except OSError as error:
            message = (
                f"the cache of compiled code cannot be used ({told or f'{type(error).__name__}: {error}'}); "
                "compiled without it, which costs some seconds at every start; "
                "set NUMBA_CACHE_DIR to a folder that can be written"
            )
        if message:
            warnings.warn(message, stacklevel=4)

    def _file(self) -> Path:
        """Return where the machine code is kept: one file for each kind of processor."""
        processor = f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"
        mark = sha256(processor.encode()).hexdigest()[:8]
        return _folder() / f"{self.module}.{sys.implementation.cache_tag}-{mark}.native"

    def _read(self, file: Path) -> tuple[str, bytes]:
        """Return the name of the function and its machine code.

        Raises:
            OSError: it cannot be read; FileNotFoundError where there is none that is made from the text as it stands.
            ValueError: a byte of it is not as it was written.
        """
        stamp = _stamp()
        head, _, code = file.read_bytes().partition(b"\n")
        words = head.decode("ascii", "replace").split()
        if len(words) == 3 and words[0] != stamp:  # noqa: PLR2004
            raise FileNotFoundError
        if words[::2] != [stamp, sha256(code).hexdigest()]:
            raise ValueError(f"{file.name} is damaged")
        return words[1], code

    @staticmethod
    def _write(file: Path, name: str, code: bytes) -> None:
        """Keep the machine code, whole or not at all."""
        file.parent.mkdir(parents=True, exist_ok=True)
        head = f"{_stamp()} {name} {sha256(code).hexdigest()}\n".encode("ascii")
        number, part = tempfile.mkstemp(dir=file.parent)
        try:
            with os.fdopen(number, "wb") as out:
                out.write(head + code)
            Path(part).chmod(0o644)  # beside the package it serves whoever may read that
            Path(part).replace(file)
        except OSError:
            with suppress(OSError):
                Path(part).unlink()
            raise


class Caller:
    """Calls a function; arguments that are those of the last call are not looked at again.

    Args:
        native: the function.
    """

    def __init__(self, native: Native) -> None:
        self._native = native
        self._last: list[Any] = [None] * len(native.kinds)
        self._places = [
            *accumulate(
                (sum(1 + ndim for _, ndim in each) or 1 for each in native.kinds), initial=0
            )
        ]
        self._numbers = np.zeros(self._places[-1], np.int64)

    def __call__(self, *arguments: Any) -> int:  # noqa: ANN401
        """Call the function."""
        for number, argument in enumerate(arguments):
            if argument is not self._last[number]:
                first, last = self._places[number : number + 2]
                self._numbers[first:last] = [*_numbers(argument, self._native.kinds[number])]
                self._last[number] = argument
        return self._native.call(self._numbers)


def _numbers(argument: Any, kinds: Sequence[tuple[Any, int]]) -> Iterator[int]:  # noqa: ANN401
    """Yield what a function finds of an argument: the address and the lengths of each array, or a number as it is."""
    if not isinstance(argument, tuple):
        yield argument
        return
    for array, kind in zip(argument, kinds, strict=True):
        assert (array.dtype, array.ndim) == kind
        assert array.flags.c_contiguous
        yield array.ctypes.data
        yield from array.shape


def _folder() -> Path:
    """Return where machine code is kept: in the folder named, beside the modules, or in the user's own."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    if named:
        return Path(named)
    beside = _HERE / "__pycache__"
    if not os.access(beside if beside.is_dir() else _HERE, os.W_OK):
        with suppress(RuntimeError):  # there may be no home
            return Path.home() / ".cache" / "duecourse"
    return beside


def _stamp() -> str:
    """Return what changes with all that machine code is made from."""
    digest = sha256(f"{version('numba')} {version('llvmlite')}".encode())
    for file in sorted(_HERE.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _loaded(name: str, code: bytes) -> tuple[Any, int]:
    """Return machine code made ready to run, and the address of the function in it."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_triple(llvm.get_process_triple())
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target.create_target_machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine, engine.get_function_address(name)
