"""What Discord tells: presences, joins and leaves, and events in which anything stands anywhere."""

import copy
import random

from simulator.client import Simulator
from tests.end_to_end.soak.pacing import Run
from tests.rules.transfer.test_import_fuzz import ODD, spoil

HUGE = str(2**63)
SONG = {
    "id": "spotify:1",
    "type": 2,
    "name": "Spotify",
    "flags": 48,
    "created_at": 1_795_262_400_000,
    "sync_id": "4uLU6hMCjMI75M1A2tKUQC",
    "session_id": "140ecdfb976bdbf29d4452d492e551c7",
    "details": "A song",
    "state": "Its singer; another",
    "timestamps": {"start": 1_795_262_400_000, "end": 1_795_262_613_000},
    "assets": {"large_image": "spotify:ab67616d0000b273c0ffee", "large_text": "The album"},
    "party": {"id": "spotify:1"},
}
GAME = {"type": 0, "name": "Rocket League", "application_id": "379286085710381999", "timestamps": {"start": 1}}
CUSTOM = {"id": "custom", "type": 4, "name": "Custom Status", "state": "hi", "emoji": {"name": "fox", "id": "1"}}
BATCH = 50
# What a member is told by, and what else Discord may come to say; the last ones are known to nobody.
EVENTS = (
    *("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE", "PRESENCE_UPDATE", "GUILD_MEMBERS_CHUNK"),
    *("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_REACTION_ADD", "GUILD_BAN_ADD", "TYPING_START"),
    *("USER_UPDATE", "GUILD_ROLE_UPDATE", "CHANNEL_UPDATE", "THREAD_CREATE", "INTERACTION_CREATE"),
    *("MESSAGE_DELETE_BULK", "RATE_LIMITED", "VOICE_CHANNEL_EFFECT_SEND", "SOMETHING_NEW", "", "🦊"),
)


def tell_presences(run: Run, discord: Simulator, users: list[str], a_second: float) -> None:
    """Three in five have an odd part in them."""
    dice = run.dice("presences")
    for number in run.pace(a_second / BATCH):
        updates = [_presence(dice, dice.choice(users), f"{number}.{turn}") for turn in range(BATCH)]
        discord.presences(updates)
        run.count("gateway events", BATCH)
        run.count("gateway events, odd", sum("raw" in update for update in updates))


def _presence(dice: random.Random, user: str, words: str) -> dict:
    activities = dice.sample([SONG, GAME, {**CUSTOM, "state": words}], dice.randint(0, 3))
    status = dice.choice(("online", "idle", "dnd", "offline"))
    update = {"user": user, "status": status, "activities": activities}
    if dice.random() < 0.6:
        event = {"status": status, "activities": activities, "client_status": {"desktop": status}}
        update["raw"] = spoil(dice, event) or None
    return update


def come_and_go(run: Run, discord: Simulator, users: list[str], a_second: float) -> None:
    """People join, change their names and leave; all of them are there at the end."""
    dice, away = run.dice("members"), set()
    for number in run.pace(a_second):
        user = dice.choice(users)
        if user in away:
            discord.join(user)
            away.discard(user)
        elif dice.random() < 0.5:
            discord.leave(user)
            away.add(user)
        else:
            discord.edit_member(user, nick=f"Nick {number}")
        run.count("gateway events")
    for user in away:
        discord.join(user)


def tell_nonsense(run: Run, discord: Simulator, users: list[str], channel: str, guild: str, a_second: float) -> None:
    """Events in which something odd stands, of people who have left or never were, and with IDs beyond all bounds."""
    dice = run.dice("nonsense")
    for _ in run.pace(a_second):
        event = dice.choice(EVENTS)
        discord.dispatch(event, _nonsense(dice, dice.choice(users), channel, guild))
        run.count("gateway events")
        run.count("gateway events, odd")


def _nonsense(dice: random.Random, user: str, channel: str, guild: str) -> object:
    if dice.random() < 0.1:
        return copy.deepcopy(dice.choice(ODD))
    if dice.random() < 0.2:
        user = dice.choice((HUGE, "-1", "0", "x", str(2**200), "1" * 400, "1"))
    # Few enough that threads and messages which nobody made do not pile up.
    number = str(2**60 + dice.randrange(500))
    account = {"id": user, "username": "odd", "avatar": "abc", "global_name": "Odd", "discriminator": "0"}
    member = {"nick": "Odd", "roles": ["1"], "joined_at": "2026-01-01T00:00:00+00:00", "flags": 0, "avatar": None}
    shared = {"id": number, "guild_id": dice.choice((guild, guild, guild, "1", HUGE)), "channel_id": channel}
    # Of each kind of event the parts that it has; the others are not looked at.
    whole = {
        **member,
        **shared,
        "user": account,
        "user_id": user,
        "member": {**member, "user": account},
        "status": "online",
        "activities": [SONG, GAME, CUSTOM],
        "client_status": {"desktop": "online"},
        "members": [{**member, "user": account}],
        "presences": [{"user": {"id": user}, "status": "online"}],
        "chunk_index": 0,
        "chunk_count": 1,
        "nonce": "x",
        "ids": [HUGE, number],
        "message_id": number,
        "emoji": {"id": None, "name": dice.choice("❌❓🔔"), "animated": False},
        "message_author_id": user,
        "author": {**account, "bot": False},
        "content": dice.choice(("", "[odd]", "pk;system", "pk;edit x")),
        "attachments": [],
        "embeds": [],
        "mentions": [account],
        "mention_roles": ["1"],
        "mention_everyone": False,
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "pinned": False,
        "type": dice.choice((0, 0, 2, 3, 19, 99)),
        "token": "x",
        "version": 1,
        "application_id": "1",
        "data": {"id": "1", "name": "me", "type": 1, "custom_id": "x"},
        "name": "odd",
        "position": 1,
        "role": {"id": number, "name": "odd", "permissions": "0", "position": 1, "color": 0, "hoist": False},
    }
    if dice.random() < 0.1:
        whole["id"] = user
    for _ in range(dice.randint(0, 3)):
        whole = spoil(dice, whole) if whole else whole
    return whole
