"""Machine code of a function that allocates nothing and takes one address, to be kept in a file."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import llvmlite.binding
import numba.core.types

from duecourse.kernels.compiling import part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

llvm: Any = llvmlite.binding
types: Any = numba.core.types


def machine_code(function: Callable[[int], int]) -> tuple[str, bytes]:
    """Return the name of a compiled function and its machine code, for this processor.

    Raises:
        OSError: it calls what is not there.
    """
    parts: Any = part(function)
    with _remembered(parts.typingctx):
        parts.compile((types.CPointer(types.int64),))
    (made,) = parts.overloads.values()
    name, module = made.fndesc.llvm_func_name, made.library.whole()
    for each in module.functions:
        if not each.is_declaration:
            each.linkage = "external" if each.name == name else "internal"
        elif not each.name.startswith("llvm.") and llvm.address_of_symbol(each.name) is None:
            raise OSError(f"the compiled code calls {each.name}, which is not there")
    machine = made.library.codegen._tm  # noqa: SLF001  (numba has no other way)
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    # its loops are short: what would be gained by more than one turn at once is less than what compiling that costs
    tuning.loop_vectorization = tuning.slp_vectorization = tuning.loop_unrolling = False
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)
    return name, machine.emit_object(module)


@contextmanager
def _remembered(typing: Any) -> Iterator[None]:  # noqa: ANN401  (what numba knows of types)
    """Let numba look but once for what it calls for an operation on given types, and for what else there may be to call."""
    known: dict[tuple[int, ...], Any] = {}
    resolve = typing.resolve_function_type
    typing.refresh()

    def remembering(function: Any, args: tuple[Any, ...], kws: dict[str, Any]) -> Any:  # noqa: ANN401
        key = (id(function), *map(id, args))
        if kws or key not in known:
            found = resolve(function, args, kws)
            if kws or found is None:
                return found
            known[key] = found, function, args  # which must stay, for their places to name them
        return known[key][0]

    typing.resolve_function_type = remembering
    typing.refresh = lambda: None
    try:
        yield
    finally:
        del typing.resolve_function_type, typing.refresh
