"""Indexes in the order in which an office's dossiers are counted and a school's are listed."""

from __future__ import annotations

from alembic import op

revision = "000000000007"
down_revision = "000000000006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_dossier_receiving_groups", "dossier")
    op.create_index(
        "ix_dossier_custody", "dossier", ["receiving_unit_id", "owner_unit_id", "state", "call_id", "filed"]
    )
    op.create_index("ix_dossier_owner_state", "dossier", ["owner_unit_id", "state", "changed_at"])


def downgrade() -> None:
    raise NotImplementedError("thidua only moves forward: restore a backup to go back")
