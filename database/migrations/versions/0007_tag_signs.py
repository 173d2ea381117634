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
# One with more tags is always looked at: nobody's import may keep the file busy with a hundred for each member.
MANY = 20
# A prefix is told apart by its first sign, a suffix alone by its last; `[null]` by none. A file may hold what Rollcall
# never wrote, which must spoil nobody else's. Whoever writes members may say what happens on conflict, and that holds
# in triggers too: hence DISTINCT.
SIGNS = """
INSERT OR IGNORE INTO tag_signs (system_id, sign, member_id)
SELECT DISTINCT system_id, CASE WHEN instr(char({left_out}), end) THEN '' ELSE side || end END, member_id
FROM (
    SELECT system_id, member_id,
        CASE WHEN prefix <> '' THEN '^' ELSE '$' END AS side,
        CASE WHEN prefix <> '' THEN substr(prefix, 1, 1) ELSE substr(suffix, -1) END AS end
    FROM (
        SELECT {members}.system_id AS system_id, {members}.id AS member_id,
            coalesce(json_extract(CASE type WHEN 'object' THEN value ELSE '{{}}' END, '$.prefix'), '') AS prefix,
            coalesce(json_extract(CASE type WHEN 'object' THEN value ELSE '{{}}' END, '$.suffix'), '') AS suffix
        FROM {tables}json_each(
            CASE WHEN NOT json_valid({members}.proxy_tags) THEN '[]'
            WHEN json_array_length({members}.proxy_tags) > {many} THEN '[null]'
            ELSE {members}.proxy_tags END
        )
    )
)
"""
FIXED = {"left_out": ", ".join(map(str, MAY_BE_LEFT_OUT)), "many": MANY}
OF_ONE = SIGNS.format(members="NEW", tables="", **FIXED)
OF_ALL = SIGNS.format(members="members", tables="members, ", **FIXED)
# They hold for whoever writes members, an older Rollcall too. Rebuilding the table of members would lose them.
TRIGGERS = (
    f"CREATE TRIGGER tag_signs_added AFTER INSERT ON members BEGIN {OF_ONE}; END",
    f"""
    CREATE TRIGGER tag_signs_changed AFTER UPDATE OF proxy_tags ON members WHEN NEW.proxy_tags IS NOT OLD.proxy_tags
    BEGIN DELETE FROM tag_signs WHERE member_id = NEW.id; {OF_ONE}; END
    """,
    """
    CREATE TRIGGER tag_signs_moved AFTER UPDATE OF system_id ON members WHEN NEW.system_id <> OLD.system_id
    BEGIN UPDATE tag_signs SET system_id = NEW.system_id WHERE member_id = NEW.id; END
    """,
)


def upgrade() -> None:
    op.create_table(
        "tag_signs",
        sa.Column("system_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sign", sa.String(), primary_key=True),
        sa.Column("member_id", sa.Integer(), sa.ForeignKey("members.id", ondelete="CASCADE"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.execute(OF_ALL)
    op.create_index("ix_tag_signs_member_id", "tag_signs", ["member_id"])
    for trigger in TRIGGERS:
        op.execute(trigger)
