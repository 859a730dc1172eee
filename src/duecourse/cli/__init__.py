"""The command line: reads arguments, calls the library, prints what it returns, and decides the exit code.

Nothing else prints or exits. Data goes to standard output, progress and messages to standard error.
"""

from __future__ import annotations

import gc
import os
import sys
from copy import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typer import Typer

GARBAGE = 100_000
"""After how many new objects garbage is looked for: a command keeps most of what it makes, and ends soon."""


def main() -> None:
    """Run the command line; the exit code is 0 done, 1 findings, 2 invalid input, 3 inconclusive, 130 interrupted."""
    gc.set_threshold(GARBAGE, 20, 20)
    # no plugin of pydantic has a say here, and looking for one reads the notes of every installed package
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from duecourse.cli.app import app
    from duecourse.errors import InvalidInput

    try:
        _asked_for(app, sys.argv[1:2])(prog_name="duecourse")
    except InvalidInput as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    except BrokenPipeError:
        # the reader of a pipe went away: nobody is left to be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)
    finally:
        gc.freeze()  # else the interpreter goes through all that there is once more before it ends


def _asked_for(app: Typer, verb: list[str]) -> Typer:
    """Return the application with the verb that is asked for alone, for preparing the others takes time as well."""
    only = [
        each
        for each in app.registered_commands
        if [each.name or (each.callback and each.callback.__name__)] == verb
    ]
    if not only:
        return app
    one = copy(app)
    one.registered_commands, one.registered_groups = only, []
    return one
