"""A system out of files: `/user/<id>/imports`, with the owner's token.

The files come twice: first for what they would change, then with what is wanted. Nothing of them is kept in between.
"""

import threading
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, request
from sqlalchemy.orm import Session

from database import steps
from rules.account import tokens
from rules.account.tokens import Caller
from rules.errors import Invalid, NotFound
from rules.parsing.timestamps import show_time
from rules.systems import soft_delete, systems
from rules.transfer.import_commit import Result
from rules.transfer.import_plan import Plan, Rows
from rules.transfer.import_staging import INTERRUPTED
from rules.transfer.past_imports.undo import PastImport, list_imports, undo_import
from rules.transfer.preview.choices import DEFAULT_WAY, FLAGS, Choices, find_offers, find_ways
from rules.transfer.process import running
from rules.transfer.process.work import Asked, alone, name_system
from web.auth import get_owner, reading, writing
from web.responses import RETRY_AFTER_S, STOPPED, fault, readable_json, report
from web.transfer.given_files import read_given_files
from web.transfer.progress import get_progress

bp = Blueprint("imports", __name__)

# Reading a file may take 200 MB, so each process reads one at a time.
_turn = threading.Lock()
_OTHERS = "Another file is being imported just now, and nothing of yours was; send it again in a moment."


@bp.get("/user/<user_id>/imports")
def list_all(user_id: str) -> Response:
    """What was imported, the oldest first; the number of each is its place."""
    caller = _get_owner(user_id)
    return readable_json([_show(number, one) for number, one in _number(caller).items()])


@bp.post("/user/<user_id>/imports")
def take(user_id: str) -> Response:
    """What the files in the body would change; with `apply=true` they are imported, and that is told."""
    caller = _get_owner(user_id)
    choices, applies = _read_choices(), _read_flag("apply")
    if not _turn.acquire(timeout=RETRY_AFTER_S):
        return fault(503, _OTHERS, {"Retry-After": str(RETRY_AFTER_S)})
    try:
        # Emptied once they are read: nothing else may hold the body.
        texts = read_given_files()
        told = _perform(caller, Asked(caller.user_id, choices, applies), texts)
    finally:
        _turn.release()
    return report({"sentences": [told.sentence]} if applies else _show_plan(told), 200)


@bp.get("/user/<user_id>/imports/running")
def show_running(user_id: str) -> Response:
    """How far an import is that came by this way; nobody has to wait for its answer to know."""
    found = get_progress().find(_get_owner(user_id).user_id)
    done, total = found or (0, 0)
    return report({"running": found is not None, "done": done, "total": total}, 200)


@bp.delete("/user/<user_id>/imports/<int:number>")
def take_back(user_id: str, number: int) -> Response:
    """Undo the last import, which must be the one of this number."""
    caller = _get_owner(user_id)
    found = _number(caller).get(number)
    if not found:
        raise NotFound("There is no import of this number.")
    with alone(_get_url(), _read(name_system, caller.user_id)), writing(caller) as session:
        undone = undo_import(session, caller.user_id, found.id)
    _purge(caller)
    return report({"sentences": undone.sentences}, 200)


def _get_owner(user_id: str) -> Caller:
    with reading() as reader:
        return get_owner(reader, user_id)


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
        "exportedAt": _show_time(plan.exported_at),
        "changes": not plan.is_empty,
        "counts": {
            "members": _count(plan.members),
            "groups": _count(plan.groups),
            "switches": {"new": plan.new_switches, "changed": 0, "unchanged": plan.known_switches},
            "fronts": {"new": plan.new_spans, "changed": 0, "unchanged": 0},
        },
        "leftOut": len(plan.left_out),
        "kept": dict(plan.kept),
        "notKept": dict(plan.no_room),
        "visible": plan.visible,
        "openings": plan.openings,
        "sentences": plan.sentences,
        "offers": find_offers(plan),
        "switches": find_ways(plan),
    }


def _count(rows: Rows) -> dict[str, int]:
    return {"new": len(rows.new), "changed": len(rows.changed), "unchanged": rows.unchanged}


def _show_time(at: int | None) -> str | None:
    return None if at is None else show_time(at)


def _perform(caller: Caller, asked: Asked, texts: list[bytes]) -> Plan | Result:
    database, progress = current_app.extensions["database"], get_progress()
    stopped = request.environ.get(STOPPED)

    def check() -> None:
        if stopped and stopped.is_set():
            raise Invalid(INTERRUPTED)
        with database.read() as session:
            tokens.check_current(session, caller)

    def tell(done: int, total: int) -> None:
        check()
        progress.tell(caller.user_id, done, total)

    def write(rule: Callable[..., Any], *args: Any) -> Any:
        with writing(caller) as session:
            return rule(session, *args)

    if asked.applies:
        progress.tell(caller.user_id, 0, 0)
    try:
        return running.perform(_get_url(), _read, write, asked, texts, tell, check)
    finally:
        if asked.applies:
            progress.end(caller.user_id)
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
        "exportedAt": _show_time(one.exported_at),
        "counts": dict(one.counts),
        "kept": dict(one.kept),
        "canBeUndone": one.can_be_undone,
    }
