"""How functions are compiled that only compiled functions call: into the caller, and not by themselves.

numba makes machine code of every function, and optimises it each time that another one takes it in; nobody runs the code of
a part, and what it is compiled into is optimised as a whole in the end.
"""

from __future__ import annotations

from typing import Any

import numba.core.codegen
import numba.core.compiler
import numba.core.compiler_machinery
import numba.core.lowering
import numba.core.typed_passes
import numba.core.untyped_passes

# numba has no types of its own, or such as say nothing
codegens: Any = numba.core.codegen
compilers: Any = numba.core.compiler
lowering: Any = numba.core.lowering
machinery: Any = numba.core.compiler_machinery
typed: Any = numba.core.typed_passes
untyped: Any = numba.core.untyped_passes


class _NoObjects:
    """A code generator that hands no Python objects to the code: a part has none."""

    def __init__(self, codegen: Any) -> None:  # noqa: ANN401
        self._codegen = codegen

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._codegen, name)

    def set_env(self, name: str, env: Any) -> None:  # noqa: ANN401
        """Do nothing."""


class _PartLibrary(codegens.JITCodeLibrary):  # type: ignore[misc]
    """The code of a part, from which no machine code is made."""

    @property
    def codegen(self) -> _NoObjects:
        """The code generator."""
        return _NoObjects(self._codegen)

    def get_pointer_to_function(self, name: str) -> int:  # noqa: ARG002  (as numba has it)
        """Return that there is nothing that could be called."""
        return 0

    def _optimize_functions(self, module: Any) -> None:  # noqa: ANN401
        module.data_layout = self._codegen._data_layout  # noqa: SLF001

    def finalize(self) -> None:
        """Leave the parts that this one calls where they are."""
        self._finalized = True

    def whole(self) -> Any:  # noqa: ANN401  (a module of LLVM)
        """Return the code of this part and of all that it calls."""
        code = self._final_module.clone()
        seen, left = {self}, list(self._linking_libraries)
        for each in left:
            if each in seen:
                continue
            seen.add(each)
            own = isinstance(each, _PartLibrary)
            left += each._linking_libraries if own else ()  # noqa: SLF001  (numba has no other way)
            more = each._final_module if own else each._get_module_for_linking()  # noqa: SLF001
            code.link_in(more, preserve=True)
        return code

    def _get_module_for_linking(self) -> Any:  # noqa: ANN401
        """Return the same for a function that is no part."""
        code = self.whole()
        for each in code.functions:
            if not each.is_declaration:
                each.linkage = "linkonce_odr"
        return code


class _Lower(lowering.Lower):  # type: ignore[misc]
    """Writes a part for LLVM. Nothing in it is counted, so that no variable has to be looked after when it gets a new value."""

    def decref(self, typ: Any, value: Any) -> None:  # noqa: ANN401
        """Do nothing."""

    def storevar(self, value: Any, name: str, argidx: int | None = None) -> None:  # noqa: ANN401, ARG002  (as numba has it)
        """Store a value in a variable."""
        self._alloca_var(name, self.typeof(name))
        if name in self._singly_assigned_vars:
            self._blk_local_varmap[name] = value
        else:
            self.builder.store(value, self.getvar(name))


@machinery.register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(typed.BaseNativeLowering):  # type: ignore[misc]
    _name = "part_lowering"

    @property
    def lowering_class(self) -> type[_Lower]:
        """What writes a part for LLVM."""
        return _Lower


_PASSES = (
    untyped.TranslateByteCode,
    untyped.FixupArgs,
    untyped.IRProcessing,
    untyped.GenericRewrites,
    untyped.ReconstructSSA,
    typed.NopythonTypeInference,
    typed.PreLowerStripPhis,
    _Lowering,
    typed.NoPythonBackend,
)
"""Of numba's own passes those that a part needs: no closures in it, no generators, nothing that numba writes anew."""


class PartCompiler(compilers.CompilerBase):  # type: ignore[misc]
    """numba's own passes, with such a library."""

    def define_pipelines(self) -> list[Any]:
        """Return the passes."""
        state, library = self.state, _PartLibrary
        state.library = library(state.targetctx.codegen(), state.func_id.func_qualname)
        manager = machinery.PassManager("part")
        manager._ENFORCING = False  # noqa: SLF001  (numba looks whether its own passes keep its rules)
        for each in _PASSES:
            manager.add_pass(each, "part")
        manager.finalize()
        return [manager]
