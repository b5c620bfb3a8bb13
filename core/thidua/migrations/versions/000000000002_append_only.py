"""What is submitted and what is logged is never changed or deleted: the database itself refuses."""

from alembic import op

revision = "000000000002"
down_revision = "000000000001"
branch_labels = None
depends_on = None

TABLES = ("event", "version", "version_file", "definition", "attachment_revision")
FROZEN = {  # of these tables some columns may still change
    "definition": "sha256, slug, edition, track, json",
    "version": "dossier_id, n, submission_id, definition_sha256, content, sha256, submitted_at",
}


def upgrade() -> None:
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            columns = f" OF {FROZEN[table]}" if verb == "UPDATE" and table in FROZEN else ""
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb}{columns} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def downgrade() -> None:
    raise NotImplementedError("thidua only moves forward: restore a backup to go back")
