"""Reactions to copies and to answers: ❌ deletes, ❓ tells who it was, 🔔 pings."""

import pytest

from rules.systems import members, systems
from rules.systems.privacy import LATER_MEMBER_PRIVACY, LATER_SYSTEM_PRIVACY, MEMBER_PRIVACY, SYSTEM_PRIVACY
from tests.end_to_end.bot_replies import said, text_of
from tests.end_to_end.rollcall import until

SYSTEM = dict.fromkeys((*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY), "private")
MEMBER = dict.fromkeys((*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY), "private")


@pytest.fixture
def stranger(discord):
    made = discord.add_user("stranger")
    discord.join(made)
    return made


@pytest.fixture
def quiet(discord):
    """Rings a bell that is heard, and checks that nothing else was said: the reactions before it came to nothing."""
    listener = discord.add_user("listener")
    discord.join(listener)

    def check(who, after=None):
        after = discord.last_seq() if after is None else after
        copy = who.speak("a:end")["message"]["id"]
        for _ in range(2):
            since = discord.last_seq()
            discord.react(listener, copy, "🔔")
            who.await_log(lambda entry: entry["kind"] == "reaction_removed" and entry["message_id"] == copy, since)
            who.await_log(lambda entry: said([entry]) != [], since)
        assert [text.partition("\n")[0] for _, text in said(discord.log(after))] == [f"<@{who.id}>"] * 2

    return check


def test_a_cross_deletes_for_the_sender_and_the_system_alone(discord, rollcall, proxying_user, stranger):
    ann, other = proxying_user("Ann"), proxying_user("Zoe")
    twin = discord.add_user("twin")
    discord.join(twin)
    rollcall.write(systems.link_account, int(ann.id), int(twin))
    stays = ann.speak("a:stays")["message"]["id"]
    for person in (stranger, other.id):
        discord.react(person, stays, "❌")
    for person, emoji in ((ann.id, "❌"), (twin, "❌")):
        copy = ann.speak("a:hello")["message"]["id"]
        discord.react(person, copy, emoji)
        until(lambda copy=copy: copy not in [message["id"] for message in discord.messages(ann.channel)])
        until(lambda copy=copy: ann.forget_at(copy))
    assert [text for _, text in ann.standing()] == ["stays"]
    # Whoever has left the system, and sent it, may still take it back.
    rollcall.write(systems.unlink_account, int(twin), int(ann.id))
    discord.react(ann.id, stays, "❌")
    until(lambda: ann.standing() == [])


def test_a_cross_deletes_an_answer_for_whoever_asked(discord, proxying_user, stranger):
    ann = proxying_user("Ann")
    first, second = ann.ask("pk;help", ""), ann.ask("pk;system", "")
    discord.react(stranger, first["id"], "❌")
    discord.react(ann.id, second["id"], "❌")
    until(lambda: second["id"] not in [message["id"] for message in discord.messages(ann.channel)])
    assert first["id"] in [message["id"] for message in discord.messages(ann.channel)]
    private = ann.ask("pk;help", "", channel=None, dm=True)
    discord.react(ann.id, private["id"], "❌")
    until(lambda: private["id"] not in [message["id"] for message in discord.dms(ann.id)])


def test_a_cross_on_somebodys_own_words_costs_no_request(discord, proxying_user, quiet):
    ann = proxying_user("Ann")
    mine = ann.write("mine")
    discord.fail_rest("GET", f"^/channels/{ann.channel}/messages/", status=None, times=None)
    discord.react(ann.id, mine["id"], "❌")
    quiet(ann)
    asked = discord.faults()[-1]["happened"]
    discord.clear_faults()
    assert asked == 0
    assert mine["id"] in [message["id"] for message in discord.messages(ann.channel)]


def test_a_question_mark_tells_what_strangers_may_know(discord, proxying_user, stranger):
    ann = proxying_user("Ann", name="Secret Suns", description="secret system", tag="| Secret")
    ann.change_system(**SYSTEM)
    ann.change("Ann", display_name="Annie", description="secret words", pronouns="secret/pronouns")
    ann.change("Ann", birthday="1999-03-04", color="abcdef", **MEMBER)
    copy = ann.speak("a:hello")
    message_id = copy["message"]["id"]
    for emoji in ("❓", "❔"):
        before = len(discord.dms(stranger))
        discord.react(stranger, message_id, emoji)
        until(lambda before=before: len(discord.dms(stranger)) == before + 2)
        told = "\n".join(text_of(message) for message in discord.dms(stranger)[before:])
        colours = [embed.get("color") for message in discord.dms(stranger) for embed in message["embeds"]]
        assert 0xABCDEF not in colours
        for secret in ("Secret Suns", "secret system", "secret words", "secret/pronouns", "1999", "a:", "Ann "):
            assert secret not in told, told
        for known in ("Annie", ann.system_id, ann.hids["Ann"], ann.id, message_id):
            assert known in told, told
        until(lambda: "reactions" not in discord.messages(ann.channel)[0])
    discord.refuse_dms(stranger)
    discord.react(stranger, message_id, "❓")
    ann.speak("a:the bot lives")


def test_a_bell_pings_the_sender_and_nobody_else(discord, proxying_user, stranger):
    ann = proxying_user("Ann")
    copy = ann.speak("a:hello")["message"]
    for emoji in ("🔔", "🛎️", "🏓", "🫑", "⏰", "❗"):
        after = discord.last_seq()
        discord.react(stranger, copy["id"], emoji)
        log = ann.await_log(lambda entry: "message" in entry, after)
        (ping,) = [entry["message"] for entry in log if "message" in entry]
        assert [user["id"] for user in ping["mentions"]] == [ann.id]
        assert ping["components"][0]["components"][0]["url"].endswith(f"/{ann.channel}/{copy['id']}")
    until(lambda: "reactions" not in discord.messages(ann.channel)[0])
    ann.prefer(pings_enabled=False)
    before = discord.dms(stranger)
    discord.react(stranger, copy["id"], "🔔")
    until(lambda: len(discord.dms(stranger)) > len(before))
    told = discord.dms(stranger)[-1]
    assert f"`<@{ann.id}>`" in text_of(told)
    assert told["mentions"] == []


def test_who_may_not_write_may_not_ping(discord, proxying_user, stranger, quiet):
    ann = proxying_user("Ann")
    copy = ann.speak("a:hello")["message"]
    discord.set_permissions(ann.channel, deny=["SEND_MESSAGES"], who=stranger)
    after = discord.last_seq()
    discord.react(stranger, copy["id"], "🔔")
    robot = discord.add_user("robot", bot=True)
    discord.join(robot)
    discord.react(robot, copy["id"], "🔔")
    discord.react(stranger, copy["id"], "👍")
    quiet(ann, after)


def test_reactions_to_what_is_no_copy_or_whose_member_is_gone(discord, rollcall, proxying_user, stranger, quiet):
    ann = proxying_user("Ann", "Ben")
    plain = ann.write("plain")
    copy = ann.speak("b:hello")["message"]
    rollcall.write(members.delete_member, int(ann.id), ann.hids["Ben"])
    after, logged = discord.last_seq(), len(rollcall.bot.lines)
    for message in (plain, copy):
        for emoji in ("❓", "🔔"):
            discord.react(stranger, message["id"], emoji)
    quiet(ann, after)
    assert "Traceback" not in "\n".join(rollcall.bot.lines[logged:])
