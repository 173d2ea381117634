"""All that is stored, kind by kind and table by table: what the privacy statement says in short, in full.

`{forget}` and its like stand for commands, as in `privacy_statement`.
"""

from dataclasses import dataclass

from rules.parsing.typed_times import show_span


@dataclass(frozen=True)
class Stored:
    """Something that is stored: what, in which tables of the file, who sees it, how long it stays and what ends it."""

    what: str
    tables: tuple[str, ...]
    seen_by: str
    kept: str
    ended_by: str


def list_people(deleted_messages_kept_s: int, feed_kept_s: int) -> list[Stored]:
    """What is stored about a person, by kind. `{forget}` ends all of it, and is not named again."""
    return [
        Stored(
            "Presence: names (by which you are found), picture, status, activities, song, platforms, badges, and when"
            " last seen online",
            ("presence", "presence_names"),
            "Anyone, unless hidden; then your token alone. Only for members of the one server that this Rollcall"
            " belongs to, never for members of others.",
            "The latest state alone, until you leave that server or are not published any more. No history.",
            "{hide} hides it.",
        ),
        Stored(
            "Key/value pairs",
            ("kv",),
            "Your token alone. A pair that you made public, or set by Lanyard's way: anyone.",
            "Until you remove them, also after you leave.",
            "{remove}; {withdraw} hides one.",
        ),
        Stored(
            "Your API token, as a hash that nobody can turn back",
            ("tokens",),
            "Nobody.",
            "Until it is replaced or revoked: one that is pasted into a server is revoked at once.",
            "{token} replaces it.",
        ),
        Stored(
            "GitHub card: your account there, as GitHub shows it to all",
            ("github",),
            "Anyone, with your presence; not while you are hidden.",
            "Until you disconnect it; asked for anew about once an hour.",
            "{github_off}",
        ),
        Stored(
            "That you hide, asked to be shown, or asked to be forgotten",
            ("hidden", "opted_in"),
            "Nobody. Who is hidden looks like nobody at all.",
            "Until you say otherwise. That somebody must not be stored is all that stays after {forget}.",
            "{show}",
        ),
        Stored(
            "That you were told, after joining, that you are published",
            ("join_notices",),
            "Nobody.",
            "So that it is told once: until you are forgotten.",
            "",
        ),
        Stored(
            "Your system: what you wrote about it, its settings, and which accounts are linked to it",
            ("systems", "accounts"),
            "Anyone, but for what you set to private. Which accounts are linked: whoever asks by an account finds its"
            " system. Settings: your token, and those few that programs need, anyone.",
            "Until you delete it.",
            "{system_privacy} hides parts, {unlink} takes an account out, {system_delete} deletes it.",
        ),
        Stored(
            "Members and groups, who is in which, proxy tags, and how many messages each member sent",
            ("members", "groups", "group_members", "tag_signs"),
            "Anyone, but for what you set to private: the whole of a member or group, or single fields.",
            "Until you delete them.",
            "{member_privacy}, {group_privacy}; {member_delete}, {group_delete}",
        ),
        Stored(
            "Switches: who fronted, and when",
            ("switches", "switch_members"),
            "Anyone, unless the front or its history is private. Pages, cards and presences name no private member;"
            " programs written for PluralKit are told who fronts as there, but for switches of an import from another"
            " app. With your presence only after {front_on}.",
            "Until you delete them.",
            "{system_privacy}; {switch_delete}",
        ),
        Stored(
            "Imports: which app's file it was, what it changed, so that it can be undone, its members' IDs in that app,"
            " how long each fronted, and what has no other place, such as notes",
            ("imports", "import_sources", "front_spans"),
            "Your token alone.",
            "What it changed for 30 days, or as long as this Rollcall's keeper set; the rest until the system goes,"
            " which stays while other accounts are linked to it.",
            "{system_delete}",
        ),
        Stored(
            "That you get backups of your system by DM, how often, when next, and whether the last one arrived",
            ("backups",),
            "You alone. What was sent is a message of Discord's, which holds the file.",
            "Until you end it, and no longer than your account is linked to the system.",
            "{backup_off}",
        ),
        Stored(
            "What is different in one server: tag, names, avatars, autoproxy and who spoke last",
            ("system_guilds", "member_guilds", "autoproxy"),
            "Your token alone; in that server, what stands above your messages.",
            "Until you clear it.",
            "{autoproxy_off}; the same commands with clear",
        ),
        Stored(
            "Who sent which proxied message: the IDs of both messages, sender, member, channel and server. Never the"
            " text or its files",
            ("messages",),
            "Whoever knows the message's ID: that is how moderators learn who sent it.",
            (
                f"While the message stands, and {show_span(deleted_messages_kept_s)} more once it is deleted."
                if deleted_messages_kept_s
                else "While the message stands."
            )
            + " With its channel it goes at once.",
            "Deleting the message; deleting the member",
        ),
        Stored(
            "A proxied message that is just being posted: the same IDs, and two bytes by which its copy is found again",
            ("unfinished_proxies",),
            "Nobody.",
            "Some seconds, until the original is deleted; longer only while the bot is off.",
            "",
        ),
        Stored(
            "The webhook of your system: its address and signing token, and events that were not taken yet",
            ("dispatch_outbox",),
            "You alone; the events go to that address.",
            "The address until you clear it; an event until it is taken, and at most a day.",
            "{webhook_clear}",
        ),
        Stored(
            "That something about you or your system changed, never what, so that a stream can go on where it broke",
            ("feed",),
            "Nobody.",
            f"{show_span(feed_kept_s)}, and the newest one.",
            "",
        ),
        Stored(
            "Pictures that you attached or took over from an account, beside the database, without what a camera adds",
            (),
            "Whoever knows the address.",
            "Until no field names them any more, and some minutes.",
            "Clearing the field",
        ),
        Stored(
            "Copies of pictures that are shown from here: avatars, covers, those of games; beside the database, under"
            " names that tell nothing, and in no backup",
            (),
            "Anyone, where your presence is shown.",
            "Until a day after anyone last looked at it here.",
            "",
        ),
    ]


def list_others() -> list[Stored]:
    """What is stored about no single person: about servers, and about this Rollcall itself."""
    return [
        Stored(
            "What a server's moderators set: the log's channel, where nothing is proxied or logged",
            ("guilds", "quiet_channels", "unlogged_channels"),
            "Those who may manage that server. The log itself is a channel there, and Discord's to keep.",
            "Until they change it.",
            "{serverconfig}",
        ),
        Stored(
            "Channels that were deleted on Discord, until the records of their messages are, too",
            ("gone_channels",),
            "Nobody.",
            "Some minutes.",
            "",
        ),
        Stored(
            "Who is published here, and that the server was told",
            ("publication", "home_notices"),
            "Anyone.",
            "For as long as this Rollcall runs.",
            "",
        ),
        Stored(
            "How the bot is: connected since when, what it cannot do just now; the name of this file's list of changes",
            ("bot_state", "feed_epoch", "feed_mute"),
            "Anyone, at /health.",
            "The latest state alone.",
            "",
        ),
    ]


# What is in no table.
BESIDE = (
    (
        "Messages",
        "The bot reads messages where it may, to find commands and proxy tags. The text of the latest is held in memory"
        " for a while, and never stored.",
    ),
    (
        "Addresses",
        "A visitor's address is counted in memory, for the rate limit and while a stream is open, and never stored or"
        " logged. A web server in front of this one may do otherwise.",
    ),
    (
        "Logs",
        "A log has neither texts, values, tokens nor addresses. The line about something that failed may name an ID."
        " How long logs stay is up to who runs this Rollcall.",
    ),
    (
        "Backups",
        "A backup is a copy of the whole file with its pictures. What was deleted stands in older ones until they are"
        " deleted; how long is up to who runs this Rollcall.",
    ),
    (
        "Erasing",
        "What is deleted is overwritten in the file. A system that other accounts are linked to stays theirs. Messages"
        " that were posted stay on Discord, and what others have read is theirs.",
    ),
    (
        "Everything about you",
        "The bot gives you all that is stored about you as one file, by `export` after the prefix of presence commands,"
        " and who runs this Rollcall can, too (`flask --app app export-user`). Of your token it says only that there is"
        " one.",
    ),
    (
        "Others",
        "Nothing is sent to anyone but Discord, GitHub (the account's name, where you connected one), the webhook that"
        " you set, and the servers of pictures and files that you link, which are asked for them. The pages load"
        " nothing from elsewhere and set no cookies: a choice of colours stays in your browser, and a token that you"
        " type in its tab.",
    ),
)
