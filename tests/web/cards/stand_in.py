"""What stands for the pictures of `web.remote_pictures`, and what a card says when it is read as XML."""

from typing import NamedTuple
from xml.etree import ElementTree

from tests.rules.pictures.picture_bytes import png

SVG = "{http://www.w3.org/2000/svg}"
ISOLATES = str.maketrans("", "", "\u2068\u2069")


class Picture(NamedTuple):
    data: bytes
    media_type: str = "image/png"


class StandIn:
    """Has a picture at every address that holds none of the words in `missing`; `asked` is what was asked for."""

    def __init__(self):
        self.asked, self.missing, self.of = [], [], {}

    def find_many(self, addresses, wait_s=2.0):
        wanted = list(addresses)
        self.asked += wanted
        there = [address for address in wanted if not any(word in address for word in self.missing)]
        return {address: self.of.get(address, Picture(png())) for address in there}


def texts(svg):
    """The lines that stand on a card, from top to bottom as they were drawn."""
    return [text.text.translate(ISOLATES) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def hrefs(svg):
    """The addresses that a card names."""
    return [image.attrib["href"] for image in ElementTree.fromstring(svg).iter(f"{SVG}image")]


def dots(svg):
    """How the status dot looks."""
    groups = ElementTree.fromstring(svg).iter(f"{SVG}g")
    return [group.attrib["class"] for group in groups if "scale" in group.attrib.get("transform", "")]
