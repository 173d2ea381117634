"""`/v1/s/<id>.svg` and `/v2/systems/<id>.svg`: who fronts, as a stranger may see it."""

from xml.etree import ElementTree

import pytest

from rules.fronting import switches
from rules.systems import members, systems
from tests.web.cards.people import ALICE
from tests.web.cards.stand_in import Picture, hrefs, texts

HUGE = "https://cdn.discordapp.com/icons/1/a.png"


@pytest.fixture
def garden(write):
    return write(systems.create_system, ALICE, {"name": "The Garden", "tag": "🌱", "avatar_url": HUGE})


@pytest.fixture
def add(write, garden):
    def run(name, **fields):
        return write(members.create_member, ALICE, {"name": name, **fields}).hid

    return run


@pytest.fixture
def get(client, garden):
    """The card, which is the same in both dialects and by each reference."""

    def run(query=""):
        paths = (f"/v1/s/{garden.hid}.svg", f"/v2/systems/{garden.hid}.svg", f"/v2/systems/{ALICE}.svg")
        first, *others = [client.get(f"{path}?{query}") for path in paths]
        assert {answer.data for answer in others} == {first.data}
        assert {answer.headers["ETag"] for answer in others} == {first.headers["ETag"]}
        return first.data

    return run


def test_those_who_front_are_on_it(get, add, write):
    write(switches.log_switch, ALICE, [add("Rowan", pronouns="they/them", color="2e7d32"), add("Juniper")])
    shown = texts(get())
    assert {"The Garden", "🌱 · switched just now", "Rowan", "they/them", "Juniper"} <= set(shown)
    assert b"#2e7d32" in get()


def test_many_are_counted(get, add, write):
    write(switches.log_switch, ALICE, [add(f"Member {number}") for number in range(11)])
    assert texts(get())[-1] == "and 3 more"


def test_however_many_front_with_one_picture_the_card_fits_githubs_proxy(client, garden, add, write, pictures):
    write(switches.log_switch, ALICE, [add("&" * 98 + str(number), avatar_url=HUGE) for number in range(20)])
    pictures.of = {f"{HUGE}?size=128": Picture(bytes(700 * 1024))}
    svg = client.get(f"/v1/s/{garden.hid}.svg").data
    assert len(svg) < 5_000_000
    title = ElementTree.fromstring(svg).find("{*}title").text
    assert title.endswith("9, 10 more fronting")


def test_nobody_is_told_from_a_private_member_by_nothing(get, add, write):
    assert texts(get())[-1] == "Nobody is fronting just now"
    write(switches.log_switch, ALICE, [add("Secretive", visibility="private")])
    alone = get()
    write(switches.log_switch, ALICE, [])
    assert get() == alone
    assert "Secretive" not in alone.decode()


def test_a_private_front_is_not_public(get, add, write):
    write(switches.log_switch, ALICE, [add("Rowan")])
    write(systems.edit_system, ALICE, {"front_privacy": "private"})
    assert texts(get()) == ["The Garden", "Who fronts in this system is not public."]


def test_what_is_hidden_of_a_system_and_its_members_is_not_on_it(get, add, write, garden):
    hid = add("Rowan", display_name="R", pronouns="they/them", name_privacy="private", pronoun_privacy="private")
    write(switches.log_switch, ALICE, [hid])
    write(systems.edit_system, ALICE, {"name_privacy": "private", "avatar_privacy": "private"})
    shown = texts(get())
    assert garden.hid in shown
    assert not {"The Garden", "Rowan", "they/them"} & set(shown)
    assert hrefs(get()) == []


def test_a_token_of_its_own_shows_no_more(client, garden, add, write, token_of):
    write(switches.log_switch, ALICE, [add("Secretive", visibility="private")])
    headers = {"Authorization": token_of(ALICE)}
    for path in (f"/v1/s/{garden.hid}.svg", f"/v2/systems/{garden.hid}.svg"):
        assert client.get(path, headers=headers).data == client.get(path).data
    assert texts(client.get("/v2/systems/@me.svg", headers=headers).data)[0] == "No system to show"


@pytest.mark.parametrize("path", ["/v1/s/zzzzz.svg", "/v1/s/%00.svg", "/v2/systems/zzzzz.svg", "/v2/systems/1.svg"])
def test_without_a_system_a_card_says_so(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert texts(answer.data)[0] == "No system to show"


def test_options_hold_for_it_too(get, add, write, client, garden):
    write(switches.log_switch, ALICE, [add("Rowan")])
    assert "The Garden" not in texts(get("hideProfile=true"))
    assert "🌱" in texts(get("hide=time"))
    assert "switched just now" in texts(get("hide=tag"))
    assert hrefs(get("hide=avatar")) == []
    write(switches.log_switch, ALICE, [])
    assert texts(get("idle_message=All%20asleep"))[-1] == "All asleep"
    assert texts(client.get(f"/v1/s/{garden.hid}.svg?width=1").data)[0] == "This card cannot be drawn"


def test_a_card_that_has_not_changed_is_not_sent_again(client, garden):
    etag = client.get(f"/v1/s/{garden.hid}.svg").headers["ETag"]
    assert client.get(f"/v1/s/{garden.hid}.svg", headers={"If-None-Match": etag}).status_code == 304
