"""prizes of results; every fact of a result stands as it was frozen."""

import sqlalchemy as sa
from alembic import op

revision = "000000000005"
down_revision = "000000000004"
branch_labels = None
depends_on = None

FROZEN = (
    "dossier_id, version_id, n, total, class_key, class_label, place, prize, prize_label, tie, calculation, "
    "rubric_sha256, frozen_by, frozen_at"
)


def upgrade() -> None:
    op.add_column("result", sa.Column("prize", sa.String(length=60), server_default="", nullable=False))
    op.add_column("result", sa.Column("prize_label", sa.String(length=200), server_default="", nullable=False))
    op.execute("DROP TRIGGER result_no_update")
    op.execute(
        f"CREATE TRIGGER result_no_update BEFORE UPDATE OF {FROZEN} ON result "
        "BEGIN SELECT RAISE(ABORT, 'result is append-only'); END"
    )
    for word in ("published", "reopened"):
        op.execute(
            f"CREATE TRIGGER result_{word}_once BEFORE UPDATE OF {word}_by, {word}_at ON result "
            f"WHEN OLD.{word}_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'result is append-only'); END"
        )


def downgrade() -> None:
    raise NotImplementedError("thidua only moves forward: restore a backup to go back")
