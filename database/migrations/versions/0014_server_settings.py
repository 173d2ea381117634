"""What else a server's moderators set: tags that must be there, silent copies, quiet refusals, channels not logged."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    for name, default in (("require_tag", "0"), ("suppress_notifications", "0"), ("invalid_command_error", "1")):
        op.add_column("guilds", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text(default)))
    snowflake = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "unlogged_channels",
        sa.Column("channel_id", snowflake, primary_key=True, autoincrement=False),
        sa.Column("guild_id", snowflake, nullable=False),
    )
    op.create_index("ix_unlogged_channels_guild_id", "unlogged_channels", ["guild_id"])
