"""What comes in goes out again, and comes in elsewhere as it was."""

import pytest

from rules.transfer.formats.pluralport.records import OWN_APP
from rules.transfer.writing import pluralport
from tests.rules.transfer.formats import sidecars
from tests.rules.transfer.import_samples import export, run_import, without_ids

ALICE = 80351110224678912
OF_PLURALPORT = [name for name in sidecars.NAMES if ("plural" in name and "port" in name) or "openplural" in name]


def write_out(read):
    """A user's file of PluralPort, and its bundle."""
    written = read(pluralport.write, ALICE)
    return _without_hids({**written.data, "exported_at": None}), pluralport.pack(written)[0]


def _without_hids(data):
    """The same without the short IDs, which are each house's own."""
    for record in (*data["systems"], *data["members"], *data["groups"]):
        refs = record.get("source_refs", [])
        record["source_refs"] = [{**ref, "id": "hid"} if ref["app"] == OWN_APP else ref for ref in refs]
    return data


@pytest.mark.parametrize("name", sidecars.NAMES)
def test_a_file_moved_elsewhere_is_the_same_file_there(write, read, elsewhere, name):
    run_import(write, ALICE, sidecars.get_sample(name))
    there, bundle = write_out(read)
    run_import(elsewhere.write, ALICE, bundle)
    again, _ = write_out(elsewhere.read)
    for key in there.keys() | again.keys():
        assert again.get(key) == there.get(key), key


@pytest.mark.parametrize("name", sidecars.NAMES)
def test_pluralkit_loses_nothing_on_the_way(write, read, elsewhere, name):
    run_import(write, ALICE, sidecars.get_sample(name))
    run_import(elsewhere.write, ALICE, write_out(read)[1])
    there, here = (without_ids(export(get, ALICE)) for get in (elsewhere.read, read))
    for key in here:
        assert there[key] == here[key], key
