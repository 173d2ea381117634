"""By which names published people are found."""

import json
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

ROWS_AT_ONCE = 1000


def upgrade() -> None:
    op.create_table(
        "presence_names",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("presence.user_id", ondelete="CASCADE"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_presence_names_user_id", "presence_names", ["user_id"])
    connection = op.get_bind()
    last = -1
    while rows := connection.execute(
        sa.text("SELECT user_id, body FROM presence WHERE user_id > :last ORDER BY user_id LIMIT :most"),
        {"last": last, "most": ROWS_AT_ONCE},
    ).all():
        last = rows[-1].user_id
        named = [{"name": name, "user_id": row.user_id} for row in rows for name in _names_in(row.body)]
        if named:
            connection.execute(sa.text("INSERT INTO presence_names (name, user_id) VALUES (:name, :user_id)"), named)


def _names_in(body: str) -> set[str]:
    found = json.loads(body)
    names = (found.get(key) for key in ("username", "global_name", "server_name"))
    return {_fold(name) for name in names if isinstance(name, str)} - {""}


def _fold(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()
