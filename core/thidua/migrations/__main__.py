"""``python -m thidua.migrations "what changed"``: write the next revision."""

import sys

from thidua.migrations import write_revision

write_revision(" ".join(sys.argv[1:]))
