"""How a session begins and goes on: what IDENTIFY and RESUME must carry."""

from simulator.gateway import intents
from simulator.gateway.hub import Hub
from simulator.gateway.session import Session
from simulator.settings import Settings


class Closing(Exception):
    """The client did what the gateway answers by closing with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def identify(hub: Hub, data: dict) -> Session:
    """A new session. Raises Closing: 4002, 4004, 4010, 4013 or 4014."""
    _check(data, hub.settings)
    hub.identifies += 1
    session = Session(data, hub.settings.session_buffer)
    hub.sessions[session.id] = session
    return session


def _check(data: dict, settings: Settings) -> None:
    if not {"token", "properties", "intents"} <= set(data):
        raise Closing(4002, "Error while decoding payload.")
    if data["token"] != settings.token:
        raise Closing(4004, "Authentication failed.")
    wanted = data["intents"]
    if not isinstance(wanted, int) or wanted < 0 or wanted & ~intents.KNOWN:
        raise Closing(4013, "Invalid intent(s).")
    if wanted & intents.PRIVILEGED & ~settings.allowed_privileged():
        raise Closing(4014, "Disallowed intent(s).")
    shard, count = data.get("shard") or (0, 1)
    if not 0 <= shard < count:
        raise Closing(4010, "Invalid shard.")


def resume(hub: Hub, data: dict) -> Session | None:
    """The session to go on with; None, and it is forgotten, when events are missing. Raises Closing (4004)."""
    if data.get("token") != hub.settings.token:
        raise Closing(4004, "Authentication failed.")
    session = hub.sessions.get(str(data.get("session_id")))
    seq = data.get("seq")
    if session is None or not isinstance(seq, int) or not session.can_resume(seq):
        hub.forget(session)
        return None
    session.resumes += 1
    hub.resumes += 1
    return session
