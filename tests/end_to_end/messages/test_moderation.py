"""What moderation means for an original counts for its copy too, while both are young."""

import pytest

from tests.end_to_end.rollcall import until


@pytest.fixture
def pair(proxying_user):
    """Somebody whose message has just been proxied, somebody else's beside it, and the copies of both."""
    ann, zoe = proxying_user("Ann"), proxying_user("Zoe")
    return ann, ann.speak("a:spam"), zoe, zoe.speak("z:fine")


def texts(who):
    return [text for _, text in who.standing() if text in ("spam", "fine", "a:spam")]


MEANT = {
    "banned": lambda discord, ann, copy: discord.ban(ann.id),
    "timed out": lambda discord, ann, copy: discord.time_out(ann.id, 600),
    "deleted with others": lambda discord, ann, copy: discord.dispatch(
        "MESSAGE_DELETE_BULK", {"ids": [copy["original_id"], "5"], "channel_id": ann.channel, "guild_id": ann.guild}
    ),
}


@pytest.mark.parametrize("how", MEANT)
def test_the_copy_of_somebody_who_is_moderated_goes_and_the_sender_is_known(discord, pair, how):
    ann, copy, _, _ = pair
    before = ann.record(copy["message"]["id"])
    MEANT[how](discord, ann, copy)
    until(lambda: texts(ann) == ["fine"])
    until(lambda: ann.forget_at(copy["message"]["id"]))
    assert ann.record(copy["original_id"]) == before


NOT_MEANT = {
    "a new nick": lambda discord, ann: discord.edit_member(ann.id, nick="Annie"),
    "a timeout that is over": lambda discord, ann: discord.time_out(ann.id, 0),
    "a goodbye": lambda discord, ann: discord.leave(ann.id),
    "another server": lambda discord, ann: discord.dispatch(
        "GUILD_BAN_ADD", {"guild_id": "5", "user": {"id": ann.id, "username": "ann", "discriminator": "0"}}
    ),
    "other messages": lambda discord, ann: discord.dispatch(
        "MESSAGE_DELETE_BULK", {"ids": ["5", "6"], "channel_id": ann.channel, "guild_id": ann.guild}
    ),
}


@pytest.mark.parametrize("how", NOT_MEANT)
def test_what_is_no_moderation_of_a_message_leaves_its_copy(discord, pair, how):
    ann, _, zoe, _ = pair
    NOT_MEANT[how](discord, ann)
    zoe.speak("z:fine")
    assert texts(ann) == ["spam", "fine", "fine"]


@pytest.mark.parametrize("how", ["banned", "timed out"])
def test_who_is_moderated_before_the_copy_stands_has_none(discord, pair, how):
    ann, copy, _, _ = pair
    ann.begin("a:spam", copy["webhook_id"])
    MEANT[how](discord, ann, copy)
    until(lambda: [entry for entry in discord.log() if entry["kind"] == "webhook"][-1]["message"]["content"] == "spam")
    until(lambda: texts(ann) == ["fine"])


def test_an_original_that_a_moderator_deletes_before_we_do_takes_its_copy_along(discord, pair):
    ann, copy, zoe, _ = pair
    moderator = discord.add_user("moderator")
    discord.join(moderator)
    discord.set_permissions(ann.channel, allow=["MANAGE_MESSAGES"], who=moderator)
    original = ann.begin("a:spam", copy["webhook_id"])
    discord.delete_message(moderator, original["id"])
    zoe.speak("z:fine")
    until(lambda: texts(ann) == ["spam", "fine", "fine"])
