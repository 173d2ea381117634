"""The table of control verbs, and the checking of what they are called with."""

import inspect
import json
import types
import typing
from collections.abc import Awaitable, Callable
from dataclasses import is_dataclass
from functools import partial
from importlib import import_module
from typing import Any

from aiohttp import web

from simulator.errors import ApiError, Refused
from simulator.simulation import Simulation

_MODULES = (
    *("guilds", "channels", "roles", "users", "presences", "messages", "reactions", "commands", "components"),
    *("webhooks", "threads", "observation", "faults"),
)
VERBS: dict[str, Callable] = {}


def verb(function: Callable) -> Callable:
    """Make a function callable as /control/<its name>; its parameters, or its dataclass's fields, are the keys."""
    VERBS[function.__name__.rstrip("_")] = function
    return function


def serve(sim: Simulation) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of the control face."""
    # here, not above: each of them imports `verb` from this file
    for name in _MODULES:
        import_module(f"simulator.control.{name}")

    async def handle(request: web.Request) -> web.Response:
        try:
            result = await call(sim, request.match_info["verb"], await _arguments(request))
        except Refused as refused:
            return web.json_response({"error": str(refused)}, status=400)
        except ApiError as error:
            return web.json_response({"error": f"{error} ({error.body['code']})."}, status=400)
        return web.json_response({"result": result})

    return handle


async def call(sim: Simulation, name: str, arguments: dict) -> Any:
    """Run one verb. Raises Refused before anything is changed."""
    if name not in VERBS:
        raise Refused(f"There is no verb {name!r}.")
    function = VERBS[name]
    check(name, function, arguments)
    form = _form(function)
    result = function(sim, form(**arguments)) if form else function(sim, **arguments)
    return await result if inspect.isawaitable(result) else result


async def _arguments(request: web.Request) -> dict:
    try:
        arguments = json.loads(await request.text() or "{}")
    except ValueError:
        raise Refused("The body is not JSON.") from None
    if not isinstance(arguments, dict):
        raise Refused("The body is not a JSON object.")
    return arguments


def check(name: str, function: Callable, arguments: dict) -> None:
    """Refuse arguments that a verb does not take, or of the wrong type."""
    form = _form(function)
    signature = inspect.signature(form or partial(function, None))
    try:
        signature.bind(**arguments)
    except TypeError as error:
        raise Refused(f"{name}: {error}.") from None
    hints = typing.get_type_hints(form or function)
    for key, value in arguments.items():
        if key in signature.parameters and not _fits(value, hints.get(key, Any)):
            raise Refused(f"{name}: {key} cannot be {value!r}.")


def _form(function: Callable) -> type | None:
    """The dataclass that a verb takes its arguments in, if it takes one."""
    return next((hint for hint in typing.get_type_hints(function).values() if is_dataclass(hint)), None)


def _fits(value: object, hint: object) -> bool:
    if hint is Any:
        return True
    if isinstance(hint, types.UnionType):
        return any(_fits(value, part) for part in typing.get_args(hint))
    kind = typing.get_origin(hint) or hint
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))
