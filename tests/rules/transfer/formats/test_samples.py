"""Every sample, read as somebody would give it, by its bytes alone, against what its sidecar says."""

import gzip

import pytest

from rules.transfer import importer
from tests.rules.transfer.formats import sidecars

APPS = {
    "ampersand.json": "Ampersand",
    "octocon_export_full.json": "Octocon",
    "octocon_export_pk.json": "Octocon",
    "openplural-events.json": "Sheaf (PluralPort)",
    "pluralport.json": "Prism (PluralPort)",
    "pluralport-bundle.zip": "Prism (PluralPort)",
    **dict.fromkeys([name for name in sidecars.NAMES if name.startswith("pluralkit")], "PluralKit"),
    **dict.fromkeys([name for name in sidecars.NAMES if name.startswith("simply")], "Simply Plural"),
    **dict.fromkeys([name for name in sidecars.NAMES if name.startswith("tupperbox")], "Tupperbox"),
}


@pytest.mark.parametrize("name", sidecars.NAMES)
def test_a_sample_says_what_its_sidecar_expects(name):
    file = importer.read_file(sidecars.get_sample(name))
    sidecars.check(file, name)
    assert file.app == APPS[name]


@pytest.mark.parametrize(
    "name", [name for name in sidecars.NAMES if name.endswith((".json", ".db"))], ids=lambda name: name
)
@pytest.mark.parametrize(
    "write",
    [
        gzip.compress,
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.decode().encode("utf-16"),
        lambda text: text.decode().encode("utf-16-be"),
        lambda text: b" \r\n" + text,
    ],
    ids=["gzip", "byte order mark", "UTF-16", "UTF-16 without a mark", "blanks before"],
)
def test_it_says_the_same_however_it_is_written(name, write):
    text = sidecars.get_sample(name)
    assert importer.read_file(write(text)) == importer.read_file(text)
