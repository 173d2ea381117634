"""What a test may change about this Discord; every value is checked before it is taken."""

from dataclasses import dataclass, field, fields

from simulator.errors import Refused

PRIVILEGED = {"members": 1 << 1, "presences": 1 << 8, "message_content": 1 << 15}
# the "limited" flags: intents switched on in the portal by an application in fewer than 100 guilds
_FLAGS = {"presences": 1 << 13, "members": 1 << 15, "message_content": 1 << 19}


@dataclass
class Settings:
    """The settings, with Discord's own values as defaults. Times are in seconds."""

    token: str = "simulated"
    privileged_intents: list = field(default_factory=lambda: list(PRIVILEGED))
    rate_limits: bool = True
    heartbeat_interval: float = 41.25
    large_threshold: int = 0
    huge_guild: int = 75_000
    chunk_size: int = 1000
    member_request_interval: float = 30.0
    gateway_send_limit: int = 120
    shards: int = 1
    session_buffer: int = 5000
    interaction_deadline: float = 3.0
    interaction_lifetime: float = 900.0
    upload_limit: int = 10 * 1024 * 1024
    stop_acking: bool = False
    refuse_connections: str = ""

    def change(self, options: dict) -> None:
        """Take all of `options`, or none when one of them is wrong."""
        known = {f.name: type(getattr(self, f.name)) for f in fields(self)}
        checked = {name: _checked(name, value, known) for name, value in options.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def allowed_privileged(self) -> int:
        """The privileged intents switched on in the developer portal, as bits."""
        return sum(PRIVILEGED[name] for name in set(self.privileged_intents))

    def application_flags(self) -> int:
        """The application's flags, which tell the same."""
        return sum(_FLAGS[name] for name in set(self.privileged_intents))


def _checked(name: str, value: object, known: dict[str, type]) -> object:
    if name not in known:
        raise Refused(f"There is no setting {name!r}; there are {', '.join(known)}.")
    if known[name] is float and type(value) is int:
        value = float(value)
    # isinstance would take True for a number
    if type(value) is not known[name]:
        raise Refused(f"The setting {name!r} takes a {known[name].__name__}, not {value!r}.")
    if isinstance(value, (int, float)) and value < 0:
        raise Refused(f"The setting {name!r} cannot be negative.")
    if name == "privileged_intents" and not set(map(str, value)) <= set(PRIVILEGED):
        raise Refused(f"Privileged intents are {', '.join(PRIVILEGED)}, not {value!r}.")
    if name == "refuse_connections" and value not in ("", "cut", "503"):
        raise Refused('refuse_connections is "", "cut" or "503".')
    return value
