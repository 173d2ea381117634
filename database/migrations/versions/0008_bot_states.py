"""The state of the bot by its name, and its times by the uptime of the machine, which nobody sets."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("bot_state", sa.Column("state", sa.String()))
    op.add_column("bot_state", sa.Column("beat_uptime", sa.BigInteger()))
    op.add_column("bot_state", sa.Column("last_event_uptime", sa.BigInteger()))
