"""How a hash or a name of a picture becomes its address: Discord's documentation, “CDN Formatting”."""

import re
from functools import lru_cache
from typing import NamedTuple

DISCORD_BASE = "https://cdn.discordapp.com"
MEDIA_PROXY = "https://media.discordapp.net"
SPOTIFY_COVERS = "https://i.scdn.co/image"
# A cover's ID, a hash, and a path: what else Discord may send one day must not become a link somewhere else.
_WORD = re.compile(r"[\w-]+", re.ASCII)
_PATH = re.compile(r"[\w.~%:=&?+,;@!$()*/-]+", re.ASCII)
DEFAULT_AVATARS = 6
# Pixels.
LARGE = 1024
SIZES = (16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
# What a badge of `payloads.BADGES` is called at Discord's CDN.
BADGE_ICONS = {
    "staff": "5e74e9b61934fc1f67c65515d1f7e60d",
    "partner": "3f9748e53446a137a052f3454e2de41e",
    "hypesquad": "bf01d1073931f921909045f3a39fd264",
    "bug_hunter_level_1": "2717692c7dca7289b35297368a940dd0",
    "hypesquad_bravery": "8a88d63823d8a71cd5e390baa45efa02",
    "hypesquad_brilliance": "011940fd013da3f7fb926e4a1cd2e618",
    "hypesquad_balance": "3aa41de486fa12454c3761e8e223442e",
    "early_supporter": "7060786766c9c840eb3019e725d2b358",
    "bug_hunter_level_2": "848f79194d4be5ff5f81505cbd0ce1e6",
    "early_verified_bot_developer": "6df5892e0f35b051f8b61eace34f4967",
    "moderator_programs_alumni": "fee1624003e2fee35cb398e125dc479b",
    "active_developer": "6bdc42827a38498929a4920da12695d9",
}
# Of an activity's picture: what stands before its first colon, and where that sort of picture is.
_ELSEWHERE = {
    "spotify": SPOTIFY_COVERS + "/{}",
    "twitch": "https://static-cdn.jtvnw.net/previews-ttv/live_user_{}-1920x1080.jpg",
    "youtube": "https://i.ytimg.com/vi/{}/hqdefault_live.jpg",
}


class Cdn(NamedTuple):
    """Where Discord's pictures are; `guild_id` is the server whose members' own pictures are meant."""

    base: str = DISCORD_BASE
    guild_id: int | None = None

    def avatar(self, user_id: int, avatar: str | None) -> str:
        """A user's avatar, or the one that Discord shows where there is none."""
        own = self._at(f"avatars/{user_id}", avatar)
        return own or f"{self.base}/embed/avatars/{(user_id >> 22) % DEFAULT_AVATARS}.png"

    def avatar_as(self, user_id: int, avatar: str | None, extension: str, size: int = LARGE) -> str:
        """The same in a format and one of `SIZES`: a still one is a JPEG where a GIF is wanted, a missing one a PNG."""
        if not avatar or not _WORD.fullmatch(avatar):
            return self.avatar(user_id, None)
        fits = extension != "gif" or avatar.startswith("a_")
        return f"{self.base}/avatars/{user_id}/{avatar}.{extension if fits else 'jpg'}?size={size}"

    def of_member(self, user_id: int, kind: str, picture: str | None) -> str | None:
        """A picture that a member has in this server alone; `kind` is `avatars` or `banners`."""
        return self._at(f"guilds/{self.guild_id}/users/{user_id}/{kind}", picture) if self.guild_id else None

    def avatar_decoration(self, asset: str | None) -> str | None:
        """The frame around an avatar."""
        return self._at("avatar-decoration-presets", asset, animated="png")

    def guild_badge(self, guild_id: str | None, badge: str | None) -> str | None:
        """The badge beside a server's tag."""
        return self._at(f"guild-tag-badges/{guild_id}", badge) if guild_id and _WORD.fullmatch(guild_id) else None

    def nameplate(self, asset: str | None) -> str | None:
        """What stands behind a name in the list of members, as a still picture."""
        fits = asset and _PATH.fullmatch(asset) and ".." not in asset
        return f"{self.base}/assets/collectibles/{asset.strip('/')}/static.png" if fits else None

    def emoji(self, emoji_id: str | None, animated: bool) -> str | None:
        """A server's own emoji; None for one that is a letter."""
        fits = emoji_id and _WORD.fullmatch(emoji_id)
        return f"{self.base}/emojis/{emoji_id}.{'gif' if animated else 'png'}" if fits else None

    def badge_icon(self, badge: str) -> str | None:
        """The picture of a badge that Discord gave to an account."""
        return f"{self.base}/badge-icons/{BADGE_ICONS[badge]}.png" if badge in BADGE_ICONS else None

    def of_activity(self, image: str | None, application_id: str | None) -> str | None:
        """A picture of an activity, which may be at Spotify, Twitch or YouTube; None where nobody knows where it is."""
        return _find_of_activity(self.base, image, application_id) if image else None

    def _at(self, path: str, name: str | None, animated: str = "gif") -> str | None:
        if not name or not _WORD.fullmatch(name):
            return None
        return f"{self.base}/{path}/{name}.{animated if name.startswith('a_') else 'png'}"


# One cover is shown for the length of an album, and by many.
@lru_cache(4096)
def _find_of_activity(base: str, image: str, application_id: str | None) -> str | None:
    if not _PATH.fullmatch(image) or ".." in image:
        return None
    kind, colon, name = image.partition(":")
    if colon and kind == "mp":
        return f"{MEDIA_PROXY}/{name}"
    if colon:
        return _ELSEWHERE[kind].format(name) if kind in _ELSEWHERE and _WORD.fullmatch(name) else None
    is_own = application_id and application_id.isdecimal() and _WORD.fullmatch(image)
    return f"{base}/app-assets/{application_id}/{image}.png" if is_own else None


DISCORD = Cdn()
