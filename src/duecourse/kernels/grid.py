"""Arrays without what the compiled engine does not need: an address and the lengths of the axes.

An array of numba carries strides, an owner and a count, and counts an index below 0 from the end: fifty instructions for
each element that is read, all of which have to be compiled. A grid reads an element in ten, and most of the time that the
engine takes to compile is the number of its instructions. Indices are not below 0; nothing here looks whether they are.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import llvmlite.ir
import numba.core.imputils
import numba.core.types
import numba.core.typing.templates
import numba.extending
import numba.np.numpy_support

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Typed = tuple[Any, Callable[..., Any]]

# numba has no types of its own, or such as say nothing
types: Any = numba.core.types
templates: Any = numba.core.typing.templates
extending: Any = numba.extending
lower_field: Any = numba.core.imputils.lower_getattr_generic
from_dtype: Any = numba.np.numpy_support.from_dtype
ir: Any = llvmlite.ir
signature = templates.signature

WRAPS = ("nsw",)
"""An index is a number of an element that there is, so that no sum or product overflows."""


class Grid(types.Type):  # type: ignore[misc]
    """The type of a grid of numbers.

    Args:
        dtype: of its numbers.
        ndim: how many axes it has, each with the rows of the next behind one another.
        title: what it is called; grids of different titles share no number, so that what is written into one of them
            leaves in a register what was read from another.
    """

    def __init__(self, dtype: Any, ndim: int, title: str) -> None:  # noqa: ANN401  (a type of numba)
        self.dtype, self.ndim, self.title = dtype, ndim, title
        super().__init__(name=f"Grid({dtype}, {ndim}, {title})")


class Given(types.Type):  # type: ignore[misc]
    """The type of a named tuple of arrays that stands at an address: read from there, it is a named tuple of grids.

    Args:
        like: such a named tuple.
        first: where it begins, in numbers from the address.
    """

    def __init__(self, like: Any, first: int) -> None:  # noqa: ANN401
        of: Any = type(like)
        self.fields: dict[str, tuple[int, Grid]] = {}
        for name, array in zip(of._fields, like, strict=True):
            grid = Grid(from_dtype(array.dtype), array.ndim, f"{of.__name__}.{name}")
            self.fields[name] = first, grid
            first += 1 + array.ndim
        self.end = first
        super().__init__(name=f"Given({of.__name__}, {self.end})")


class _GridModel(extending.models.StructModel):  # type: ignore[misc]
    """The address, then the lengths of the axes."""

    def __init__(self, manager: Any, grid: Grid) -> None:  # noqa: ANN401
        lengths = [(f"length{axis}", types.intp) for axis in range(grid.ndim)]
        super().__init__(manager, grid, [("data", types.CPointer(grid.dtype)), *lengths])


class _GivenModel(extending.models.StructModel):  # type: ignore[misc]
    """The address."""

    def __init__(self, manager: Any, given: Given) -> None:  # noqa: ANN401
        super().__init__(manager, given, [("data", types.CPointer(types.int64))])


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


class _Field(templates.AttributeTemplate):  # type: ignore[misc]
    key = Given

    def generic_resolve(self, given: Given, name: str) -> Any:  # noqa: ANN401
        return given.fields[name][1] if name in given.fields else None


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


def _apart(builder: Any, grid: Grid, instruction: Any) -> Any:  # noqa: ANN401
    """Return an instruction on a grid, marked as one that touches no other."""
    module = builder.module
    root = module.add_metadata(["grids"])
    kind = module.add_metadata([grid.title, root, ir.Constant(ir.IntType(64), 0)])
    instruction.set_metadata(
        "tbaa", module.add_metadata([kind, kind, ir.Constant(ir.IntType(64), 0)])
    )
    return instruction


def _get(context: Any, builder: Any, sig: Any, args: Sequence[Any]) -> Any:  # noqa: ANN401
    return _apart(builder, sig.args[0], builder.load(_address(context, builder, sig, args)))


def _set(context: Any, builder: Any, sig: Any, args: Sequence[Any]) -> Any:  # noqa: ANN401
    _apart(builder, sig.args[0], builder.store(args[2], _address(context, builder, sig, args)))
    return context.get_dummy_value()


def _length(_context: Any, builder: Any, _sig: Any, args: Sequence[Any]) -> Any:  # noqa: ANN401
    return builder.extract_value(args[0], 1)


def _shape(context: Any, builder: Any, grid: Grid, value: Any) -> Any:  # noqa: ANN401
    lengths = [builder.extract_value(value, 1 + axis) for axis in range(grid.ndim)]
    return context.make_tuple(builder, types.UniTuple(types.intp, grid.ndim), lengths)


def _number(builder: Any, address: Any, place: int) -> Any:  # noqa: ANN401
    """Return what stands at an address, so many numbers on; it stays the same."""
    index = ir.Constant(ir.IntType(64), place)
    found = builder.load(builder.gep(address, [index], inbounds=True))
    found.set_metadata("invariant.load", builder.module.add_metadata([]))
    return found


def _field(context: Any, builder: Any, given: Given, value: Any, name: str) -> Any:  # noqa: ANN401
    place, grid = given.fields[name]
    address = builder.extract_value(value, 0)
    data = context.get_value_type(types.CPointer(grid.dtype))
    found = builder.inttoptr(_number(builder, address, place), data)
    found = builder.insert_value(context.get_constant_undef(grid), found, 0)
    for axis in range(grid.ndim):
        length = _number(builder, address, place + 1 + axis)
        found = builder.insert_value(found, length, 1 + axis)
    return found


def given(*likes: Any) -> Any:  # noqa: ANN401  (a function for numba)
    """Return what reads, at an address, arguments like these: of a named tuple of arrays the grids, and whole numbers.

    There stand, one after the other, an array as its address and the lengths of its axes, and numbers as they are. Arrays lie
    in one piece, row by row, and have to stay alive.
    """
    kinds: list[Any] = []
    places, place = [], 0
    for like in likes:
        places.append(place)
        kinds.append(Given(like, place) if isinstance(like, tuple) else types.int64)
        place = kinds[-1].end if isinstance(like, tuple) else place + 1
    found = types.Tuple(kinds)

    def made(context: Any, builder: Any, _sig: Any, args: Sequence[Any]) -> Any:  # noqa: ANN401
        values = []
        for kind, place in zip(kinds, places, strict=True):
            if kind is types.int64:
                values.append(_number(builder, args[0], place))
            else:
                undefined = context.get_constant_undef(kind)
                values.append(builder.insert_value(undefined, args[0], 0))
        return context.make_tuple(builder, found, values)

    def taken(_: Any, address: Any) -> Typed:  # noqa: ANN401
        return found(address), made

    return extending.intrinsic(taken)


extending.register_model(Grid)(_GridModel)
extending.register_model(Given)(_GivenModel)
templates.infer_global(operator.getitem)(_Get)
templates.infer_global(operator.setitem)(_Set)
templates.infer_global(len)(_Length)
templates.infer_getattr(_Shape)
templates.infer_getattr(_Field)
extending.lower_builtin(operator.getitem, Grid, types.Any)(_get)
extending.lower_builtin(operator.setitem, Grid, types.Any, types.Any)(_set)
extending.lower_builtin(len, Grid)(_length)
extending.lower_getattr(Grid, "shape")(_shape)
lower_field(Given)(_field)
