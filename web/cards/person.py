"""A person's card: where everything stands on it."""

import zlib
from collections.abc import Sequence
from typing import Any

from rules.presence.card import Card, Fronter, badge_urls
from rules.presence.card_activities import STREAMING, VERBS, Played
from rules.presence.cdn import Cdn
from web.cards.addresses import sized
from web.cards.options import Options
from web.cards.shapes import Bar, Box, Dot, Drawing, Picture, Rule, Shape, Text
from web.cards.text import clean, fit, initials, measure

PAD, AVATAR, PICTURE, SMALL = 18, 64, 60, 22
# What a display name has beside tag and badges, in px.
LEAST_NAME = 110
# Of a hundred and more who front.
MOST_NAMED = 10
IDLE = "Not doing anything just now"
STATUS_WORDS = {"online": "online", "idle": "idle", "dnd": "do not disturb", "offline": "offline"}
# Behind initials; white letters can be read on each.
COLORS = ("#5865f2", "#c0392b", "#8e44ad", "#16836b", "#2471a3", "#a04000", "#5d6d7e", "#b03a78")


def draw_person(card: Card, options: Options, cdn: Cdn) -> Drawing:
    """The drawing of a card from which all is gone that is not to be shown."""
    shapes: list[Shape] = []
    y = 0.0
    if "profile" not in options.hidden:
        header = _Header(card, options, cdn)
        shapes, y = header.draw(), header.height
    rows = [(card.song, True)] if card.song else []
    rows += [(played, False) for played in card.played]
    for played, is_song in rows:
        shapes += [Rule(y)] if y else []
        y += _draw_row(shapes, y, played, is_song, options, cdn)
    if not rows and "idle" not in options.hidden:
        shapes += [Rule(y)] if y else []
        idle = fit(_idle_message(card, options), options.width - 2 * PAD, 13)
        shapes.append(Text(options.width / 2, y + 27, idle, tone="muted", anchor="middle"))
        y += 44
    return Drawing(options.width, max(y, 2 * PAD), tuple(shapes), describe(card))


def describe(card: Card) -> str:
    """The card in one sentence, for whoever does not see it."""
    doing = [f"{VERBS.get(one.type, VERBS[0]).lower()} {clean(one.name)}" for one in (card.song, *card.played) if one]
    status = [STATUS_WORDS[card.status]] if card.status else []
    front = [f"fronting: {list_names(card.front.fronters)}"] if _has_front(card) else []
    return f"{clean(card.name)} on Discord: {', '.join([*status, *doing, *front]) or 'nothing shown'}"


def list_names(fronters: Sequence[Fronter]) -> str:
    """The names of those who front, of MOST_NAMED at most, and how many there are beside them."""
    more = [f"{len(fronters) - MOST_NAMED} more"] if len(fronters) > MOST_NAMED else []
    return ", ".join([*(clean(one.name) for one in fronters[:MOST_NAMED]), *more])


def color_of(name: str) -> str:
    """The color behind a name's initials, always the same."""
    return COLORS[zlib.crc32(name.encode("utf-8", "replace")) % len(COLORS)]


def _has_front(card: Card) -> bool:
    return card.front is not None and bool(card.front.fronters)


def _idle_message(card: Card, options: Options) -> str:
    if options.idle_message:
        return options.idle_message
    return f"Last seen {card.last_seen}" if card.status == "offline" and card.last_seen else IDLE


class _Header:
    """The upper part: who it is."""

    def __init__(self, card: Card, options: Options, cdn: Cdn) -> None:
        self.card, self.options, self.cdn = card, options, cdn
        self.has_avatar = "avatar" not in options.hidden
        self.left = PAD + AVATAR + 16 if self.has_avatar else PAD
        self.right = options.width - PAD
        self.lines = [line for line in self._lines() if line]
        self.text_height = sum(height for _, height in self.lines)
        self.height = 2 * PAD + max(AVATAR if self.has_avatar else 0, self.text_height)

    def draw(self) -> list[Shape]:
        shapes: list[Shape] = []
        if url := self.card.nameplate_url:
            width = min(self.options.width, self.height * 5.33)
            place = (self.options.width - width, 0, self.height, sized(url, False, self.cdn.base))
            shapes.append(Picture(*place, width=width, opacity=0.45))
        if self.has_avatar:
            shapes += self._draw_avatar()
        y = (self.height - self.text_height) / 2
        for draw, height in self.lines:
            shapes += draw(y)
            y += height
        return shapes

    def _lines(self) -> list[Any]:
        card = self.card
        has_both = self.options.show_name and "username" not in self.options.hidden and card.name != card.username
        return [
            (self._draw_name, 25),
            (self._draw_username, 18) if has_both else None,
            (self._draw_custom_status, 21) if card.custom_status else None,
            (self._draw_front, 21) if _has_front(card) else None,
        ]

    def _draw_avatar(self) -> list[Shape]:
        card, options = self.card, self.options
        radius = AVATAR / 2 if options.image_style == "circle" else min(options.image_radius, AVATAR / 2)
        y = (self.height - AVATAR) / 2
        urls = sized(card.avatar_url, options.animated, self.cdn.base)
        face = Picture(PAD, y, AVATAR, urls, radius, initials(card.name), color_of(card.name), cut=bool(card.status))
        shapes: list[Shape] = [face]
        if card.decoration_url:
            # Discord draws it a fifth larger than the avatar.
            urls = sized(card.decoration_url, options.animated and options.animated_decoration, self.cdn.base)
            shapes.append(Picture(PAD - AVATAR * 0.1, y - AVATAR * 0.1, AVATAR * 1.2, urls))
        if card.status:
            shapes.append(Dot(PAD + 54, y + 54, 8, _dot_shape(card)))
        return shapes

    def _draw_name(self, y: float) -> list[Shape]:
        card, size = self.card, 18
        name = card.name if self.options.show_name else card.username
        beside = [*self._tag_shapes(y), *self._badge_shapes(y)]
        # On a narrow card the name comes first, then the tag, then as many badges as there is room for.
        while beside and self.right - self.left - sum(width + 6 for _, width in beside) < LEAST_NAME:
            beside.pop()
        # Without an avatar the dot stands before the name.
        alone = [Dot(self.left + 6, y + 12, 6, _dot_shape(card))] if card.status and not self.has_avatar else []
        left = self.left + 20 * len(alone)
        room = self.right - left - sum(width + 6 for _, width in beside) - (2 if beside else 0)
        shown = fit(name, room, size, bold=True)
        shapes: list[Shape] = [*alone, Text(left, y + 18, shown, size, "name", bold=True)]
        x = left + min(measure(shown, size, bold=True), room) + 8
        for make, width in beside:
            shapes += make(x)
            x += width + 6
        return shapes

    def _tag_shapes(self, y: float) -> list[Any]:
        tag = self.card.tag
        text = fit(tag.text, 60, 11, bold=True) if tag else ""
        if not text:
            return []
        left = 20 if tag.badge_url else 6
        width = left + measure(text, 11, bold=True) + 6

        def make(x: float) -> list[Shape]:
            urls = sized(tag.badge_url, True, self.cdn.base)
            badge = [Picture(x + 4, y + 5, 13, urls)] if urls else []
            box = Box(x, y + 2, width, 19, 5, self.options.tag_bg)
            return [box, *badge, Text(x + left, y + 15.5, text, 11, bold=True)]

        return [(make, width)]

    def _badge_shapes(self, y: float) -> list[Any]:
        def at(url: str) -> Any:
            return lambda x: [Picture(x, y + 3, 17, sized(url, False, self.cdn.base))]

        return [(at(url), 15) for url in badge_urls(self.card, self.cdn)]

    def _draw_username(self, y: float) -> list[Shape]:
        shown = fit(self.card.username, self.right - self.left, 13)
        return [Text(self.left, y + 12, shown, 13, "muted")]

    def _draw_custom_status(self, y: float) -> list[Shape]:
        status, x = self.card.custom_status, self.left
        shapes: list[Shape] = []
        if status.emoji_url:
            shapes.append(Picture(x, y + 2, 17, sized(status.emoji_url, self.options.animated, self.cdn.base)))
            x += 23 if status.text else 0
        text = " ".join(part for part in (status.emoji, status.text) if part)
        return [*shapes, Text(x, y + 15, fit(text, self.right - x, 13), 13)]

    def _draw_front(self, y: float) -> list[Shape]:
        fronters = self.card.front.fronters
        shapes: list[Shape] = [Text(self.left, y + 15, "fronting", 11, "muted")]
        x = self.left + measure("fronting", 11) + 6
        if fronters[0].color:
            shapes.append(Box(x, y + 6, 9, 9, 4.5, f"#{fronters[0].color}"))
            x += 14
        return [*shapes, Text(x, y + 15, fit(list_names(fronters), self.right - x, 13), 13)]


def _dot_shape(card: Card) -> str:
    if any(one.type == STREAMING for one in card.played):
        return "streaming"
    return "mobile" if card.status == "online" and card.platforms else card.status


def _draw_row(shapes: list[Shape], y: float, played: Played, is_song: bool, options: Options, cdn: Cdn) -> float:
    """Add what somebody plays or listens to; how high it is."""
    top, left, right = y + 15, PAD + PICTURE + 16, options.width - PAD
    radius = 8 if options.image_style == "circle" else min(options.image_radius, PICTURE / 2)
    urls = sized(played.picture_url, options.animated, cdn.base)
    sign = "♪" if is_song else initials(played.name)
    color = "#1a7f43" if is_song else color_of(played.name)
    shapes.append(Picture(PAD, top, PICTURE, urls, radius, sign, color))
    if small := sized(played.small_picture_url, options.animated, cdn.base):
        shapes.append(Picture(PAD + PICTURE - 17, top + PICTURE - 17, SMALL, small, SMALL / 2))
    verb = "Listening to Spotify" if is_song else VERBS.get(played.type, VERBS[0])
    bottom = _draw_lines(shapes, top, left, right, verb, played, "green" if is_song else "accent")
    if played.progress:
        bottom = _draw_progress(shapes, bottom, left, right, played, "green" if is_song else "accent")
    return max(PICTURE, bottom - top) + 2 * 15


def _draw_lines(
    shapes: list[Shape], top: float, left: float, right: float, verb: str, played: Played, tone: str
) -> float:
    title, lines = played.name, [played.details, played.state]
    if played.album and played.album != played.name:
        lines = [played.details, f"on {played.album}"]
    if played.elapsed:
        lines.append(f"for {played.elapsed}")
    shapes.append(Text(left, top + 10, verb.upper(), 10.5, tone, bold=True))
    shapes.append(Text(left, top + 28, fit(title, right - left, 14.5, bold=True), 14.5, bold=True))
    y = top + 45
    for line in lines:
        if shown := fit(line, right - left, 13):
            shapes.append(Text(left, y, shown, 13, "muted"))
            y += 17
    return y - 12


def _draw_progress(shapes: list[Shape], y: float, left: float, right: float, played: Played, tone: str) -> float:
    progress = played.progress
    past, whole = tell_clock(progress.position_s), tell_clock(progress.length_s)
    wide = measure(whole, 11) + 8
    shapes.append(Text(left, y + 13, past, 11, "muted"))
    shapes.append(Text(right, y + 13, whole, 11, "muted", anchor="end"))
    shapes.append(Bar(left + wide, y + 7, right - left - 2 * wide, progress, tone))
    return y + 15


def tell_clock(seconds: int) -> str:
    """A position in a song as players show it: `3:05`, `1:02:03`."""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
