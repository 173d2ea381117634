"""Reading the samples of other apps, each by its own reader, and what has to hold of whatever was read."""

import io
import json
import zipfile

from rules.fronting.switches import MOST_FRONTERS
from rules.parsing.timestamps import LATEST_US
from rules.systems.members import DESCRIPTION_LENGTH, NAME_LENGTH
from rules.transfer.formats import ampersand, octocon, pluralkit, simply_plural, tupperbox
from rules.transfer.formats.pluralport import reader as pluralport
from tests.rules.transfer.formats.sidecars import get_sample

SIMPLY_PLURAL = {
    "simply-plural-export.json": simply_plural.read,
    "simply-plural-phone-cache.db": simply_plural.read,
    "simply-plural-token-dump.zip": simply_plural.read_folder,
    "simply-plural-token-members-only.json": simply_plural.read_wrappers,
}
OCTOCON = {"octocon_export_full.json": octocon.read_full, "octocon_export_pk.json": octocon.read_short}
PLURALPORT = dict.fromkeys(("pluralport.json", "openplural-events.json"), pluralport.read)
TUPPERBOX = dict.fromkeys(("tupperbox-export.json", "tupperbox-2019.json"), tupperbox.read)
PLURALKIT = dict.fromkeys(("pluralkit-2021-flat-privacy.json", "pluralkit-v2.json"), pluralkit.read)
READERS = {**SIMPLY_PLURAL, **OCTOCON, **PLURALPORT, **TUPPERBOX, **PLURALKIT, "ampersand.json": ampersand.read}


def get_data(name):
    """What is in a sample: its JSON, or that of each file in an archive by its path."""
    if not name.endswith(".zip"):
        return json.loads(get_sample(name))
    with zipfile.ZipFile(io.BytesIO(get_sample(name))) as archive:
        return {path: json.loads(archive.read(path)) for path in archive.namelist() if path.endswith(".json")}


def check_whole(file):
    """Whether what was read can be stored, and names only what is in it."""
    members, groups = len(file.members), len(file.groups)
    assert 0 < members <= 1000
    for one in (*file.members, *file.groups):
        assert isinstance(one.name, str)
        assert 0 < len(one.name) <= NAME_LENGTH
        assert len(one.values.get("description") or "") <= DESCRIPTION_LENGTH
        assert {"name", *one.first_values} <= {*one.values, *one.first_values}
        assert one.source is None or len(one.source) < 200
    for rows in (file.members, file.groups):
        sources = [one.source for one in rows if one.source]
        assert len(sources) == len(set(sources))
    for group in file.groups:
        assert len(set(group.members)) == len(group.members)
        assert all(0 <= number < members for number in group.members)
        assert get_depth(file.groups, group) <= groups
    for span in file.spans:
        assert 0 <= span.member < members
        assert 0 < span.start < (span.end or LATEST_US) <= LATEST_US
    times = [at for at, _ in file.switches]
    assert times == sorted(set(times))
    for _, fronting in file.switches:
        assert len(set(fronting)) == len(fronting) <= MOST_FRONTERS
    assert all(isinstance(things, list) and things for things in file.archive.values())
    # Whatever is kept can be written out.
    json.dumps([file.archive, [one.kept for one in (*file.members, *file.groups)]])
    assert all(line.endswith((".", "?")) for line in (*file.remarks, *file.left_out))


def get_depth(groups, group):
    """How many groups a group is within, which is endless in a circle."""
    depth = 0
    while group.parent is not None:
        assert 0 <= group.parent < len(groups)
        group, depth = groups[group.parent], depth + 1
        assert depth <= len(groups)
    return depth
