"""Keeps event streams and sockets open: the hub of this process, and how many may listen."""

from typing import Any, NamedTuple

from web.client_address import Claims, claims_of_environ
from web.front.listening import ListeningConnection
from web.front.protocol import HttpProtocol
from web.front.refusals import refuse
from web.front.streams import StreamConnection
from web.front.wsgi import Answer
from web.live.hub import Hub
from web.live.stream import Stream
from web.rate_limit import Limiter
from web.responses import RETRY_AFTER_S

FULL = "As many listen here as this process can serve; try again in a moment."
FULL_FOR_CLIENT = "Your address has {} streams and sockets open here, which is the most: close some first."


class Refusal(NamedTuple):
    """Why somebody may not listen."""

    status: int
    sentence: str
    wait_s: int = RETRY_AFTER_S


class Live:
    """What streams and sockets share. `limiter` says which client an address is counted as."""

    def __init__(self, hub: Hub, limiter: Limiter, subscribe_to_all: bool = False) -> None:
        self.hub, self.subscribe_to_all, self._limiter = hub, subscribe_to_all, limiter

    def find_refusal(self, client: str) -> Refusal | None:
        """Why no more may listen, if that is so."""
        if self.hub.is_full():
            return Refusal(503, FULL)
        if self.hub.is_full_for(client):
            return Refusal(429, FULL_FOR_CLIENT.format(self.hub.most_a_client))
        return None

    def keep(self, stream: Stream, connection: HttpProtocol, environ: dict[str, Any], answer: Answer) -> Answer | None:
        """Let a connection go on as a stream after its answer; else the refusal to answer with."""
        # Whoever did not wait for the answer hears nothing, and is not counted.
        if connection.transport.is_closing():
            return None
        client = self._limiter.find_client(environ["REMOTE_ADDR"], claims_of_environ(environ))
        refusal = self.find_refusal(client)
        if refusal:
            return refuse(refusal.status, connection.url, *refusal[1:])
        head = [(name, value) for name, value in answer.headers if name != b"content-length"]
        protocol = StreamConnection(stream, self.hub, connection.app.connections, connection.server_state)
        connection.hand_on(protocol, answer.status, head)
        protocol.begin(answer.body, client)
        if connection.is_last:
            protocol.shutdown()
        return None

    def let_in(self, socket: ListeningConnection, peer: str, claims: Claims) -> Refusal | None:
        """Let a socket listen, which counts as a request of its client; else why it may not."""
        counted = self._limiter.count(peer, claims)
        if counted and counted.refused:
            return Refusal(429, counted.sentence, counted.whole_wait_s)
        client = self._limiter.find_client(peer, claims)
        refusal = self.find_refusal(client)
        if refusal is None:
            self.hub.join(socket, (), client)
        return refusal

    def charge(self, socket: ListeningConnection, requests: float) -> bool:
        """Count what a message asks for as that many requests of its client; whether that is within the limit."""
        counted = self._limiter.count_as(self.hub.client_of(socket), requests)
        return counted is None or not counted.refused
