"""Files that are packed, damaged, or made to do harm: each is read, or refused with a sentence that says what to do."""

import gzip
import io
import json
import random
import struct
import subprocess
import sys
import zipfile
import zlib

import pytest

from config import ROOT
from rules.errors import Invalid, Refused, TooLarge
from rules.transfer import importer
from rules.transfer.formats.unpacking import files, zip_archives
from tests.rules.transfer.formats.sidecars import get_sample
from tests.rules.transfer.import_samples import as_file, pluralkit

PLURALKIT = pluralkit([{"id": "aaaaa", "name": "Ann"}])
PLURALPORT = as_file({"pluralport_version": "0.1", "members": [{"id": "1", "name": "Ann"}]})
PICTURE = b"\x89PNG\r\n\x1a\n" + b"x" * 20


def packed(*entries, method=zipfile.ZIP_DEFLATED):
    """A zip archive of (name or ZipInfo, bytes)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def bundle(record, picture=PICTURE, path="a.png", name="a.png"):
    """A PluralPort bundle with one picture, and what its record says of it."""
    data = json.loads(PLURALPORT) | {"assets": [{"id": "a", "kind": "avatar", "bundle_path": path, **record}]}
    return packed(("pluralport.json", json.dumps(data)), (name, picture))


def linked(name):
    """A link, as zip archives of Unix hold it."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info


def named(name):
    """An entry whose name Python would not write."""
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    return info


def spoil(archive, at, change):
    """An archive with a field of its first entry changed, at a place of its central directory."""
    begin = archive.index(b"PK\x01\x02") + at
    return archive[:begin] + change + archive[begin + len(change) :]


ONE = packed(("file.json", PLURALKIT))
SIZE, PACKED_SIZE, FLAGS, METHOD, CRC = 24, 20, 8, 10, 16


@pytest.mark.parametrize(
    "text",
    [
        gzip.compress(PLURALKIT),
        gzip.compress(gzip.compress(PLURALKIT)),
        ONE,
        gzip.compress(ONE),
        packed(("a/b/c/export.json", PLURALKIT), ("a/README.txt", b"Hello")),
        packed(("system", PLURALKIT), method=zipfile.ZIP_STORED),
        packed(("file.json", PLURALKIT), ("__MACOSX/._file.json", b"\0\5"), (".DS_Store", b"\0"), ("empty/", b"")),
        packed(("file.json", PLURALKIT), ("a.png", PICTURE)),
    ],
    ids=range(8),
)
def test_what_is_packed_says_the_same(text):
    assert importer.read_file(text) == importer.read_file(PLURALKIT)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "The file is not JSON"),
        (PLURALKIT[:-20], "The file is not JSON"),
        (b"\xff\xfe", "The file is not UTF-8 text."),
        (b"\xff\xfe{", "The file is not UTF-16 text."),
        ("{}".encode("utf-32"), "The file is not JSON"),
        (b'{"a":"\xc3', "The file is not UTF-8 text."),
        (b'"text"', "The file must be a JSON object."),
        (b'{"switches":[' + b"9" * 5000 + b"]}", "The file holds a number that is too long."),
        (b"[" * 100_000, "The file is nested more than 32 deep."),
        (b'{"pluralport_version":' + b"[" * 100_000, "The file is nested more than 64 deep."),
        (b'{"pluralport_version":"0.1","x":' + b"[" * 70 + b"]" * 70 + b"}", "The file is nested more than 64 deep."),
        (b'{"members":[],"switches":[],"members":[]}', 'The file names the key "members" twice.'),
        (b"{" * 1_300_000, "The file holds more than can be read at once: 1,300,000 objects"),
        (b"[" + b"1," * 6_100_000 + b"1]", "The file holds more than can be read at once"),
        (gzip.compress(PLURALKIT)[:-9], "The packed file is damaged"),
        (gzip.compress(gzip.compress(gzip.compress(gzip.compress(PLURALKIT)))), "The file is packed again and again"),
        (b"SQLite format 3\x00", "This is a database and not an export; of Simply Plural's it holds only pictures"),
        (b"ANDROID BACKUP\n5\n1\nnone\n", "This is a phone's backup and not an export; take app_flutter/simply.db"),
        (b"\n<!DOCTYPE html><html>", "This is a web page and not the file; open it, and save the file itself."),
        (PICTURE, "This is a picture."),
        (b"7z\xbc\xaf\x27\x1c", "This is a 7z archive; unpack it"),
        (gzip.compress(b"x" * 257 + b"ustar\x00" + b"x" * 300), "This is a tar archive; unpack it"),
        (b"PK\x05\x06" + b"\0" * 18, "This is an empty zip archive."),
        (b"PK\x03\x04rest", "The zip archive is damaged; save it again."),
        (ONE[:-30], "The zip archive is damaged; save it again."),
        (ONE[:40] + b"xxxx" + ONE[44:], "“file.json” in the zip archive is damaged; save it again."),
        (spoil(ONE, SIZE, struct.pack("<I", 5)), "“file.json” in the zip archive is damaged; save it again."),
        (spoil(ONE, SIZE, struct.pack("<I", 5000)), "“file.json” in the zip archive is not as large as"),
        (spoil(ONE, PACKED_SIZE, struct.pack("<I", 5)), "“file.json” in the zip archive is damaged; save it again."),
        (spoil(ONE, FLAGS, b"\x01"), "The zip archive is encrypted; save it again without a password."),
        (spoil(ONE, METHOD, b"\x0c"), "The zip archive is packed in a way that I do not read"),
        (packed(("a", b"x"), method=zipfile.ZIP_LZMA), "The zip archive is packed in a way that I do not read"),
        (packed(("../a.json", PLURALKIT)), "“../a.json” in the zip archive is no name that a file may have"),
        (packed(("a//b.json", PLURALKIT)), "“a//b.json” in the zip archive is no name that a file may have"),
        (packed(("/a.json", PLURALKIT)), "“/a.json” in the zip archive is no name that a file may have"),
        (packed((named("C:a.json"), PLURALKIT)), "“C:a.json” in the zip archive is no name that a file may have"),
        (packed((named("a\\b.json"), PLURALKIT)), "“a\\b.json” in the zip archive is no name that a file may have"),
        (packed((named("a\nb.json"), PLURALKIT)), "“a?b.json” in the zip archive is no name that a file may have"),
        (packed((linked("a.json"), "/etc/passwd")), "“a.json” in the zip archive is a link and not a file"),
        (packed(("a.zip", ONE)), "“a.zip” in the zip archive is packed again; unpack it first."),
        (packed(("a", b"\x89PNG"), ("b", b"\xff\xd8\xff")), "These are pictures only; what I need is the file"),
        (
            packed(("a.json", b"{}"), ("b.json", b"{}")),
            "In this zip archive I find no file that I read: it holds “a.json”",
        ),
        (packed(("a.csv", b"x"), ("b.csv", b"y")), "These are tables, such as Lighthouse's"),
        (packed(("manifest.json", b"{}"), ("data.json", b"{}")), "This is PluralSpace's own file"),
        (
            packed(("members.json", b"[]"), ("a.json", b"{}")),
            "The members.json in the zip archive is not Simply Plural's",
        ),
        (packed(("members.json", b"5"), ("groups.json", b"[")), "The zip archive is not JSON"),
        (packed(("pluralport.json", PLURALKIT)), "The file in the zip archive is named as PluralPort's and is none"),
        (
            packed(("pluralport.json", PLURALPORT), ("openplural.json", PLURALPORT[:-1] + b',"x":1}')),
            "pluralport.json and openplural.json in the zip archive say different things",
        ),
        (bundle({"size_bytes": 5}), "The picture “a.png” in the zip archive is not the one that the file names"),
        (bundle({"sha256": "0" * 64}), "The picture “a.png” in the zip archive is not the one that the file names"),
        (bundle({}, path="../a.png"), "A picture in the file lies at a path that leads out of the zip archive"),
    ],
    # What is packed says when it was.
    ids=lambda value: "bytes" if isinstance(value, bytes) else ascii(value)[:60],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(text, says):
    with pytest.raises(Refused) as refused:
        importer.read_file(text)
    assert refused.value.sentence.startswith(says)
    assert refused.value.sentence.endswith(".")


def test_two_files_of_one_name():
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive = packed(("a.json", PLURALKIT), ("a.json", PLURALPORT))
    with pytest.raises(Invalid, match="Two files in the zip archive have one name"):
        importer.read_file(archive)


def test_entries_that_share_their_bytes():
    """A bomb of few bytes names the same ones again and again."""
    archive = packed(("a.json", PLURALKIT), ("b.json", PLURALKIT))
    second = archive.index(b"PK\x01\x02", archive.index(b"PK\x01\x02") + 4)
    shared = archive[: second + 42] + struct.pack("<I", 0) + archive[second + 46 :]
    with pytest.raises(Invalid, match="The zip archive is damaged"):
        importer.read_file(shared)


def test_bytes_are_counted_as_they_come_and_not_as_the_archive_says(monkeypatch):
    monkeypatch.setattr(zip_archives, "MOST_ENTRY", 1000)
    with pytest.raises(TooLarge, match="A file in a zip archive may have at most 1,000 bytes"):
        importer.read_file(packed(("a.json", PLURALKIT + b" " * 1000)))
    monkeypatch.setattr(zip_archives, "MOST_ENTRY", 10_000)
    monkeypatch.setattr(zip_archives, "MOST_UNPACKED", 2000)
    entries = [(f"{name}.json", b"[" + b" " * 900 + b"]") for name in ("members", "groups", "polls")]
    with pytest.raises(TooLarge, match="A zip archive may hold at most 2,000 bytes"):
        importer.read_file(packed(*entries))
    monkeypatch.setattr(zip_archives, "MOST_PACKED", 50)
    with pytest.raises(TooLarge, match="A zip archive must have at most 50 bytes"):
        importer.read_file(ONE)


def test_entries_are_counted_before_an_object_is_made_of_each(monkeypatch):
    monkeypatch.setattr(zip_archives, "MOST_ENTRIES", 3)
    with pytest.raises(TooLarge, match="A zip archive may hold at most 3 files; this one has 4"):
        importer.read_file(packed(*[(f"{n}.json", b"{}") for n in range(4)]))


def test_all_lists_of_a_folder_together_are_no_more_than_one_file_may_be(monkeypatch):
    monkeypatch.setattr(importer, "MOST_BYTES", 15_000)
    with pytest.raises(TooLarge, match="The files in a zip archive may have at most 15,000 bytes"):
        importer.read_file(get_sample("simply-plural-token-dump.zip"))


@pytest.mark.parametrize("pack", [gzip.compress, lambda text: packed(("a.json", text))], ids=["gzip", "zip"])
def test_a_bomb(pack):
    with pytest.raises(TooLarge):
        importer.read_file(pack(b"\0" * (33 * 1024 * 1024)))


def test_a_stream_that_never_ends_its_gzip():
    stream = zlib.compressobj(wbits=31)
    text = stream.compress(PLURALKIT) + stream.flush(zlib.Z_SYNC_FLUSH)
    with pytest.raises(Invalid, match="The packed file is damaged"):
        importer.read_file(text)


def test_pictures_of_a_bundle_are_kept_while_there_is_room(monkeypatch):
    [asset] = importer.read_file(bundle({"size_bytes": len(PICTURE)})).archive["assets"]
    assert asset["data_base64"].startswith("iVBORw")
    monkeypatch.setattr("rules.transfer.formats.unpacking.bundles.MOST_PICTURES", 5)
    [asset] = importer.read_file(bundle({})).archive["assets"]
    assert "data_base64" not in asset
    [asset] = importer.read_file(bundle({}, name="b.png")).archive["assets"]
    assert asset["bundle_path"] == "a.png"


def test_a_picture_that_is_checked_counts_too(monkeypatch):
    monkeypatch.setattr(zip_archives, "MOST_ENTRY", 200)
    with pytest.raises(TooLarge, match="A file in a zip archive may have at most 200 bytes"):
        importer.read_file(bundle({}, picture=b"x" * 500))


def test_the_two_files_of_a_bundle_may_differ_in_how_they_are_written():
    twice = packed(("pluralport.json", PLURALPORT), ("openplural.json", json.dumps(json.loads(PLURALPORT), indent=1)))
    assert importer.read_file(twice) == importer.read_file(PLURALPORT)


def test_sixteen_bits_a_sign_without_a_mark_are_told_by_the_first_sign():
    assert files.read_json("[1]".encode("utf-16-le")) == files.read_json("[1]".encode("utf-16-be")) == [1]


@pytest.mark.parametrize("name", ["pluralport-bundle.zip", "simply-plural-token-dump.zip"])
def test_an_archive_in_which_anything_is_changed_is_read_or_refused_in_a_sentence(name):
    chance, sample, read, refused = random.Random(name), get_sample(name), 0, []
    for _ in range(150):
        text = bytearray(sample)
        for _ in range(chance.choice([1, 1, 2, 5])):
            text[chance.randrange(len(text))] = chance.randrange(256)
        if chance.random() < 0.1:
            del text[chance.randrange(len(text)) :]
        try:
            read += bool(importer.read_file(bytes(text)).members)
        except Refused as refusal:
            refused.append(refusal.sentence)
    assert read
    assert all(sentence.endswith(".") for sentence in refused)


@pytest.mark.long
@pytest.mark.parametrize("largest", ["text", "values", "notes", "archive"])
def test_the_largest_file_takes_less_than_200_mb(largest, tmp_path):
    """In a process of its own, whose peak is that of reading alone."""
    emoji, most = "🦊", 32 * 1024 * 1024
    if largest == "text":
        text = pluralkit(name="%s") % (emoji + "x" * (most - 100)).encode()
    elif largest == "values":
        text = b'{"switches":[],"x":[' + b'"aaaaaaa",' * 2_400_000 + b'"a"]}'
    else:
        notes = [{"id": str(n), "body": emoji + "n" * 3000} for n in range(10_000)]
        text = json.dumps(json.loads(PLURALPORT) | {"notes": notes}, ensure_ascii=False).encode()
        text = packed(("pluralport.json", text), ("openplural.json", text)) if largest == "archive" else text
    (tmp_path / "file").write_bytes(text)
    script = (
        "import resource, sys; from rules.transfer import importer\n"
        "idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "importer.read_file(open(sys.argv[1], 'rb').read())\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "file"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(ran.stdout) < 200 * 1024
