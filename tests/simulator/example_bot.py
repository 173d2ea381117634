"""The commands of the bot that the tests talk to."""

import io

import discord


class Buttons(discord.ui.View):
    """One button that edits its message, one that asks for a name."""

    @discord.ui.button(label="Press", custom_id="press")
    async def press(self, button, interaction):
        await interaction.response.edit_message(content="pressed")

    @discord.ui.button(label="Ask", custom_id="ask")
    async def ask(self, button, interaction):
        await interaction.response.send_modal(NameForm(title="Who?", custom_id="who"))

    @discord.ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, button, interaction):
        pass


class NameForm(discord.ui.Modal):
    """Asks for a name and greets it."""

    def __init__(self, **options):
        super().__init__(discord.ui.InputText(label="Name", custom_id="name", max_length=10), **options)

    async def callback(self, interaction):
        await interaction.response.send_message(f"hello {self.children[0].value}", ephemeral=True)


def add_commands(bot):
    """Teach a bot everything below."""
    _add_prefix_commands(bot)
    _add_slash_commands(bot)


def _add_prefix_commands(bot):
    @bot.command()
    async def echo(ctx, *, text):
        await ctx.send(text)

    @bot.command()
    async def card(ctx):
        embed = discord.Embed(title="Card", description="A card", colour=0x5865F2, url="https://example.org")
        embed.add_field(name="Key", value="Value", inline=True).set_footer(text="Foot")
        embed.set_author(name="Author").set_image(url="https://example.org/x.png")
        await ctx.send(embed=embed, reference=ctx.message.to_reference(fail_if_not_exists=False))

    @bot.command()
    async def whisper(ctx):
        try:
            await ctx.author.send("psst")
        except discord.Forbidden as refused:
            await ctx.send(f"refused {refused.code}")

    @bot.command()
    async def count(ctx):
        content = await ctx.message.attachments[0].read()
        reply = discord.File(io.BytesIO(content.upper()), filename="upper.txt")
        await ctx.send(f"{len(content)} bytes", file=reply)

    @bot.command()
    async def buttons(ctx):
        await ctx.send("choose", view=Buttons(timeout=None))

    @bot.command()
    async def tidy(ctx):
        await ctx.message.add_reaction("✅")
        await ctx.message.delete()


def _add_slash_commands(bot):
    kv = bot.create_group("kv", "Keys and values")

    @kv.command(description="Add a key")
    @discord.option("key", str, max_length=5)
    @discord.option("times", int, required=False)
    @discord.option("who", discord.User, required=False)
    async def add(ctx, key, times=1, who=None):
        await ctx.respond(f"{key}:{times}:{who.name if who else ''}", ephemeral=True)

    @bot.slash_command(description="Answers late")
    async def slow(ctx):
        await ctx.defer(ephemeral=True)
        await ctx.respond("done")
        await ctx.followup.send("and more", file=discord.File(io.BytesIO(b"data"), "data.txt"))

    @bot.message_command(name="Shout it")
    async def shout(ctx, message):
        await ctx.respond(f"{message.content.upper()} ({message.author.name})", ephemeral=True)

    @bot.message_command(name="Rename it", contexts={discord.InteractionContextType.guild})
    async def rename(ctx, message):
        await ctx.send_modal(NameForm(title=message.content, custom_id="rename"))

    @bot.user_command(name="Greet them")
    async def greet(ctx, user):
        await ctx.respond(f"hello {user.name} {type(user).__name__}", ephemeral=True)

    async def colours(ctx):
        return [c for c in ("red", "green", "blue") if c.startswith(ctx.value)]

    @bot.slash_command(description="Picks a colour")
    @discord.option("colour", str, autocomplete=colours)
    async def pick(ctx, colour):
        await ctx.respond(colour)

    @bot.slash_command(description="Does not answer")
    async def silent(ctx):
        bot.silent_context = ctx
