"""A newcomer's story, told only through messages: from the first member to a deleted system and back again."""

import json
import re

from tests.end_to_end.bot_replies import said
from tests.end_to_end.rollcall import until

PICTURE = b"\x89PNG\r\n\x1a\n"


def test_a_newcomer_makes_a_system_and_gets_it_back_from_its_export(discord, rollcall, person):
    zoe = person("zoe")

    def say(text, **options):
        """Everything that the bot says to a message."""
        return said(discord.say_and_wait(zoe, text, **options))

    def ask(text, wanted, **options):
        answers = say(text, **options)
        assert any(re.search(wanted, answer) for _, answer in answers), answers
        return answers

    ask("pk;system", "system new")
    ask("pk;help", "pk;system new")
    ask("pk;system new The Trees", "Your system is made")
    ask("pk;system tag 🌲", "tag is changed")
    ask("pk;config timezone berlin -yes", "Europe/Berlin")
    ask('pk;member new "Ann Oak"', "Ann Oak is here")
    ask("pk;member new Ben", "Ben is here")
    answers = say("pk;m new Cy", attachments=[("cy.png", PICTURE)])
    assert "Cy is here" in answers[0][1]
    ask('pk;m "ann oak" proxy [text]', r"\[text\]")
    ask("pk;m ben proxy B: text", "B: text")
    ask("pk;m cy proxy text -cy", "text -cy")
    for name, color in (('"ann oak"', "#00ff00"), ("ben", "ff8800"), ("cy", "0000FF")):
        ask(f"pk;m {name} color {color}", "color is changed")
    ask('pk;m "ann oak" avatar https://example.com/ann.png', "avatar is changed")
    ask(f"pk;m ben avatar <@{zoe}>", "avatar is changed")
    ask("pk;switch ben", "Fronting: Ben")
    ask("pk;switch move 1h ago -y", "latest switch was")
    ask('pk;sw "Ann Oak" cy', "Fronting: Ann Oak, Cy")
    ask("pk;f", "Ann Oak, Cy")
    history = ask("pk;f h", "Front history")[0][1]
    assert history.index("Ann Oak, Cy") < history.index("Ben")

    system = rollcall.get(f"/v1/a/{zoe}").json()
    members = rollcall.get(f"/v1/s/{system['id']}/members").json()
    switches = rollcall.get(f"/v1/s/{system['id']}/switches").json()
    assert (system["name"], system["tag"], system["tz"]) == ("The Trees", "🌲", "Europe/Berlin")
    assert [member["name"] for member in members] == ["Ann Oak", "Ben", "Cy"]
    assert [member["color"] for member in members] == ["00ff00", "ff8800", "0000ff"]
    assert all(member["avatar_url"] for member in members)
    assert members[2]["proxy_tags"] == [{"prefix": None, "suffix": " -cy"}]
    assert [len(switch["members"]) for switch in switches] == [2, 1]

    ask("pk;export", "See your DMs")
    exported = file_of(discord, zoe)
    ask("pk;system delete", system["id"])
    ask(system["id"], "deleted")
    assert rollcall.get(f"/v1/s/{system['id']}").status_code == 404
    assert rollcall.get(f"/v1/a/{zoe}").status_code == 404
    ask("pk;system", "system new")

    summary = say("pk;import", attachments=[("system.json", exported)])
    assert "3 new members" in summary[0][1]
    # A process of its own has to start for it.
    ask("yes", "3 members added", quiet=2.0)
    back = until(lambda: rollcall.get(f"/v1/a/{zoe}").json())
    assert without_id(back) == without_id(system)
    again = rollcall.get(f"/v1/s/{back['id']}/members").json()
    assert [without_id(member) for member in again] == [without_id(member) for member in members]
    assert [switch["timestamp"] for switch in rollcall.get(f"/v1/s/{back['id']}/switches").json()] == [
        switch["timestamp"] for switch in switches
    ]
    ask("pk;f", "Ann Oak, Cy")
    ask("pk;export", "See your DMs")
    assert comparable(json.loads(file_of(discord, zoe))) == comparable(json.loads(exported))


def file_of(discord, user):
    """The file of the newest DM that has one."""
    sent = [message for message in discord.dms(user) if message["attachments"]]
    return discord.file(sent[-1]["attachments"][0]["id"])


def without_id(thing):
    return {key: value for key, value in thing.items() if key != "id"}


def comparable(exported):
    """An export with its members' IDs replaced by their places, and without the other IDs."""
    places = {member["id"]: place for place, member in enumerate(exported["members"])}
    drop = ("id", "uuid")
    return {
        **{key: value for key, value in exported.items() if key not in drop},
        "members": [{k: v for k, v in member.items() if k not in drop} for member in exported["members"]],
        "switches": [{**s, "members": [places[member] for member in s["members"]]} for s in exported["switches"]],
    }
