"""`pk;autoproxy`: how messages without tags are proxied in one server."""

MODES = {
    "off": ("off", "stop", "cancel", "no", "disable", "remove"),
    "by the member who spoke last": ("latch", "last", "proxy", "stick", "sticky", "l"),
    "the first fronter": ("front", "fronter", "switch", "F"),
}


def test_autoproxy(discord, discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob", "Owls")
    alice.ask("pk;m new Ash Fox", "is here")
    bob.ask("pk;m new Olga", "is here")
    olga = bob.members[0]["id"]
    for command in ("autoproxy", "ap", "auto"):
        assert "Autoproxy is off in this server." in alice.refusal(f"pk;{command}")
    for saying, words in MODES.items():
        for word in words:
            alice.ask(f"pk;ap {word}", saying.replace("by the", "the"))
            alice.ask("pk;ap", saying.replace("by the", "the"))
    for typed in ('"ash fox"', 'member "Ash Fox"', alice.members[0]["id"]):
        alice.ask(f"pk;ap {typed}", "proxied here as Ash Fox.", "channel")
        alice.ask("pk;ap", "proxied here as Ash Fox.", "channel")
        alice.ask("pk;ap off", "is off")
    for typed, sentence in [
        ("member", "Name the member that is to speak: `pk;autoproxy <member>`."),
        ("Nobody", "You have no member with the name or ID “Nobody”"),
        ("ash fox", "a name with blanks needs quotes"),
        (olga, "not"),
    ]:
        assert sentence in alice.refusal(f"pk;ap {typed}"), typed
    assert "Autoproxy is off in this server." in alice.refusal("pk;ap")
    assert "type this in a server" in alice.refusal("pk;ap latch", dm=True)
    assert "no system" in discord_user("carol").refusal("pk;ap latch")
    elsewhere = discord.add_guild("Autoproxied")
    discord.join(alice.id, elsewhere)
    alice.ask("pk;ap front", "the first fronter", channel=discord.channels(elsewhere)["general"])
    assert "is off in this server" in alice.refusal("pk;ap")
    discord.remove_bot(elsewhere)
