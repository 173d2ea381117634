"""Who wants their system's file by DM every week or month. It goes with the account's link, by whatever door."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "backups",
        sa.Column(
            "user_id",
            sa.Integer(),
            sa.ForeignKey("accounts.user_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("every", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("failed_at", sa.BigInteger()),
    )
    op.create_index("ix_backups_due_at", "backups", ["due_at"])
