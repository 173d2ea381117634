"""The files that pages load: each in `web/static` under its own name, and no others."""

from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, request

from config import ROOT
from rules.etags import version_of
from web.responses import readable

bp = Blueprint("static_files", __name__)

FOLDER = ROOT / "web" / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = {
    path.relative_to(FOLDER).as_posix(): TYPES[path.suffix] for path in sorted(FOLDER.rglob("*")) if path.is_file()
}
FOR_EVER = "public, max-age=31536000, immutable"


@bp.get("/static/<path:path>")
def show(path: str) -> Response:
    """A file; by an address with the version of all of them, which changes with any, for as long as one likes."""
    version, _, rest = path.partition("/")
    name = path if path in FILES else rest
    if name not in FILES:
        abort(404)
    answer = readable(_read(FOLDER / name), mimetype=FILES[name])
    if version == get_version():
        request.environ["rollcall.cache_control"] = FOR_EVER
    return answer


def address_of(name: str) -> str:
    """Where a file is, without the path of PUBLIC_URL; what it imports by `./name` is of the same version."""
    return f"/static/{get_version()}/{name}" if name in FILES else f"/static/{name}"


@cache
def get_version() -> str:
    """The version of all files together."""
    return version_of("".join(version_of(_read(FOLDER / name)) for name in FILES))


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
