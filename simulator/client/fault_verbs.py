"""Settings, and everything that can go wrong."""

from simulator.client.caller import Caller
from simulator.faults import FaultOrder

# followups to interactions have the same path; a pattern with the webhook's id tells them apart
EXECUTE_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"


class FaultVerbs(Caller):
    """Verbs that cause faults."""

    def set(self, **options: object) -> None:
        """Change settings, all or none; simulator/settings.py lists them."""
        self.call("set", **options)

    def drop_gateway(self) -> int:
        """Cut every gateway connection (TCP); how many."""
        return self.call("drop_gateway")

    def close_gateway(self, code: int = 4000) -> int:
        """Close every gateway connection with a code; how many."""
        return self.call("close_gateway", code=code)

    def reconnect(self) -> int:
        """Send op 7 to every connection; how many."""
        return self.call("reconnect")

    def invalidate(self, resumable: bool = False) -> int:
        """Send op 9 to every connection; how many."""
        return self.call("invalidate", resumable=resumable)

    def forget_sessions(self) -> int:
        """Forget every session, so that a resume fails; how many."""
        return self.call("forget_sessions")

    def stop_acking(self, yes: bool = True) -> None:
        """Whether heartbeats stay unanswered."""
        self.call("stop_acking", yes=yes)

    def refuse_connections(self, yes: bool = True, how: str = "cut") -> None:
        """Whether Discord is away: everything is cut, or with how="503" REST answers 503."""
        self.call("refuse_connections", yes=yes, how=how)

    def fail_rest(self, method: str, path_regex: str, status: int | None = 500, **more: object) -> None:
        """Let matching REST requests, or those of files below /cdn, fail until `clear_faults`.

        `more` are the other fields of FaultOrder, which says what each does.
        """
        self.call("fail_rest", **vars(FaultOrder(method, path_regex, status, **more)))

    def faults(self) -> list[dict]:
        """The ordered failures: method, path, and how often each has happened."""
        return self.call("faults")

    def clear_faults(self) -> None:
        """Take back fail_rest, stop_acking and refuse_connections."""
        self.call("clear_faults")
