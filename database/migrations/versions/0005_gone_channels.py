"""Channels that are gone, and an index by which the records of their messages are found."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "gone_channels",
        sa.Column(
            "channel_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False
        ),
    )
    op.create_index("ix_messages_channel_id", "messages", ["channel_id"])
