"""What Discord takes as a voice message."""

from simulator.cdn import content_type
from simulator.errors import refusal
from simulator.state.entities import VOICE_MESSAGE


def check_voice(body: dict, files: list[tuple[str, bytes]]) -> None:
    """A voice message is one audio file with its length and waveform, and nothing else."""
    if not (body.get("flags") or 0) & VOICE_MESSAGE:
        return
    if any(body.get(part) for part in ("content", "embeds", "poll", "components", "sticker_ids")):
        raise refusal(50159)
    notes = body.get("attachments") or []
    if len(files) != 1 or len(notes) != 1 or not _is_audio(notes[0].get("filename") or files[0][0]):
        raise refusal(50160)
    if not notes[0].get("waveform") or not isinstance(notes[0].get("duration_secs"), (int, float)):
        raise refusal(50161)


def _is_audio(name: str) -> bool:
    return content_type(name).startswith(("audio/", "video/ogg"))
