"""Which member a word means: names, display names, IDs, quotes of all kinds, and what is said when nobody fits."""

QUOTES = ("'{}'", '"{}"', "‘{}’", "“{}”", "„{}”", "”{}“", "«{}»", "»{}«", "‹{}›", "「{}」", "『{}』", "’{}'")


def test_names_display_names_and_ids(system_owner):
    sol = system_owner()
    sol.add("Ann", display_name="The Oak")
    ben = sol.add("Ben", display_name="ann")
    sol.add("Ånn")
    for typed, name in {
        "ANN": "Ann",
        '"the oak"': "Ann",
        "ben": "Ben",
        ben: "Ben",
        ben.upper(): "Ben",
        f"{ben[:2]}-{ben[2:]}": "Ben",
        "ånn": "Ånn",
        "A\u030ann": "Ånn",
    }.items():
        assert sol.say(f"pk;m {typed} rename") == f"Name\n{name}", typed


def test_a_name_comes_before_an_id_unless_the_id_is_asked_for(system_owner):
    sol, other = system_owner("Ann"), system_owner("Zed")
    ann, zed = sol.member("Ann")["id"], other.member("Zed")["id"]
    sol.add(ann)
    sol.add(zed)
    name = "pk;m {} rename"
    assert sol.say(name.format(ann)) == f"Name\n{ann}"
    assert sol.say(name.format(zed)) == f"Name\n{zed}"
    for typed in (f"-id {ann} rename", f"{ann} -by-id rename", f"{ann} --ID rename"):
        assert sol.say(f"pk;m {typed}") == "Name\nAnn", typed
    assert sol.say(f"pk;m -id {zed} rename") == "Name\nZed"
    sol.say("pk;m -id ann", "There is no member with the ID “ann”")
    sol.say(f"pk;sw -id {ann}", "Fronting: Ann")
    sol.say(f"pk;sw {ann}", f"Fronting: {ann}")


def test_quotes_of_all_kinds(system_owner):
    sol = system_owner("Ann Oak", 'Ben "B" Oak', "O'Neil", "'Tis")
    for quotes in QUOTES:
        assert sol.say(f"pk;m {quotes.format('ann oak')} rename") == "Name\nAnn Oak", quotes
    for typed, name in (
        ("""'ben "b" oak'""", 'Ben "B" Oak'),
        ("o'neil", "O'Neil"),
        ("'tis", "'Tis"),
        ("\n“ann oak”\n", "Ann Oak"),
    ):
        assert sol.say(f"pk;m {typed} rename") == f"Name\n{name}", typed
    sol.say('pk;m "ann oak rename', 'You have no member with the name “"ann”')


def test_who_is_not_found_is_told_what_is_near(system_owner):
    sol = system_owner("Annabel", "Ann Oak", "Ben Oak", "Ben Elm")
    sol.say_all(
        {
            "pk;m anabel": "You have no member with the name or ID “anabel”; did you mean “Annabel”?",
            "pk;m ann": 'a name with blanks needs quotes: `"Ann Oak"`.',
            "pk;m ann oak": 'a name with blanks needs quotes: `"Ann Oak"`.',
            "pk;m ben oak": "You have no member with the name or ID “ben”",
            "pk;m 12345": "You have no member with the name “12345”; `pk;list` shows yours.",
            "pk;m -id qqqqq": "There is no member with the ID “qqqqq”",
            "pk;sw annabel anabel": "did you mean “Annabel”?",
            "pk;sw edit annabel": "No switch is logged in this system yet.",
        }
    )


def test_namesakes_are_told_apart_by_case_or_id(system_owner):
    sol = system_owner("Ann", "ANN", "Ben", "ben")
    first, second = (member["id"] for member in sol.members[:2])
    told = sol.say("pk;m ann", "Several of your members are called “ann”; use the ID")
    assert f"`{first}`, `{second}`" in told
    assert sol.say("pk;m Ann id") == f"`{first}`"
    assert sol.say("pk;m ANN id") == f"`{second}`"
    sol.say("pk;m ANN privacy visibility private", "private now")
    assert second not in sol.say("pk;m ann", "Several of your members")
    assert second in sol.say("pk;m ann", "Several of your members", dm=True)


def test_whom_others_must_not_see_is_not_suggested_to_them(system_owner):
    sol = system_owner()
    sol.add("Annabel", visibility="private")
    sol.add("Ann Oak", name_privacy="private", display_name="A")
    for typed in ("pk;m anabel", "pk;m ann", "pk;sw anabel", "pk;sw ann", "pk;sw copy annabl"):
        told = sol.say(typed, "You have no member with the name")
        assert "Annabel" not in told, typed
        assert "Oak" not in told, typed
    sol.say("pk;m anabel", "did you mean “Annabel”?", dm=True)
    sol.say("pk;m ann", '"Ann Oak"', dm=True)


def test_without_a_system_ids_alone_mean_somebody(system_owner, discord_user):
    sol, stranger = system_owner("Ann"), discord_user()
    stranger.ask(f"pk;m {sol.member('Ann')['id']}", "Ann")
    stranger.ask("pk;m ann", "no member with the name or ID “ann”")
    stranger.ask("pk;sw ann", "This account has no system")
