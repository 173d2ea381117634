"""A system as a file that Discord takes."""

import gzip
import json

from cogs.systems import import_export


def test_an_export_that_discord_would_not_take_is_packed():
    small, large = {"name": "é"}, {"name": "é" * import_export.MOST_UPLOAD}
    assert import_export.pack(small).filename == "system.json"
    packed = import_export.pack(large)
    assert packed.filename == "system.json.gz"
    is_whole = json.loads(gzip.decompress(packed.fp.read())) == large
    assert is_whole
