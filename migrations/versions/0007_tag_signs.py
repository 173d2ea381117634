"""By which sign each proxy tag is told apart, so that a message meets only those tags of a system that may fit."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# What may not be there when a tag is typed: blanks, and the sign that asks for an emoji's colours.
MAY_BE_LEFT_OUT = (
    *range(0x09, 0x0E),
    *range(0x1C, 0x21),
    *(0x85, 0xA0, 0x1680),
    *range(0x2000, 0x200B),
    *(0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFE0F),
)
# A prefix is told apart by its first sign, a suffix alone by its last.
SIGNS = f"""
INSERT OR IGNORE INTO tag_signs (system_id, sign, member_id)
SELECT NEW.system_id, CASE WHEN instr(char({", ".join(map(str, MAY_BE_LEFT_OUT))}), end) THEN '' ELSE side || end END,
    NEW.id
FROM (
    SELECT CASE WHEN prefix <> '' THEN '^' ELSE '$' END AS side,
        CASE WHEN prefix <> '' THEN substr(prefix, 1, 1) ELSE substr(suffix, -1) END AS end
    FROM (
        SELECT coalesce(json_extract(value, '$.prefix'), '') AS prefix,
            coalesce(json_extract(value, '$.suffix'), '') AS suffix
        FROM json_each(NEW.proxy_tags)
    )
)
"""
# They hold for whoever writes members, an older Rollcall too. Rebuilding the table of members would lose them.
ADDED = f"CREATE TRIGGER tag_signs_added AFTER INSERT ON members BEGIN {SIGNS}; END"
CHANGED = f"""
CREATE TRIGGER tag_signs_changed AFTER UPDATE OF proxy_tags, system_id ON members
BEGIN DELETE FROM tag_signs WHERE member_id = OLD.id; {SIGNS}; END
"""


def upgrade() -> None:
    op.create_table(
        "tag_signs",
        sa.Column("system_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sign", sa.String(), primary_key=True),
        sa.Column(
            "member_id", sa.Integer(), sa.ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
        ),
        sqlite_with_rowid=False,
    )
    op.execute(ADDED)
    op.execute(CHANGED)
    op.execute("UPDATE members SET proxy_tags = proxy_tags")
