"""Whatever people are called and play, a card is well-formed XML, and nothing that they typed is markup."""

import itertools
import json
import random
import re
from xml.etree import ElementTree

import msgspec
import pytest

from rules.presence.card import Card, read_card
from rules.presence.card_activities import STEP_S
from rules.presence.cdn import DISCORD
from web.cards.notice import draw_notice
from web.cards.options import Options
from web.cards.person import draw_person
from web.cards.rendering import render
from web.cards.selection import select

NOW = 1_795_262_400_000
PIECES = (
    *("<script>alert(1)</script>", "</text>", "<!--", "-->", "]]>", "<![CDATA[", "<?xml ?>", "&amp;", "&#0;", "&lt"),
    *('"', "'", ' onload="x"', "url(http://example.org)", "{{ 7 * 7 }}", "{% raw %}", "</style>", "javascript:x", "\\"),
    *("\x00", "\x07", "\x1b", "\x7f", "\x85", "\u2028", "\ufffe", "\uffff", "\ud800", "\udfff", "\ufeff", "\u200b"),
    *("\u202e", "\u202d", "\u2066", "\u2067", "\u2068", "\u2069", "\u200f", "\u061c", "\u200d", "\ufe0f", "&"),
    *("👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇨🇭", "日本語", "العربية", "עברית", "हिन्दी", "ﷺ", "𒐫", "e\u0301", "\n", "\t"),
    *("\u0301" * 40, " " * 50),
)
# A card has so many texts that a person, or a game of theirs, says.
TEXTS = 14
ALLOWED = {"svg", "title", "style", "defs", "clipPath", "mask", "rect", "circle", "g", "text", "path", "image"}


class Teller:
    """Makes up texts: pieces that do harm elsewhere, and whatever Unicode has."""

    def __init__(self, seed):
        self.random, self.numbers = random.Random(seed), itertools.count()

    def text(self):
        # No text is empty or another's, so that all cards have the same parts.
        return f"x{next(self.numbers)} " + "".join(self.piece() for _ in range(self.random.randrange(8)))

    def piece(self):
        if self.random.random() < 0.6:
            return self.random.choice(PIECES)
        highest = self.random.choice((0x80, 0x300, 0x3000, 0x10000, 0x110000))
        return "".join(chr(self.random.randrange(highest)) for _ in range(self.random.randrange(1, 12)))


def card_of(tell):
    """A card whose every text is told."""
    told = {}

    def place():
        # No stored body holds half a surrogate pair: what is told takes its place in the card itself.
        told[f"text {len(told)}"] = tell()
        return next(reversed(told))

    playing = {"type": 0, "name": place(), "details": place(), "state": place(), "timestamps": {"start": NOW - 99_000}}
    spotify = {
        "id": "spotify:1",
        "type": 2,
        "details": place(),
        "state": place(),
        "assets": {"largeText": place(), "largeImageUrl": "https://i.scdn.co/image/x"},
        "timestamps": {"start": NOW - STEP_S * 1000, "end": NOW + 60_000},
    }
    face = {"name": place(), "display_name": place(), "color": "ff7700", "pronouns": place(), "avatar_url": None}
    presence = {
        "userId": "1",
        "status": "dnd",
        "global_name": place(),
        "username": place(),
        "avatarUrl": "https://a/b",
        "activities": [spotify, playing],
        "customStatus": {"text": place(), "emoji": {"name": place()}},
        "primaryGuild": {"identity_enabled": True, "tag": place()},
    }
    card = read_card(json.dumps({"presence": presence, "fronting": {"members": [face, face]}}), NOW)
    return msgspec.convert(replace_texts(msgspec.to_builtins(card), told), Card)


def replace_texts(found, told):
    """A value with other texts, however deep they are."""
    if isinstance(found, dict):
        return {key: replace_texts(value, told) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [replace_texts(value, told) for value in found]
    return told.get(found, found) if isinstance(found, str) else found


def parts(tree):
    """Its elements with the names of their attributes, in order, and its style; without what else they hold."""
    return [(element.tag, *sorted(element.attrib)) for element in tree.iter()], tree.find("{*}style").text


def check_harmless(tree):
    """Nothing runs, and nothing is loaded."""
    for element in tree.iter():
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in ALLOWED
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name != "href" or value.startswith("data:image/png;base64,")
            assert not re.search(r"url\((?!#(card|cut|p\d+)\))", value)


def check_many(card_app, seed, count):
    """Draw `count` cards, each of other texts, and compare them with one whose texts are harmless."""
    teller = Teller(seed)
    with card_app.app_context():

        def draw(tell):
            card = select(card_of(tell), Options())
            return ElementTree.fromstring(render(draw_person(card, Options(), DISCORD), Options()).svg)

        numbers = itertools.count()
        harmless = parts(draw(lambda: f"x {next(numbers)}"))
        for _ in range(count):
            tree = draw(teller.text)
            assert parts(tree) == harmless
            check_harmless(tree)


def test_a_card_has_as_many_texts_as_are_counted():
    told = []
    card_of(lambda: told.append(1) or "x")
    assert len(told) == TEXTS


def test_what_people_type_is_text(card_app):
    check_many(card_app, 1, 10_000 // TEXTS + 1)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_what_people_type_is_text_on_ten_thousand_cards(card_app):
    check_many(card_app, random.randrange(10**9), 10_000)


def test_what_an_address_says_is_text(card_app):
    teller = Teller(2)
    with card_app.app_context():
        for _ in range(300):
            options = Options(idle_message=teller.text())
            empty = select(read_card('{"presence": {"username": "x"}}', NOW), options)
            for drawing in (draw_person(empty, options, DISCORD), draw_notice("x", teller.text(), options)):
                check_harmless(ElementTree.fromstring(render(drawing, options).svg))
