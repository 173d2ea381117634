"""Links to messages, as “Copy Message Link” makes them."""

import re

# The canary and self-made clients have other hosts; angle brackets keep Discord from showing an embed.
MESSAGE_LINK = re.compile(r"<?https?://[\w.:-]+/channels/\d+/(?P<channel_id>\d+)/(?P<message_id>\d+)>?", re.ASCII)


def message_link(guild_id: int | str, channel_id: int | str, message_id: int | str) -> str:
    """The link to a message in a server."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"
