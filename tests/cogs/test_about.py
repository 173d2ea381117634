"""What is told about the bot itself."""

import pytest

from cogs.about import describe_duration, describe_latency, tell_address


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "less than a minute"), (61, "1 min"), (3660, "1 h 1 min"), (86400 * 3 + 7260, "3 d 2 h"), (86400, "1 d")],
)
def test_how_long_it_runs(seconds, told):
    assert describe_duration(seconds) == told


def test_how_quick_it_is():
    assert [describe_latency(seconds) for seconds in (0.0416, float("nan"), float("inf"))] == [
        *("42 ms", "not known yet", "not known yet")
    ]


def test_where_its_pages_are():
    assert "https://rollcall.example.org/docs" in tell_address("https://rollcall.example.org")
    for own in ("http://127.0.0.1:8000", "http://localhost:8000", "http://10.0.0.5"):
        assert own not in tell_address(own)
        assert f"{own}/docs" in tell_address(own, is_simulated=True)
