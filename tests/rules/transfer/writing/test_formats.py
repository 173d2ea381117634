"""The formats in which a system leaves, in no more bytes than there is room for."""

import gzip

import pytest

from rules.errors import Invalid, TooLarge
from rules.systems import systems
from rules.transfer.writing import formats

ALICE = 80351110224678912


@pytest.mark.parametrize("form", ["pluralkit", "csv", "ics"])
def test_a_file_that_is_too_large_is_packed(read, write, form):
    write(systems.create_system, ALICE, {"name": "Foxes", "description": "x" * 1000})
    make = read(formats.read, ALICE, form)
    whole = make(None)
    assert make(len(whole.data)).data == whole.data
    packed = make(len(whole.data) - 1)
    assert (packed.name, packed.media_type) == (f"{whole.name}.gz", "application/gzip")
    assert gzip.decompress(packed.data).splitlines()[:1] == whole.data.splitlines()[:1]


def test_a_bundle_that_is_too_large_is_refused(read, write):
    write(systems.create_system, ALICE, {"name": "Foxes"})
    with pytest.raises(TooLarge):
        read(formats.read, ALICE, "pluralport")(100)


@pytest.mark.parametrize("form", ["xml", "", "PluralKit"])
def test_another_format_is_refused(read, write, form):
    write(systems.create_system, ALICE, {"name": "Foxes"})
    with pytest.raises(Invalid):
        read(formats.read, ALICE, form)
