"""The command line: reads arguments, calls the library, prints what it returns, and decides the exit code.

Nothing else prints or exits. Data goes to standard output, progress and messages to standard error.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; the exit code is 0 done, 1 findings, 2 invalid input, 3 inconclusive, 130 interrupted."""
    from duecourse.cli.app import app
    from duecourse.errors import InvalidInput

    try:
        app(prog_name="duecourse")
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
