"""The page of commands says what the bot's own tables say."""

import asyncio

import pytest

from cli.drawing import command_list
from rules.account import privacy_statement
from tests.web.docs.pages import Page
from web.docs.commands import FILE, read_file


@pytest.fixture(scope="module")
def bot(tmp_path_factory):
    # py-cord asks for the thread's loop, which another test may have taken away.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    made = command_list.make_bot(tmp_path_factory.mktemp("bot"))
    yield made
    made.close_file()
    asyncio.set_event_loop(None)
    loop.close()


def test_the_file_is_what_the_bots_tables_make_of_it(bot):
    made = command_list.write(command_list.collect(bot))
    assert FILE.read_text(encoding="utf-8") == made, "out of date: make commands"


def test_every_command_and_every_alias_is_in_it(bot):
    rows = [row for section in read_file() for row in section["commands"]]
    written = {row["usage"].split()[0] for row in rows} | {alias for row in rows for alias in row.get("aliases", [])}
    # Those of a command that has subcommands are the same as its other spelling.
    alike = {alias for command in bot.registry.systems.values() if command.subcommands for alias in command.aliases}
    assert {*bot.registry.systems, *bot.all_commands} - alike <= written


def test_nothing_in_an_example_is_left_to_fill_in():
    for section in read_file():
        for row in section["commands"]:
            assert row["about"]
            shown = row.get("example", row["usage"])
            assert section["side"] == "slash" or "<" not in shown, row
            assert section["side"] == "slash" or "[" not in shown, row


@pytest.fixture
def page_of(make_app):
    def read(**settings):
        return " ".join(Page(make_app(**settings).test_client().get("/docs/commands").text).shown.split())

    return read


def test_the_page_shows_each_command_as_it_is_typed_here(page_of):
    shown = page_of()
    for text in (".me ", "pk;member <member> displayname [name]", "Also: dn, dname", "/member edit", "Who sent this?"):
        assert text in shown
    shown = page_of(PRESENCE_PREFIXES="! ?", SYSTEM_PREFIXES="sys/")
    for text in ("begin with ! or ?", "!me ", "sys/switch <members>", "sys/ or a mention of the bot"):
        assert text in shown
    assert "pk;" not in shown


def test_without_prefixes_there_are_slash_commands_and_mentions(page_of):
    shown = page_of(PRESENCE_PREFIXES=" ", SYSTEM_PREFIXES=" ")
    assert ".me " in shown or "/me " in shown


@pytest.mark.parametrize("command", privacy_statement.PRESENCE_COMMANDS.values())
def test_the_privacy_statement_names_presence_commands_that_there_are(bot, command):
    assert command.split()[0] in bot.all_commands


@pytest.mark.parametrize("command", privacy_statement.SYSTEM_COMMANDS.values())
def test_the_privacy_statement_names_systems_commands_that_there_are(bot, command):
    words = command.split()
    found = bot.registry.find(words[0])
    assert found
    rest = [word for word in words[1:] if not word.startswith("<")]
    assert not (found.subcommands and rest) or found.subcommands.find_in(" ".join(rest))
