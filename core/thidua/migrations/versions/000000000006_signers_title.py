"""the title of who signs a tờ trình."""

import sqlalchemy as sa
from alembic import op

revision = "000000000006"
down_revision = "000000000005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What every tờ trình said so far.
    title = sa.Column("signer_title", sa.String(length=100), server_default="Hiệu trưởng", nullable=False)
    op.add_column("submission", title)


def downgrade() -> None:
    raise NotImplementedError("thidua only moves forward: restore a backup to go back")
