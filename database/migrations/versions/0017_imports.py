"""What an import brought and changed, for undoing it; fronts as spans; custom fronts, archived and nested.

Nothing that is there is rewritten: a million switches are not touched. `import_id` refers by number alone, since a
reference would need an index on every switch; the numbers of imports are never given twice. An older Rollcall that runs
on knows none of the columns, each of which may be left out.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

LISTED = """
CREATE TRIGGER feed_members_listed AFTER UPDATE OF is_custom_front, is_archived ON members
FOR EACH ROW WHEN NOT EXISTS (SELECT 1 FROM feed_mute)
BEGIN INSERT INTO feed (user_id, system_id) VALUES (NULL, NEW.system_id); END
"""


def upgrade() -> None:
    for table, name in (
        ("members", "is_custom_front"),
        ("members", "is_archived"),
        ("switches", "hides_private"),
    ):
        op.add_column(table, sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("0")))
    for table in ("members", "groups", "switches"):
        op.add_column(table, sa.Column("import_id", sa.Integer()))
    # SQLite takes a reference with a new column, which Alembic would rebuild the table for.
    op.execute("ALTER TABLE groups ADD COLUMN parent_id INTEGER REFERENCES groups (id) ON DELETE SET NULL")
    op.create_index("ix_groups_parent_id", "groups", ["parent_id"])
    op.execute(LISTED)
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), primary_key=True),
        reference("system_id", "systems"),
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("exported_at", sa.BigInteger()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("fronts_now", sa.Boolean(), nullable=False, server_default=sa.text("0")),
        sa.Column("counts", sa.String(), nullable=False, server_default="{}"),
        sa.Column("archive_hash", sa.LargeBinary()),
        sa.Column("archive_bytes", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("undo", sa.LargeBinary()),
        sa.Column("archive", sa.LargeBinary()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_imports_system_id", "imports", ["system_id"])
    op.create_index("ix_imports_undoable", "imports", ["at"], sqlite_where=sa.text("undo IS NOT NULL"))
    op.create_table(
        "import_sources",
        reference("import_id", "imports", primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("source", sa.String()),
        reference("member_id", "members", nullable=True),
        reference("group_id", "groups", nullable=True),
        sqlite_with_rowid=False,
    )
    for name in ("member_id", "group_id"):
        op.create_index(f"ix_import_sources_{name}", "import_sources", [name])
    op.create_table(
        "front_spans",
        sa.Column("id", sa.Integer(), primary_key=True),
        reference("import_id", "imports"),
        reference("member_id", "members"),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger()),
        sa.Column("status", sa.String()),
        sa.Column("source", sa.String()),
    )
    op.create_index("ix_front_spans_import", "front_spans", ["import_id", "start"])
    op.create_index("ix_front_spans_member_id", "front_spans", ["member_id"])


def reference(name: str, table: str, nullable: bool = False, **options: bool) -> sa.Column:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=nullable, **options)
