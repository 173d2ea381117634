"""Pictures that are attached, linked and taken from accounts: what is kept, what is refused, and when it goes."""

import pytest

from rules.pictures import kept_files
from tests.end_to_end.bot_replies import text_of
from tests.end_to_end.discord_user import DiscordUser
from tests.end_to_end.rollcall import until
from tests.rules.pictures.picture_bytes import PAGE, SVG, gif, png

PUBLIC = "https://rollcall.example"


@pytest.fixture
def alice(alone):
    """Alice with her system and Ann, in a Rollcall that can be reached from outside."""
    rollcall = alone(PUBLIC_URL=PUBLIC)
    rollcall.start_bot()
    rollcall.start_web()
    discord = rollcall.simulator
    user_id = discord.add_user("alice")
    discord.join(user_id)
    until(lambda: rollcall.get(f"/user/{user_id}").status_code == 200)
    made = DiscordUser(discord, rollcall, user_id)
    made.ask("pk;s new Foxes", "Your system is made")
    made.ask("pk;m new Ann", "A new member")
    return made


def kept_in(rollcall):
    folder = kept_files.get_folder(rollcall.database_url)
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def served(person, address):
    assert address.startswith(f"{PUBLIC}/pictures/"), address
    return person.rollcall.get(address.removeprefix(PUBLIC))


def test_an_avatar_from_an_attachment_outlives_its_message(alice):
    discord = alice.discord
    for command, key in (("pk;m Ann avatar", "avatar_url"), ("pk;m Ann banner", "banner")):
        told = alice.ask(command, "is changed", attachments=[("a.png", png() + b"where it was taken")])
        assert "only while" not in text_of(told)
        address = alice.members[0][key]
        assert told["embeds"][0]["thumbnail"]["url"] == address
        answer = served(alice, address)
        assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, png(), "image/png")
    alice.ask("pk;s avatar", "is changed", attachments=[("a.gif", gif())])
    assert served(alice, alice.system["avatar_url"]).content == gif()
    alice.ask("pk;m new Ben", "A new member", attachments=[("b.png", png(seed=1))])
    assert served(alice, alice.members[1]["avatar_url"]).content == png(seed=1)
    alice.ask("pk;m Ann serveravatar", "is changed", attachments=[("c.png", png(seed=2))])
    alice.ask("pk;s serveravatar", "is changed", attachments=[("d.png", png(seed=3))])
    alice.ask("pk;m Ann proxyavatar", "is changed", attachments=[("e.png", png(seed=4))])
    assert len(kept_in(alice.rollcall)) == 6
    linked = discord.say(alice.id, "look", attachments=[("f.png", png(seed=5))])["attachments"][0]["url"]
    alice.ask(f"pk;m Ann avatar <{linked}>", "is changed")
    assert served(alice, alice.members[0]["avatar_url"]).content == png(seed=5)


@pytest.mark.long
def test_an_accounts_picture_is_kept_as_it_is_now(alice):
    discord = alice.discord
    discord.edit_user(alice.id, avatar="a" * 32)
    alice.ask(f"pk;m Ann avatar {alice.mention}", "is changed")
    before = served(alice, alice.members[0]["avatar_url"]).content
    discord.edit_user(alice.id, avatar="b" * 32)
    assert served(alice, alice.members[0]["avatar_url"]).content == before


@pytest.mark.long
def test_a_picture_goes_with_its_last_use(alice):
    rollcall = alice.rollcall
    alice.ask("pk;m Ann avatar", "is changed", attachments=[("a.png", png())])
    alice.ask("pk;s avatar", "is changed", attachments=[("a.png", png())])
    alice.ask("pk;m Ann avatar", "is changed", attachments=[("b.png", png(seed=1))])
    alice.ask("pk;s avatar clear -y", "cleared")
    until(lambda: len(kept_in(rollcall)) == 1)
    alice.ask("pk;m Ann delete", "for good")
    alice.ask(alice.members[0]["id"], "deleted")
    until(lambda: kept_in(rollcall) == set())
    alice.ask("pk;s banner", "is changed", attachments=[("c.png", png(seed=2))])
    assert len(kept_in(rollcall)) == 1
    alice.ask("pk;s delete -ne", "for good")
    alice.ask(alice.system["id"], "Your system is deleted.")
    until(lambda: kept_in(rollcall) == set())


@pytest.mark.long
def test_what_is_no_picture_is_refused_with_the_reason(alice):
    discord = alice.discord
    page, svg, gone, picture = (
        discord.say(alice.id, "look", attachments=[(name, data)])["attachments"][0]["url"]
        for name, data in (("page.html", PAGE), ("a.svg", SVG), ("gone.png", png()), ("a.png", png()))
    )
    alice.ask(f"pk;m Ann avatar {picture}", "is changed")
    before = alice.members
    for url, reason in {
        page: "is a web page and no picture; open the picture itself, and give its own address.",
        svg: "is no picture that Discord shows; give a PNG, JPEG, GIF or WebP.",
        f"{gone}x": "There is nothing at that address (status 404)",
        "https://127.0.0.1/a.png": "That address is in a private network",
        "https://localhost:8000/a.png": "That address is in a private network",
        f"{PUBLIC}/pictures/{'a' * 64}.png": "There is no picture at this address.",
    }.items():
        assert reason in alice.refusal(f"pk;m Ann avatar {url}"), url
    for data, reason in (
        (png() + b"\x00" * 4 * 1024 * 1024, "The picture is too large; give one of at most 4 MB."),
        (png(5000, 10), "The picture has 5,000 × 10 pixels; give one of at most 4,096 × 4,096."),
        (png()[:20], "The picture is damaged; save it again, or give another."),
        (PAGE, "The picture is a web page and no picture"),
    ):
        assert reason in alice.refusal("pk;m Ann avatar", attachments=[("a.png", data)])
    assert alice.members == before
    alice.ask(f"pk;s avatar {before[0]['avatar_url']}", "is changed")


@pytest.mark.long
def test_an_address_that_cannot_be_looked_at_is_taken_and_told(alice):
    told = text_of(alice.ask("pk;m Ann avatar https://pictures.invalid/a.png", "is changed"))
    assert "I could not look at the picture: " in told
    assert alice.members[0]["avatar_url"] == "https://pictures.invalid/a.png"


def test_where_nobody_outside_can_reach_it_the_link_stays_and_the_answer_says_so(system_owner, rollcall):
    sol = system_owner("Ann")
    told = sol.say("pk;m ann avatar", "is changed", attachments=[("new.png", png())])
    assert "works only while the message is there; an address of your own lasts." in told
    assert "PUBLIC_URL" in told
    assert sol.member("Ann")["avatar_url"].endswith("/new.png")
    assert kept_in(rollcall) == set()
    assert "until that account changes its picture" in sol.say(f"pk;m ann avatar {sol.mention}", "is changed")
    page = [("new.png", PAGE)]
    sol.say("pk;m ann avatar", "is a web page and no picture", attachments=page)
