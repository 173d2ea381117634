"""What proxying keeps for each server: of systems, of members, and of the server itself."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def snowflake(name: str, **options: object) -> sa.Column:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=False, **options)


def owner(name: str, table: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), primary_key=True)


def yes(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("1"))


def upgrade() -> None:
    op.create_table(
        "system_guilds",
        owner("system_id", "systems"),
        snowflake("guild_id", primary_key=True),
        yes("proxy_enabled"),
        yes("tag_enabled"),
        sa.Column("tag", sa.String()),
        sa.Column("avatar_url", sa.String()),
        sa.Column("name_format", sa.String()),
    )
    op.create_table(
        "member_guilds",
        owner("member_id", "members"),
        snowflake("guild_id", primary_key=True),
        sa.Column("display_name", sa.String()),
        sa.Column("avatar_url", sa.String()),
        sa.Column("keep_proxy", sa.Boolean()),
    )
    op.create_table(
        "guilds",
        snowflake("id", primary_key=True),
        snowflake("log_channel_id"),
        sa.Column("proxy_off", sa.Boolean(), nullable=False, server_default=sa.text("0")),
    )
    op.create_table(
        "quiet_channels",
        snowflake("channel_id", primary_key=True),
        snowflake("guild_id", nullable=False, index=True),
    )
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(yes("allow_autoproxy"))
    # What matching reads of each message: one index, and none of the members' texts.
    op.create_index("ix_members_matching", "members", ["system_id", "id", "proxy_tags"])
    op.drop_index("ix_members_system_id", "members")
