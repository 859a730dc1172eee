"""Model, verify, simulate and audit statutory review procedures."""

from duecourse.model.compile import compile_table
from duecourse.model.library import load
from duecourse.model.machine import CaseMachine

__all__ = ["CaseMachine", "compile_table", "load"]
__version__ = "0.1.0"
