"""`pk;system delete`, which exports first."""

from cogs.commands.arguments import Arguments
from cogs.commands.confirm import confirm_by_typing
from cogs.commands.converters import get_display
from cogs.commands.responses import Context, answer, card
from cogs.commands.subcommands import Subcommand
from cogs.commands.targets import SystemTarget
from cogs.transfer.exports import send_export
from rules.systems import systems

NO_EXPORT = ("no-export", "ne")


async def delete_system(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """Delete the system, its ID typed back and the export sent."""
    arguments.end(NO_EXPORT)
    target.check_own()
    first = "" if arguments.has(*NO_EXPORT) else " You get its export by DM first."
    question = f"This deletes your system with its members, switches and messages' records for good.{first}"
    if not await confirm_by_typing(ctx, question, (await get_display(ctx)).show_id(target.system.hid)):
        await answer(ctx, card(text="That was not its ID, so nothing was deleted."))
        return
    if first:
        await send_export(ctx)
    await ctx.bot.write(systems.delete_system, ctx.author.id)
    ctx.bot.dispatch("purge")
    await answer(ctx, card(text="Your system is deleted."))


system_subcommands = [
    Subcommand(("delete", "remove", "destroy", "erase", "yeet"), delete_system, "", "delete your system", harmful=True),
]
