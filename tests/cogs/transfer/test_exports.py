"""Files that Discord takes of a bot."""

import gzip
import json

from cogs.transfer import exports, person


def test_what_discord_would_not_take_is_packed():
    small, large = {"name": "é"}, {"name": "é" * exports.MOST_UPLOAD}
    assert json.loads(person.pack(small).data) == small
    packed = person.pack(large)
    assert packed.name == f"{person.NAME}.gz"
    is_whole = json.loads(gzip.decompress(packed.data)) == large
    assert is_whole
