"""fingerprints of standing texts."""

import sqlalchemy as sa
from alembic import op

revision = "000000000004"
down_revision = "000000000003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "standing_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_standing_text_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_standing_text_sha256_blob")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_standing_text_version_id_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_text")),
        sa.UniqueConstraint("dossier_id", "field", "n", name=op.f("uq_standing_text_dossier_id_field_n")),
    )
    with op.batch_alter_table("standing_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_text_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_standing_text_version_id"), ["version_id"], unique=False)
    op.create_table(
        "fingerprint",
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["text_id"],
            ["standing_text.id"],
            name=op.f("fk_fingerprint_text_id_standing_text"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hash", "text_id", name=op.f("pk_fingerprint")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("fingerprint", schema=None) as batch_op:
        batch_op.create_index("ix_fingerprint_text", ["text_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("thidua only moves forward: restore a backup to go back")
