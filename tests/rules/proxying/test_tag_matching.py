"""Which tag a message has: PluralKit's rules of matching, each with what it takes and what it leaves alone."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from rules.proxying import tag_matching
from rules.proxying.tag_matching import ProxyTag, find_signs, match_tags
from rules.systems import members, systems

STYLE = "\ufe0f"
HEART, RED_HEART = "\u2764", f"\u2764{STYLE}"


def tags_of(*written):
    """Tags as people write them, `[text]`; the first of them is member 1's."""
    return [ProxyTag(number, 0, *example.split("text")) for number, example in enumerate(written, 1)]


def said(text, *written, **options):
    """The words that are left, and the number of the tag that fits; None when none does."""
    match = match_tags(text, tags_of(*written), **options)
    return match and (match.inner, match.tag.member_id)


# A message, a tag, and what is left of the message.
FITS = [
    ("[hello]", "[text]", "hello"),
    ("A: hello", "A: text", "hello"),
    ("hello -a", "text -a", "hello"),
    ("[[hello]]", "[text]", "[hello]"),
    ("[two\nlines]", "[text]", "two\nlines"),
    ("[  hello  ]", "[text]", "  hello  "),
    ("A:\nhello", "A:text", "\nhello"),
    ("🦊hello🦊", "🦊text🦊", "hello"),
    ("xxhix", "xtextx", "xhi"),
    ("\\hello -a", "text -a", "\\hello"),
    ("[h\u200bi]", "[text]", "h\u200bi"),
    ("<hello>", "<text>", "hello"),
    ("<<hello>", "<<text", "hello>"),
    ("<b> hello", "<text", "b> hello"),
    ("hello <3>", "text>", "hello <3"),
    ("<@80351110224678912>!", "text!", "<@80351110224678912>"),
]
LEAVES = [
    ("hello", "[text]"),
    ("[hello", "[text]"),
    ("hello]", "[text]"),
    (" [hello]", "[text]"),
    ("[hello] ", "[text]"),
    ("\n[hello]", "[text]"),
    ("A:hello", "A: text"),
    ("", "[text]"),
    ("|", "|text|"),
    ("aba", "abtextba"),
]


@pytest.mark.parametrize(("text", "tag", "inner"), FITS, ids=ascii)
def test_a_tag_fits(text, tag, inner):
    assert said(text, tag) == (inner, 1)


@pytest.mark.parametrize(("text", "tag"), LEAVES, ids=ascii)
def test_a_tag_does_not_fit(text, tag):
    assert said(text, tag) is None


MENTIONS = ["<@80351110224678912>", "<@!80351110224678912>"]


@pytest.mark.parametrize("mention", MENTIONS)
def test_a_mention_in_front_of_a_tag_goes_in_front_of_the_words(mention):
    assert said(f"{mention} [hello]", "[text]") == (f"{mention} hello", 1)
    assert said(f"{mention}\n[hello]", "[text]") == (f"{mention} hello", 1)
    assert said(f"{mention} A: hello", "A:text") == (f"{mention} hello", 1)
    assert said(f"{mention} hello -a", "text -a") == (f"{mention} hello", 1)
    assert said(f"{mention} []", "[text]") == (mention, 1)


@pytest.mark.parametrize(
    "text",
    [
        "<@80351110224678912>[hello]",
        "<@80351110224678912>  [hello]",
        "<@80351110224678912> <@80351110224678913> [hello]",
        "<@&80351110224678912> [hello]",
        "<#80351110224678912> [hello]",
        "<@8035111022467891> [hello]",
        "<@80351110224678912345> [hello]",
        "<@٨٠٣٥١١١٠٢٢٤٦٧٨٩١٢> [hello]",
        "hello <@80351110224678912> [hello]",
    ],
)
def test_nothing_else_may_stand_in_front_of_a_tag(text):
    assert said(text, "[text]") is None


ID = "80351110224678912"
WHOLE = [
    *(f"<@{ID}>", f"<@!{ID}>", f"<@&{ID}>", f"<#{ID}>", f"<:fox:{ID}>", f"<a:fox_2:{ID}>"),
    *("<t:1618953630>", "<t:1618953630:d>", "<t:1618953630:R>", "<t:-1:F>", "<t:0:S>"),
    *(f"</help:{ID}>", f"</member list:{ID}>", f"</a b c:{ID}>", f"</aide-mémoire:{ID}>", f"</助け:{ID}>"),
    *("<https://example.com>", "<http://example.com/a?b=c>", "<HTTPS://EXAMPLE.COM>", "<steam://run/1>"),
    *("<mailto:fox@example.com>", "<fox@example.com>", "<+999123456789>", "<id:browse>", "<id:linked-roles:1>"),
]


@pytest.mark.parametrize("whole", WHOLE)
def test_a_tag_takes_no_bracket_from_what_discord_shows_as_one(whole):
    for text, tag in (
        *((f"{whole}hello", "<text"), (f"hello{whole}", "text>"), (whole, "<text>"), (f"<{whole}", "<<text")),
        *((f"{whole} hello>", "<text>"), (f"<hello {whole}", "<text>"), (f"{whole} and {whole}", "<text>")),
        *((f"a{whole}", "a<text"), (f"{whole}a", "text>a"), (f"{whole}>", "text>>")),
    ):
        assert said(text, tag) is None, (text, tag)
    assert said(f"<{whole}", "<text") == (whole, 1)
    assert said(f"{whole} >", "text >") == (whole, 1)
    assert said(f"<hello {whole}", "<text") == (f"hello {whole}", 1)
    assert said(f"{whole}hello>", "text>") == (f"{whole}hello", 1)
    assert said(f"<<{whole}", "<<text") == (whole, 1)
    assert said(f"<{whole} or {whole}>", "<text>") == (f"{whole} or {whole}", 1)
    # Whoever has it as a tag takes all of it.
    assert said(f"{whole}hello", f"{whole}text") == ("hello", 1)
    assert said(f"hello{whole}", f"text{whole}") == ("hello", 1)


@pytest.mark.parametrize(
    "text",
    [
        *("<hello>", "<@fox>", "<:fox:>", "<t:>", "<t:soon:R>", "<t:1:RR>", "</help>", f"</a b c d:{ID}>"),
        *("<https://example.com is down>", "<see https://example.com>", "<id>", "<12:30>", "<a:b>", "<fox@home>"),
    ],
)
def test_other_angle_brackets_are_tags(text):
    assert said(text, "<text>") == (text[1:-1], 1)


def test_the_longest_tag_comes_first():
    assert said("[[hello]]", "[text]", "[[text]]") == ("hello", 2)
    assert said("[[hello]]", "[[text]]", "[text]") == ("hello", 1)
    assert said("A: hello", "A:text", "A: text", "text") == ("hello", 2)
    assert said("[hello]", "[[text]]", "[text]") == ("hello", 2)


def test_of_tags_of_one_length_that_of_the_older_member_comes_first_then_the_one_that_was_added_first():
    tags = [ProxyTag(2, 0, "[", "]"), ProxyTag(1, 1, "[", "]"), ProxyTag(1, 0, "", "o]"), ProxyTag(1, 2, "[h", "")]
    assert match_tags("[hello]", tags).tag == ProxyTag(1, 0, "", "o]")
    assert match_tags("[hello!]", tags).tag == ProxyTag(1, 1, "[", "]")
    assert match_tags("[hello!]", tags[:1]).tag == ProxyTag(2, 0, "[", "]")
    assert match_tags("[hello!]", [ProxyTag(1, 10, "[", "]"), ProxyTag(1, 9, "[h", "")]).tag.position == 9


@pytest.mark.parametrize("blank", ["", " ", "\n", " \t\u3000 "])
def test_a_blank_inner_text_needs_a_file_and_shorter_tags_are_not_tried(blank):
    text = f"[[{blank}]]"
    assert said(text, "[[text]]", "[text]") is None
    assert said(text, "[[text]]", has_files=True) == (blank, 1)
    assert said(text, "[text]") == (f"[{blank}]", 1)


# What is typed, of which tag: with a file these are the member's, and without nobody's.
ALONE = [
    ("[]", "[text]"),
    ("A:", "A: text"),
    (" A:\n", "A: text"),
    ("-a", "text -a"),
    (">><<", ">>text<<"),
    (">><<", ">> text <<"),
    (" []", "[text]"),
    ("ßß", "ßß text"),
    (RED_HEART, f"{HEART} text"),
    (HEART, f"{RED_HEART} text"),
]


@pytest.mark.parametrize(("text", "tag"), ALONE, ids=ascii)
def test_a_tag_without_words_needs_a_file(text, tag):
    assert said(text, tag, has_files=True) == ("", 1)
    assert said(text, tag, has_files=True, case_sensitive=False) == ("", 1)
    assert said(text, tag) is None


@pytest.mark.parametrize(
    ("text", "tag"), [("a:", "A: text"), ("[ ]", "[ text ]a"), ("[", "[text]"), ("[]]", "[text[]]"), ("", "A:text")]
)
def test_a_tag_without_words_is_compared_exactly(text, tag):
    assert said(text, tag, has_files=True, case_sensitive=False) is None


def test_a_file_alone_is_nobodys():
    assert said("", "[text]", "A:text", "text-a", has_files=True) is None


def test_letters_are_compared_in_their_case_unless_the_system_does_not_want_it():
    for text, tag in [
        ("a: hello", "A: text"),
        ("hello -ANN", "text -ann"),
        ("ÄÖ hello", "äö text"),
        ("ς hi", "Σ text"),
    ]:
        assert said(text, tag) is None
        assert said(text, tag, case_sensitive=False) == (text.removesuffix(" -ANN").split(" ", 1)[-1], 1)
    assert said("[hello]", "{text}", case_sensitive=False) is None


@pytest.mark.parametrize("text", ["🅰 hello", "ａ: hello", "Ⓐ: hello", "ⓐ: hello", "а: hello"])
def test_signs_that_look_alike_are_not_the_same(text):
    assert said(text, "a: text", case_sensitive=False) is None
    assert said(text, "a text", case_sensitive=False) is None


def test_one_letter_that_folds_into_two_leaves_the_right_words():
    assert said("ßhello", "ßtext", case_sensitive=False) == ("hello", 1)
    assert said("sshello", "ßtext", case_sensitive=False) is None
    assert said("İhello", "İtext", case_sensitive=False) == ("hello", 1)


@pytest.mark.parametrize("typed", [HEART, RED_HEART])
@pytest.mark.parametrize("stored", [HEART, RED_HEART])
@pytest.mark.parametrize("case_sensitive", [True, False])
def test_an_emoji_is_the_same_in_both_its_styles(typed, stored, case_sensitive):
    options = {"case_sensitive": case_sensitive}
    assert said(f"{typed}hello", f"{stored}text", **options) == ("hello", 1)
    assert said(f"hello{typed}", f"text{stored}", **options) == ("hello", 1)
    assert said(f"{typed}{typed} hello {typed}", f"{stored}text{stored}", **options) == (f"{typed} hello ", 1)
    assert said(f"hello {typed}]", "text]", **options) == (f"hello {typed}", 1)
    assert said(f"[{typed}]", "[text]", **options) == (typed, 1)
    assert said(f"{typed}", f"{stored}text", **options) is None
    assert said(f"{typed}", f"{stored}text", has_files=True, **options) == ("", 1)


def test_what_is_left_is_not_the_style_alone():
    assert said(f"{STYLE}]", "text]", has_files=True) is None
    assert said(f"{STYLE} -a", "text -a", has_files=True) is None
    assert said(f"{STYLE}--", "text--", "text-", has_files=True) == (f"{STYLE}-", 2)


def test_styles_do_not_make_a_tag_longer():
    assert said(f"{RED_HEART}!hi", f"{HEART}text", f"{HEART}!text") == ("hi", 2)
    assert match_tags(f"{HEART}hi", [ProxyTag(2, 0, RED_HEART, ""), ProxyTag(1, 0, HEART, "")]).tag.member_id == 1


@pytest.mark.parametrize(
    "tag", [ProxyTag(1, 0, "", ""), ProxyTag(1, 0, STYLE, ""), ProxyTag(1, 0, "", STYLE)], ids=ascii
)
def test_a_tag_that_holds_nothing_fits_nothing(tag):
    assert match_tags("hello", [tag]) is None
    assert match_tags("", [tag], has_files=True) is None
    assert match_tags(STYLE, [tag], has_files=True) is None


def test_the_first_tag_of_many_is_found():
    tags = [ProxyTag(number, 0, f"{number}:", "") for number in range(5000)]
    assert match_tags("4999: hello", tags).tag.member_id == 4999
    assert match_tags("5000: hello", tags) is None


SIGNS = st.text(st.sampled_from([*'aAbß[]^-*?"\\\n <>', "µ", "μ", "k", "\u212a", HEART, STYLE, "\u3000"]), max_size=3)


@pytest.fixture(scope="module")
def signs_of(fresh_file):
    """The signs that the file keeps for a member who has these tags."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    sqlite = engine.raw_connection().driver_connection
    with closing(sqlite3.connect(fresh_file)) as file:
        file.backup(sqlite)
    with Session(engine) as session:
        systems.create_system(session, 1)
        members.create_member(session, 1, {"name": "Ann"})
        session.commit()

    def run(*tags):
        stored = members.dump_tags([{"prefix": tag.prefix or None, "suffix": tag.suffix or None} for tag in tags])
        sqlite.execute("UPDATE members SET proxy_tags = ?", (stored,))
        return {sign for (sign,) in sqlite.execute("SELECT sign FROM tag_signs")}

    yield run
    engine.dispose()


@settings(max_examples=1000, deadline=None, database=None)
@given(st.data(), st.lists(st.tuples(SIGNS, SIGNS), min_size=1, max_size=3), st.booleans(), st.booleans())
def test_a_tag_that_fits_is_told_apart_by_one_of_the_texts_signs(signs_of, data, sides, case_sensitive, has_files):
    prefix, suffix = data.draw(st.sampled_from(sides))
    text = data.draw(SIGNS | SIGNS.map(lambda inner: f"{prefix}{inner}{suffix}"))
    if not case_sensitive:
        text = data.draw(st.sampled_from([text, text.upper(), text.lower()]))
    text = data.draw(st.sampled_from(["{}", "<@80351110224678912> {}", " {}\n"])).format(text)
    tags = [ProxyTag(number, 0, *pair) for number, pair in enumerate(sides)]
    match = match_tags(text, tags, has_files, case_sensitive)
    if match:
        assert signs_of(match.tag) & {*find_signs(text)}, (match.tag, text)


def test_most_tags_are_told_apart_by_others(signs_of):
    tags = tags_of(*(example.format(sign) for example in ("{}:text", "text-{}") for sign in "abcdefgh🦊"))
    asked = {*find_signs("A: hi")}
    assert [tag for tag in tags if signs_of(tag) & asked] == tags[:1]
    assert signs_of(*tags[:2], *tags[-2:]) == {"^a", "^b", "$h", "$🦊"}
    assert signs_of() == set()


@pytest.mark.parametrize("text", ["<@80351110224678912> A: hi", " A:\n", "\nA: "])
def test_a_mention_and_blanks_around_a_tag_alone_are_not_its_signs(signs_of, text):
    tag = ProxyTag(1, 0, "A:", "")
    assert match_tags(text, [tag], has_files=True)
    assert signs_of(tag) == {"^A"}
    assert "^A" in find_signs(text)


def test_whoever_has_many_tags_is_always_looked_at(signs_of):
    tags = [ProxyTag(1, 0, f"{sign}:", "") for sign in "abcdefghijklmnopqrstu"]
    assert signs_of(*tags) == {""}
    assert len(signs_of(*tags[:-1])) == 20
    assert "" in find_signs("A: hi")


def test_whatever_may_be_left_out_tells_nothing_apart(signs_of):
    for sign in tag_matching._MAY_BE_LEFT_OUT:
        assert signs_of(ProxyTag(1, 0, f"{sign}a", "")) == signs_of(ProxyTag(1, 0, "", f"a{sign}")) == {""}
