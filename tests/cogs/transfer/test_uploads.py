"""Files that Discord takes of a bot."""

import gzip
import json

from cogs.transfer.uploads import MOST_UPLOAD, as_json


def test_what_discord_would_not_take_is_packed():
    small, large = {"name": "é"}, {"name": "é" * MOST_UPLOAD}
    assert json.loads(as_json("all.json", small).data) == small
    packed = as_json("all.json", large)
    assert packed.name == "all.json.gz"
    is_whole = json.loads(gzip.decompress(packed.data)) == large
    assert is_whole
