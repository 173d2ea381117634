"""Each example on the page of commands is typed at the bot, which takes it for the command that it is."""

import pytest

import config as settings
from tests.end_to_end.bot_replies import said
from web.docs.commands import prefixes_of, read_file

# What is said to words that are no command, or none of that form; what else is refused depends on what there is.
MISTAKEN = (
    "Write it like this",
    "I know no",
    "I do not expect",
    "Something went wrong",
    "There is no `",
    "is no setting",
)
SECTIONS = {section["name"]: section for section in read_file() if section["side"] in ("presence", "systems")}


@pytest.mark.long
@pytest.mark.parametrize("name", SECTIONS)
def test_the_bot_understands_every_example(discord, rollcall, system_owner, name):
    owner = system_owner("Rowan", "Juniper", "Moss")
    owner.say("pk;group new Gardeners", "Gardeners")
    friend = discord.add_user(f"friend{owner.id[-6:]}")
    discord.join(friend)
    prefix = prefixes_of(settings.read({}))[SECTIONS[name]["side"]]
    mistaken = {}
    for row in SECTIONS[name]["commands"]:
        typed = prefix + row.get("example", row["usage"]).replace("@bob", f"<@{friend}>")
        answers = [text for _, text in said(discord.say_and_wait(owner.id, typed))]
        if not answers or any(phrase in text for text in answers for phrase in MISTAKEN):
            mistaken[typed] = answers
    assert mistaken == {}
