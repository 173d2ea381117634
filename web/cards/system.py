"""A system's card: who fronts."""

from rules.fronting.public_front import PublicFront
from rules.parsing.seen_text import is_seen
from rules.presence.card import Fronter, read_fronter
from rules.presence.card_activities import tell_ago
from rules.presence.cdn import Cdn
from web.cards.addresses import sized
from web.cards.options import Options
from web.cards.person import PAD, color_of, list_names
from web.cards.shapes import Box, Drawing, Picture, Rule, Shape, Text
from web.cards.text import clean, fit, initials, measure

AVATAR, FACE, ROW = 44, 36, 50
MOST_SHOWN = 8
NOBODY = "Nobody is fronting just now"


def draw_system(front: PublicFront, now_ms: int, options: Options, cdn: Cdn) -> Drawing:
    """The drawing of a front that is public."""
    fronters = _fronters_of(front)
    shapes: list[Shape] = []
    y = 0.0
    if "profile" not in options.hidden:
        shapes, y = _draw_header(front, now_ms, options, cdn), 2 * PAD + AVATAR
        shapes.append(Rule(y))
    if not fronters:
        idle = fit(options.idle_message or NOBODY, options.width - 2 * PAD, 13)
        shapes.append(Text(options.width / 2, y + 27, idle, tone="muted", anchor="middle"))
        return Drawing(options.width, y + 44, tuple(shapes), describe(front))
    y += 8
    for fronter in fronters[:MOST_SHOWN]:
        shapes += _draw_fronter(fronter, y, options, cdn)
        y += ROW
    if len(fronters) > MOST_SHOWN:
        more = f"and {len(fronters) - MOST_SHOWN} more"
        shapes.append(Text(options.width / 2, y + 15, more, tone="muted", anchor="middle"))
        y += 26
    return Drawing(options.width, y + 8, tuple(shapes), describe(front))


def describe(front: PublicFront) -> str:
    """The card in one sentence."""
    return f"{tell_name(front)}: {list_names(_fronters_of(front)) or 'nobody'} fronting"


def _fronters_of(front: PublicFront) -> list[Fronter]:
    return [read_fronter(member) for member in front.members or []]


def tell_name(front: PublicFront) -> str:
    """What a system is called by a stranger: its name, or its ID where it has none, or a private or unseen one."""
    name = clean(front.system["name"] or "")
    return name if is_seen(name) else front.system["id"]


def _draw_header(front: PublicFront, now_ms: int, options: Options, cdn: Cdn) -> list[Shape]:
    name, left = tell_name(front), PAD
    shapes: list[Shape] = []
    if "avatar" not in options.hidden:
        urls = sized(front.system["avatar_url"], options.animated, cdn.base)
        shapes.append(Picture(PAD, PAD, AVATAR, urls, _radius(options, AVATAR), initials(name), color_of(name)))
        left += AVATAR + 14
    shown = fit(name, options.width - PAD - left, 17, bold=True)
    shapes.append(Text(left, PAD + 18, shown, 17, "name", bold=True))
    since = None if "time" in options.hidden or front.since is None else tell_ago(front.since // 1000, now_ms)
    about = " · ".join(part for part in (_tag_of(front, options), since and f"switched {since}") if part)
    return [*shapes, Text(left, PAD + 37, fit(about, options.width - PAD - left, 13), 13, "muted")]


def _tag_of(front: PublicFront, options: Options) -> str:
    return "" if "tag" in options.hidden else clean(front.system["tag"] or "")


def _draw_fronter(fronter: Fronter, y: float, options: Options, cdn: Cdn) -> list[Shape]:
    shapes: list[Shape] = []
    left, radius = PAD, _radius(options, FACE)
    color = f"#{fronter.color}" if fronter.color else color_of(fronter.name)
    if "avatar" not in options.hidden:
        urls = sized(fronter.avatar_url, options.animated, cdn.base)
        shapes.append(Picture(PAD + 4, y + 7, FACE, urls, radius, initials(fronter.name), color_of(fronter.name)))
        left += FACE + 20
    shapes.append(Box(left - 8, y + 9, 3, FACE - 4, 1.5, color))
    room = options.width - PAD - left - 4
    shown = fit(fronter.name, room, 14.5, bold=True)
    pronouns = fit(fronter.pronouns or "", room - measure(shown, 14.5, bold=True) - 10, 13)
    shapes.append(Text(left + 4, y + 30, shown, 14.5, bold=True))
    x = left + 14 + measure(shown, 14.5, bold=True)
    return [*shapes, Text(x, y + 30, pronouns, 13, "muted")] if len(pronouns) > 4 else shapes


def _radius(options: Options, size: float) -> float:
    return size / 2 if options.image_style == "circle" else min(options.image_radius, size / 2)
