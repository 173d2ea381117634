"""Every option changes what it says, those of lanyard-profile-readme too; a bad value gets a card that says so."""

from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.web.cards.people import ALICE, STATUS, USER, game, online, song
from tests.web.cards.stand_in import dots, hrefs, texts
from web.cards.options import NAMES, BadOption, Gradient, Options, read_options
from web.docs.document import read_document, resolve

CARD = f"/user/{ALICE}.svg"
GRADIENT = "linear-gradient(45deg, #ff0000, #00f)"
# Query → the fields of Options that it changes.
TAKEN = {
    "theme=dark": {"theme": "dark"},
    "theme=LIGHT": {"theme": "light"},
    "theme=auto": {},
    "bg=1A1C1F": {"bg": "#1a1c1f"},
    "bg=%23fff": {"bg": "#fff"},
    "bg=ffffff80": {"bg": "#ffffff80"},
    "bg=transparent": {"bg": "transparent"},
    "bg=light": {"theme": "light"},
    "border_radius=0": {"radius": 0},
    "borderRadius=30px": {"radius": 30},
    "borderRadius=1.5rem": {"radius": 24},
    "hide=spotify,tags, dot": {"hidden": {"spotify", "tag", "dot"}},
    "idle_message=hi%20there": {"idle_message": "hi there"},
    f"idleMessage={'x' * 300}": {"idle_message": "x" * 200},
    "animated=false": {"animated": False},
    "animated=TRUE": {},
    "animatedDecoration=0": {"animated_decoration": False},
    "width=600": {"width": 600},
    "width=600px": {"width": 600},
    "showDisplayName=false": {"show_name": False},
    "ignoreAppId=1,%2022": {"ignored_apps": {"1", "22"}},
    f"gradient={quote(GRADIENT)}": {"bg_gradient": Gradient(("#ff0000", "#00f"), 45)},
    "gradient=linear-gradient(to%20left,ff0000,00ff00,0000ff)": {
        "bg_gradient": Gradient(("#ff0000", "#00ff00", "#0000ff"), 270)
    },
    "gradient=linear-gradient(ff0000,00ff00)": {"bg_gradient": Gradient(("#ff0000", "#00ff00"), 180)},
    "gradient=645CBB-A084DC": {"name_gradient": Gradient(("#645cbb", "#a084dc"))},
    "imgStyle=square": {"image_style": "square"},
    "imgBorderRadius=15px": {"image_radius": 15},
    "clanbg=5865f2": {"tag_bg": "#5865f2"},
    "clanBackgroundColor=5865f2": {"tag_bg": "#5865f2"},
    "hideActivity=true": {"hidden": {"activity", "spotify", "idle"}},
    "hideActivity=whenNotUsed": {"hidden": {"idle"}},
    "hideActivity=false": {},
    "hideDiscrim=true": {},
    "hideStatus=true": {"hidden": {"status"}},
    "hideTimestamp=true": {"hidden": {"time"}},
    "hideBadges=true": {"hidden": {"badge"}},
    "hideProfile=true": {"hidden": {"profile"}},
    "hideSpotify=true": {"hidden": {"spotify"}},
    "hideClan=true": {"hidden": {"tag"}},
    "hideTag=1": {"hidden": {"tag"}},
    "hideDecoration=true": {"hidden": {"decoration"}},
    "hideNameplate=true": {"hidden": {"nameplate"}},
    "hideSpotify=false": {},
    # Last of two, several at once, what is empty, and what is not known.
    "theme=dark&theme=light": {"theme": "light"},
    "width=300&hide=tag&hideStatus=true": {"width": 300, "hidden": {"tag", "status"}},
    "theme=&bg=&hide=&width=%20": {},
    "v=2&waveColor=x&__proto__=1&Theme=none": {},
}
REFUSED = {
    "theme": ("blue", "dark1"),
    "bg": ("red", "12345", "url(#x)", "fff;fill:red", "linear-gradient(red,blue)"),
    "border_radius": ("-1", "201", "10%", "x", "9e9", "1/0", "٣"),
    "borderRadius": ("13rem",),
    "hide": ("everything", "spotify,x"),
    "animated": ("no", "2"),
    "animatedDecoration": ("off",),
    "width": ("279", "1001", "-5", "4e2", "٤٢٠"),
    "showDisplayName": ("yes",),
    "ignoreAppId": ("a", "1;2", "1" * 21),
    "gradient": (
        *("red", "ff0000", "-".join(["ff0000"] * 9), "ff0000-red", "linear-gradient(45deg,ff0000)"),
        *("linear-gradient(x)", "radial-gradient(ff0000,00ff00)", "linear-gradient(45deg,url(x),00ff00)"),
    ),
    "imgStyle": ("triangle",),
    "imgBorderRadius": ("round",),
    "clanbg": ("blue",),
    "clanBackgroundColor": ("blue",),
    "hideActivity": ("sometimes",),
    **{name: ("maybe",) for name in NAMES if name.startswith("hide") and name not in ("hide", "hideActivity")},
}


@pytest.fixture
def get(client, join):
    """Alice's card with a query, of all that there is."""
    join(ALICE, status=online(STATUS, song(), game()), user=USER)
    return lambda query="": client.get(f"{CARD}?{query}").data


@pytest.mark.parametrize("query", TAKEN)
def test_an_option_is_taken(query):
    changed = {name: frozenset(to) if isinstance(to, set) else to for name, to in TAKEN[query].items()}
    assert read_options(query) == Options(**changed)


def test_letters_may_stand_in_an_address_as_they_are(client, join):
    # So curl sends them; WSGI gives each byte as a letter.
    join(ALICE)
    sent = "idle_message=Grüezi 日本".encode().decode("latin-1")
    assert texts(client.get(CARD, environ_overrides={"QUERY_STRING": sent}).data)[-1] == "Grüezi 日本"


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values])
def test_a_bad_value_gets_a_card_that_says_so(get, client, name, value):
    with pytest.raises(BadOption):
        read_options(f"{name}={quote(value)}")
    answer = client.get(f"{CARD}?{name}={quote(value)}")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert texts(answer.data)[0] == "This card cannot be drawn"
    assert f"The option {name} takes " in ElementTree.fromstring(answer.data).find("{*}title").text


def test_every_option_has_a_case_and_is_in_the_document():
    tried = {part.partition("=")[0] for query in TAKEN for part in query.split("&")}
    assert set(NAMES) <= tried
    assert set(NAMES) - {"idle_message", "idleMessage"} == set(REFUSED)
    for path in ("/user/{user_id}.svg", "/api/{user_id}", "/v1/s/{id}.svg", "/v2/systems/{system}.svg"):
        declared = [resolve(item) for item in read_document()["paths"][path]["get"]["parameters"]]
        assert {item["name"] for item in declared if item["in"] == "query"} == set(NAMES)


def test_each_documented_example_is_one(get):
    for item in read_document()["paths"]["/user/{user_id}.svg"]["get"]["parameters"]:
        parameter = resolve(item)
        if parameter["in"] == "query":
            read_options(f"{parameter['name']}={quote(parameter['example'])}")


@pytest.mark.parametrize(
    ("part", "gone"),
    [
        ("spotify", ("Weightless", "♪")),
        ("activity", ("Rocket League",)),
        ("status", ("reading",)),
        ("tag", ("FOXY",)),
        ("username", ("alice",)),
        ("time", ("3:35", "for 2 h 5 min")),
        ("profile", ("Alice Liddell", "alice", "FOXY", "reading")),
    ],
)
def test_what_is_hidden_is_not_on_the_card(get, part, gone):
    everything, shown = texts(get()), texts(get(f"hide={part}"))
    assert not set(gone) & set(shown)
    assert set(shown) < set(everything)


@pytest.mark.parametrize(
    ("part", "address"),
    [
        ("avatar", "/avatars/"),
        ("avatar", "/avatar-decoration-presets/"),
        ("decoration", "/avatar-decoration-presets/"),
        ("nameplate", "/nameplates/"),
        ("badge", "/badge-icons/"),
        ("tag", "/guild-tag-badges/"),
        ("status", "/emojis/"),
        ("spotify", "i.scdn.co"),
        ("activity", "media.discordapp.net"),
        ("profile", "/avatars/"),
    ],
)
def test_the_picture_of_what_is_hidden_is_not_asked_for(get, pictures, part, address):
    get()
    assert [asked for asked in pictures.asked if address in asked]
    pictures.asked.clear()
    get(f"hide={part}")
    assert pictures.asked
    assert not [asked for asked in pictures.asked if address in asked]


def test_without_a_dot_nothing_says_whether_somebody_is_there(get):
    svg = get("hide=dot")
    assert dots(svg) == []
    assert "do not disturb" not in svg.decode()
    assert dots(get("hide=avatar")) == ["dnd"]


def test_a_theme_is_one_or_goes_by_whoever_looks(get):
    dark, light, auto = (get(f"theme={theme}").decode() for theme in ("dark", "light", "auto"))
    assert "#17191f" in dark
    assert "prefers-color-scheme" not in dark + light
    assert "--back:#ffffff" in light
    assert "prefers-color-scheme:dark" in auto == get().decode()


@pytest.mark.parametrize(("bg", "theme"), [("000", "dark"), ("1a1c1f", "dark"), ("fffc", "light"), ("8fd8ff", "light")])
def test_letters_on_a_color_can_be_read(bg, theme):
    assert read_options(f"bg={bg}").palette == theme
    assert read_options(f"bg={bg}&theme=dark").palette == "dark"
    assert read_options(f"gradient=linear-gradient({bg},888)").palette == theme


def test_colors_are_drawn(get):
    assert 'style="fill:#1a1c1f"' in get("bg=1a1c1f").decode()
    gradient = get(f"gradient={quote(GRADIENT)}").decode()
    assert 'style="fill:url(#back)"' in gradient
    assert '<linearGradient id="back" x1="0.15" y1="0.85" x2="0.85" y2="0.15">' in gradient
    assert ".name{fill:url(#name)}" in get("gradient=645cbb-a084dc").decode()
    assert 'fill="#5865f2"' in get("clanbg=5865f2").decode()


def test_sizes_are_drawn(get):
    card = ElementTree.fromstring(get("width=600&border_radius=30"))
    assert (card.attrib["width"], card.attrib["viewBox"].split()[2]) == ("600", "600")
    assert card.find("{*}rect").attrib["rx"] == "30"
    # No rounder than a card can be.
    flat = ElementTree.fromstring(get("border_radius=200&hide=profile,spotify,activity"))
    assert float(flat.find("{*}rect").attrib["rx"]) <= float(flat.attrib["height"]) / 2
    assert 'rx="32"' in get().decode()
    assert 'rx="15"' in get("imgStyle=square&imgBorderRadius=15px").decode()


def test_nothing_moves_where_that_is_asked_for(get, pictures):
    assert "@keyframes" in get().decode()
    pictures.asked.clear()
    still = get("animated=false")
    assert b"@keyframes" not in still
    assert b"animation:" not in still
    assert not [address for address in pictures.asked if ".gif" in address or "passthrough=true" in address]
    assert len(hrefs(still)) == 9
    pictures.asked.clear()
    get("animatedDecoration=false")
    assert [address for address in pictures.asked if ".gif" in address]
    assert not [address for address in pictures.asked if "passthrough=true" in address]


def test_whoever_does_nothing_says_so_in_words_of_their_own(client, join):
    join(ALICE, status=online(), user=USER)
    assert texts(client.get(f"{CARD}?idle_message=Probably%20reading").data)[-1] == "Probably reading"
    assert texts(client.get(f"{CARD}?idleMessage=<b>%26amp;%00").data)[-1] == "<b>&amp;"
    for query in ("hide=idle", "hideActivity=whenNotUsed", "hideActivity=true"):
        assert texts(client.get(f"{CARD}?{query}").data)[-1] == "alice"


def test_an_application_that_is_ignored_makes_room_for_the_next(client, join):
    join(ALICE, status=online(game(), {"type": 3, "name": "A film"}), user=USER)
    shown = texts(client.get(f"{CARD}?ignoreAppId=379286085710381999").data)
    assert "A film" in shown
    assert "Rocket League" not in shown


def test_the_name_alone(get):
    shown = texts(get("showDisplayName=false"))
    assert "Alice Liddell" not in shown
    assert shown.count("alice") == 1


def test_where_lanyard_profile_readme_has_its_cards_they_are_dark(client, get):
    def moved(query=""):
        return client.get(f"/api/{ALICE}?{query}").data

    assert moved() == get("theme=dark")
    assert moved("theme=light&hideActivity=whenNotUsed") == get("theme=light&hideActivity=whenNotUsed")
    assert texts(client.get("/api/1").data)[0] == "Nobody to show"
