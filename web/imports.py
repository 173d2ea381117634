"""A system out of files: `/user/<id>/imports`, with the owner's token.

The file comes twice: first for what it would change, then with what is wanted. Nothing of it is kept in between.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, current_app, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import ServiceUnavailable

from database import steps
from rules.account import tokens
from rules.account.tokens import Caller
from rules.errors import Invalid, NotFound
from rules.parsing.timestamps import show_time
from rules.systems import soft_delete, systems
from rules.transfer.import_commit import Result
from rules.transfer.import_file import MOST_BYTES
from rules.transfer.import_plan import Plan
from rules.transfer.past_imports.undo import PastImport, list_imports, undo_import
from rules.transfer.preview.choices import DEFAULT_WAY, FLAGS, Choices, find_offers, find_ways
from rules.transfer.process import running
from rules.transfer.process.work import Asked, alone, name_system
from web.auth import get_owner, reading, writing
from web.request_body import read_body
from web.responses import RETRY_AFTER_S, readable_json, report

bp = Blueprint("imports", __name__)

# Reading a file may take 200 MB, so each process reads one at a time.
_turn = threading.Lock()


@bp.get("/user/<user_id>/imports")
def list_all(user_id: str) -> Response:
    """What was imported, the oldest first; the number of each is its place."""
    caller = _get_owner(user_id)
    return readable_json([_show(number, one) for number, one in _number(caller).items()])


@bp.post("/user/<user_id>/imports")
def take(user_id: str) -> Response:
    """What the file in the body would change; with `apply=true` it is imported, and that is told."""
    caller = _get_owner(user_id)
    choices, applies = _read_choices(), _read_flag("apply")
    # Emptied once it is read: nothing else may hold the body.
    texts = [read_body(MOST_BYTES)]
    with _in_turn():
        told = _perform(caller, Asked(caller.user_id, choices, applies), texts)
    return report({"sentences": [told.sentence]} if applies else _show_plan(told), 200)


@bp.delete("/user/<user_id>/imports/<number>")
def take_back(user_id: str, number: str) -> Response:
    """Undo the last import, which must be the one of this number."""
    caller = _get_owner(user_id)
    found = _number(caller).get(int(number)) if number.isascii() and number.isdecimal() and len(number) < 9 else None
    if not found:
        raise NotFound("There is no import of this number.")
    with alone(_get_url(), _read(name_system, caller.user_id)), writing(caller) as session:
        undone = undo_import(session, caller.user_id, found.id)
    _purge(caller)
    return report({"sentences": undone.sentences}, 200)


def _get_owner(user_id: str) -> Caller:
    with reading() as reader:
        return get_owner(reader, user_id)


@contextmanager
def _in_turn() -> Iterator[None]:
    if not _turn.acquire(timeout=RETRY_AFTER_S):
        raise ServiceUnavailable(retry_after=RETRY_AFTER_S)
    try:
        yield
    finally:
        _turn.release()


def _read_choices() -> Choices:
    flags = frozenset(name for name in FLAGS if _read_flag(name))
    return Choices(flags, request.args.get("switches", DEFAULT_WAY))


def _read_flag(name: str) -> bool:
    value = request.args.get(name, "false")
    if value not in ("true", "false"):
        raise Invalid(f"The {name} must be true or false.")
    return value == "true"


def _show_plan(plan: Plan) -> dict[str, Any]:
    return {
        "app": plan.app,
        "changes": not plan.is_empty,
        "sentences": plan.sentences,
        "offers": find_offers(plan),
        "switches": find_ways(plan),
    }


def _perform(caller: Caller, asked: Asked, texts: list[bytes]) -> Plan | Result:
    database = current_app.extensions["database"]

    def check(*_done: int) -> None:
        with database.read() as session:
            tokens.check_current(session, caller)

    def write(rule: Callable[..., Any], *args: Any) -> Any:
        with writing(caller) as session:
            return rule(session, *args)

    try:
        return running.perform(_get_url(), _read, write, asked, texts, check, check)
    finally:
        if asked.applies:
            _purge(caller)
            database.wal_cutter.soon()


def _get_url() -> str:
    return current_app.config["ROLLCALL"].database_url


def _read(rule: Callable[..., Any], *args: Any) -> Any:
    with current_app.extensions["database"].read() as session:
        return rule(session, *args)


def _purge(caller: Caller) -> None:
    def purge() -> bool:
        with current_app.extensions["database"].write() as session:
            return soft_delete.purge_some(session)

    steps.repeat(purge)


def _number(caller: Caller) -> dict[int, PastImport]:
    """The caller's imports by their places; without a system there are none."""

    def find(session: Session) -> list[PastImport]:
        has_system = systems.find_own_system(session, caller.user_id)
        return list_imports(session, caller.user_id) if has_system else []

    return dict(enumerate(reversed(_read(find)), 1))


def _show(number: int, one: PastImport) -> dict[str, Any]:
    return {
        "number": number,
        "app": one.app,
        "at": show_time(one.at),
        "exportedAt": None if one.exported_at is None else show_time(one.exported_at),
        "counts": dict(one.counts),
        "kept": dict(one.kept),
        "canBeUndone": one.can_be_undone,
    }
