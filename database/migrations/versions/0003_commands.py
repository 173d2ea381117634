"""What the Discord commands set: more privacy, how a system wants things done, autoproxy, counts of messages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def text(name: str) -> sa.Column:
    return sa.Column(name, sa.String())


def flag(name: str, default: bool) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text(str(int(default))))


def upgrade() -> None:
    with op.batch_alter_table("systems") as systems:
        systems.add_column(text("pronouns"))
        for name in ("name", "avatar", "banner", "pronoun", "group_list"):
            systems.add_column(flag(f"{name}_privacy", False))
        systems.add_column(flag("member_default_private", False))
        for name in ("show_private_info", "pings_enabled", "case_sensitive_proxy_tags", "proxy_error_message_enabled"):
            systems.add_column(flag(name, True))
        systems.add_column(sa.Column("latch_timeout", sa.Integer()))
        systems.add_column(sa.Column("proxy_switch", sa.String(), nullable=False, server_default="off"))
        systems.add_column(text("name_format"))
    with op.batch_alter_table("members") as members:
        members.add_column(text("webhook_avatar_url"))
        for name in ("banner", "proxy"):
            members.add_column(flag(f"{name}_privacy", False))
        members.add_column(flag("autoproxy_enabled", True))
        members.add_column(flag("tts", False))
        members.add_column(sa.Column("message_count", sa.Integer(), nullable=False, server_default="0"))
        members.add_column(sa.Column("last_message_at", sa.BigInteger()))
    op.create_table(
        "autoproxy",
        sa.Column("system_id", sa.Integer(), sa.ForeignKey("systems.id", ondelete="CASCADE"), primary_key=True),
        sa.Column(
            "guild_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False
        ),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column(
            "member_id", sa.Integer(), sa.ForeignKey("members.id", ondelete="SET NULL"), index=True, nullable=True
        ),
        sa.Column("latched_at", sa.BigInteger()),
    )
