"""Until when the record of a deleted message is kept, and what a bot that is killed while it proxies leaves undone."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def snowflake(name: str, **options: object) -> sa.Column:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, **options)


def upgrade() -> None:
    # No batch: a table of millions would be written anew.
    op.add_column("messages", sa.Column("forget_at", sa.BigInteger()))
    op.create_index("ix_messages_forget_at", "messages", ["forget_at"], sqlite_where=sa.text("forget_at IS NOT NULL"))
    op.create_table(
        "unfinished_proxies",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(snowflake(name) for name in ("original_id", "replaced_id", "sender_id", "channel_id", "guild_id")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("member_id", "mark", "parts")),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded", sa.Boolean(), nullable=False, server_default=sa.text("0")),
    )
