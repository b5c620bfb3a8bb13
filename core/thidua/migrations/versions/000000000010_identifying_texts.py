"""Which of the texts that search shows say who somebody is.

Of what was kept before nobody knows: all of it counts as identifying until the worker has built the index anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "000000000010"
down_revision = "000000000009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("search_source", sa.Column("identifying", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE search_source SET identifying = 1")
    op.execute(
        "INSERT INTO outbox (key, kind, subject, details, due, tries, seq, leased_by, error) "
        "SELECT 'reindex:all', 'reindex', 'all', '{}', '2026-01-01 00:00:00.000000', 0, 1, '', '' "
        "WHERE EXISTS (SELECT 1 FROM search_source) "
        "AND NOT EXISTS (SELECT 1 FROM outbox WHERE key = 'reindex:all')"
    )


def downgrade() -> None:
    raise NotImplementedError("thidua only moves forward: restore a backup to go back")
