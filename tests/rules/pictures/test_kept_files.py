"""Pictures beside the database: their names and addresses, how many, and that they go with their last use."""

import pytest

from rules.account import erasure
from rules.errors import NotAllowed, NotFound
from rules.groups import groups
from rules.pictures import kept_files
from rules.systems import guild_settings, members, soft_delete, systems
from tests.rules.pictures.picture_bytes import png

ALICE, BOB, GUILD = 80351110224678912, 80351110224678914, 5


@pytest.fixture
def folder(url):
    return kept_files.get_folder(url)


@pytest.fixture
def keep(folder):
    """Keep a picture; its address."""
    return lambda seed=0: kept_files.make_address(
        "https://roll.example", kept_files.store(folder, png(seed=seed), "png")
    )


@pytest.fixture
def kept(folder):
    return lambda: {path.name for path in folder.iterdir()}


def test_a_picture_is_kept_beside_the_database_readable_by_its_user_alone(folder, database_file, keep):
    address = keep()
    name = kept_files.find_name(address)
    assert folder == database_file.parent / "rollcall.db.pictures"
    assert (folder.stat().st_mode & 0o777, (folder / name).read_bytes()) == (0o700, png())
    assert kept_files.get_file(folder, name) == folder / name
    assert kept_files.get_media_type(name) == "image/png"


def test_the_same_picture_is_kept_once_and_another_beside_it(keep, kept):
    assert keep() == keep()
    assert keep(1) != keep()
    assert len(kept()) == 2


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "https://roll.example/pictures/",
        "https://roll.example/pictures/a.png",
        f"https://roll.example/pictures/{'a' * 64}.svg",
        f"https://roll.example/pictures/{'a' * 64}.png?x",
        f"/pictures/{'a' * 64}.png",
    ],
)
def test_an_address_of_something_else(address):
    assert kept_files.find_name(address) is None


@pytest.mark.parametrize("name", ["../rollcall.db", "..", "", f"{'A' * 64}.png", f"{'a' * 64}.png"])
def test_nothing_but_a_picture_is_served_from_the_folder(folder, keep, name):
    keep()
    with pytest.raises(NotFound, match="There is no picture at this address"):
        kept_files.get_file(folder, name)


def test_a_picture_stays_while_any_field_names_it_and_goes_with_the_last(write, read, folder, keep, kept):
    write(systems.create_system, ALICE)
    hid = write(members.create_member, ALICE, {"name": "Ann"}).hid
    group = write(groups.create_group, ALICE, {"name": "Tall"}).hid
    uses = [
        (systems.edit_system, (ALICE,), "avatar_url"),
        (systems.edit_system, (ALICE,), "banner"),
        (members.edit_member, (ALICE, hid), "avatar_url"),
        (members.edit_member, (ALICE, hid), "webhook_avatar_url"),
        (members.edit_member, (ALICE, hid), "banner"),
        (groups.edit_group, (ALICE, group), "icon"),
        (groups.edit_group, (ALICE, group), "banner"),
        (guild_settings.edit_system, (ALICE, GUILD), "avatar_url"),
        (guild_settings.edit_member, (ALICE, hid, GUILD), "avatar_url"),
    ]
    for number, (edit, who, field) in enumerate(uses):
        address = keep(number)
        write(edit, *who, {field: address})
        assert read(kept_files.delete_unused, folder) == 0
        write(edit, *who, {field: "https://example.com/a.png"})
        assert read(kept_files.delete_unused, folder) == 1
        assert kept() == set()


def test_two_systems_with_one_picture_lose_it_with_the_second(write, read, folder, keep, kept):
    for user_id in (ALICE, BOB):
        write(systems.create_system, user_id, {"avatar_url": keep()})
    write(erasure.forget, ALICE)
    while write(soft_delete.purge_some):
        pass
    assert (read(kept_files.delete_unused, folder), len(kept())) == (0, 1)
    write(systems.delete_system, BOB)
    while write(soft_delete.purge_some):
        pass
    assert (read(kept_files.delete_unused, folder), kept()) == (1, set())


def test_what_a_process_left_unfinished_goes(read, folder, keep, kept):
    keep()
    (folder / f"{'a' * 64}.png.unfinished").write_bytes(b"half")
    assert (read(kept_files.delete_unused, folder), kept()) == (2, set())


def test_without_a_folder_there_is_nothing_to_delete(read, folder):
    assert read(kept_files.delete_unused, folder) == 0


def test_a_system_fills_the_disk_to_its_limit_and_no_further(monkeypatch, write, read, folder, keep):
    size = len(png())
    monkeypatch.setattr(kept_files, "MOST_BYTES_A_SYSTEM", 3 * size)
    write(systems.create_system, ALICE, {"avatar_url": keep(1)})
    ann = write(members.create_member, ALICE, {"name": "Ann", "avatar_url": keep(1), "banner": keep(2)}).hid
    read(kept_files.check_room, ALICE, folder, size)
    write(guild_settings.edit_member, ALICE, ann, GUILD, {"avatar_url": keep(3)})
    with pytest.raises(NotAllowed, match="give an address of your own, or clear some others first"):
        read(kept_files.check_room, ALICE, folder, size)
    read(kept_files.check_room, BOB, folder, size)
