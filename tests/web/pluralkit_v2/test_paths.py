"""What is asked under /v2 and is not there."""

import pytest

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize("path", ["/v2/s", "/v2/s/exmpl", "/v2/m", "/v2/m/abcde", "/v2/a/1", "/v2/msg/1"])
def test_a_path_of_version_1_says_so(client, path):
    for method in METHODS:
        answer = client.open(path, method=method)
        assert answer.status_code == 400
        assert answer.json["message"].startswith("Invalid path for API version")
        assert answer.json["code"] == 0


@pytest.mark.parametrize(
    "path", ["/v2", "/v2/", "/v2/x", "/v2/sx", "/v2/systems", "/v2/systems/exmpl/x", "/v2//groups"]
)
def test_a_path_that_leads_nowhere(client, path):
    for method in METHODS:
        answer = client.open(path, method=method)
        assert answer.status_code == 404
        assert list(answer.json) == ["message", "code"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v2/members", "OPTIONS, POST"),
        ("PUT", "/v2/groups/abcde", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("GET", "/v2/groups/abcde/members/add", "OPTIONS, POST"),
        ("POST", "/v2/systems/exmpl/oembed.json", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_a_path_does_not_take(client, method, path, allowed):
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert ", ".join(sorted(answer.headers["Allow"].split(", "))) == allowed
