"""What the front uses of uvicorn beyond its documentation, so that another version fails here, and by name."""

import ast
import inspect
from importlib.metadata import version

import gunicorn.workers.base
import pytest
from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.server import Server, ServerState
from uvicorn_worker import UvicornWorker

import config as settings
from web.front.protocol import HttpProtocol

VERSIONS = {name: version(name) for name in ("uvicorn", "uvicorn-worker", "gunicorn", "httptools", "websockets")}
READ_WITH = {
    "uvicorn": "0.54.0",
    "uvicorn-worker": "0.4.0",
    "gunicorn": "27.0.1",
    "httptools": "0.9.0",
    "websockets": "17.4",
}
# Attributes that our protocol reads or sets, and methods that it calls or replaces.
PROTOCOL = {
    *("app", "app_state", "client", "config", "connections", "cycle", "flow", "headers", "parser", "pipeline"),
    *("scope", "server_state", "timeout_keep_alive_task", "transport", "url", "ws_protocol_class"),
}
REPLACED = {
    *("connection_made", "connection_lost", "data_received", "eof_received", "on_message_begin", "on_url", "on_header"),
    *("on_headers_complete", "on_message_complete", "on_response_complete", "shutdown"),
}
CYCLE = {"disconnected", "keep_alive", "message_event"}
STATE = {"connections", "default_headers", "total_requests"}


def of_self(tree, context):
    """The attributes of `self` that are read, or set, anywhere in it."""
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return {
        node.attr for node in attributes if isinstance(node.ctx, context) and getattr(node.value, "id", "") == "self"
    }


def assigned(cls):
    """The attributes that a class gives to `self`."""
    return of_self(ast.parse(inspect.getsource(cls)), ast.Store)


def hint(names):
    return f"{sorted(names)} changed: web/front/ was written for {READ_WITH}, and these are {VERSIONS}"


def test_uvicorns_protocol_has_what_ours_builds_on():
    theirs = httptools_impl.HttpToolsProtocol
    assert not PROTOCOL - assigned(theirs), hint(PROTOCOL - assigned(theirs))
    missing = {name for name in REPLACED if name not in vars(theirs)}
    assert not missing, hint(missing)
    cycle = httptools_impl.RequestResponseCycle
    assert not CYCLE - assigned(cycle), hint(CYCLE - assigned(cycle))
    assert not STATE - assigned(ServerState), hint(STATE - assigned(ServerState))
    assert "write_paused" in assigned(FlowControl), hint({"write_paused"})
    missing = {"pause_reading", "resume_reading"} - set(vars(FlowControl))
    assert not missing, hint(missing)
    assert "shutdown" in inspect.getsource(Server.shutdown), hint({"shutdown"})
    missing = {"CONFIG_KWARGS", "callback_notify"} - set(vars(UvicornWorker))
    assert not missing, hint(missing)
    assert "ppid" in assigned(gunicorn.workers.base.Worker), hint({"ppid"})


def test_this_list_is_whole():
    """Every attribute of `self` in our protocol is ours, or in the list above."""
    tree = ast.parse((settings.ROOT / "web/front/protocol.py").read_text())
    used = of_self(tree, ast.Load | ast.Store)
    ours = {name for name in assigned(HttpProtocol) if name not in assigned(httptools_impl.HttpToolsProtocol)}
    methods = {name for name in vars(HttpProtocol) if not name.startswith("__")}
    assert used - ours - methods - PROTOCOL == set()


def test_the_newest_cycle_waits_at_the_left_and_the_next_is_at_the_right():
    source = inspect.getsource(httptools_impl.HttpToolsProtocol)
    assert "self.pipeline.appendleft((self.cycle, app))" in source, hint({"pipeline"})
    assert "cycle, app = self.pipeline.pop()" in source, hint({"pipeline"})


@pytest.mark.parametrize("path", sorted((settings.ROOT / "web").rglob("*.py")), ids=lambda path: path.name)
def test_no_name_with_an_underscore_of_others_is_used(path):
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    own = of_self(tree, ast.Store) | {node.name for node in functions}
    private = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__")
    }
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name.startswith("_")
    }
    assert (private - own) | imported == set()
    theirs = set(dir(httptools_impl.HttpToolsProtocol)) | assigned(httptools_impl.HttpToolsProtocol)
    assert {name for name in own & theirs if name.startswith("_") and not name.startswith("__")} == set()
