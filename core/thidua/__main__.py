"""``python -m thidua`` is ``thidua``."""

from thidua.cli import main

main()
