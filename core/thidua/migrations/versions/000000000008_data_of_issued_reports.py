"""what an issued report said, line by line, to compare the next one with."""

import sqlalchemy as sa
from alembic import op

revision = "000000000008"
down_revision = "000000000007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("issued_report", sa.Column("data", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    raise NotImplementedError("thidua only moves forward: restore a backup to go back")
