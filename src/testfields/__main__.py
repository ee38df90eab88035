"""``python -m testfields``."""

from testfields.cli import main

main()
