"""Who is published by choice, who opted in, and who was told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def _snowflake(name: str) -> sa.Column:
    snowflake = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column(name, snowflake, primary_key=True, autoincrement=False)


def _choice() -> sa.Column:
    return sa.Column("choice", sa.String(), nullable=False)


def upgrade() -> None:
    op.create_table("publication", sa.Column("id", sa.Integer, primary_key=True), _choice())
    op.create_table("opted_in", _snowflake("user_id"))
    op.create_table("home_notices", _snowflake("guild_id"), _choice())
    op.create_table("join_notices", _snowflake("user_id"))
