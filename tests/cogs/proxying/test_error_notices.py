"""What of the trouble with proxying is told, and how often."""

import asyncio
from types import SimpleNamespace

import pytest

from cogs.proxying.error_notices import ErrorNotices
from cogs.webhooks.refusals import NAME, PERMISSIONS, ProxyRefused
from cogs.webhooks.rest_client import Failed, Unknown
from rules.errors import NotFound

ANN, BEN, HERE, THERE = 1, 2, 3, 4


@pytest.fixture
def tell():
    """Tell somebody somewhere that something failed; whether they were told, and in which words."""
    error_notices = ErrorNotices()

    def run(error, user_id=ANN, channel_id=HERE, wanted=True):
        told = []

        async def send(embed, **_options):
            told.append(embed.description)

        message = SimpleNamespace(
            author=SimpleNamespace(id=user_id),
            channel=SimpleNamespace(id=channel_id, send=send),
            to_reference=lambda **_options: None,
        )
        asyncio.run(error_notices.send(message, SimpleNamespace(tells_errors=wanted), error))
        return told

    run.forget = error_notices.forget
    return run


def test_a_kind_of_trouble_is_told_once_to_each_in_each_channel_until_it_is_over(tell):
    long, longer = (ProxyRefused("text", f"This one has {length}.") for length in (2001, 2002))
    assert tell(long) == ["This one has 2001. Your message stays as it is; I say this once."]
    assert tell(longer) == []
    assert tell(Failed(400, 30007, ""))
    assert tell(longer, user_id=BEN)
    assert tell(longer, channel_id=THERE)
    tell.forget(ANN, HERE)
    assert tell(longer)
    assert not tell(longer, channel_id=THERE)


def test_what_nobody_knows_is_told_each_time(tell):
    for _ in range(2):
        (words,) = tell(Unknown("not seen"))
        assert words.endswith("so I do not post it again. Your message stays as it is.")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ProxyRefused(PERMISSIONS, "I need Manage Webhooks."), True),
        (ProxyRefused(NAME, "The name is too long."), True),
        (Failed(403, 50013, "Missing Permissions"), True),
        (ProxyRefused("text", "The text is too long."), False),
        (ProxyRefused("file", "The file is too large."), False),
        (Failed(400, 50035, "Invalid Form Body"), False),
        (Failed(400, 30007, ""), False),
        (Unknown("not seen"), False),
        (NotFound("Member not found."), False),
    ],
    ids=str,
)
def test_who_wants_no_errors_is_told_what_only_a_person_can_mend(tell, error, told):
    assert bool(tell(error, wanted=False)) is told
    tell.forget(ANN, HERE)
    assert tell(error)
