"""The version of a stored presence, so that a read need not work it out."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

AT_ONCE = 1000


def upgrade() -> None:
    op.add_column("presence", sa.Column("version", sa.String(), nullable=False, server_default=""))
    connection, last = op.get_bind(), -1
    while rows := connection.execute(
        sa.text("SELECT user_id, body FROM presence WHERE user_id > :last ORDER BY user_id LIMIT :most"),
        {"last": last, "most": AT_ONCE},
    ).all():
        connection.execute(
            sa.text("UPDATE presence SET version = :version WHERE user_id = :user_id"),
            [{"user_id": row.user_id, "version": version_of(row.body)} for row in rows],
        )
        last = rows[-1].user_id


def version_of(body: str) -> str:
    return hashlib.blake2b(body.encode(), digest_size=12).hexdigest()
