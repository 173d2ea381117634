"""How long GitHub is left alone after it said so."""

import time

import pytest
import requests

from cogs.account.github_client import LEAST_WAIT_S, MOST_WAIT_S, GitHubClient


@pytest.mark.parametrize(
    ("headers", "low", "high"),
    [
        ({}, LEAST_WAIT_S, LEAST_WAIT_S),
        ({"Retry-After": "5"}, 5, 5),
        ({"Retry-After": "999999"}, MOST_WAIT_S, MOST_WAIT_S),
        ({"Retry-After": "²"}, LEAST_WAIT_S, LEAST_WAIT_S),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "+600"}, 590, 600),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "-600"}, 0, 0),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "+86400"}, MOST_WAIT_S, MOST_WAIT_S),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon"}, LEAST_WAIT_S, LEAST_WAIT_S),
    ],
    ids=repr,
)
def test_github_is_believed_for_an_hour_at_most(headers, low, high):
    response = requests.Response()
    if (reset := headers.get("X-RateLimit-Reset", "x"))[0] in "+-":
        headers = {**headers, "X-RateLimit-Reset": str(int(time.time()) + int(reset))}
    response.headers.update(headers)
    assert low <= GitHubClient._wait(response) <= high
