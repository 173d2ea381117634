"""Reading what somebody gave, one file or several that belong together, packed or not."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from rules.errors import Invalid, TooLarge
from rules.transfer.formats import detection, simply_plural
from rules.transfer.formats.pluralport import reader as pluralport
from rules.transfer.formats.unpacking import bundles
from rules.transfer.formats.unpacking.dump_lists import name_collection
from rules.transfer.formats.unpacking.files import read_json, unpack
from rules.transfer.formats.unpacking.zip_archives import ZipArchive
from rules.transfer.import_file import File, count

MOST_FILES = 50
_TOO_MANY = f"At most {MOST_FILES} files can be read at once; put them into one zip archive instead."
_STRANGERS = (
    "These files do not belong together. Give me one at a time; read together are only the lists of Simply Plural's"
    " token dump, and a file with the zip archive of its pictures."
)


def read(texts: Sequence[bytes], most: int, **choices: bool) -> File:
    """What one file says, or several that belong together; JSON has at most `most` bytes in all.

    The choices are those of `simply_plural.read`. Raises Invalid, and TooLarge.
    """
    if not texts:
        raise Invalid("There is no file; attach one.")
    if len(texts) > MOST_FILES:
        raise Invalid(_TOO_MANY)
    opened = [unpack(text, most) for text in texts]
    pictures = [one for one in opened if isinstance(one, ZipArchive) and bundles.is_of_pictures(one)]
    others = [one for one in opened if one not in pictures]
    if not others:
        raise Invalid("These are pictures only; what I need is the file with the members, such as export.json.")
    file = _read_one(others[0], most, choices) if len(others) == 1 else _read_lists(others, most, choices)
    if pictures:
        found = sum(len(archive.names) for archive in pictures)
        told = f"{count(found, 'picture')} in the zip archive: none is taken; Rollcall shows those of the web."
        file = replace(file, remarks=(*file.remarks, told))
    return file


def _read_one(opened: bytes | ZipArchive, most: int, choices: dict[str, bool]) -> File:
    if isinstance(opened, bytes):
        return detection.read_data(read_json(opened), **choices)
    if (data := bundles.read_root(opened)) is not None:
        if not isinstance(data, dict) or not detection.is_pluralport(data):
            raise Invalid("The file in the zip archive is named as PluralPort's and is none; export it again.")
        return pluralport.read(data, bundles.read_pictures(opened, data))
    names = bundles.find_json(opened)
    if any(PurePosixPath(name).stem.lower() == "members" for name in names) and len(names) > 1:
        return _read_dump(bundles.read_folder(opened, most), choices)
    name = bundles.find_only_file(opened)
    text = opened.read(name)
    bundles.check_not_packed(name, text)
    return detection.read_data(read_json(text), **choices)


def _read_dump(folder: dict[str, Any], choices: dict[str, bool]) -> File:
    """A folder with a members.json: what Simply Plural's token fetched, each list wrapped."""
    members = [data for path, data in folder.items() if PurePosixPath(path).stem.lower() == "members"]
    if not any(detection.is_wrapped(data) for data in members):
        raise Invalid("The members.json in the zip archive is not Simply Plural's; give me the file itself.")
    return simply_plural.read_folder(folder, **choices)


def _read_lists(opened: Sequence[bytes | ZipArchive], most: int, choices: dict[str, bool]) -> File:
    """Several files of Simply Plural's token dump, told apart by what is in them."""
    if any(isinstance(one, ZipArchive) for one in opened):
        raise Invalid(_STRANGERS)
    if (size := sum(map(len, opened))) > most:
        raise TooLarge(f"The files must have at most {most:,} bytes together; these have {size:,}.")
    folder = {}
    for number, text in enumerate(opened):
        data = read_json(text)
        if not (data == [] or detection.is_wrapped(data) or detection.is_wrapper(data)):
            raise Invalid(_STRANGERS)
        folder[f"{number:02}/{name_collection(data)}.json"] = data
    return simply_plural.read_folder(folder, **choices)
