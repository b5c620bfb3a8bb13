"""What the pages of a call ask for: which sheets of judges lay too far from another one, dossiers by call in order.

Of sheets handed in before, nobody knows how far apart they lay without their rubric: all are looked at once more.
"""

import sqlalchemy as sa
from alembic import op

revision = "000000000009"
down_revision = "000000000008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scoresheet", sa.Column("apart", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE scoresheet SET apart = 1 WHERE stage = 'judge' AND final_at IS NOT NULL")
    op.create_index("ix_scoresheet_apart", "scoresheet", ["version_id"], sqlite_where=sa.text("apart"))
    op.create_index("ix_dossier_rounds", "dossier", ["receiving_unit_id", "call_id", "track", "state", "filed"])
    op.create_index("ix_dossier_call_code", "dossier", ["call_id", "code"])


def downgrade() -> None:
    raise NotImplementedError("thidua only moves forward: restore a backup to go back")
