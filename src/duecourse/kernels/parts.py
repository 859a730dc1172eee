"""How functions are compiled that only compiled functions call: into the caller, and not by themselves.

numba makes machine code of every function, and optimises it each time that another one takes it in; nobody runs the code of
a part, and what it is compiled into is optimised as a whole in the end.
"""

from __future__ import annotations

from typing import Any

import numba.core.codegen
import numba.core.compiler

# numba has no types of its own, or such as say nothing
codegens: Any = numba.core.codegen
compilers: Any = numba.core.compiler


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

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class PartCompiler(compilers.CompilerBase):  # type: ignore[misc]
    """numba's own passes, with such a library."""

    def define_pipelines(self) -> list[Any]:
        """Return the passes."""
        state, library = self.state, _PartLibrary
        state.library = library(state.targetctx.codegen(), state.func_id.func_qualname)
        return [compilers.DefaultPassBuilder.define_nopython_pipeline(state)]
