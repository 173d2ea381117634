"""What a live stream needs: whom each change is about, in order; what Discord sent of a user; what is shown to whom.

And where an event goes that is the last of a former webhook.

The file keeps the feed itself, by triggers, so that whatever door a change comes through, an older Rollcall's too, is
told, and nothing that was rolled back. They cost 2 to 3 µs a presence that changes.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

# Columns that no stream shows, such as the count that changes with each proxied message, tell nothing.
OF_SYSTEM = (
    *("hid", "uuid", "name", "description", "tag", "avatar_url", "banner", "color", "pronouns", "webhook_url"),
    *("name_privacy", "description_privacy", "avatar_privacy", "banner_privacy", "pronoun_privacy"),
    *("member_list_privacy", "group_list_privacy", "front_privacy", "front_history_privacy"),
)
OF_MEMBER = (
    *("hid", "uuid", "system_id", "name", "display_name", "description", "color", "birthday", "pronouns"),
    *("avatar_url", "webhook_avatar_url", "banner", "proxy_tags", "keep_proxy", "autoproxy_enabled", "tts"),
    *("visibility", "name_privacy", "description_privacy", "birthday_privacy", "pronoun_privacy", "avatar_privacy"),
    *("metadata_privacy", "banner_privacy", "proxy_privacy"),
)
OF_GROUP = (
    *("hid", "uuid", "system_id", "name", "display_name", "description", "icon", "banner", "color"),
    *("name_privacy", "description_privacy", "banner_privacy", "icon_privacy", "list_privacy", "metadata_privacy"),
    "visibility",
)
# Each: when, what else must hold, and whom it is about in which row. A switch's members are told of by the first of
# them: whoever changes them writes them all anew, and a thousand rows for one switch would drive out everybody's.
TOLD = (
    ("AFTER INSERT ON presence", "1", "NEW.user_id, NULL"),
    (
        "AFTER UPDATE OF body, discord_user ON presence",
        "NEW.body <> OLD.body OR NEW.discord_user IS NOT OLD.discord_user",
        "NEW.user_id, NULL",
    ),
    ("AFTER DELETE ON presence", "1", "OLD.user_id, NULL"),
    ("AFTER INSERT ON hidden", "1", "NEW.user_id, NULL"),
    ("AFTER DELETE ON hidden", "1", "OLD.user_id, NULL"),
    ("AFTER INSERT ON kv", "1", "NEW.user_id, NULL"),
    (
        "AFTER UPDATE ON kv",
        "NEW.value <> OLD.value OR NEW.key <> OLD.key OR NEW.is_public <> OLD.is_public",
        "NEW.user_id, NULL",
    ),
    ("AFTER DELETE ON kv", "1", "OLD.user_id, NULL"),
    ("AFTER INSERT ON github", "1", "NEW.user_id, NULL"),
    ("AFTER UPDATE OF body ON github", "NEW.body IS NOT OLD.body", "NEW.user_id, NULL"),
    ("AFTER DELETE ON github", "1", "OLD.user_id, NULL"),
    # Whoever listens with a token that was replaced is a stranger from then on.
    ("AFTER INSERT ON tokens", "1", "NEW.user_id, NULL"),
    ("AFTER UPDATE OF hash ON tokens", "1", "NEW.user_id, NULL"),
    ("AFTER DELETE ON tokens", "1", "OLD.user_id, NULL"),
    ("AFTER INSERT ON accounts", "1", "NEW.user_id, NEW.system_id"),
    ("AFTER UPDATE OF system_id, show_front ON accounts", "1", "NEW.user_id, NEW.system_id"),
    ("AFTER DELETE ON accounts", "1", "OLD.user_id, OLD.system_id"),
    ("AFTER INSERT ON switches", "1", "NULL, NEW.system_id"),
    ("AFTER UPDATE OF system_id, timestamp ON switches", "1", "NULL, NEW.system_id"),
    ("AFTER DELETE ON switches", "1", "NULL, OLD.system_id"),
    *(
        (f"AFTER {event} ON switch_members", f"{row}.position = 0", f"NULL, {found}")
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
        for found in [f"(SELECT system_id FROM switches WHERE id = {row}.switch_id)"]
    ),
    (f"AFTER UPDATE OF {', '.join(OF_SYSTEM)} ON systems", "1", "NULL, NEW.id"),
    ("AFTER DELETE ON systems", "1", "NULL, OLD.id"),
    (f"AFTER UPDATE OF {', '.join(OF_MEMBER)} ON members", "1", "NULL, NEW.system_id"),
    ("AFTER DELETE ON members", "1", "NULL, OLD.system_id"),
    ("AFTER INSERT ON groups", "1", "NULL, NEW.system_id"),
    (f"AFTER UPDATE OF {', '.join(OF_GROUP)} ON groups", "1", "NULL, NEW.system_id"),
    ("AFTER DELETE ON groups", "1", "NULL, OLD.system_id"),
)
TRIGGER = """
CREATE TRIGGER feed_{number} {when}
FOR EACH ROW WHEN ({condition}) AND NOT EXISTS (SELECT 1 FROM feed_mute)
BEGIN INSERT INTO feed (user_id, system_id) VALUES ({whom}); END
"""


def upgrade() -> None:
    op.add_column("presence", sa.Column("discord_user", sa.String()))
    op.add_column("kv", sa.Column("is_public", sa.Boolean(), nullable=False, server_default=sa.text("0")))
    op.add_column("accounts", sa.Column("show_front", sa.Boolean(), nullable=False, server_default=sa.text("0")))
    for name in ("url", "token"):
        op.add_column("dispatch_outbox", sa.Column(name, sa.String()))
    op.create_table(
        "feed",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer()),
        sa.Column("system_id", sa.Integer()),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "feed_epoch", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("epoch", sa.String(), nullable=False)
    )
    op.create_table("feed_mute", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute(f"INSERT INTO feed_epoch (id, epoch) VALUES (1, '{secrets.token_hex(4)}')")
    for number, (when, condition, whom) in enumerate(TOLD):
        op.execute(TRIGGER.format(number=number, when=when, condition=condition, whom=whom))
