"""`python -m duecourse` is the command line."""

from duecourse.cli import main

main()
