"""Faults of single requests: before or after they are acted upon, by chance, and late."""

import time

import pytest
import requests

from simulator.client import EXECUTE_WEBHOOK, SimulatorError


@pytest.fixture
def execute(sim, bot, place):
    """Execute a webhook: the status, or "cut" when the connection was; and a list of what came out."""
    hook = sim.add_webhook(place.channel)

    def post(text="x"):
        try:
            url = f"{sim.api_base}/webhooks/{hook['id']}/{hook['token']}?wait=1"
            return requests.post(url, json={"content": text}, timeout=10).status_code
        except requests.ConnectionError:
            return "cut"

    post.posted = lambda: [m["content"] for m in sim.messages(place.channel)]
    yield post
    sim.clear_faults()


@pytest.mark.parametrize(
    ("fault", "answer", "posted"),
    [
        ({"status": 429, "retry_after": 0.1}, 429, []),
        ({"status": 500}, 500, []),
        ({"status": 502}, 502, []),
        ({"drop": True}, "cut", []),
        ({"status": 500, "after": True}, 500, ["x"]),
        ({"drop": True, "after": True}, "cut", ["x"]),
        ({"status": None, "delay": 0.1}, 200, ["x"]),
    ],
)
def test_before_and_after_acting(sim, execute, fault, answer, posted):
    sim.fail_rest("POST", EXECUTE_WEBHOOK, **fault)
    began = time.monotonic()
    assert execute() == answer
    assert time.monotonic() - began >= fault.get("delay", 0)
    assert execute.posted() == posted
    assert execute("again") == 200


def test_a_template_is_only_that_route(sim, execute, discord_api, place):
    sim.fail_rest("*", EXECUTE_WEBHOOK, times=None)
    assert discord_api("GET", f"/channels/{place.channel}/webhooks")[0] == 200
    assert [execute(), execute()] == [500, 500]
    assert sim.faults() == [{"method": "*", "path": EXECUTE_WEBHOOK, "happened": 2}]


def test_chance_is_the_same_each_time(sim, execute):
    def series(seed):
        sim.clear_faults()
        sim.fail_rest("POST", EXECUTE_WEBHOOK, times=None, probability=0.3, seed=seed)
        return [execute() for _ in range(30)]

    first = series(7)
    assert set(first) == {200, 500}
    assert series(7) == first
    assert series(8) != first
    assert sim.faults()[0]["happened"] == series(8).count(500)


def test_chance_ends_after_its_times(sim, execute):
    sim.fail_rest("POST", EXECUTE_WEBHOOK, times=2, probability=0.5, seed=1)
    assert [execute() for _ in range(30)].count(500) == 2


def test_two_faults_for_one_request(sim, execute):
    sim.fail_rest("POST", EXECUTE_WEBHOOK, 500)
    sim.fail_rest("POST", EXECUTE_WEBHOOK, 502)
    assert [execute(), execute(), execute()] == [500, 502, 200]


@pytest.mark.parametrize("wrong", [{"status": 200}, {"times": 0}, {"delay": -1}, {"probability": 2}])
def test_what_is_no_fault(sim, wrong):
    with pytest.raises(SimulatorError, match="fail_rest"):
        sim.fail_rest("GET", "x", **wrong)


def test_py_cord_sends_again_what_was_answered_with_500(sim, bot, place):
    """A 500 after the act is why a proxied message may come twice."""
    hook = bot.run(bot.bot.get_channel(int(place.channel)).create_webhook(name="Proxy"))
    sim.fail_rest("POST", f"/webhooks/{hook.id}/", after=True)
    bot.run(hook.send("hello", wait=True))
    assert [m["content"] for m in sim.messages(place.channel)] == ["hello", "hello"]
