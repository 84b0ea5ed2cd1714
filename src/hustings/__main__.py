"""`python -m hustings` is the command line."""

from hustings.shell.cli import main

main()
