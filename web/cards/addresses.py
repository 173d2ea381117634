"""Where a picture is in the size that a card needs it, at the hosts whose addresses take a size; first what is best."""

from urllib.parse import urlsplit

from rules.presence.cdn import DISCORD_BASE, MEDIA_PROXY, SPOTIFY_COVERS

# Twice what is drawn, for screens that have two pixels to each.
SIZE = 128
# Spotify's covers come in three sizes that differ in their names' beginning alone: 640 and 300 pixels.
_COVER_640, _COVER_300 = "ab67616d0000b273", "ab67616d00001e02"


def sized(url: str | None, animated: bool = True, cdn_base: str = DISCORD_BASE) -> tuple[str, ...]:
    """The addresses to try in turn; without any, none. `animated` is whether a picture may move."""
    if not url:
        return ()
    if url.startswith((f"{cdn_base}/", f"{DISCORD_BASE}/")):
        return _at_discord(url, animated)
    if url.startswith(f"{MEDIA_PROXY}/"):
        return (f"{url}{'&' if urlsplit(url).query else '?'}width={SIZE}&height={SIZE}", url)
    if url.startswith(f"{SPOTIFY_COVERS}/{_COVER_640}"):
        return (url.replace(_COVER_640, _COVER_300, 1), url)
    return (url,)


def _at_discord(url: str, animated: bool) -> tuple[str, ...]:
    if "/embed/" in url or "/assets/" in url or "/badge-icons/" in url:
        return (url,)
    if "/avatar-decoration-presets/" in url:
        return (f"{url}?size={SIZE}&passthrough={'true' if animated else 'false'}", url)
    still = f"{url.removesuffix('.gif')}.png?size={SIZE}" if url.endswith(".gif") else f"{url}?size={SIZE}"
    # A moving picture may be too large to be embedded.
    return (f"{url}?size={SIZE}", still) if animated and still != f"{url}?size={SIZE}" else (still,)
