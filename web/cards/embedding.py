"""The pictures of a card as `data:` addresses: what shows a card loads nothing that it names."""

import base64
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from flask import current_app

from web.cards.shapes import Picture

# Nobody waits longer than this for a card.
WAIT_S = 2.0
# GitHub's proxy takes 5 MB, of text that is a third longer than the bytes.
MOST_OF_ONE, MOST_OF_ALL = 768 * 1024, 3 * 1024 * 1024
MEDIA_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
Urls = tuple[str, ...]


def embed(pictures: Iterable[Picture]) -> dict[Urls, str]:
    """The `data:` address of each picture that can be had in time, by its addresses, which are tried in turn."""
    # One that is drawn in several places stands in the card as often.
    wanted = Counter(picture.urls for picture in pictures)
    ends, found, total = time.monotonic() + WAIT_S, {}, 0
    for number in range(max(map(len, wanted), default=0)):
        asked = {urls: urls[number] for urls in wanted if urls not in found and number < len(urls)}
        data = _find(asked.values(), max(0.0, ends - time.monotonic()))
        for urls, address in asked.items():
            picture = data.get(address)
            size = len(picture.data) * wanted[urls] if picture else 0
            if picture and total + size <= MOST_OF_ALL:
                total += size
                found[urls] = f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}"
    return found


def _find(addresses: Iterable[str], wait_s: float) -> dict[str, Any]:
    found = current_app.extensions["pictures"].find_many(addresses, wait_s)
    return {address: picture for address, picture in found.items() if _fits(picture)}


def _fits(picture: Any) -> bool:
    return picture.media_type in MEDIA_TYPES and len(picture.data) <= MOST_OF_ONE
