"""How a system wants IDs and colors shown, templates for descriptions, and a system's name in one server."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("0"))


def upgrade() -> None:
    for name in ("hid_display_split", "hid_display_caps", "card_show_color_hex"):
        op.add_column("systems", flag(name))
    op.add_column("systems", sa.Column("hid_list_padding", sa.String(), nullable=False, server_default="off"))
    op.add_column("systems", sa.Column("description_templates", sa.String(), nullable=False, server_default="[]"))
    op.add_column("system_guilds", sa.Column("display_name", sa.String()))
