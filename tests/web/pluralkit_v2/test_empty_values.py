"""What is empty counts as not sent; what is only false in Python is refused."""

import pytest

from rules.systems import systems

ALICE = 80351110224678912


@pytest.fixture
def post(client, write, token_of):
    """Posts as alice, who has a system."""
    write(systems.create_system, ALICE)
    headers = {"Authorization": token_of(ALICE)}
    return lambda path, body: client.post(f"/v2{path}", json=body, headers=headers)


@pytest.mark.parametrize("side", [None, ""])
def test_a_tag_without_sides_is_left_out(post, side):
    answer = post("/members", {"name": "Ann", "proxy_tags": [{"prefix": side, "suffix": side}, {"prefix": "a:"}]})
    assert answer.json["proxy_tags"] == [{"prefix": "a:", "suffix": None}]


@pytest.mark.parametrize("side", [{}, [], 0, False])
def test_a_side_of_a_tag_that_is_no_text(post, side):
    answer = post("/members", {"name": "Ann", "proxy_tags": [{"prefix": "", "suffix": side}]})
    assert answer.status_code == 400
    assert list(answer.json["errors"]) == ["proxy_tags"]


@pytest.mark.parametrize("timestamp", [None, ""])
def test_a_switch_without_a_time_is_now(post, timestamp):
    assert post("/systems/@me/switches", {"members": [], "timestamp": timestamp}).status_code == 200


@pytest.mark.parametrize("timestamp", [{}, [], 0, False])
def test_a_time_of_a_switch_that_is_no_text(post, timestamp):
    assert post("/systems/@me/switches", {"members": [], "timestamp": timestamp}).status_code == 400
