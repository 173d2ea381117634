"""Where a system's events are sent, and those that wait to be."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    for name in ("webhook_url", "webhook_token"):
        op.add_column("systems", sa.Column(name, sa.String()))
    op.create_table(
        "dispatch_outbox",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dispatch_outbox_system", "dispatch_outbox", ["system_id", "id"])
