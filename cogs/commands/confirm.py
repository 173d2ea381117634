"""Asking somebody: a button, or a typed answer; only that person can answer, and only for a while."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import discord

from cogs.commands.arguments import YES, Arguments
from cogs.commands.formatting import code
from cogs.commands.responses import Context, answer, card
from cogs.commands.views import TIMEOUT_S, OptionButtons, OwnerView

log = logging.getLogger(__name__)

TYPING_S = 60
_LAST_ROW = 4
NO = ("no", "n")


class _Buttons(OwnerView):
    def __init__(self, owner_id: int, choices: Sequence[str], options: Sequence[discord.ui.Button]) -> None:
        super().__init__(owner_id)
        self.answered: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        for option in options:
            self.add_item(option)
        row = _LAST_ROW if options else None
        for choice in choices:
            self.add_item(_Button(choice, discord.ButtonStyle.danger, choice, row))
        self.add_item(_Button("No", discord.ButtonStyle.secondary, None, row))


class _Button(discord.ui.Button):
    def __init__(self, label: str, style: discord.ButtonStyle, choice: str | None, row: int | None) -> None:
        super().__init__(label=label, style=style, row=row)
        self.choice = choice

    async def callback(self, interaction: discord.Interaction) -> None:
        if not self.view.answered.done():
            self.view.answered.set_result(self.choice)
        await interaction.response.edit_message(view=None)


async def confirm(ctx: Context, question: str, yes: str, arguments: Arguments | None = None) -> bool:
    """Ask the caller, and wait up to five minutes; silence is a no. A `-yes` among the words answers at once."""
    if arguments and arguments.has(*YES):
        return True
    return await ask(ctx, ctx.author.id, question, yes)


async def ask(ctx: Context, user_id: int, question: str, yes: str, **options: object) -> bool:
    """Ask an account: only its button or its typed “yes” or “no” counts, and silence is a no."""
    return await choose(ctx, user_id, question, (yes,), **options) is not None


async def choose(
    ctx: Context,
    user_id: int,
    question: str,
    choices: Sequence[str],
    beside: Sequence[OptionButtons] = (),
    **options: object,
) -> str | None:
    """Ask an account which of some things to do, each a button; a typed “yes” is the first, and no or silence None.

    The options `beside` stand above the buttons, each group in a row of its own.
    """
    view = _Buttons(user_id, choices, [button for group in beside for button in group.buttons])
    text = f"{question}\nPress a button, or type `yes` or `no`."
    with _typing(ctx, user_id, lambda text: text.lower() in (*YES, *NO)) as typed:
        asked = await answer(ctx, card(text=text), view=view, **options)
        done, _ = await asyncio.wait({view.answered, typed}, timeout=TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
    view.stop()
    if view.answered in done:
        return view.answered.result()
    try:
        await asked.edit(view=None)
    except discord.HTTPException as error:
        log.info("the buttons of a question could not be taken away: %s", error)
    return choices[0] if typed in done and typed.result().content.strip().lower() in YES else None


async def confirm_by_typing(ctx: Context, question: str, wanted: str) -> bool:
    """Ask the caller to type a word here within a minute; anything else, and silence, is a no.

    Case does not count, nor do hyphens, which an ID may be shown with.
    """
    text = f"{question}\nType {code(wanted)} here to confirm; anything else cancels."
    with _typing(ctx, ctx.author.id) as typed:
        await answer(ctx, card(text=text))
        done, _ = await asyncio.wait({typed}, timeout=TYPING_S)
    return typed in done and _plain(typed.result().content) == _plain(wanted)


def _plain(text: str) -> str:
    return text.strip().lower().replace("-", "")


# The newest question to each account in each channel: a typed answer is never taken for an older one.
_newest: dict[tuple[int, int], object] = {}
_answers: deque[int] = deque(maxlen=100)


def is_answer(message: discord.Message) -> bool:
    """Whether a message was taken for the answer to a question; such words are nobody else's."""
    return message.id in _answers


def is_awaited(message: discord.Message) -> bool:
    """Whether a message was the answer to a question, or stands where one to its author is still open."""
    return is_answer(message) or (message.author.id, message.channel.id) in _newest


@contextmanager
def _typing(
    ctx: Context, user_id: int, fits: Callable[[str], bool] = lambda text: True
) -> Iterator[asyncio.Future[discord.Message]]:
    """What an account types here from now on, so begun before the question is put; it is not waited for afterwards."""
    key, question = (user_id, ctx.channel.id), object()
    _newest[key] = question

    def check(message: discord.Message) -> bool:
        # An odd message may lack any part; what is raised here would end every question that is open.
        author, channel = (getattr(message, part, None) for part in ("author", "channel"))
        here = (getattr(author, "id", None), getattr(channel, "id", None)) == key
        taken = here and _newest.get(key) is question and fits(message.content.strip())
        if taken:
            _answers.append(message.id)
        return taken

    typed = asyncio.ensure_future(ctx.bot.wait_for("message", check=check))
    try:
        yield typed
    finally:
        typed.cancel()
        if _newest.get(key) is question:
            del _newest[key]
