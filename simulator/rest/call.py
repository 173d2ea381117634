"""One REST call: its parameters, its body, and the table of routes."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from simulator.errors import ApiError, invalid_form, refusal
from simulator.rest.shapes import check_shape
from simulator.simulation import Simulation

Handler = Callable[["Call"], Awaitable[Any]]


@dataclass
class Route:
    """A method and a path template, in Discord's notation."""

    method: str
    path: str
    handler: Handler
    auth: bool
    status: int


ROUTES: list[Route] = []


def route(method: str, path: str, auth: bool = True, status: int = 200) -> Callable[[Handler], Handler]:
    """Serve this method and path with the decorated function; its None becomes a 204."""

    def add(handler: Handler) -> Handler:
        ROUTES.append(Route(method, path, handler, auth, status))
        return handler

    return add


@dataclass
class Call:
    """What a handler needs of a request."""

    sim: Simulation
    request: web.Request
    files: list[tuple[str, bytes]] = field(default_factory=list)
    arrived_ns: int = 0
    upload_limit: int | None = None

    @property
    def params(self) -> dict[str, str]:
        """The ids in the path."""
        return self.request.match_info

    @property
    def query(self) -> dict[str, str]:
        """The query string."""
        return self.request.query

    async def body(self) -> Any:
        """The JSON body; of a form, its payload_json, with the files kept aside."""
        kind = self.request.content_type
        if kind == "application/json":
            return _parse(await self.request.text())
        if kind == "multipart/form-data":
            return _parse(await self._multipart())
        if kind == "application/x-www-form-urlencoded":
            return _parse((await self.request.post()).get("payload_json", ""))
        if self.request.can_read_body and await self.request.read():
            raise refusal(50109)
        return {}

    async def object(self) -> dict:
        """The body, which must be a JSON object."""
        body = await self.body()
        if not isinstance(body, dict):
            raise ApiError(400, 50035, "Invalid Form Body")
        check_shape(body, [])
        return body

    async def objects(self) -> list[dict]:
        """The body, which must be a list of JSON objects."""
        body = await self.body()
        if not isinstance(body, list) or not all(isinstance(item, dict) for item in body):
            raise ApiError(400, 50035, "Invalid Form Body")
        check_shape(body, [])
        return body

    async def _multipart(self) -> str:
        text = "{}"
        async for part in await self.request.multipart():
            if part.name == "payload_json":
                text = await part.text()
            elif part.filename is not None:
                self.files.append((part.filename, bytes(await part.read())))
        limit = self.sim.settings.upload_limit if self.upload_limit is None else self.upload_limit
        if any(len(content) > limit for _, content in self.files):
            raise refusal(40005)
        return text


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise refusal(50109) from None


def snowflake(call: Call, name: str) -> int | None:
    """An id from the query string, None if it is not given, 50035 if it is none."""
    raw = call.query.get(name)
    if raw is None:
        return None
    if not (raw.isascii() and raw.isdigit()):
        raise invalid_form([name], "NUMBER_TYPE_COERCE", f'Value "{raw}" is not snowflake.')
    return int(raw)


def whole_number(call: Call, name: str, default: int, low: int, high: int) -> int:
    """A number from the query string within Discord's limits, else 50035."""
    raw = call.query.get(name, str(default))
    if not raw.isdecimal():
        raise invalid_form([name], "NUMBER_TYPE_COERCE", f'Value "{raw}" is not int.')
    if int(raw) < low:
        sentence = f"int value should be greater than or equal to {low}."
        raise invalid_form([name], "NUMBER_TYPE_MIN", sentence)
    if int(raw) > high:
        sentence = f"int value should be less than or equal to {high}."
        raise invalid_form([name], "NUMBER_TYPE_MAX", sentence)
    return int(raw)
