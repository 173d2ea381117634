"""What is stored, who sees it, for how long and how to end that, in short: for the bot's card and the page's beginning.

In the texts `{forget}` and its like stand for commands, which each face writes as they are typed there.
"""

from rules.parsing.typed_times import show_span
from rules.presence import publication

# The commands that the texts name: after the prefix of presence, and after the one of systems.
PRESENCE_COMMANDS = {
    "show": "show",
    "hide": "hide",
    "forget": "forget",
    "list": "list",
    "export_all": "export",
    "add": "add <key> <value>",
    "remove": "remove <key>",
    "token": "token",
    "github": "github <username>",
    "github_off": "github off",
    "publish": "kv public <key>",
    "withdraw": "kv private <key>",
}
SYSTEM_COMMANDS = {
    "system_privacy": "system privacy",
    "member_privacy": "member <name> privacy",
    "member_delete": "member <name> delete",
    "group_delete": "group <name> delete",
    "group_privacy": "group <name> privacy",
    "switch_delete": "switch delete",
    "system_delete": "system delete",
    "export": "export",
    "backup": "config backup weekly",
    "backup_off": "config backup off",
    "autoproxy_off": "autoproxy off",
    "config": "config",
    "front_on": "config presence on",
    "front_off": "config presence off",
    "webhook": "system webhook <address>",
    "webhook_clear": "system webhook clear",
    "unlink": "unlink <account>",
    "serverconfig": "serverconfig",
}
SHOWN = {
    publication.EVERYONE: "Anyone on the web can see your status, song and games while you are in the server that this"
    " Rollcall belongs to.",
    publication.OPTIN: "You asked for it: anyone on the web can see your status, song and games while you are in the"
    " server that this Rollcall belongs to.",
    publication.ROLE: "Anyone on the web can see your status, song and games while you have the role for that in the"
    " server that this Rollcall belongs to.",
}
_WHO = {
    publication.EVERYONE: "of the server that this Rollcall belongs to",
    publication.OPTIN: "of that server who typed {show}",
    publication.ROLE: "of that server who have the role for that",
}
FRONT_SHOWN = " You chose that anyone sees with your status who fronts, as far as that is public; {front_off} ends it."


def say_first(choice: str) -> str:
    """Who is published, in one sentence, by the choice of whom that is (`publication.kind_of`)."""
    return f"Anyone on the web can see the status, song and games of the members {_WHO[choice]}."


def summarize(deleted_messages_kept_s: int, shows_front: bool = False) -> list[tuple[str, str]]:
    """The whole in a card's fields: title and text. `shows_front`: whoever reads it shows who fronts."""
    kept = (
        f"until {show_span(deleted_messages_kept_s)} after it is deleted" if deleted_messages_kept_s else "until then"
    )
    front = FRONT_SHOWN if shows_front else ""
    return [
        (
            "What is stored",
            "Your name, picture, status and activities; your GitHub card, key/value pairs and token (as a hash); your"
            " system with its members, groups and switches; of a proxied message who sent it, never its text.",
        ),
        (
            "Who sees it",
            "Anyone: name, picture, status, activities, GitHub card, the key/value pairs that you made public, and what"
            " is public of a system. Only you, or whoever has your token: all other key/value pairs, and what is"
            f" private.{front}",
        ),
        (
            "How long",
            "Status and activities until you leave that server; what you typed in until you remove it; who sent a"
            f" proxied message {kept}; a copy of your picture until a day after anyone last looked at it here.",
        ),
        (
            "Hide",
            "{hide} hides status, activities, GitHub card and all key/value pairs, {show} undoes it. {withdraw} hides"
            " one pair, {publish} undoes it. {system_privacy} and {member_privacy} say who sees a system.",
        ),
        (
            "Export",
            "{export_all} gives you everything that is stored about you, {export} your system as a file for other"
            " programs; {backup} sends that by itself. All of it comes to you alone.",
        ),
        (
            "Erase",
            "{forget} deletes all of it, and nothing is stored again until {show}. A system that other accounts are"
            " linked to stays theirs, with what was imported into it.",
        ),
    ]
