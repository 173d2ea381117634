"""Systems, the accounts linked to them, members, switches, proxied messages."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def number(name: str, **options: object) -> sa.Column:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=False, **options)


def text(name: str) -> sa.Column:
    return sa.Column(name, sa.String())


def needed(name: str) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=False)


def flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def time(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def owner(name: str, table: str, **options: object) -> sa.Column:
    key = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(name, sa.Integer(), key, nullable=False, **options)


def upgrade() -> None:
    op.create_table(
        "systems",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("hid", sa.String(), nullable=False, unique=True),
        *(text(name) for name in ("name", "description", "tag", "avatar_url", "banner", "color")),
        needed("tz"),
        time("created"),
        *(flag(f"{name}_privacy") for name in ("description", "member_list", "front", "front_history")),
    )
    op.create_table(
        "accounts",
        number("user_id", primary_key=True),
        owner("system_id", "systems", index=True),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("hid", sa.String(), nullable=False, unique=True),
        owner("system_id", "systems", index=True),
        needed("name"),
        *(
            text(name)
            for name in ("display_name", "description", "color", "birthday", "pronouns", "avatar_url", "banner")
        ),
        needed("proxy_tags"),
        flag("keep_proxy"),
        time("created"),
        flag("visibility"),
        *(flag(f"{name}_privacy") for name in ("name", "description", "birthday", "pronoun", "avatar", "metadata")),
    )
    op.create_table(
        "switches",
        sa.Column("id", sa.Integer(), primary_key=True),
        owner("system_id", "systems"),
        time("timestamp"),
        sa.UniqueConstraint("system_id", "timestamp"),
    )
    op.create_table(
        "switch_members",
        owner("switch_id", "switches", primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        owner("member_id", "members", index=True),
    )
    op.create_table(
        "messages",
        number("id", primary_key=True),
        number("original_id", nullable=False, index=True),
        number("sender_id", nullable=False, index=True),
        number("channel_id", nullable=False),
        number("guild_id"),
        owner("member_id", "members", index=True),
    )
