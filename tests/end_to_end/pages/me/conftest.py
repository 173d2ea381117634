"""Who signs in at /me, and how."""

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from rules.systems import systems
from simulator.client import Simulator
from tests.end_to_end.discord_user import DiscordUser
from tests.end_to_end.pages.watched_page import WatchedPage
from tests.end_to_end.rollcall import Rollcall
from tests.end_to_end.system_owner import SystemOwner

# Nobody in Discord has them: a token and a system need no presence.
_ids = itertools.count(940_000_000_000_000_000)


@pytest.fixture
def nobody(discord: Simulator, rollcall: Rollcall) -> DiscordUser:
    """Somebody with a token who is in no server and has no system."""
    return DiscordUser(discord, rollcall, str(next(_ids)))


@pytest.fixture
def owner(discord: Simulator, rollcall: Rollcall) -> SystemOwner:
    """The same with a system in which Ann, Ben and Cleo are."""
    made = SystemOwner(discord, rollcall, str(next(_ids)))
    rollcall.write(systems.create_system, int(made.id), {"name": "Foxes"})
    made.add_all(("Ann", "Ben", "Cleo"))
    return made


@pytest.fixture
def sign_in(browse: Callable[..., WatchedPage]) -> Callable[..., WatchedPage]:
    """Opens the page at a section with somebody's token; `options`: `browse`. Refusals may stand in the console."""

    def run(user: DiscordUser, section: str = "", **options: object) -> WatchedPage:
        watched = browse(f"/me{section}", expecting="Failed to load resource", **options)
        watched.page.get_by_label("Your token").fill(user.token)
        watched.page.get_by_role("button", name="Open my page").click()
        expect(watched.page.get_by_role("button", name="Forget the token")).to_be_visible()
        expect(watched.page.get_by_text("Loading …")).to_have_count(0)
        return watched

    return run
