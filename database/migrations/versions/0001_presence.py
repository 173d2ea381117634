"""Presence, hidden users, tokens, key/value pairs, GitHub accounts, the bot's state."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def snowflake(name: str, **options: object) -> sa.Column:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=False, **options)


def upgrade() -> None:
    op.create_table(
        "presence",
        snowflake("user_id", primary_key=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
    )
    op.create_index("ix_presence_status", "presence", ["status"])
    op.create_table(
        "hidden",
        snowflake("user_id", primary_key=True),
        sa.Column("forgotten", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "tokens",
        snowflake("user_id", primary_key=True),
        sa.Column("hash", sa.String(), nullable=False),
    )
    op.create_table(
        "kv",
        sa.Column("id", sa.Integer(), primary_key=True),
        snowflake("user_id", nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.UniqueConstraint("user_id", "key"),
    )
    op.create_table(
        "github",
        snowflake("user_id", primary_key=True),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String()),
        sa.Column("etag", sa.String()),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_github_due_at", "github", ["due_at"])
    op.create_table(
        "bot_state",
        sa.Column("id", sa.Integer(), primary_key=True),
        snowflake("home_guild_id"),
        sa.Column("beat_at", sa.BigInteger()),
        sa.Column("connected_since", sa.BigInteger()),
        sa.Column("connected_at", sa.BigInteger()),
        sa.Column("last_event_at", sa.BigInteger()),
        sa.Column("problem", sa.String()),
    )
