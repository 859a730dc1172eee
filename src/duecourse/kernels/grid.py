"""Arrays without what the compiled engine does not need: an address and the lengths of the axes.

An array of numba carries strides, an owner and a count, and counts an index below 0 from the end: fifty instructions for
each element that is read, all of which have to be compiled. A grid reads an element in ten, and most of the time that the
engine takes to compile is the number of its instructions. Indices are not below 0; nothing here looks whether they are.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numba.core.cgutils
import numba.core.types
import numba.core.typing.templates
import numba.extending

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Typed = tuple[Any, Callable[..., Any]]

# numba has no types of its own, or such as say nothing
types: Any = numba.core.types
templates: Any = numba.core.typing.templates
extending: Any = numba.extending
unpack_tuple: Any = numba.core.cgutils.unpack_tuple
signature = templates.signature

WRAPS = ("nsw",)
"""An index is a number of an element that there is, so that no sum or product overflows."""


class Grid(types.Type):  # type: ignore[misc]
    """The type of a grid of numbers.

    Args:
        dtype: of its numbers.
        ndim: how many axes it has, each with the rows of the next behind one another.
    """

    def __init__(self, dtype: Any, ndim: int) -> None:  # noqa: ANN401  (a type of numba)
        self.dtype, self.ndim = dtype, ndim
        super().__init__(name=f"Grid({dtype}, {ndim})")


class _Model(extending.models.StructModel):  # type: ignore[misc]
    """The address, then the lengths of the axes."""

    def __init__(self, manager: Any, grid: Grid) -> None:  # noqa: ANN401
        lengths = [(f"length{axis}", types.intp) for axis in range(grid.ndim)]
        super().__init__(manager, grid, [("data", types.CPointer(grid.dtype)), *lengths])


# --- what may be done with a grid ---------------------------------------------------------------------


class _Get(templates.AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Sequence[Any], _: Any) -> Any:  # noqa: ANN401
        grid, index = args
        return signature(grid.dtype, grid, index) if isinstance(grid, Grid) else None


class _Set(templates.AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Sequence[Any], _: Any) -> Any:  # noqa: ANN401
        grid, index, _value = args
        return signature(types.none, grid, index, grid.dtype) if isinstance(grid, Grid) else None


class _Length(templates.AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Sequence[Any], _: Any) -> Any:  # noqa: ANN401
        return signature(types.intp, *args) if isinstance(args[0], Grid) else None


class _Shape(templates.AttributeTemplate):  # type: ignore[misc]
    key = Grid

    def resolve_shape(self, grid: Grid) -> Any:  # noqa: ANN401
        return types.UniTuple(types.intp, grid.ndim)


# --- how it is done -----------------------------------------------------------------------------------


def _address(context: Any, builder: Any, sig: Any, args: Sequence[Any]) -> Any:  # noqa: ANN401
    """Return the address of an element."""
    index = sig.args[1]
    kinds, values = [index], [args[1]]
    if isinstance(index, types.BaseTuple):
        kinds = list(index)
        values = [builder.extract_value(args[1], axis) for axis in range(len(kinds))]
    place = None
    for axis, (kind, value) in enumerate(zip(kinds, values, strict=True)):
        wide = context.cast(builder, value, kind, types.intp)
        if place is None:
            place = wide
        else:
            rows = builder.mul(place, builder.extract_value(args[0], 1 + axis), flags=WRAPS)
            place = builder.add(rows, wide, flags=WRAPS)
    return builder.gep(builder.extract_value(args[0], 0), [place], inbounds=True)


def _get(context: Any, builder: Any, sig: Any, args: Sequence[Any]) -> Any:  # noqa: ANN401
    return builder.load(_address(context, builder, sig, args))


def _set(context: Any, builder: Any, sig: Any, args: Sequence[Any]) -> Any:  # noqa: ANN401
    builder.store(args[2], _address(context, builder, sig, args))
    return context.get_dummy_value()


def _length(_context: Any, builder: Any, _sig: Any, args: Sequence[Any]) -> Any:  # noqa: ANN401
    return builder.extract_value(args[0], 1)


def _shape(context: Any, builder: Any, grid: Grid, value: Any) -> Any:  # noqa: ANN401
    lengths = [builder.extract_value(value, 1 + axis) for axis in range(grid.ndim)]
    return context.make_tuple(builder, types.UniTuple(types.intp, grid.ndim), lengths)


def _grids(_: Any, arrays: Any) -> Typed:  # noqa: ANN401
    """Return a named tuple of arrays that lie in one piece, row by row, as one of grids; the arrays have to stay alive."""
    kinds = [Grid(each.dtype, each.ndim) for each in arrays.types]
    assert all(each.layout == "C" for each in arrays.types)
    found = types.NamedTuple(kinds, arrays.instance_class)

    def made(context: Any, builder: Any, _sig: Any, args: Sequence[Any]) -> Any:  # noqa: ANN401
        values = []
        for number, (kind, array) in enumerate(zip(kinds, arrays.types, strict=True)):
            each = builder.extract_value(args[0], number)
            given = context.make_array(array)(context, builder, value=each)
            value = builder.insert_value(context.get_constant_undef(kind), given.data, 0)
            lengths = unpack_tuple(builder, given.shape, kind.ndim)
            for axis, length in enumerate(lengths):
                value = builder.insert_value(value, length, 1 + axis)
            values.append(value)
        return context.make_tuple(builder, found, values)

    return found(arrays), made


extending.register_model(Grid)(_Model)
templates.infer_global(operator.getitem)(_Get)
templates.infer_global(operator.setitem)(_Set)
templates.infer_global(len)(_Length)
templates.infer_getattr(_Shape)
extending.lower_builtin(operator.getitem, Grid, types.Any)(_get)
extending.lower_builtin(operator.setitem, Grid, types.Any, types.Any)(_set)
extending.lower_builtin(len, Grid)(_length)
extending.lower_getattr(Grid, "shape")(_shape)
grids: Any = extending.intrinsic(_grids)
"""`grids(arrays)` is a named tuple of arrays that lie in one piece, row by row, as one of grids."""
