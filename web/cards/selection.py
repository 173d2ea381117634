"""What of a card is shown, by its options: what is left out cannot change the picture, nor its ETag."""

import msgspec

from rules.presence.card import Card
from rules.presence.card_activities import Played
from web.cards.options import Options

# What each part's name takes away.
_WITHOUT = {
    "spotify": {"song": None},
    "activity": {"played": ()},
    "status": {"custom_status": None},
    "dot": {"status": "", "platforms": (), "last_seen": None},
    "avatar": {"avatar_url": None, "decoration_url": None},
    "decoration": {"decoration_url": None},
    "nameplate": {"nameplate_url": None},
    "tag": {"tag": None},
    "badge": {"badges": ()},
    "fronter": {"front": None},
    "time": {"last_seen": None},
}


def select(card: Card, options: Options) -> Card:
    """The card without what is hidden, with one activity at most, and its platforms only where they change the dot."""
    seen = [one for one in card.played if one.application_id not in options.ignored_apps]
    only_mobile = card.platforms == ("mobile",)
    changes = {"played": tuple(seen[:1]), "platforms": ("mobile",) if only_mobile else ()}
    for part in options.hidden & _WITHOUT.keys():
        changes |= _WITHOUT[part]
    if "time" in options.hidden:
        changes["song"] = _timeless(changes.get("song", card.song))
        changes["played"] = tuple(map(_timeless, changes["played"]))
    return msgspec.structs.replace(card, **changes)


def _timeless(played: Played | None) -> Played | None:
    return msgspec.structs.replace(played, elapsed=None, progress=None) if played else None
