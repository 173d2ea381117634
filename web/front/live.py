"""Keeps event streams open: the hub of this process, and how many may listen."""

from typing import Any

from web.client_address import claims_of_environ
from web.front.protocol import HttpProtocol
from web.front.refusals import refuse
from web.front.streams import StreamConnection
from web.front.wsgi import Answer
from web.live.hub import Hub
from web.live.stream import Stream
from web.rate_limit import Limiter

FULL = "As many listen here as this process can serve; try again in a moment."
FULL_FOR_CLIENT = "Your address has {} streams and sockets open here, which is the most: close some first."


class Live:
    """What streams and sockets share. `limiter` says which client an address is counted as."""

    def __init__(self, hub: Hub, limiter: Limiter) -> None:
        self.hub, self._limiter = hub, limiter

    def find_client(self, environ: dict[str, Any]) -> str:
        """Which client a request is counted as."""
        return self._limiter.find_client(environ["REMOTE_ADDR"], claims_of_environ(environ))

    def find_refusal(self, client: str) -> tuple[int, str] | None:
        """Status and sentence, where no more may listen."""
        if self.hub.is_full():
            return 503, FULL
        if self.hub.is_full_for(client):
            return 429, FULL_FOR_CLIENT.format(self.hub.most_a_client)
        return None

    def keep(self, stream: Stream, connection: HttpProtocol, environ: dict[str, Any], answer: Answer) -> Answer | None:
        """Let a connection go on as a stream after its answer; else the refusal to answer with."""
        client = self.find_client(environ)
        refusal = self.find_refusal(client)
        if refusal:
            status, sentence = refusal
            return refuse(status, connection.url, sentence)
        head = [(name, value) for name, value in answer.headers if name != b"content-length"]
        protocol = StreamConnection(stream, self.hub, connection.app.connections, connection.server_state)
        connection.hand_on(protocol, answer.status, head)
        protocol.begin(answer.body, client)
        return None
