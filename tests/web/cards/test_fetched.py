"""Cards whose pictures come from a CDN: embedded where it has them, initials where it has not."""

import base64

import pytest

from rules.presence import updates
from rules.presence.cdn import Cdn as Addresses
from tests.rules.pictures.picture_bytes import png
from tests.web.cards.people import ALICE
from tests.web.cards.stand_in import hrefs, texts
from tests.web.remote_pictures.cdn import Cdn, be_patient, whole

CARD = f"/user/{ALICE}.svg?hide=badge"


@pytest.fixture
def cdn(monkeypatch):
    be_patient(monkeypatch)
    monkeypatch.setattr("web.cards.embedding.WAIT_S", 60)
    serving = Cdn()
    yield serving
    serving.close()


@pytest.fixture
def client(make_app, cdn, write_presence):
    member = {"user": {"id": str(ALICE), "username": "alice", "avatar": "a1"}}
    change = updates.change_of_member(member, 1000, 1000, {"status": "online"}, Addresses(cdn.base))
    write_presence(updates.record_presences, {ALICE: change})
    return make_app(DISCORD_CDN_BASE=cdn.base).test_client()


def test_an_avatar_is_fetched_once_and_embedded(client, cdn):
    path = f"/avatars/{ALICE}/a1.png?size=128"
    cdn.answers[path] = whole(png())
    for width in (400, 500):
        (address,) = hrefs(client.get(f"{CARD}&width={width}").data)
        assert base64.b64decode(address.removeprefix("data:image/png;base64,")) == png()
    assert cdn.count(path) == 1


@pytest.mark.parametrize("answer", [whole(b"", "404 Not Found"), whole(b"<svg onload='x'/>"), whole(b"", "500 Oh")])
def test_without_one_there_are_initials(client, cdn, answer):
    cdn.answers[f"/avatars/{ALICE}/a1.png?size=128"] = answer
    svg = client.get(CARD).data
    assert hrefs(svg) == []
    assert texts(svg)[0] == "A"
